"""Visits of contracts on the frame of what is planned ahead: dated for months, near dates kept, promises watched."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from msgspec import Struct

from dispatch.decide.contract import KIND, contract_of, order_of, visit_id
from dispatch.decide.horizon import HorizonHead
from dispatch.events.contract import DatedVisit, PromisesAtRisk, VisitsDated
from dispatch.events.horizon import LeftOpen, Shortage
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.contract_ask import build_contracts, contract_inputs
from dispatch.planning.contract_known import as_they_stand, left_aside
from dispatch.planning.contract_past import standing_visits
from dispatch.planning.contract_risks import given, risks_of
from dispatch.planning.horizons import Asked, Due, Horizon, Said, asked_of, due, head_of_kind, months_on
from dispatch.planning.ticks import day_number
from dispatch.planning.walk_ask import DAY, Days
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contracts.calendar import date_of
from dispatch.solver.contracts.periods import Period, periods

CHANGES_SHOWN = 5
"""Changes named that would each let one visit in."""


class Contracts(Horizon):
    """Which visit on which day by whom, from tomorrow to the end of as many months as the policy says."""

    kind = KIND

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """Visits are dated where there are contracts, when a month begins or what is asked has changed.

        Something that came about otherwise than it was told has: a visit missed, failed, called off or put off.
        """
        if all(record.retired for record in state.contracts.values()):
            return None
        policy, head = state.policy, head_of_kind(state, KIND)
        today = local_day(now, policy.time_zone)
        start = today + DAY
        until = months_on(start, policy.contracts.months + 1)
        found = due(head, start, until, lambda since: contract_inputs(state, Days(since, until), today))
        if found is None and _was_at_risk(state, head):
            again = contract_inputs(state, Days(start, until), today)
            found = Due(again, again, "what was at risk was made")
        if found is None:
            return None
        return asked_of(
            state,
            KIND,
            found,
            build_contracts(state, Days(start, until)),
            now=now,
            start=start,
            until=until,
            frozen=today + policy.contracts.freeze_days * DAY,
            budget=policy.contracts.budget,
        )

    def solve(self, asked: Asked) -> ContractPlan:
        """The plan that breaks the fewest promises, and moves what was told only where that is worth its price."""
        # The process of the services is to start without the compiler.
        from dispatch.solver.contracts.search import solve_contracts

        return solve_contracts(asked.problem, budget=asked.budget, seed=asked.seed)

    def batch(self, state: AreaState, asked: Asked, plan: ContractPlan, number: int) -> Batch:
        """The visits of every contract that has others than are published, and promises where others are at risk."""
        dated, risks = _dated(state, asked, plan, number), risks_of(state, asked, plan)
        batch: Batch = {}
        stay = as_they_stand(state)
        for key, record in sorted(state.contracts.items()):
            if record.retired or key in stay:
                continue
            known = {one.id: one for one in record.dated.visits.values() if one.day >= asked.start}
            new = {one.id: one for one in dated[key]}
            events: list[Struct] = []
            if known != new:
                until = max([asked.until, *(one.day + DAY for one in known.values())])
                visits = tuple(sorted(new.values(), key=lambda one: (one.day, one.id)))
                events.append(VisitsDated(number=number, start=asked.start, until=until, visits=visits))
            if record.dated.risks != risks.get(key, ()):
                events.append(PromisesAtRisk(number=number, risks=risks.get(key, ())))
            if events:
                batch[contract_of(state.area, key)] = events
        return batch

    def said(self, state: AreaState, asked: Asked, plan: ContractPlan) -> Said:
        """The contracts that are left aside, the promises that break, and how many have to."""
        opens = [LeftOpen(id=key, reasons=(reason,)) for key, reason in left_aside(state).items()]
        opens += [
            LeftOpen(
                id=one.contract,
                day=date_of(one.last),
                part=one.promise,
                missing=max(part.need - part.have for part in one.short),
                reasons=given(one.reasons),
            )
            for one in plan.broken
        ]
        return Said(open=tuple(opens), shortage=_shortage(asked, plan))


def _was_at_risk(state: AreaState, head: HorizonHead) -> bool:
    """Whether a visit was made, since all was dated, of a contract that had promises at risk: they may be kept now."""
    if head.refused or head.start is None:
        return False
    risky = {key for key, record in state.contracts.items() if any(not one.over for one in record.dated.risks)}
    return any(
        one.outcome == "done" and one.day >= head.start and one.contract in risky
        for one in (state.visit_orders.values() if risky else ())
    )


def _shortage(asked: Asked, plan: ContractPlan) -> Shortage | None:
    """How many promises break, how many of them in any plan, and the changes that would each let one visit in."""
    if not plan.broken:
        return None
    needed, broken = sum(one.hard for one in periods(asked.problem)), len(plan.broken)
    least = "no plan breaks fewer" if plan.bound == broken else f"at least {plan.bound} do in any plan"
    hints = dict.fromkeys(reason.hint for one in plan.broken for reason in one.reasons[:1] if reason.hint)
    return Shortage(
        needed=needed,
        can_give=needed - plan.bound,
        open=broken,
        message=f"{broken} of {needed} promises break; {least}.",
        would_close=tuple(hints)[:CHANGES_SHOWN],
    )


def _dated(state: AreaState, asked: Asked, plan: ContractPlan, number: int) -> dict[str, list[DatedVisit]]:
    """The visits of the plan by contract. One that keeps its day keeps its id; on another day it is another visit."""
    told = {
        order_of(state.area, key, visit.id).id: visit
        for key, record in state.contracts.items()
        if not record.retired
        for visit, _ in standing_visits(state, key)
    }
    found = _kept(state, asked, plan)
    kept = {order_of(state.area, key, one.id).id for key, some in found.items() for one in some}
    reach = defaultdict(list)
    for period in periods(asked.problem) if kept else ():
        reach[asked.problem.contracts[period.contract].id].append(period)
    for index, one in enumerate(plan.visits):
        before = told.get(one.told or "")
        stays = before is not None and before.day == date_of(one.day)
        if before is not None and one.told in kept and _counts_alike(reach[one.contract], one.day, before.day):
            continue
        found[one.contract].append(
            DatedVisit(
                id=before.id if before is not None and stays else visit_id(number, index),
                category=one.kind,
                day=date_of(one.day),
                helper=one.helper,
                minutes=one.minutes,
                directed=before is not None and stays and before.directed and before.helper == one.helper,
            )
        )
    return found


def _kept(state: AreaState, asked: Asked, plan: ContractPlan) -> dict[str, list[DatedVisit]]:
    """The visits that have an order and stay whatever the plan says: what the desk agreed stands.

    Such is one put off to a day on which no plan could have it, and one that could not be asked about.
    """
    found: dict[str, list[DatedVisit]] = defaultdict(list)
    asked_about, as_told = {one.id for one in asked.problem.told}, {(one.told, date_of(one.day)) for one in plan.visits}
    for key, record in state.contracts.items():
        for visit, order in () if record.retired else standing_visits(state, key):
            if order is not None and visit.day >= asked.start:
                name = order_of(state.area, key, visit.id).id
                if name not in asked_about or (order.put_off and (name, visit.day) not in as_told):
                    found[key].append(visit)
    return found


def _counts_alike(spans: list[Period], planned: int, agreed: dt.date) -> bool:
    """Whether a visit on the day ``agreed`` counts in every period that one on the day ``planned`` does."""
    day = day_number(agreed)
    return all(one.opens <= day <= one.closes for one in spans if one.opens <= planned <= one.closes)
