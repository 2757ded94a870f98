"""Days of inspections: one in each stratum of an inspector's days, drawn; what could be seen at all still is."""

from __future__ import annotations

from collections import Counter

import pytest
from broken_inspections import LEVELS, inspections, plan_of, work
from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.inspection_problem import InspectionKept, InspectionLevel, InspectionProblem, Inspector
from dispatch.solver.inspections.solve import plan_inspections
from dispatch.solver.rounds.prove import prove_inspections

MONTH = 28
ONE = (InspectionLevel(id="leader", share=1.0),)
WORKS = tuple(work(number, f"z{number}") for number in range(7))
ANN = Inspector(id="ann", level="leader", days=tuple(range(MONTH)), per_day=4)
ALONE = inspections(WORKS, (ANN,), ONE)


def seeded(asked: InspectionProblem, number: int) -> InspectionProblem:
    """``asked`` with another seed."""
    return replace(asked, seed=f"{number:064x}")


def test_each_stratum_of_the_days_has_its_inspection() -> None:
    for seed in range(20):
        days = sorted(one.day for one in plan_of(seeded(ALONE, seed)).inspections)
        assert [day * len(WORKS) // MONTH for day in days] == list(range(len(WORKS)))


def test_any_zone_may_be_looked_at_on_any_day() -> None:
    plans = [plan_inspections(seeded(ALONE, seed)) for seed in range(400)]
    of_one = Counter(one.day for plan in plans for one in plan.inspections if one.work == "w0")
    assert set(of_one) == set(range(MONTH))
    assert max(of_one.values()) < 4 * 400 / MONTH


def test_what_is_ready_late_is_seen_after_that_and_what_is_kept_stays() -> None:
    late = tuple(replace(one, day=7 * (number // 2)) for number, one in enumerate(WORKS))
    kept = InspectionKept(level="leader", work="w0", inspector="ann", day=2)
    asked = replace(ALONE, works=late, kept=(kept,), first=5)
    for seed in range(20):
        plan = plan_of(seeded(asked, seed))
        days = {one.work: one.day for one in plan.inspections}
        assert days.pop("w0") == 2
        assert all(days[one.id] >= max(5, one.day) for one in late[1:])
        assert max(days.values()) > 21


@pytest.mark.parametrize("per_day", [1, 2])
def test_days_that_are_full_keep_every_zone(per_day: int) -> None:
    tight = inspections(WORKS, (replace(ANN, days=tuple(range(-(-7 // per_day))), per_day=per_day),), ONE)
    for seed in range(10):
        plan = plan_of(seeded(tight, seed))
        assert plan.unseen == ()
        assert max(Counter(one.day for one in plan.inspections).values()) == per_day


def test_levels_above_come_behind_and_reach_to_the_end_of_the_month() -> None:
    staff = tuple(
        Inspector(id=f"{level.id}-1", level=level.id, days=tuple(range(MONTH)), per_day=2) for level in LEVELS
    )
    asked = inspections(tuple(work(number, f"z{number % 4}", day=number) for number in range(12)), staff)
    for seed in range(10):
        plan = plan_of(seeded(asked, seed))
        assert plan.unseen == () and plan.short == ()
        assert max(one.day for one in plan.inspections) > MONTH * 2 // 3


def test_the_days_are_proven_with_the_rest() -> None:
    plan = plan_inspections(ALONE)
    assert prove_inspections(ALONE, plan).holds
    first, second, *others = plan.inspections
    changed = replace(plan, inspections=(replace(first, day=second.day), *others, second))
    assert check(ALONE, changed) == []
    assert not prove_inspections(ALONE, changed).holds
