"""Whatever the problem, plans are clean, pins stay, crews meet, improvement never makes it worse, order is kept."""

from __future__ import annotations

import pytest
from clean_plans import clean_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import all_paid, laden, nights, random_problem, two_shifts, without_rounds

from dispatch.solver.checks import check, cost
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, Told, Visit
from dispatch.solver.rules import Rule
from dispatch.solver.solve import improve, insert, solve

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problems(draw: st.DrawFn) -> RouteProblem:
    problem = random_problem(
        draw(st.integers(0, 10**6)),
        workers=draw(st.integers(0, 8)) + 3,
        visits=draw(st.integers(0, 40)),
        days=draw(st.integers(1, 3)),
        tick_seconds=draw(st.sampled_from([30, 60, 60, 300])),
        now=draw(st.sampled_from([0, 600])),
    )
    problem = two_shifts(problem) if draw(st.booleans()) else problem
    return nights(problem) if draw(st.booleans()) else problem


def orders(plan: RoutePlan) -> dict[tuple[str, str], list[str]]:
    return {(route.worker, route.duty): [stop.visit for stop in route.stops] for route in plan.routes}


def starts(plan: RoutePlan) -> dict[str, set[tuple[str, int]]]:
    found: dict[str, set[tuple[str, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, set()).add((route.worker, stop.start))
    return found


def rounds(problem: RouteProblem, plan: RoutePlan) -> float:
    """The price of the rounds that ``plan`` covers."""
    planned = starts(plan)
    return sum(visit.price for visit in problem.visits if visit.cover and visit.id in planned)


def told_all(problem: RouteProblem, plan: RoutePlan) -> RouteProblem:
    """The problem on the next morning: everybody was told what the plan says."""
    where = starts(plan)

    def told(visit: Visit) -> Visit:
        members = sorted(where.get(visit.id, ()))
        if not members:
            return visit
        return replace(visit, told=Told(workers=tuple(name for name, _ in members), start=members[0][1]))

    return replace(problem, visits=tuple(told(visit) for visit in problem.visits))


@SLOW
@given(problems())
def test_plans_are_clean_and_improvement_never_makes_them_worse(problem: RouteProblem) -> None:
    plan = insert(problem)
    assert check(problem, plan) == []
    better = improve(problem, plan, budget=3, seed=7)
    assert check(problem, better) == []
    # A round covered late comes before any cost.
    assert better.total <= plan.total + 1e-6 or rounds(problem, better) > rounds(problem, plan)
    assert sum(cost(problem, better).values()) == better.total


@SLOW
@given(st.integers(0, 10**6), st.integers(3, 9), st.integers(0, 30), st.integers(1, 2), st.sampled_from([0, 2]))
def test_plans_state_all_they_cost_where_everything_has_a_price(
    seed: int, workers: int, visits: int, days: int, budget: int
) -> None:
    problem = all_paid(random_problem(seed, workers=workers, visits=visits, days=days))
    plan = solve(problem, budget=budget, seed=seed)
    assert check(problem, plan) == []


@pytest.mark.parametrize("budget", [0, 1])
@pytest.mark.parametrize("seed", range(8))
def test_rounds_are_covered_under_rules_that_only_the_search_knows(seed: int, budget: int) -> None:
    problem = laden(random_problem(seed, workers=5, visits=30))
    plan = solve(problem, budget=budget, seed=seed)
    assert check(problem, plan) == []
    assert any(visit.cover and visit.id in starts(plan) for visit in problem.visits)


@pytest.mark.parametrize("budget", [0, 1])
@pytest.mark.parametrize("seed", range(8))
def test_ties_and_stores_are_kept_to_with_and_without_a_budget(seed: int, budget: int) -> None:
    problem, _ = clean_plan(seed)
    assert check(problem, solve(problem, budget=budget, seed=seed)) == []


@SLOW
@given(problems())
def test_inserting_again_keeps_every_order(problem: RouteProblem) -> None:
    plan = insert(problem)
    again = insert(problem, plan)
    assert check(problem, again) == []
    assert again.total <= plan.total + 1e-6
    after = orders(again)
    for duty, visits in orders(plan).items():
        assert [visit for visit in after[duty] if visit in visits] == visits


@SLOW
@given(problems(), st.integers(0, 10**6))
def test_a_told_plan_stands_when_more_comes_in(problem: RouteProblem, seed: int) -> None:
    plan = insert(problem)
    more = random_problem(seed, visits=len(problem.visits) + 8, tick_seconds=problem.tick_seconds)
    extra = tuple(
        replace(visit, id=f"new-{visit.id}", spot=0, pin=None, told=None, cover=False, among=None, never=(), keep=())
        for visit in more.visits[-8:]
    )
    told = told_all(problem, plan)
    grown = replace(told, visits=(*told.visits, *extra))
    after = insert(grown, plan)
    assert check(grown, after) == []
    moved = {visit for visit, where in starts(plan).items() if starts(after).get(visit) != where}
    assert moved == set()


@SLOW
@given(problems())
def test_pins_and_crews_hold_through_improvement(problem: RouteProblem) -> None:
    plan = improve(problem, insert(problem), budget=2, seed=3)
    where = starts(plan)
    out = {one.id: {reason.rule for reason in one.reasons} for one in plan.unplanned}
    for visit in problem.visits:
        members = where.get(visit.id, set())
        assert len(members) in (0, visit.people)
        assert len({start for _, start in members}) <= 1
        if visit.pin is None:
            continue
        if members:
            assert set(visit.pin.workers) <= {worker for worker, _ in members}
            assert visit.pin.start is None or {start for _, start in members} == {visit.pin.start}
        else:
            assert Rule.PIN in out[visit.id]


def test_no_round_is_worth_a_pin() -> None:
    """Here one pin is in the way of dearer rounds."""
    problem = random_problem(1, workers=3, visits=19)
    for plan in (improve(problem, insert(problem), budget=2, seed=1), solve(problem, budget=2, seed=1)):
        assert check(problem, plan) == []
        assert "v0" in starts(plan)


@SLOW
@given(problems(), st.data())
def test_losing_a_worker_leaves_a_clean_plan_and_the_others_alone(problem: RouteProblem, data: st.DataObject) -> None:
    calm = without_rounds(problem)
    problem = replace(calm, visits=tuple(replace(visit, pin=None) for visit in calm.visits))
    plan = insert(problem)
    gone = data.draw(st.sampled_from(problem.workers)).id
    left = replace(problem, workers=tuple(worker for worker in problem.workers if worker.id != gone))
    after = insert(left, plan)
    assert check(left, after) == []
    hurt = {visit for visit, where in starts(plan).items() if any(worker == gone for worker, _ in where)}
    for duty, visits in orders(plan).items():
        if duty[0] != gone:
            stayed = [visit for visit in orders(after).get(duty, []) if visit in visits and visit not in hurt]
            expected = [visit for visit in visits if visit not in hurt]
            assert stayed == expected
