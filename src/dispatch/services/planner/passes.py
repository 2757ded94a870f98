"""One planning pass over an area: rounds, then routes; each committed only if the independent check finds nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from dispatch.decide.plan import head_of
from dispatch.events.order import ReasonGiven
from dispatch.events.plan import FindingRecorded, PlanRefused
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import batch_of, reasons_given, telling
from dispatch.planning.contract_orders import closing_visits, visits_due, withdrawing_visits
from dispatch.planning.crews import Gathered
from dispatch.planning.homes import moving, strays
from dispatch.planning.inspections import overdue
from dispatch.planning.joining import asking, joining, left_alone
from dispatch.planning.problem import Built, build, off_plan
from dispatch.planning.rounds import closing, releasing, rounds_due, withdrawing
from dispatch.planning.under_way import to_come, waiting
from dispatch.planning.zone_moves import moves_due
from dispatch.services.clock import Clock
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.committing import Committer
from dispatch.solver.checks import check
from dispatch.solver.plan import Finding, RoutePlan
from dispatch.solver.routes.insert import insert

log = logging.getLogger(__name__)

AT_ONCE = 150
"""New orders placed in one plan at most; each may bring three events, and an append has a limit."""


class Passes:
    """Plans one area at a time on behalf of one planner."""

    def __init__(self, areas: Areas, committer: Committer, clock: Clock) -> None:
        self._areas = areas
        self._commit = committer.commit
        self._now = clock.now

    async def run(self, area: AreaState, dirt: Dirt) -> None:
        """Plan what ``dirt`` calls for; raises `Conflict` when somebody else wrote first.

        Each step asks anew what time it is: what was folded in meanwhile must not be planned before it was reported.
        """
        area.forget(self._now())
        await self._homes(area, dirt)
        if dirt & Dirt.ROUNDS and (missed := overdue(area, now := self._now())):
            await self._commit(area, missed, now)
        if dirt & (Dirt.ROUNDS | Dirt.ALL):
            await self._rounds(area, self._now())
        await self._routes(area, dirt)
        if released := releasing(area):
            await self._commit(area, released, self._now())

    async def _homes(self, area: AreaState, dirt: Dirt) -> None:
        """Let what belongs to another area go there, each order by itself."""
        register = self._areas.register
        among = list(area.orders) if dirt & (Dirt.HOMES | Dirt.ALL) else sorted(area.new)
        for order_id, home in strays(area, register, among).items():
            await self._commit(area, moving(area, self._areas.areas[home], order_id), self._now())

    async def _rounds(self, area: AreaState, now: dt.datetime) -> None:
        while withdrawn := withdrawing(area, now) or withdrawing_visits(area, now):
            await self._commit(area, withdrawn, now)
        for made in (closing, rounds_due, closing_visits, visits_due):
            each = list(made(area, now).items())
            for start in range(0, len(each), AT_ONCE):
                await self._commit(area, dict(each[start : start + AT_ONCE]), now)
        if moved := moves_due(area, now):
            await self._commit(area, moved, now)

    async def _routes(self, area: AreaState, dirt: Dirt) -> None:
        """Place what is new, a part at a time; with more than that in ``dirt`` also what stayed out before."""
        new = sorted(area.new)
        again = bool(dirt & ~(Dirt.NEW | Dirt.HOMES))
        if again:
            new += sorted(order_id for order_id in off_plan(area, self._now()) if order_id not in area.new)
        parts: list[frozenset[str] | None] = [
            frozenset(new[start : start + AT_ONCE]) for start in range(0, len(new), AT_ONCE)
        ]
        if again and len(parts) <= 1:
            parts = [None]
        if waiting(area, self._now()):
            # Who is alone somewhere comes first, in a plan that is short enough for one append.
            parts.insert(0, frozenset())
        for tried in parts:
            now = self._now()
            built, plan = place(area, self._areas, now, tried)
            findings = check(built.problem, plan)
            if findings:
                await self._refuse(area, findings, now)
                continue
            placed = set(area.new) if tried is None else area.new & tried
            why = f"{len(placed)} new" if placed else "looked again"
            await self._commit(area, batch_of(area, built, plan, now, why=why, tried=tried), now)
            area.new.difference_update(placed)
        while told := telling(area, now := self._now()):
            await self._commit(area, told, now)

    async def _refuse(self, area: AreaState, findings: list[Finding], now: dt.datetime) -> None:
        log.error("a plan of area %s broke a hard rule and was refused: %s", area.area, findings[0])
        refused = PlanRefused(
            parent=area.head.number,
            saw=area.position,
            findings=tuple(FindingRecorded(rule=finding.rule, message=finding.message) for finding in findings[:50]),
        )
        await self._commit(area, {head_of(area.area): [refused]}, now)


def gathering(area: AreaState, areas: Areas, now: dt.datetime, missed: Collection[str] = ()) -> dict[str, Gathered]:
    """What becomes of the visits somebody is at, or on the way to, and others of the crew are not, or cannot be.

    ``missed``: those that whoever was to come later cannot come to as planned; others may.
    """
    waits = waiting(area, now)
    settled = to_come(area, now, waits)
    waits |= {order: settled.pop(order).there for order in missed if order in settled}
    while waits:
        asked = asking(area, areas.register.categories, now, waits, settled)
        plan = insert(asked.problem, asked.plan, only=waits)
        findings = check(asked.problem, plan)
        if findings:
            log.error("who joins a visit in area %s broke a hard rule and was dropped: %s", area.area, findings[0])
            why = tuple(ReasonGiven(rule=one.rule, message=one.message) for one in findings[:1])
            return settled | {order: left_alone(area.orders[order], there, why) for order, there in waits.items()}
        found = joining(area, asked, plan)
        alone = {order: one for order, one in found.items() if not one.joiners}
        if not alone:
            return settled | found
        # Who is alone at one visit may be waited for at another: that cannot begin before they are free.
        settled |= alone
        waits = {order: there for order, there in waits.items() if order not in alone}
    return settled


def place(area: AreaState, areas: Areas, now: dt.datetime, only: frozenset[str] | None) -> tuple[Built, RoutePlan]:
    """The plan with ``only`` these orders placed anew (None: all that stay out), as near as can be to what stands.

    What is frozen where it can no longer stand is thawed and placed like any other.
    """
    categories = areas.register.categories
    thaw: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()
    gathered = gathering(area, areas, now)
    while True:
        built = build(area, categories, now, only=only, thaw=thaw, gathered=gathered)
        plan = insert(built.problem, built.plan)
        alone = {
            left.id: left_alone(area.orders[left.id], gathered[left.id].there, reasons_given(left))
            for left in plan.unplanned
            if left.id in gathered
        }
        if alone.keys() - missed:
            missed |= alone.keys()
            gathered = gathering(area, areas, now, missed)
            continue
        if alone:
            gathered |= alone
            continue
        frozen = {visit.id for visit in built.problem.visits if visit.pin is not None and visit.pin.why == "frozen"}
        fallen = frozenset(left.id for left in plan.unplanned if left.id in frozen)
        if not fallen:
            return built, plan
        thaw |= fallen
