"""Inspections of a small estate made by hand, and ways to break each rule of their plan."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.inspection_plan import Inspection, InspectionPlan, SampleShort, ZoneUnseen
from dispatch.solver.inspection_problem import (
    InspectionKept,
    InspectionLevel,
    InspectionProblem,
    Inspector,
    WorkDone,
)
from dispatch.solver.inspections.solve import plan_inspections
from dispatch.solver.plan import Reason
from dispatch.solver.rules import Rule

SEED = "a5" * 32
LEVELS = (
    InspectionLevel(id="leader", share=0.5),
    InspectionLevel(id="supervisor", share=0.3, weight=2.0),
    InspectionLevel(id="steward", share=0.2, weight=3.0),
)


def work(number: int, zone: str, *, team: str = "t1", contractor: str | None = None, day: int = 0) -> WorkDone:
    """A piece of work."""
    return WorkDone(id=f"w{number}", zone=zone, team=team, contractor=contractor, day=day)


def inspections(
    works: tuple[WorkDone, ...], inspectors: tuple[Inspector, ...], levels: tuple[InspectionLevel, ...] = LEVELS
) -> InspectionProblem:
    """A problem."""
    return InspectionProblem(area="x", works=works, levels=levels, inspectors=inspectors, seed=SEED)


def plan_of(asked: InspectionProblem) -> InspectionPlan:
    """A plan that the check finds clean."""
    plan = plan_inspections(asked)
    assert check(asked, plan) == []
    return plan


WORKS = tuple(
    work(number, "abc"[number % 3], team=f"t{number % 2}", contractor="firm" if number % 2 else None, day=number // 4)
    for number in range(12)
)
STAFF = (
    Inspector(id="ann", level="leader", days=(2, 3, 4), per_day=1, zones=("a", "b"), never=("t9",)),
    Inspector(id="bob", level="leader", days=(1, 2, 4), per_day=2, never=("t1",)),
    Inspector(id="cleo", level="supervisor", days=(5, 6), per_day=2),
    Inspector(id="dan", level="steward", days=(6, 7), per_day=2),
)
OPEN = inspections(WORKS, STAFF)


def kept_of(plan: InspectionPlan, works: Collection[str]) -> tuple[InspectionKept, ...]:
    """The inspections of some work, to stay as they are planned."""
    some = (one for one in plan.inspections if one.work in works)
    return tuple(InspectionKept(level=one.level, work=one.work, inspector=one.inspector, day=one.day) for one in some)


FIRST = plan_of(OPEN)
PROBLEM = replace(OPEN, kept=kept_of(FIRST, {FIRST.inspections[0].work})[:1], first=2)
CLEAN = plan_of(PROBLEM)


def of(level: str) -> list[int]:
    """The places in the plan of the inspections of a level."""
    return [place for place, one in enumerate(CLEAN.inspections) if one.level == level]


def changed(place: int, **fields: object) -> InspectionPlan:
    """The plan with one inspection changed."""
    some = list(CLEAN.inspections)
    some[place] = replace(some[place], **fields)  # type: ignore[arg-type]
    return replace(CLEAN, inspections=tuple(some))


def more(**fields: object) -> InspectionPlan:
    """The plan with one inspection more, like the last one but for ``fields``."""
    one: Inspection = replace(CLEAN.inspections[-1], **fields)  # type: ignore[arg-type]
    return replace(CLEAN, inspections=(*CLEAN.inspections, one))


def without(level: str, zone: str | None = None, *, saying: bool = False) -> InspectionPlan:
    """The plan without the inspections of a level (in a zone)."""
    zones = {one.id: one.zone for one in WORKS}
    kept = tuple(
        one for one in CLEAN.inspections if one.level != level or (zone is not None and zones[one.work] != zone)
    )
    reason = (Reason(rule=Rule.INSPECTOR, message="No."),)
    unseen = (ZoneUnseen(level=level, zone=zone or "a", reasons=reason),) if saying else ()
    return replace(CLEAN, inspections=kept, unseen=unseen)


def elsewhere() -> str:
    """Work that the leaders did not inspect."""
    seen = {CLEAN.inspections[place].work for place in of("leader")}
    return next(one.id for one in WORKS if one.id not in seen)


BY_ANN = next(place for place in of("leader") if CLEAN.inspections[place].inspector == "ann")
BROKEN: list[tuple[Rule, Callable[[], InspectionPlan]]] = [
    (Rule.INSPECTOR, lambda: changed(of("steward")[0], inspector="cleo", day=6)),
    (Rule.INSPECTOR, lambda: changed(BY_ANN, work="w2")),
    (Rule.INSPECTOR, lambda: changed(BY_ANN, inspector="bob", work="w1", day=4)),
    (Rule.INSPECTION_DAY, lambda: changed(of("steward")[0], day=9)),
    (Rule.INSPECTION_DAY, lambda: changed(of("leader")[0], inspector="bob", day=1, work="w8")),
    (Rule.INSPECTIONS_CAP, lambda: replace(CLEAN, inspections=tuple(replace(one, day=4) if one.inspector == "ann" else one for one in CLEAN.inspections))),  # noqa: E501
    (Rule.PIN, lambda: replace(CLEAN, inspections=CLEAN.inspections[1:])),
    (Rule.SAMPLE, lambda: without("supervisor")),
    (Rule.SAMPLE, lambda: changed(of("supervisor")[0], work=elsewhere())),
    (Rule.SAMPLE, lambda: replace(CLEAN, inspections=(*CLEAN.inspections, *(replace(CLEAN.inspections[of("leader")[0]], work=one.id) for one in WORKS)))),  # noqa: E501
    (Rule.SAMPLE, lambda: replace(without("supervisor"), short=(SampleShort(level="supervisor", asked=9, planned=0, reasons=()),))),  # noqa: E501
    (Rule.ZONE_SEEN, lambda: without("steward", "a")),
    (Rule.ZONE_SEEN, lambda: without("steward", "a", saying=True)),
    (Rule.ZONE_SEEN, lambda: replace(CLEAN, unseen=(*CLEAN.unseen, ZoneUnseen(level="steward", zone="a", reasons=(Reason(rule=Rule.ZONE_SEEN, message="by hand"),))))),  # noqa: E501
    (Rule.ONCE, more),
    (Rule.ONCE, lambda: more(work="w99")),
    (Rule.ONCE, lambda: more(inspector="eve")),
    (Rule.DRAW, lambda: replace(CLEAN, commitment="0" * 64)),
]  # fmt: skip
