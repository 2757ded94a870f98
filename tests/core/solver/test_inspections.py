"""Inspections: every zone seen at every level as far as days reach, drawn by the seed; marks added up."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from collections.abc import Callable

import pytest
from broken_inspections import BROKEN, CLEAN, LEVELS, PROBLEM, STAFF, WORKS, inspections, kept_of, plan_of, work
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from round_problems import rules

from dispatch.model.errors import ProblemError
from dispatch.model.working_days import WorkCalendar, breach_notice, working_day_after
from dispatch.solver.checks import check, cost
from dispatch.solver.checks.every import INSPECTION_CHECKS
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Inspector, Mark, WorkDone
from dispatch.solver.inspections.scores import scores
from dispatch.solver.rounds.prove import prove_inspections
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve

ONE_LEVEL = (InspectionLevel(id="leader", share=0.25),)


def test_the_plan_is_clean_and_complete_before_it_is_broken() -> None:
    assert check(PROBLEM, CLEAN) == []
    assert CLEAN.total == 0
    by_level = Counter(one.level for one in CLEAN.inspections)
    assert by_level == {"leader": 6, "supervisor": 3, "steward": 3}


@pytest.mark.parametrize(("rule", "breaks"), BROKEN)
def test_each_rule_broken_is_found(rule: Rule, breaks: Callable[[], InspectionPlan]) -> None:
    plan = breaks()
    assert rule in rules(check(PROBLEM, replace(plan, cost=cost(PROBLEM, plan))))


def test_every_rule_of_the_list_is_broken_here() -> None:
    assert {rule for rule, _ in INSPECTION_CHECKS} == {rule for rule, _ in BROKEN}


def test_a_cost_misstated_is_found() -> None:
    found = check(PROBLEM, replace(CLEAN, cost={**CLEAN.cost, Rule.ZONE_UNSEEN: 1.0}))
    assert [(finding.rule, finding.severity) for finding in found] == [(Rule.ZONE_UNSEEN, "wrong_cost")]


def drawn(seed: int, works: int, staff: int) -> InspectionProblem:
    draw = random.Random(seed)
    some = tuple(
        work(n, draw.choice("abcde"), team=draw.choice(("t1", "t2")), day=draw.randint(0, 6)) for n in range(works)
    )
    people = tuple(
        Inspector(
            id=f"i{n}",
            level=draw.choice(("leader", "supervisor", "steward")),
            days=tuple(draw.sample(range(10), draw.randint(1, 4))),
            per_day=draw.randint(0, 2),
            zones=tuple(draw.sample("abcde", draw.randint(0, 3))),
            never=("t1",) if draw.random() < 0.2 else (),
        )
        for n in range(staff)
    )
    return inspections(some, people)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 15), st.integers(0, 6))
def test_whatever_the_problem_the_plan_is_clean_and_one_more_inspector_leaves_no_more_unseen(
    seed: int, works: int, staff: int
) -> None:
    asked = drawn(seed, works, staff)
    plan = plan_of(asked)
    assert solve(asked, budget=0, seed=0) == plan
    more = Inspector(id="more", level="leader", days=tuple(range(10)), per_day=5)
    easier = plan_of(replace(asked, inspectors=(*asked.inspectors, more)))
    assert _unseen(easier, "leader") <= _unseen(plan, "leader")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 15), st.integers(1, 6), st.integers(0, 6))
def test_planned_again_what_was_told_stays_nothing_new_lies_behind_and_no_zone_is_lost(
    seed: int, works: int, staff: int, first: int
) -> None:
    asked = drawn(seed, works, staff)
    plan = plan_of(asked)
    draw = random.Random(seed)
    told = {one.work for one in plan.inspections if draw.random() < 0.7}
    later = replace(asked, kept=kept_of(plan, told), first=first, works=(*asked.works, work(99, "new", day=2)))
    again = plan_of(later)
    assert {(one.level, one.work, one.inspector, one.day) for one in later.kept} <= {
        (one.level, one.work, one.inspector, one.day) for one in again.inspections
    }
    new = [one for one in again.inspections if one.work not in told]
    assert all(one.day >= first for one in new)
    assert prove_inspections(later, again).holds


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"work": "w98"}, "unknown"),
        ({"day": 9}, "unknown"),
        ({"inspector": "dan"}, "unknown"),
        ({"level": "supervisor", "inspector": "cleo", "day": 5}, "not ready"),
    ],
)
def test_what_is_to_stay_must_be_something_that_can(wrong: dict[str, object], says: str) -> None:
    (kept,) = PROBLEM.kept
    with pytest.raises(ProblemError) as error:
        plan_of(replace(PROBLEM, kept=(replace(kept, **wrong),)))  # type: ignore[arg-type]
    assert says in str(error.value)


def _unseen(plan: InspectionPlan, level: str) -> int:
    return sum(one.level == level for one in plan.unseen)


@pytest.mark.parametrize("seed", range(12))
def test_as_many_zones_are_seen_as_can_be(seed: int) -> None:
    asked = replace(drawn(seed, 7, 3), levels=ONE_LEVEL)
    people = tuple(replace(one, level="leader", days=one.days[:2]) for one in asked.inspectors)
    asked = replace(asked, inspectors=people)
    seen = {one.work for one in plan_of(asked).inspections}
    zones = {one.id: one.zone for one in asked.works}
    assert len({zones[one] for one in seen}) == _most_zones(asked)


def _most_zones(asked: InspectionProblem) -> int:
    """By trying every choice of a place for each zone."""
    zones = sorted({one.zone for one in asked.works})
    places = [(who, day, n) for who in asked.inspectors for day in set(who.days) for n in range(who.per_day)]

    def could(zone: str, who: Inspector, day: int) -> bool:
        some = [one for one in asked.works if one.zone == zone and one.team not in who.never and one.day <= day]
        return bool(some) and (not who.zones or zone in who.zones)

    best = 0
    slots = [*places, *([None] * len(zones))]
    for given_places in itertools.permutations(range(len(slots)), min(len(zones), 4)):
        pairs = [(zone, slots[place]) for zone, place in zip(zones, given_places, strict=False)]
        best = max(best, sum(slot is not None and could(zone, slot[0], slot[1]) for zone, slot in pairs))
    return best


def test_nobody_for_a_zone_nobody_in_time_and_no_room_are_told_apart() -> None:
    some = (work(0, "a"), work(1, "b", day=5), work(2, "c"))
    staff = (Inspector(id="i", level="leader", days=(1,), per_day=1, zones=("b", "c")),)
    plan = plan_of(inspections(some, staff, ONE_LEVEL))
    assert {one.zone: one.reasons[0].rule for one in plan.unseen} == {"a": Rule.INSPECTOR, "b": Rule.INSPECTION_DAY}
    full = (Inspector(id="i", level="leader", days=(5,), per_day=2),)
    (unseen,) = plan_of(inspections(some, full, ONE_LEVEL)).unseen
    assert (unseen.reasons[0].rule, bool(unseen.reasons[0].hint)) == (Rule.INSPECTIONS_CAP, True)


def test_a_sample_too_large_for_the_days_is_named() -> None:
    level = (InspectionLevel(id="leader", share=1.0),)
    some = tuple(work(n, "a") for n in range(5))
    plan = plan_of(inspections(some, (Inspector(id="i", level="leader", days=(1, 2), per_day=2),), level))
    assert [(one.asked, one.planned) for one in plan.short] == [(5, 4)]
    assert plan.cost == {Rule.ZONE_UNSEEN: 0.0, Rule.SAMPLE_SHORT: 1.0}


def test_the_sample_is_what_the_seed_says_and_another_seed_draws_another() -> None:
    some = tuple(work(n, "ab"[n % 2]) for n in range(60))
    staff = (Inspector(id="i", level="leader", days=tuple(range(20)), per_day=2),)
    asked = inspections(some, staff, ONE_LEVEL)
    plan = plan_of(asked)
    assert len(plan.inspections) == 15
    assert prove_inspections(asked, plan).holds
    other = plan_of(replace(asked, seed="b6" * 32))
    assert {one.work for one in other.inspections} != {one.work for one in plan.inspections}
    swapped = replace(plan, inspections=plan.inspections[1:])
    assert not prove_inspections(asked, swapped).holds
    assert not prove_inspections(replace(asked, seed="b6" * 32), plan).committed


def test_each_piece_of_work_is_as_likely_to_be_drawn() -> None:
    some = tuple(work(n, "a") for n in range(10))
    staff = (Inspector(id="i", level="leader", days=(1,), per_day=5),)
    counts: Counter[str] = Counter()
    for number in range(200):
        asked = replace(inspections(some, staff, (InspectionLevel(id="leader", share=0.2),)), seed=f"{number:064x}")
        counts.update(one.work for one in plan_of(asked).inspections)
    # 9 degrees of freedom: one in a thousand is above 27.9.
    assert sum((counts[one.id] - 40) ** 2 / 40 for one in some) < 27.9


def test_scores_weigh_the_levels_and_add_up_by_team_and_contractor() -> None:
    marks = (
        Mark(level="leader", work="w0", points=80.0),
        Mark(level="leader", work="w2", points=100.0),
        Mark(level="supervisor", work="w0", points=60.0),
        Mark(level="leader", work="w1", points=50.0),
    )
    teams, contractors = scores(PROBLEM, marks)
    assert [(one.id, one.score, one.marks) for one in teams] == [("t0", (90 + 2 * 60) / 3, 3), ("t1", 50.0, 1)]
    assert [(one.id, one.score) for one in contractors] == [("firm", 50.0)]
    assert teams[0].levels == {"leader": 90.0, "supervisor": 60.0}


@pytest.mark.parametrize(
    ("marks", "says"),
    [
        ((Mark(level="leader", work="w99", points=1.0),), "no work 'w99'"),
        ((Mark(level="leader", work="w0", points=1.0), Mark(level="leader", work="w0", points=2.0)), "twice"),
    ],
)
def test_marks_that_mean_nothing_are_refused(marks: tuple[Mark, ...], says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        scores(PROBLEM, marks)


@pytest.mark.parametrize(
    ("works", "staff", "says"),
    [
        ((WORKS[0], WORKS[0]), (), "work 'w0' stands in it twice"),
        ((), (STAFF[0], STAFF[0]), "inspector 'ann' stands in it twice"),
        ((), (replace(STAFF[0], level="boss"),), "of level 'boss', which is unknown"),
    ],
)
def test_what_is_no_problem_is_said(works: tuple[WorkDone, ...], staff: tuple[Inspector, ...], says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        solve(inspections(works, staff, LEVELS), budget=0, seed=0)


# The day of a re-check

FRIDAY = dt.date(2026, 9, 25)
CALENDAR = WorkCalendar(holidays=(dt.date(2026, 9, 28),), worked=(dt.date(2026, 9, 27),))


@pytest.mark.parametrize(
    ("count", "calendar", "day"),
    [
        (0, WorkCalendar(), FRIDAY),
        (1, WorkCalendar(), dt.date(2026, 9, 28)),
        (5, WorkCalendar(), dt.date(2026, 10, 2)),
        (1, CALENDAR, dt.date(2026, 9, 27)),
        (2, CALENDAR, dt.date(2026, 9, 29)),
        (0, WorkCalendar(holidays=(FRIDAY,)), dt.date(2026, 9, 28)),
    ],
)
def test_a_breach_is_re_checked_after_so_many_working_days(count: int, calendar: WorkCalendar, day: dt.date) -> None:
    assert working_day_after(FRIDAY, count, calendar) == day
    assert breach_notice(FRIDAY, count, calendar).recheck == day


def test_without_a_working_day_there_is_no_re_check() -> None:
    with pytest.raises(ValueError, match="no weekday is worked"):
        working_day_after(FRIDAY, 1, WorkCalendar(weekdays=()))
