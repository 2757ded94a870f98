"""A client of a running service: says things and waits for the decision, asks for rows, reads what is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from dispatch.model.errors import Unavailable, Uncertain
from dispatch.model.time import zone
from dispatch.projections.base import Row
from dispatch.projections.register import RegisterRow
from dispatch.requests.answer import REPLY_TO, Answer
from dispatch.services.questions import FAILED, Failed, Page, Query, Reached, Wait
from dispatch.services.status import INBOX, Status
from dispatch.store.base import Store
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.server_errors import StreamMissing
from dispatch.store.streams import verify_jetstream

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R", bound=Row)

IN_FLIGHT = 256
"""Messages under way to the server at once; more gain nothing, fewer wait for the disk."""
_LOOK_AGAIN_S = 0.02
DESK_LOOKED_FOR_AFTER_S = 5.0
DESK_BACK_WITHIN_S = 10.0
"""A desk that died is started again, and answers, well within this."""
PATIENCE_S = 30.0
"""A cluster that lost a server has a new leader well within this."""
_SAY_AGAIN_S = 0.2


class Saying(Struct, frozen=True):
    """Something to be said: where, and the bytes."""

    subject: str
    body: bytes


class Client:
    """Talks to running services over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.store: Store = JetStreamStore(connection)

    async def say(self, sayings: Sequence[Saying], *, timeout_s: float = 60.0) -> list[Answer]:
        """Publish all of ``sayings`` in order, each kept before it counts, and return their answers in order.

        Raises `Unavailable` if no desk is running, or none answers within ``timeout_s`` of the last answer; what was
        kept is then decided once a desk runs.
        """
        inbox = self.connection.new_inbox()
        answers: list[Answer | None] = [None] * len(sayings)
        left = len(sayings)
        moved = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def take(message: Msg) -> None:
            nonlocal left
            index = int(message.subject.rsplit(".", 1)[1])
            if answers[index] is None:
                answers[index] = msgspec.json.decode(message.data, type=Answer)
                left -= 1
                moved.set()

        subscription = await self.connection.subscribe(f"{inbox}.*", cb=take)
        try:
            await self._publish(sayings, inbox)
            give_up_at = loop.time() + timeout_s
            while left:
                try:
                    async with asyncio.timeout(min(DESK_LOOKED_FOR_AFTER_S, timeout_s)):
                        await moved.wait()
                    moved.clear()
                    give_up_at = loop.time() + timeout_s
                except TimeoutError as error:
                    if loop.time() > give_up_at or await self._desk_is_gone():
                        raise _undecided(f"{left} of {len(sayings)} messages are") from error
        finally:
            await subscription.unsubscribe()
        return [answer for answer in answers if answer is not None]

    async def _publish(self, sayings: Sequence[Saying], inbox: str) -> None:
        """Publish in order; the server keeps what comes over one connection in the order it comes."""
        pending: list[asyncio.Task[int]] = []
        for index, saying in enumerate(sayings):
            headers = {REPLY_TO: f"{inbox}.{index}"}
            pending.append(asyncio.create_task(self._keep(saying, headers)))
            if len(pending) >= IN_FLIGHT:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)

    async def _keep(self, saying: Saying, headers: dict[str, str]) -> int:
        """Say it until it is surely kept. Saying it twice does no harm: its id makes the second a repeat."""
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                return await self.store.say(saying.subject, saying.body, headers)
            except StreamMissing:
                raise
            except (Uncertain, Unavailable) as error:
                if asyncio.get_running_loop().time() > give_up_at:
                    raise
                log.info("saying a %s again: %s", saying.subject.split(".")[0], error.code)
                await asyncio.sleep(_SAY_AGAIN_S)

    async def _desk_is_gone(self) -> bool:
        """Whether nobody listens where desks do, nor comes back within `DESK_BACK_WITHIN_S`."""
        give_up_at = asyncio.get_running_loop().time() + DESK_BACK_WITHIN_S
        while asyncio.get_running_loop().time() < give_up_at:
            try:
                await self.connection.request("ask.desk.health", b"", timeout=1.0)
            except NoRespondersError:
                await asyncio.sleep(_SAY_AGAIN_S)
            except NatsTimeoutError:
                return False
            else:
                return False
        return True

    async def ask(self, subject: str, question: Struct | None, reply: type[T], *, timeout_s: float = 30.0) -> T:
        """The ``reply`` of the service that answers ``subject``; raises `Unavailable` if none does or can."""
        body = b"" if question is None else msgspec.json.encode(question)
        try:
            message = await self.connection.request(subject, body, timeout=timeout_s)
        except NoRespondersError as error:
            raise Unavailable(
                f"Nobody answers {subject}.", hint=f"the {_asked(subject)} is not running; `dispatch up` starts it."
            ) from error
        except NatsTimeoutError as error:
            raise Unavailable(
                f"The {_asked(subject)} did not answer {subject} within {timeout_s:g} s.",
                hint="it still reads the log, or NATS does not answer it, as when a disk is full; see what it logs.",
            ) from error
        if message.headers is not None and FAILED in message.headers:
            failed = msgspec.json.decode(message.data, type=Failed)
            raise Unavailable(
                f"The {_asked(subject)} cannot answer {subject}: {failed.reason}", code=failed.code, hint=failed.hint
            )
        return msgspec.json.decode(message.data, type=reply)

    async def status(self) -> Status:
        """The state of the whole in numbers."""
        return await self.ask("ask.status", None, Status)

    async def rows(self, view: str, row: type[R], prefix: str = "") -> AsyncIterator[R]:
        """The rows of a read model whose keys begin with ``prefix``, in order of their keys."""
        after = ""
        while True:
            page = await self.ask(f"ask.view.{view}", Query(prefix=prefix, after=after), Page)
            for raw in page.rows:
                yield msgspec.json.decode(raw, type=row)
            if page.next is None:
                return
            after = page.next

    async def time_zones(self) -> dict[str, ZoneInfo]:
        """The time zone of every area that has a policy; the others go by UTC."""
        return {row.area: zone_of(row) async for row in self.rows("register", RegisterRow, "policy.")}

    async def settled(self, *, timeout_s: float = 600.0) -> Reached:
        """Wait until everything said so far is decided, planned, and shown; returns the position reached.

        Planned: the planner has taken in the log up to its end, improving brings no more, and the log did not grow
        meanwhile.
        """
        while True:
            before = await self.shown(timeout_s=timeout_s)
            position = Wait(position=before.position)
            await self.ask("ask.planner.settled", position, Reached, timeout_s=timeout_s)
            after = await self.shown(timeout_s=timeout_s)
            if after.position == before.position:
                return after

    async def shown(self, *, timeout_s: float = 600.0) -> Reached:
        """Wait until everything said so far is decided and the projector shows it; returns the position reached."""
        inbox = await self.store.inbox(INBOX)
        loop = asyncio.get_running_loop()
        look_at = loop.time() + DESK_LOOKED_FOR_AFTER_S
        # Nothing tells when a desk acknowledges but the count of what it has not acknowledged.
        while left := await inbox.undecided():
            await asyncio.sleep(_LOOK_AGAIN_S)
            if loop.time() > look_at:
                if await self._desk_is_gone():
                    raise _undecided(f"{left} messages are")
                look_at = loop.time() + DESK_LOOKED_FOR_AFTER_S
        position = Wait(position=await self.store.events.position())
        return await self.ask("ask.projector.settled", position, Reached, timeout_s=timeout_s)


def _asked(subject: str) -> str:
    _, first, *_ = subject.split(".")
    return first if first in {"desk", "planner"} else "projector"


def _undecided(what: str) -> Unavailable:
    return Unavailable(
        f"{what} kept but not decided yet.",
        hint="no desk is running; start one with `dispatch up` or `dispatch serve desk`.",
    )


def zone_of(policy: RegisterRow) -> ZoneInfo:
    """The time zone that a row of the register with an area's ``policy`` names."""
    return zone(str(policy.item.get("time_zone", "UTC")))


@asynccontextmanager
async def client(url: str, name: str = "dispatch-client") -> AsyncIterator[Client]:
    """A client of the services behind the NATS server at ``url``.

    Raises `Unavailable` if it is not there, `SettingError` if it has no JetStream.
    """
    connection = await connect(url, name=name)
    try:
        await verify_jetstream(connection)
        yield Client(connection)
    finally:
        await connection.close()
