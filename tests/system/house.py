"""The whole service over any store, with services that can be stopped, killed in mid-write and started again."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Any

import msgspec
from system.invariants import breaches, unanswered, unsettled

from dispatch.events.envelope import Stored
from dispatch.requests.answer import Answer
from dispatch.services.clock import ManualClock
from dispatch.services.desk.desk import Desk
from dispatch.services.planner.planner import Planner
from dispatch.services.projector import Projector
from dispatch.services.status import INBOX, Status, status_of
from dispatch.store.base import Inbox, Leases, Said, Store, Write
from dispatch.store.memory import MemoryLeases, MemoryStore

T0 = dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
"""08:00 on a Sunday in Shanghai."""
AREA = "east"
PATIENCE_S = 20.0
SECRET = "not to be told to anybody at all"


class Here(Executor):
    """Runs what it is given at once: improvements take their turn, so that a history plays the same each time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it now."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class Killed(BaseException):
    """A service ends here and now, as by `kill -9`."""


class Fallible:
    """A store whose appends can be made to end their writer, before or after they land."""

    def __init__(self, kept: Store) -> None:
        self.kept = kept
        self.events: Any = _Events(kept.events)
        self.views = kept.views
        self.rejections = kept.rejections
        self.leases: Leases = kept.leases
        self.say = kept.say
        self.said = kept.said
        self.count_said = kept.count_said
        self.inbox = kept.inbox


class _Events:
    def __init__(self, events: Any) -> None:
        self._events = events
        self.kill: str = ""
        self.at: Callable[[Sequence[Write]], bool] = lambda writes: True
        self.last, self.load, self.load_many = events.last, events.load, events.load_many
        self.position, self.follow = events.position, events.follow

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """Append, unless the writer is to be killed."""
        kill = self.kill if self.at(writes) else ""
        if kill:
            self.kill = ""
        if kill == "before":
            raise Killed
        positions: tuple[int, ...] = await self._events.append(writes)
        if kill == "after":
            raise Killed
        return positions


async def log_of(store: Store) -> list[Stored]:
    """The whole log of a store."""
    position = await store.events.position()
    if not position:
        return []
    return [one async for batch in store.events.follow(("event.>",), 0, until=position) for one in batch]


class House:
    """Desks, planners and projectors on one clock over one store."""

    def __init__(self, store: Store, *, planners: int = 1, connected: Mapping[str, Store] | None = None) -> None:
        """``connected``: services, by name, that reach the same log over a connection of their own."""
        self.store = store
        self._connected = connected or {}
        self.clock = ManualClock(T0)
        self.answers: list[tuple[str, Answer]] = []
        self.names = [f"planner{number}" for number in range(planners)]
        self._runs = itertools.count()
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.fallible: dict[str, Fallible] = {}
        self.planners: dict[str, Planner] = {}
        self.desk: Desk
        self.projector: Projector

    async def start(self) -> None:
        """Start every service."""
        for name in ("desk", *self.names, "projector"):
            self.begin(name)

    def begin(self, name: str) -> None:
        """Start one service anew, with nothing remembered."""
        store = self.fallible[name] = Fallible(self._connected.get(name, self.store))
        run: Callable[[], Coroutine[Any, Any, None]]
        if name == "desk":
            self.desk = Desk(store, self.clock, self._publish)
            run = self.desk.run
        elif name == "projector":
            self.projector = Projector(store.events, store.views)
            run = self.projector.run
        else:
            key = f"{name}-{next(self._runs)}"
            # Each holds the lease in its own eyes: no safety may rest on it.
            store.leases = MemoryLeases(ttl_s=3600.0)
            planner = Planner(store, self.clock, name=key, executor=Here(), secret=SECRET)
            self.planners[name], run = planner, planner.run
        self.tasks[name] = asyncio.create_task(self._living(run()), name=name)

    @staticmethod
    async def _living(run: Awaitable[None]) -> None:
        try:
            await run
        except BaseExceptionGroup as group:
            if not group.subgroup(Killed):
                raise
        except Killed:
            return

    async def _publish(self, subject: str, body: bytes) -> None:
        self.answers.append((subject, msgspec.json.decode(body, type=Answer)))

    async def end(self, name: str) -> None:
        """Stop one service wherever it is; what it had taken from its inbox comes again."""
        task = self.tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if name == "desk" and isinstance(self.store, MemoryStore):
            consumer = self.store._consumers.get(INBOX)
            for position in list(consumer.deliveries) if consumer else ():
                # On a server this is what the end of the ack wait does.
                consumer.again(position, 0)  # type: ignore[union-attr]

    async def restart(self, name: str) -> None:
        """Stop one service wherever it is and start it again."""
        await self.end(name)
        self.begin(name)

    async def kill_in_append(
        self, name: str, when: str, at: Callable[[Sequence[Write]], bool] = lambda writes: True
    ) -> None:
        """The next append of a service, of those ``at`` holds of, is its last deed (``before`` or ``after`` it lands);
        then it starts again.
        """
        self.fallible[name].events.kill, self.fallible[name].events.at = when, at

    async def revive(self) -> None:
        """Start again whoever was killed; raise what anybody else died of."""
        for name, task in list(self.tasks.items()):
            if task.done():
                failure = task.exception()
                if failure is not None:
                    raise failure
                await self.restart(name)

    async def close(self) -> None:
        """End everything."""
        for name in list(self.tasks):
            await self.end(name)

    async def say(self, subject: str, body: Any) -> int:
        """Say something; returns its position."""
        encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.store.say(subject, encoded)

    async def settle(self) -> None:
        """Wait until everything said is decided, planned, improved and shown, whoever has to be revived for it."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        inbox = await self.store.inbox(INBOX)
        while True:
            assert asyncio.get_running_loop().time() < deadline, "the service does not come to rest"
            await self.revive()
            if await inbox.undecided():
                await asyncio.sleep(0.01)
                continue
            before = await self.store.events.position()
            waits = [planner.settled(before) for planner in self.planners.values()]
            waits.append(self.projector.caught_up(before))
            if not await self._all(waits):
                continue
            if await self.store.events.position() == before and not await inbox.undecided():
                return

    async def _all(self, waits: list[Coroutine[Any, Any, None]]) -> bool:
        """Wait for all of ``waits``; False if a service ended meanwhile."""
        waiting = asyncio.gather(*waits)
        tasks = list(self.tasks.values())
        done, _ = await asyncio.wait([waiting, *tasks], timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if waiting in done:
            waiting.result()
            return True
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert done, "the service does not come to rest"
        return False

    async def log(self) -> list[Stored]:
        """The whole log."""
        return await log_of(self.store)

    async def status(self) -> Status:
        """The state of the whole in numbers."""
        return await status_of(self.projector, self.store)

    async def said(self, position: int) -> Said:
        """What was said at a position."""
        found = await self.store.said(position)
        assert found is not None
        return found

    async def redeliver(self, position: int) -> None:
        """Have the desk meet a message again that it decided long ago, as after a lost acknowledgement."""
        said = await self.said(position)
        await self.desk.handle([msgspec.structs.replace(said, deliveries=2)])

    async def findings(self) -> list[str]:
        """Everything wrong, judged from the log, the kept messages and the rejections."""
        log = await self.log()
        inbox: Inbox = await self.store.inbox(INBOX)
        assert not await inbox.undecided()
        requests, position = [], 1
        while (said := await self.store.said(position)) is not None:
            requests += [position] if said.subject.startswith("request.") else []
            position += 1
        rejected = [one.position for one in await self.store.rejections.list(limit=100_000) if "request" in one.subject]
        return [
            *breaches(log),
            *unanswered(log, requests, rejected),
            *unsettled(log, self.clock.now()),
            *self._untold(log),
            *self._not_as_rebuilt(log),
            *_uncounted(await self.status()),
        ]

    def _untold(self, log: list[Stored]) -> list[str]:
        """Accepted requests nobody was answered about."""
        told = {answer.order for _, answer in self.answers if answer.decision == "accepted"}
        accepted = {one.entity.id for one in log if one.recorded.type == "RequestAccepted"}
        return [f"nobody was told of order {order}" for order in sorted(accepted - told)]

    def _not_as_rebuilt(self, log: list[Stored]) -> list[str]:
        from dispatch.projections.base import Rows

        wrong = []
        for name, live in self.projector.rows.items():
            rebuilt: Rows[Any] = Rows(live.projection)
            rebuilt.take(log)
            if rebuilt.digest() != live.digest():
                wrong.append(f"the rows of {name} are not as rebuilt")
        return wrong


def _uncounted(status: Status) -> list[str]:
    total = status.accepted + status.rejected + status.duplicates
    if status.pending or status.unaccounted or total != status.requests:
        return [f"the counts do not add up: {status}"]
    return []
