"""What the log of an area says of its inspections: whether each draw was the one bound, and what marks come to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing

import msgspec
from msgspec import Struct

from dispatch.decide.inspection import KIND, InspectionsState, evolve
from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Stored
from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.events.inspection import InspectionsPublished, PlannedInspection
from dispatch.model.errors import ProblemError
from dispatch.model.policy import Policy
from dispatch.planning.inspections import published
from dispatch.planning.ticks import day_number
from dispatch.projections.inspections import InspectionsRow
from dispatch.services.draws import DrawProven, unpacked
from dispatch.solver.inspection_plan import InspectionPlan, Score
from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Mark, WorkDone
from dispatch.solver.inspections.scores import scores
from dispatch.solver.rounds.draw import NO_SEED
from dispatch.solver.rounds.prove import prove_inspections
from dispatch.store.base import EventStore


class DrawnInspections(Struct, kw_only=True):
    """One draw: as it was ``recorded``, its ``seed`` once it is revealed, what was published of it by zone."""

    recorded: DrawRecorded
    seed: str | None = None
    zones: dict[str, InspectionsState] = {}


async def _happened(events: EventStore, area: str) -> AsyncIterator[Stored]:
    subjects = (f"event.{area}.horizon.{KIND}", f"event.{area}.inspection.*")
    async with aclosing(events.follow(subjects, 0, until=await events.position())) as batches:  # type: ignore[type-var]
        async for batch in batches:
            for stored in batch:
                yield stored


async def inspections_drawn(events: EventStore, area: str) -> list[DrawnInspections]:
    """Every draw of ``area`` in order, each with the inspections as they stood until the next."""
    found: dict[int, DrawnInspections] = {}
    zones: dict[str, InspectionsState] = {}
    last: DrawnInspections | None = None
    async for stored in _happened(events, area):
        event = event_in(stored)
        match event:
            case DrawRecorded():
                last = found[event.number] = DrawnInspections(recorded=event, zones=dict(zones))
            case SeedRevealed() if event.number in found:
                found[event.number].seed = event.seed
            case InspectionsPublished():
                key = stored.entity.id
                zones[key] = evolve(zones.get(key), event, stored.recorded.happened_at) or InspectionsState()
                if last is not None:
                    last.zones = dict(zones)
    return list(found.values())


def inspections_proven(drawn: DrawnInspections) -> DrawProven:
    """Whether what was published is what was recorded, and what the seed gives; raises `ProblemError`."""
    recorded = drawn.recorded
    problem, plan = unpacked(recorded.problem, InspectionProblem), unpacked(recorded.plan, InspectionPlan)
    shown: dict[str, tuple[PlannedInspection, ...]] = {}
    for zone, state in drawn.zones.items():
        if ahead := tuple(one for one in state.planned if day_number(one.day) >= problem.first):
            shown[zone] = ahead
    proof = None
    if drawn.seed is not None:
        try:
            asked = msgspec.convert({**msgspec.to_builtins(problem), "seed": drawn.seed}, InspectionProblem)
        except msgspec.ValidationError as error:
            raise ProblemError(f"The seed of draw {recorded.number} is none: {error}.") from error
        proof = prove_inspections(asked, plan, commitment=recorded.commitment)
    same = shown == published(problem, plan)
    return DrawProven(number=recorded.number, commitment=recorded.commitment, proof=proof, published=same)


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
