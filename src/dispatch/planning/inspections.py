"""Inspections on the frame of what is planned ahead: whose work of the month is re-checked by whom, drawn by a seed."""

from __future__ import annotations

import datetime as dt

from dispatch.decide.inspection import KIND, InspectionsState
from dispatch.events.envelope import Entity
from dispatch.events.horizon import LeftOpen
from dispatch.events.inspection import InspectionMissed, InspectionsPublished, PlannedInspection
from dispatch.events.notice import RecheckMissed
from dispatch.events.order import ReasonGiven
from dispatch.model.time import at_clock, local_day
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.commit import Batch
from dispatch.planning.drawn import Drawn
from dispatch.planning.horizons import Asked, Said, asked_of, digest_of, due, head_of_kind
from dispatch.planning.inspection_ask import build_inspections, inspectors_of, known_zones, month_of, team_of
from dispatch.planning.on_duty import duties_of
from dispatch.planning.walk_ask import DAY, Days
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.plan import Reason

_EPOCH = dt.date(1970, 1, 1)
REASONS_SHOWN = 3


class Inspections(Drawn):
    """Who re-checks which zone's work when, from tomorrow to the end of the month; the next month from its eve on."""

    kind = KIND
    words = "dispatch inspections 1"

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """Inspections are due where the policy has levels, and the month goes on or what is asked has changed."""
        if not state.policy.inspections.levels or not (known_zones(state) or state.inspections):
            return None
        start = local_day(now, state.policy.time_zone) + DAY
        month, head = month_of(start), head_of_kind(state, KIND)
        found = due(head, start, month.until, lambda since: _inputs(state, Days(since, month.until), month))
        if found is None:
            return None
        return asked_of(
            state,
            KIND,
            found,
            build_inspections(state, Days(start, month.until), month),
            standing=month,
            now=now,
            start=start,
            until=month.until,
            frozen=start,
            budget=0,
        )

    def solve(self, asked: Asked) -> InspectionPlan:
        """Each level's sample, drawn from the seed."""
        # Only the process that plans loads what it needs for it.
        from dispatch.solver.inspections.solve import plan_inspections

        return plan_inspections(asked.problem, seed=asked.seed)

    def batch(self, state: AreaState, asked: Asked, plan: InspectionPlan, number: int) -> Batch:
        """The inspections of every zone that is inspected otherwise than was published."""
        planned = published(asked.problem, plan)
        batch: Batch = {}
        for zone in sorted({*planned, *state.inspections}):
            known = state.inspections.get(zone, InspectionsState()).from_day(asked.start).planned
            new = planned.get(zone, ())
            if known != new:
                until = max([asked.until, *(one.day + DAY for one in known)])
                event = InspectionsPublished(number=number, start=asked.start, until=until, inspections=new)
                batch[Entity(state.area, "inspection", zone)] = [event]
        return batch

    def said(self, state: AreaState, asked: Asked, plan: InspectionPlan) -> Said:
        """The zones that a level cannot see and the samples that are too small, and why."""
        unseen = (LeftOpen(id=one.zone, part=one.level, reasons=_reasons(one.reasons)) for one in plan.unseen)
        short = (
            LeftOpen(id=one.level, missing=one.asked - one.planned, reasons=_reasons(one.reasons)) for one in plan.short
        )
        return Said(open=(*unseen, *short))


def published(problem: InspectionProblem, plan: InspectionPlan) -> dict[str, tuple[PlannedInspection, ...]]:
    """The inspections of ``plan`` that lie ahead, by zone, in order of days."""
    works = {work.id: work for work in problem.works}
    found: dict[str, list[PlannedInspection]] = {}
    for one in plan.inspections:
        if one.day >= problem.first:
            work = works[one.work]
            found.setdefault(work.zone, []).append(
                PlannedInspection(
                    level=one.level,
                    work=one.work,
                    inspector=one.inspector,
                    day=_EPOCH + one.day * DAY,
                    team=work.team,
                    contractor=work.contractor,
                )
            )
    return {key: tuple(sorted(some, key=lambda one: (one.day, one.level, one.work))) for key, some in found.items()}


def _reasons(reasons: tuple[Reason, ...]) -> tuple[ReasonGiven, ...]:
    return tuple(
        ReasonGiven(rule=one.rule, message=one.message, workers=one.workers, hint=one.hint)
        for one in reasons[:REASONS_SHOWN]
    )


def _inputs(state: AreaState, days: Days, month: Days) -> str:
    """A digest of all that the inspections of ``days`` are made of but of what was told; what was missed counts."""
    policy = state.policy
    begin = at_clock(days.first, "00:00", policy.time_zone)
    zones = [(key, team_of(state, key, zone), zone.part) for key, zone in known_zones(state).items()]
    people = [
        (
            key,
            level,
            record.item.skills,
            record.item.serves,
            [duty.day for duty in duties_of(state, key, days.first, days.until - DAY)],
            [one for one in away_of(state, key) if one.end > begin],
        )
        for level, some in inspectors_of(state).items()
        for key, record in some.items()
    ]
    missed = [
        (zone, one.level, one.work)
        for zone, known in sorted(state.inspections.items())
        for one in known.planned
        if known.is_missed(one) and month.first <= one.day < month.until
    ]
    return digest_of(month.first, policy.inspections.levels, policy.time_zone, zones, people, missed)


def overdue(state: AreaState, now: dt.datetime) -> Batch:
    """What is to be said at ``now``: inspections and re-checks of breaches whose day has passed without them."""
    today = local_day(now, state.policy.time_zone)
    batch: Batch = {}
    for zone, known in sorted(state.inspections.items()):
        missed = [
            InspectionMissed(level=one.level, work=one.work, inspector=one.inspector, day=one.day)
            for one in known.planned
            if one.day < today and not (known.is_marked(one) or known.is_missed(one))
        ]
        if missed:
            batch[Entity(state.area, "inspection", zone)] = [*missed]
    for key, notice in sorted(state.notices.items()):
        if notice.recheck < today and not (notice.put_right or notice.missed):
            batch[Entity(state.area, "notice", key)] = [RecheckMissed(recheck=notice.recheck)]
    return batch
