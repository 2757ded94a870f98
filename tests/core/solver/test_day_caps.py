"""Several duties of one day share the worker's caps: each may use what the others leave, all together no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import DayCap, RouteProblem, Span, Told
from dispatch.solver.rules import Rule
from dispatch.solver.solve import cover, improve, insert

MORNING, AFTERNOON = duty("am", 8 * HOUR, 12 * HOUR), duty("pm", 13 * HOUR, 17 * HOUR)
EARLY, LATE = (Span(8 * HOUR, 12 * HOUR),), (Span(13 * HOUR, 17 * HOUR),)


def day_of(cap: DayCap, *, early: int, late: int, rounds: bool = False) -> RouteProblem:
    """A worker with two shifts and so many visits of half an hour that want the one or the other."""
    visits = tuple(visit(f"am{n}", windows=EARLY, cover=rounds) for n in range(early))
    visits += tuple(visit(f"pm{n}", windows=LATE, cover=rounds) for n in range(late))
    return line_problem((worker("w1", MORNING, AFTERNOON, caps=(cap,)),), visits)


def planned(plan: RoutePlan) -> dict[str, int]:
    """How many visits each duty has."""
    return {route.duty: len(route.stops) for route in plan.routes if route.stops}


WAYS: tuple[Callable[[RouteProblem], RoutePlan], ...] = (
    insert,
    lambda problem: improve(problem, insert(problem), budget=6, seed=1),
    lambda problem: improve(problem, insert(problem, only=()), budget=6, seed=1),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("cap", [DayCap(day=DAY, max_visits=4), DayCap(day=DAY, max_ticks=4 * 30 + 29)])
@pytest.mark.parametrize("early, late", [(4, 0), (0, 4), (3, 3), (6, 6), (1, 5)])
def test_a_days_cap_is_used_up_by_whichever_duty_needs_it_and_never_passed(
    way: Callable[[RouteProblem], RoutePlan], rounds: bool, cap: DayCap, early: int, late: int
) -> None:
    problem = day_of(cap, early=early, late=late, rounds=rounds)
    plan = way(problem)
    assert check(problem, plan) == []
    assert sum(planned(plan).values()) == 4
    out = {reason.rule for left in plan.unplanned for reason in left.reasons}
    assert out <= {Rule.VISITS_CAP, Rule.MINUTES_CAP, Rule.SHIFT}


def test_rounds_given_out_anew_keep_the_cap_of_the_day() -> None:
    problem = day_of(DayCap(day=DAY, max_visits=3), early=3, late=2, rounds=True)
    plan = cover(problem)
    assert check(problem, plan) == []
    assert sum(planned(plan).values()) == 3


def test_the_check_sees_a_cap_of_the_day_that_no_single_duty_passes() -> None:
    free = day_of(DayCap(day=DAY), early=2, late=2)
    plan = insert(free)
    (one,) = free.workers

    def found(cap: DayCap) -> list[Rule]:
        return [finding.rule for finding in check(replace(free, workers=(replace(one, caps=(cap,)),)), plan)]

    assert found(DayCap(day=DAY, max_visits=4, max_ticks=120)) == []
    assert found(DayCap(day=DAY, max_visits=3)) == [Rule.VISITS_CAP]
    assert found(DayCap(day=DAY, max_ticks=119)) == [Rule.MINUTES_CAP]
    assert found(DayCap(day=DAY + 1, max_visits=0, max_ticks=0)) == []


def test_another_day_has_a_cap_of_its_own() -> None:
    days = tuple(duty(f"d{n}", (24 * n + 8) * HOUR, (24 * n + 16) * HOUR, day=DAY + n) for n in range(2))
    caps = (DayCap(day=DAY, max_visits=1), DayCap(day=DAY + 1, max_visits=2))
    visits = tuple(visit(f"v{n}", windows=(Span(0, 48 * HOUR),)) for n in range(4))
    plan = insert(line_problem((worker("w1", *days, caps=caps),), visits))
    assert planned(plan) == {"d0": 1, "d1": 2}


def test_a_day_has_one_cap() -> None:
    problem = day_of(DayCap(day=DAY), early=1, late=0)
    doubled = replace(problem, workers=tuple(replace(one, caps=one.caps * 2) for one in problem.workers))
    with pytest.raises(ProblemError, match="cap of day"):
        insert(doubled)


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("early, late", [(2, 2), (1, 3)])
def test_a_plan_that_stood_keeps_to_a_cap_that_came_down(early: int, late: int, told: bool) -> None:
    before = day_of(DayCap(day=DAY, max_visits=4), early=early, late=late)
    plan = insert(before)
    if told:
        starts = {stop.visit: stop.start for route in plan.routes for stop in route.stops}
        visits = tuple(replace(one, told=Told(workers=("w1",), start=starts[one.id])) for one in before.visits)
        before = replace(before, visits=visits)
    after = replace(before, workers=day_of(DayCap(day=DAY, max_visits=3), early=0, late=0).workers)
    for found in (insert(after, plan), improve(after, plan, budget=4, seed=1)):
        assert check(after, found) == []
        assert sum(planned(found).values()) == 3
