"""Plan inspections level by level: each draws from what the level below inspects."""

from __future__ import annotations

import math
from collections import Counter

from msgspec.structs import replace

from dispatch.solver.checks.costs import cost
from dispatch.solver.checks.form import require_form
from dispatch.solver.inspection_plan import Inspection, InspectionPlan, SampleShort, ZoneUnseen
from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Inspector
from dispatch.solver.inspections.flow import Item, allowed, give
from dispatch.solver.inspections.spread import spread
from dispatch.solver.plan import Effort, Reason
from dispatch.solver.rounds.draw import Draw, commitment
from dispatch.solver.rules import Rule

SOLVER = "inspections-3"
"""Plans of one version are repeatable, bit for bit."""


def plan_inspections(problem: InspectionProblem, *, seed: int = 0) -> InspectionPlan:
    """The plan for ``problem``: each level's sample by minimum-cost flow, the lowest level first, then days for it.

    What is drawn comes from the seed of the problem; ``seed`` is recorded only. Raises `ProblemError` if ``problem`` is
    malformed.
    """
    require_form(problem)
    ready = {work.id: work.day for work in problem.works}
    found: list[Inspection] = []
    unseen: list[ZoneUnseen] = []
    short: list[SampleShort] = []
    for level in problem.levels:
        items = _drawn(problem, level, ready)
        inspectors = [one for one in problem.inspectors if one.level == level.id]
        asked = asked_of(level, len(items))
        given = _given(problem, level, items, inspectors, asked)
        seen = {items[place].work.zone for place in given}
        for zone in sorted({item.work.zone for item in items} - seen):
            reason = _why_unseen(_of_zone(items, zone, problem.first), inspectors)
            unseen.append(ZoneUnseen(level=level.id, zone=zone, reasons=(reason,)))
        if len(given) < asked:
            missing = asked - len(given)
            message = f"The days of the {len(inspectors)} inspectors of {level.id} reach for {len(given)} of {asked}."
            reason = Reason(rule=Rule.INSPECTIONS_CAP, message=message, hint=f"room for {missing} more on their days")
            short.append(SampleShort(level=level.id, asked=asked, planned=len(given), reasons=(reason,)))
        ready = {}
        for place, (inspector, day) in sorted(given.items()):
            found.append(Inspection(level=level.id, work=items[place].work.id, inspector=inspector, day=day))
            ready[items[place].work.id] = day
    plan = InspectionPlan(
        inspections=spread(problem, found),
        unseen=tuple(unseen),
        short=tuple(short),
        commitment=commitment(problem),
        effort=Effort(solver=SOLVER, seed=seed, budget=0, used=0),
    )
    return replace(plan, cost=cost(problem, plan))


def _given(
    problem: InspectionProblem, level: InspectionLevel, items: list[Item], inspectors: list[Inspector], asked: int
) -> dict[int, tuple[str, int]]:
    """Who re-checks which of ``items`` (by place) on which day: what is kept, and what is drawn beside it."""
    kept = {one.work: one for one in problem.kept if one.level == level.id}
    fixed = {place: kept[item.work.id] for place, item in enumerate(items) if item.work.id in kept}
    taken = Counter((one.inspector, one.day) for one in fixed.values())
    seen = {items[place].work.zone for place in fixed}
    free = [
        (place, item._replace(ready=max(item.ready, problem.first)))
        for place, item in enumerate(items)
        if place not in fixed
    ]
    found = give([item for _, item in free], inspectors, max(0, asked - len(fixed)), seen=seen, taken=taken)
    given = {place: (one.inspector, one.day) for place, one in fixed.items()}
    return given | {free[number][0]: where for number, where in found.items()}


def asked_of(level: InspectionLevel, works: int) -> int:
    """How large the sample of ``level`` is to be, of so many ``works`` of the level below."""
    return min(works, max(level.least, math.ceil(level.share * works - 1e-9)))


def _drawn(problem: InspectionProblem, level: InspectionLevel, ready: dict[str, int]) -> list[Item]:
    """The work the level below has, in the order of the draw of ``level``."""
    draw = Draw(problem.seed)
    works = [work for work in problem.works if work.id in ready]
    ranked = sorted(works, key=lambda work: draw.number("sample", level.id, work.id))
    return [Item(work, ready[work.id]) for work in ranked]


def _of_zone(items: list[Item], zone: str, first: int) -> list[Item]:
    return [item._replace(ready=max(item.ready, first)) for item in items if item.work.zone == zone]


def _why_unseen(items: list[Item], inspectors: list[Inspector]) -> Reason:
    """Why none of ``items``, all of one zone, can be seen by any of ``inspectors``."""
    count = len(inspectors)
    if not any(allowed(inspector, item.work) for inspector in inspectors for item in items):
        message = f"None of the {count} inspectors may see it."
        return Reason(rule=Rule.INSPECTOR, message=message, workers=count, hint="one more who may go there")
    late = not any(
        allowed(inspector, item.work) and any(day >= item.ready for day in inspector.days)
        for inspector in inspectors
        for item in items
    )
    if late:
        first = min(item.ready for item in items)
        message = f"None of those who may see it has a day from day {first} on."
        return Reason(rule=Rule.INSPECTION_DAY, message=message, workers=count, hint=f"a day from day {first} on")
    message = "The days of those who may see it are full with other zones."
    return Reason(rule=Rule.INSPECTIONS_CAP, message=message, workers=count, hint="one more inspection on one of them")
