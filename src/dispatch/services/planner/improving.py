"""Improving beside planning: one area at a time, in a process of its own; what comes too late is dropped."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

from dispatch.events.envelope import Entity
from dispatch.events.schedule import RouteChanged
from dispatch.model.errors import Conflict, Unavailable, Uncertain
from dispatch.model.policy import Policy
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch, batch_of, overtaken
from dispatch.planning.parts import parts_of
from dispatch.planning.problem import Built, build
from dispatch.services.clock import Clock
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.committing import Committer
from dispatch.services.planner.one_task import OneTask
from dispatch.solver.checks import check
from dispatch.solver.plan import Finding, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.insert import insert
from dispatch.store.base import BATCH_LIMIT

log = logging.getLogger(__name__)

GAIN_MIN = 1.0
"""Minutes an improvement must save, its changes paid for, to be worth a new plan."""


LATE = dt.timedelta(minutes=1)
"""What an improvement may take though nothing is frozen; one that takes longer than the freeze is dropped."""

TRIES_MAX = 10
"""Times an area is tried in ever smaller steps while nothing in it changes."""


class Improving:
    """Improves areas on behalf of one planner, which goes on planning meanwhile.

    ``writing`` is held by whoever commits a plan; ``done`` is called at the end of each improvement; ``fold`` returns
    once the log is folded up to its end.
    """

    def __init__(
        self,
        areas: Areas,
        committer: Committer,
        clock: Clock,
        executor: Executor,
        *,
        writing: asyncio.Lock,
        done: Callable[[], None],
        fold: Callable[[], Awaitable[None]],
    ) -> None:
        self._areas = areas
        self._commit = committer.commit
        self._clock = clock
        self._executor = executor
        self._writing = writing
        self._fold = fold
        self._improved: dict[str, int] = {}
        self._late: dict[str, int] = {}
        self._work = OneTask(done)

    def begin(self, holds: Callable[[str], bool]) -> bool:
        """Begin on an area that changed since it was last improved; whether one is being improved now."""
        if self._work.busy():
            return True
        for name, area in sorted(self._areas.areas.items()):
            if area.head.number and self._improved.get(name) != area.head.number and holds(name):
                self._work.begin(self._improve(area))
                return True
        return False

    async def stop(self) -> None:
        """Give up what is under way."""
        await self._work.stop()

    async def _improve(self, area: AreaState) -> None:
        name, now, number, policy = area.area, self._clock.now(), area.head.number, area.policy
        self._improved[name] = number
        seen, marks = area.position, self._areas.marks[name]
        built = build(area, self._areas.register.categories, now)
        if not policy.plan_budget or not built.plan.routes:
            return
        # Where new work keeps coming in, a smaller step that lands is worth more than a large one that does not.
        budget = max(1, policy.plan_budget >> self._late.get(name, 0))
        better, findings = await asyncio.get_running_loop().run_in_executor(
            self._executor, improve_standing, built.problem, built.plan, budget, policy.seed + number
        )
        if findings:
            log.error("an improvement of area %s broke a hard rule and was dropped: %s", name, findings[0])
            return
        async with self._writing:
            if better is None:
                # A larger step was too late before; until something changes it would only be so again.
                self._in_time(name, area, again=False)
                return
            if area.head.number != number or self._areas.marks[name] != marks or _has_ended(area, built):
                # What was found is about a day that is no more.
                self._too_late(name)
                return
            batch = batch_of(area, built, better, now, why="improved", tried=frozenset())
            if parts_of(area, batch, BATCH_LIMIT, loosen=False) is None:
                # Nobody's visit is taken off, be it for a moment, only to save minutes.
                log.info("an improvement of area %s is more than can be appended at once and was dropped", name)
                return
            late = self._clock.now() - now > max(_freeze(policy), LATE) or overtaken(area, batch, self._clock.now())
            if late or _is_stale(area, batch, seen):
                self._too_late(name)
                return
            try:
                await self._commit(area, batch, now)
            except (Conflict, Uncertain, Unavailable) as error:
                log.info("the improvement of area %s came too late: %s", name, error)
                self._too_late(name)
                await self._fold()
            else:
                self._in_time(name, area, again=True)

    def _too_late(self, name: str) -> None:
        """Try again in a smaller step; after the smallest not before something changes."""
        late = self._late.get(name, 0)
        if late < TRIES_MAX:
            self._improved.pop(name, None)
            self._late[name] = late + 1

    def _in_time(self, name: str, area: AreaState, *, again: bool) -> None:
        """Note what was done; after a smaller step a larger one follows, at once with ``again``."""
        late = self._late.pop(name, 0)
        if late:
            self._late[name] = late - 1
        if late and again:
            self._improved.pop(name, None)
        else:
            self._improved[name] = area.head.number


def _has_ended(area: AreaState, built: Built) -> bool:
    """Whether anything asked about in ``built`` is closed, cancelled or gone to another area by now."""
    asked = {visit.id for visit in built.problem.visits} | built.left_out.keys()
    return not asked <= area.orders.keys()


def _is_stale(area: AreaState, batch: Batch, seen: int) -> bool:
    """Whether anything happened since ``seen`` to what ``batch`` changes, or to an order on a route it changes."""
    on_routes = {
        Entity(area.area, "order", stop.order)
        for events in batch.values()
        for event in events
        if isinstance(event, RouteChanged)
        for stop in event.stops
    }
    return any(area.position_of(entity) > seen for entity in batch.keys() | on_routes)


def _freeze(policy: Policy) -> dt.timedelta:
    return dt.timedelta(minutes=policy.freeze_min)


def improve_standing(
    problem: RouteProblem, plan: RoutePlan, budget: int, seed: int
) -> tuple[RoutePlan | None, list[Finding]]:
    """A plan better than the one that stands, or None, and what the independent check finds in it.

    Better is one that leaves fewer out, or as many and saves at least `GAIN_MIN`: a round covered may cost minutes.
    Runs in a process of its own.
    """
    # The process of the services names this function; it is to start without the compiler.
    from dispatch.solver.solve import improve

    standing = insert(problem, plan, only=frozenset())
    better = improve(problem, standing, budget=budget, seed=seed)
    fewer = len(better.unplanned) < len(standing.unplanned)
    if not fewer and standing.total - better.total < GAIN_MIN:
        return None, []
    return better, check(problem, better)
