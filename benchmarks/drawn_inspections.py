"""Made-up work to be inspected at three levels, drawn from a seed."""

from __future__ import annotations

import random

from msgspec.structs import replace

from benchmarks.drawn_rounds import seed_of
from dispatch.solver.inspection_problem import InspectionKept, InspectionLevel, InspectionProblem, Inspector, WorkDone
from dispatch.solver.inspections.solve import plan_inspections

LEVELS = ("leader", "supervisor", "steward")


def random_inspections(seed: int) -> InspectionProblem:
    """A month of work in up to 12 zones by 4 teams, some of a contractor; a few inspectors at each level."""
    draw = random.Random(seed)
    zones = [f"z{number}" for number in range(draw.randint(2, 12))]
    works = tuple(
        WorkDone(
            id=f"w{number}",
            zone=draw.choice(zones),
            team=f"t{(team := draw.randrange(4))}",
            contractor="firm" if team > 1 else None,
            day=20_500 + draw.randrange(30),
        )
        for number in range(draw.randint(5, 120))
    )
    levels = tuple(
        InspectionLevel(
            id=name, share=draw.choice((0.2, 0.5)), least=draw.choice((1, 3)), weight=draw.choice((1.0, 2.0))
        )
        for name in LEVELS
    )
    staff = tuple(
        Inspector(
            id=f"{level}-{number}",
            level=level,
            days=tuple(sorted(draw.sample(range(20_500, 20_535), draw.randint(3, 20)))),
            per_day=draw.randint(1, 4),
            zones=tuple(draw.sample(zones, len(zones) // 2)) if draw.random() < 0.3 else (),
            never=("t0",) if draw.random() < 0.3 else (),
        )
        for level in LEVELS
        for number in range(draw.randint(1, 4))
    )
    whole = InspectionProblem(area="estate", works=works, levels=levels, inspectors=staff, seed=seed_of(seed))
    return whole if draw.random() < 0.5 else _gone_on(whole, draw.randrange(20_505, 20_530))


def _gone_on(whole: InspectionProblem, first: int) -> InspectionProblem:
    """The same month drawn again on the day ``first``: what was to be inspected before it stays."""
    told = tuple(
        InspectionKept(level=one.level, work=one.work, inspector=one.inspector, day=one.day)
        for one in plan_inspections(whole).inspections
        if one.day < first
    )
    return replace(whole, kept=told, first=first)
