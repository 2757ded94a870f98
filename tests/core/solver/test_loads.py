"""What a duty takes along bounds it wherever a route is built: weight, households, tools and parts."""

from __future__ import annotations

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.problem import Duty, RouteProblem, Visit
from dispatch.solver.routes.loads import Loads
from dispatch.solver.solve import improve, insert

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEAVY = visit("heavy", weight=3, household="h1")
LIGHT = visit("light", weight=1, household="h2")


def fits(one: Duty, *stops: Visit | None, **held: object) -> bool:
    who = worker("w1", one, **held)
    return Loads(line_problem((who,), ())).fits(who, one, stops)


@pytest.mark.parametrize(("cap", "whether"), [(3, False), (4, True), (None, True)])
def test_weight_adds_up(cap: int | None, whether: bool) -> None:
    assert fits(duty(max_weight=cap), HEAVY, LIGHT) == whether


@pytest.mark.parametrize(("cap", "whether"), [(1, False), (2, True), (None, True)])
def test_a_household_counts_once(cap: int | None, whether: bool) -> None:
    assert fits(duty(max_households=cap), HEAVY, LIGHT, HEAVY, visit("nobody's")) == whether


def test_what_is_carried_is_used_up_until_a_store_is_passed() -> None:
    needs = visit("needs", tools=("saw",), parts={"tap": 1})
    assert fits(duty(), needs, tools=("saw",), parts={"tap": 1})
    assert not fits(duty(), needs, parts={"tap": 1})
    assert not fits(duty(), needs, needs, tools=("saw",), parts={"tap": 1})
    assert fits(duty(), None, needs, needs)
    assert not fits(duty(), needs, None)


def drawn(seed: int, without: set[str]) -> RouteProblem:
    use = (some_kinds(seed) | {"loads", "needs", "cover", "pin"}) - without
    return drawn_routes(seed, workers=1 + seed % 6, visits=seed % 29, use=use)


@SLOW
@given(st.integers(0, 10**6))
def test_plans_at_once_keep_to_what_is_taken_along(seed: int) -> None:
    problem = drawn(seed, {"tie", "same"})
    assert check(problem, insert(problem)) == []


@SLOW
@given(st.integers(0, 10**6))
def test_plans_searched_keep_to_every_rule(seed: int) -> None:
    problem = drawn(seed, set())
    nothing = insert(line_problem((), ()))
    assert check(problem, improve(problem, nothing, budget=1, seed=1)) == []
