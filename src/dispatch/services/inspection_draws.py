"""What the log of an area says of its inspections: whether each draw was the one bound, and what marks come to."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.decide.inspection import KIND, InspectionsState, evolve
from dispatch.events.inspection import InspectionsPublished, PlannedInspection
from dispatch.model.policy import Policy
from dispatch.planning.inspections import published
from dispatch.planning.ticks import day_number
from dispatch.projections.inspections import InspectionsRow
from dispatch.services.draws import Drawn, DrawnKind, DrawProven, proof_of, read_draws, unpacked
from dispatch.solver.inspection_plan import InspectionPlan, Score
from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Mark, WorkDone
from dispatch.solver.inspections.scores import scores
from dispatch.solver.rounds.draw import NO_SEED
from dispatch.solver.rounds.prove import prove_inspections
from dispatch.store.base import EventStore

_INSPECTIONS = DrawnKind(horizon=KIND, entity="inspection", published=InspectionsPublished, evolve=evolve)


async def inspections_drawn(events: EventStore, area: str) -> list[Drawn[InspectionsState]]:
    """Every draw of ``area`` in order, each with the inspections by zone as they stood until the next."""
    return await read_draws(events, area, _INSPECTIONS)


def inspections_proven(drawn: Drawn[InspectionsState]) -> DrawProven:
    """Whether what was published is what was recorded, and what the seed gives; raises `ProblemError`."""
    recorded = drawn.recorded
    problem, plan = unpacked(recorded.problem, InspectionProblem), unpacked(recorded.plan, InspectionPlan)
    shown: dict[str, tuple[PlannedInspection, ...]] = {}
    for zone, state in drawn.published.items():
        if ahead := tuple(one for one in state.planned if day_number(one.day) >= problem.first):
            shown[zone] = ahead
    same = shown == published(problem, plan)
    return proof_of(drawn, problem, same, lambda asked: prove_inspections(asked, plan, commitment=recorded.commitment))


def month_scores(
    policy: Policy, rows: Iterable[InspectionsRow], month: str
) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """The scores of teams and of contractors in ``month`` (``2026-11``) by the marks given to what was due in it."""
    works: dict[str, WorkDone] = {}
    marks: list[Mark] = []
    known = {level.id for level in policy.inspections.levels}
    for row in rows:
        for one in row.inspections:
            if one.points is not None and one.level in known and f"{one.day:%Y-%m}" == month:
                works[one.work] = WorkDone(
                    id=one.work, zone=row.id, team=one.team, contractor=one.contractor, day=day_number(one.day)
                )
                marks.append(Mark(level=one.level, work=one.work, points=one.points))
    levels = tuple(
        InspectionLevel(id=one.id, share=one.share, least=one.least, weight=one.weight)
        for one in policy.inspections.levels
    )
    if not levels:
        return (), ()
    problem = InspectionProblem(area="x", works=tuple(works.values()), levels=levels, inspectors=(), seed=NO_SEED)
    return scores(problem, marks)
