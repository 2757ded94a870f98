"""The planner service: one loop folds the log, one plans, one minds the timers; improving goes on beside them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import aclosing

from dispatch.decide.order import Status
from dispatch.events.envelope import Entity
from dispatch.events.order import PromiseMissed
from dispatch.model.errors import Conflict, ProblemError, Unavailable, Uncertain
from dispatch.model.quoting import quoted
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import Batch, telling
from dispatch.planning.held_up import held_up, is_left_over
from dispatch.planning.stand_ins import stand_ins_of
from dispatch.planning.walk_watch import watching
from dispatch.planning.zones_away import zones_away
from dispatch.services.clock import Clock
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.committing import Committer
from dispatch.services.planner.holding import Holding
from dispatch.services.planner.horizons import Horizons
from dispatch.services.planner.improving import Improving
from dispatch.services.planner.passes import Passes
from dispatch.services.planner.snapshot import Snapshots
from dispatch.services.planner.standing_in import away_in, found_in
from dispatch.services.planner.wheel import Due, Timer
from dispatch.services.questions import StandInsAsked, StandInsFound, ZonesAwayAsked, ZonesAwayFound
from dispatch.store.base import Store

log = logging.getLogger(__name__)

RETRY_AFTER_S = 0.5
EVERYTHING = Dirt.ALL | Dirt.ROUNDS | Dirt.HORIZONS
"""What a new day, a new start and a new lease call for."""


class Planner:
    """Plans every area it sees. Several planners may run: the plan head lets one of them win each time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        name: str,
        executor: Executor,
        holder: str | None = None,
        secret: str | None = None,
    ) -> None:
        """``name`` is this run's alone, ``holder`` the name leases are held under (unset: ``name``).

        Without a ``secret`` nothing is planned ahead that chance decides which nobody may know.
        """
        self._store = store.events
        self._holding = Holding(store.leases, holder or name)
        self._clock = clock
        self.areas = Areas()
        self._snapshots = Snapshots(store.events, store.views)
        self._committer = Committer(store.events, self.areas, name)
        self._passes = Passes(self.areas, self._committer, clock)
        self._woken = asyncio.Event()
        self._changed = asyncio.Condition()
        self._timers_changed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._improving = Improving(
            self.areas,
            self._committer,
            clock,
            executor,
            writing=self._writing,
            done=self._woken.set,
            fold=self._folded_all,
        )
        self._horizons = Horizons(
            self.areas,
            self._committer,
            clock,
            executor,
            secret=secret,
            writing=self._writing,
            done=self._woken.set,
            fold=self._folded_all,
        )
        self._idle = False
        self._minding = False

    async def run(self) -> None:
        """Run until cancelled."""
        position = await self._store.position()
        await self._snapshots.restore(self.areas)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            await self._folded(position)
            for area in self.areas.areas.values():
                self.areas.mark(area.area, EVERYTHING)
            tasks.create_task(self._holding.run(self._taken))
            tasks.create_task(self._plan())
            tasks.create_task(self._mind_timers())

    async def settled(self, position: int) -> None:
        """Return once all that the log says up to ``position`` is planned, and improving it brings no more.

        Timers that ran out by now are seen to first.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self.areas.position >= position and self._quiet())

    async def stand_ins(self, asked: StandInsAsked) -> StandInsFound:
        """Who can step in for somebody on a day, by the roster as it stands; raises `ProblemError`."""
        return found_in(asked, stand_ins_of(self._known(asked.area), asked.worker, asked.day, self._clock.now()))

    async def zones_away(self, asked: ZonesAwayAsked) -> ZonesAwayFound:
        """The zones whose helper is away for a short time, each with who could stand in; raises `ProblemError`."""
        return away_in(asked, zones_away(self._known(asked.area), self._clock.now()))

    def _known(self, name: str) -> AreaState:
        area = self.areas.areas.get(name)
        if area is None:
            raise ProblemError(f"There is no area {quoted(name)}.", hint="it was mistyped.")
        return area

    def _quiet(self) -> bool:
        next_at = self.areas.wheel.next_at()
        ran_out = next_at is not None and next_at <= self._clock.now()
        return self._idle and self._next_dirty() is None and not self._minding and not ran_out

    async def _folded(self, position: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.areas.position >= position)

    async def _folded_all(self) -> None:
        await self._folded(await self._store.position())

    async def _follow(self) -> None:
        end = await self._store.position()
        async with aclosing(self._store.follow(("event.>",), self.areas.position)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                recorded_at = self.areas.take(batch)
                if recorded_at is not None:
                    self._clock.saw(recorded_at)
                await self._tell()
                if self.areas.position >= end:
                    await self._snapshots.keep(self.areas)

    async def _tell(self) -> None:
        """Wake whoever waits for a change."""
        if self.areas.dirt or self.areas.ahead:
            self._idle = False
            self._woken.set()
        await self._tell_rest()

    async def _tell_rest(self) -> None:
        """Wake whoever waits for a change, but not the planning: an area that somebody else holds stays marked."""
        # Planning may have set timers (a new day).
        self._timers_changed.set()
        async with self._changed:
            self._changed.notify_all()

    async def _plan(self) -> None:
        try:
            while True:
                self._woken.clear()
                for name in sorted(self.areas.dirt.keys() | self.areas.ahead):
                    await self._holding.want(name)
                dirty = self._next_dirty()
                if dirty is not None:
                    await self._plan_one(dirty)
                    continue
                # Who is on duty is known before routes are made better, and one process does both.
                busy = self._horizons.begin(self._holding.holds) or self._improving.begin(self._holding.holds)
                self._idle = not busy
                if self._idle:
                    await self._tell_rest()
                await self._woken.wait()
        finally:
            await self._horizons.stop()
            await self._improving.stop()

    def _next_dirty(self) -> str | None:
        """An area that calls for planning and is ours to plan."""
        return min((name for name in self.areas.dirt if self._holding.holds(name)), default=None)

    async def _taken(self, area: str) -> None:
        """The lease of ``area`` became ours: whoever had it may have left things undone."""
        self.areas.mark(area, EVERYTHING)
        for order_id, order in self.areas.areas[area].orders.items():
            self.areas.set_timers_again(area, order_id, order)
        await self._tell()

    async def _plan_one(self, name: str) -> None:
        area, dirt = self.areas.areas[name], self.areas.clean(name)
        self.areas.set_new_day(area, self._clock.now())
        try:
            # What was appended at once may arrive in pieces, and is planned as a whole.
            await self._folded_all()
            dirt |= self.areas.clean(name)
            async with self._writing:
                await self._passes.run(area, dirt)
            self.areas.set_late(area, self._clock.now())
        except Conflict as conflict:
            log.info("planning area %s again: %s", name, conflict)
            self.areas.mark(name, dirt)
            await self._folded_all()
        except (Uncertain, Unavailable) as error:
            log.warning("area %s will be planned again, the store did not answer: %s", name, error)
            self.areas.mark(name, dirt | Dirt.ALL)
            await asyncio.sleep(RETRY_AFTER_S)

    async def _mind_timers(self) -> None:
        while True:
            self._timers_changed.clear()
            self._minding = True
            for due in self.areas.wheel.pop(self._clock.now()):
                await self._ran_out(due)
            self._minding = False
            async with self._changed:
                self._changed.notify_all()
            next_at = self.areas.wheel.next_at()
            waits: list[asyncio.Future[object]] = [asyncio.ensure_future(self._timers_changed.wait())]
            if next_at is not None:
                waits.append(asyncio.ensure_future(self._clock.wait_until(next_at)))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    async def _ran_out(self, due: Due) -> None:
        area = self.areas.areas[due.area]
        if not await self._holding.want(due.area):
            return
        match due.timer:
            case Timer.NEW_DAY:
                self.areas.mark(due.area, EVERYTHING)
            case Timer.LOOK_AGAIN:
                order = area.orders.get(due.order)
                if order is not None and order.status is Status.OPENED:
                    self.areas.mark(due.area, Dirt.ALL)
            case Timer.LATE:
                if held_up(area, self._clock.now()) or is_left_over(area, self._clock.now()):
                    self.areas.mark(due.area, Dirt.ALL)
                self.areas.set_late(area, self._clock.now())
            case Timer.TELL:
                await self._append(area, lambda: telling(area, self._clock.now()), self._clock.now())
            case Timer.PROMISE:
                await self._append(area, lambda: promise_missed(area, due), due.at)
            case Timer.WATCH:
                await self._append(area, lambda: watching(area, due.order, self._clock.now()), due.at)
        await self._tell()

    async def _append(self, area: AreaState, made: Callable[[], Batch], happened_at: dt.datetime) -> None:
        """Append what a timer brings until nothing is left; when somebody else wrote first, look at what now stands."""
        while batch := made():
            try:
                await self._committer.commit(area, batch, self._clock.now(), happened_at=happened_at)
            except Conflict:
                await self._folded(await self._store.position())
            except (Uncertain, Unavailable) as error:
                log.warning("a timer of area %s waits for the store: %s", area.area, error)
                await asyncio.sleep(RETRY_AFTER_S)


def promise_missed(area: AreaState, due: Due) -> Batch:
    """That the promised arrival of an order passed with nobody on site; empty if it was kept or is promised anew."""
    order = area.orders.get(due.order)
    if order is None or order.missed or order.needs is None or order.needs.due != due.at:
        return {}
    # Who is done was there, whether they said so or not.
    came = order.arrived_at or order.done_at
    if came is not None and came <= due.at:
        return {}
    return {Entity(area.area, "order", due.order): [PromiseMissed(due=due.at)]}
