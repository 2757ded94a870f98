"""What a search leaves out though it could be done is placed at its end, so that no plan it gives is refused."""

from __future__ import annotations

import itertools

import pytest
from benchmarks.drawn import drawn_routes
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, Rest, RouteProblem, Span, Tie, Told
from dispatch.solver.solve import improve, solve
from dispatch.solver.version import no_search

NOTHING = RoutePlan(effort=no_search())


def planned(plan: RoutePlan) -> set[str]:
    return {stop.visit for route in plan.routes for stop in route.stops}


def between_breaks(pinned: bool) -> RouteProblem:
    """An hour of work that fits only if a short break is put off, beside two visits that tie each other out."""
    breaks = (
        Rest(span=Span(2 * HOUR + 12, 2 * HOUR + 57), ticks=30),
        Rest(span=Span(0, 6 * HOUR), ticks=15),
    )
    on_duty = duty(
        start=0, end=6 * HOUR, start_spot=2, end_spot=2, rests=breaks, absences=(Span(2 * HOUR + 34, 3 * HOUR + 24),)
    )
    pin = Pin(workers=("w1",), why="frozen") if pinned else None
    wanted = visit("wanted", spot=8, ticks=45, windows=(Span(0, 2 * HOUR + 37),), pin=pin)
    shut = visit("shut", windows=(Span(20 * HOUR, 21 * HOUR),))
    problem = line_problem((worker("w1", on_duty),), (visit("open", spot=3), shut, wanted))
    return replace(problem, ties=(Tie(first="open", then="shut", most=None),))


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize("budget", [0, 3])
def test_what_fits_beside_breaks_in_one_way_only_is_planned(pinned: bool, budget: int) -> None:
    problem = between_breaks(pinned)
    plan = solve(problem, budget=budget, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    assert planned(plan) == {"wanted"}


def test_what_was_told_for_later_than_it_can_be_is_planned_sooner() -> None:
    told = Told(workers=("gone",), start=15 * HOUR + 30)
    problem = line_problem((worker(),), (visit(ticks=60, told=told, windows=(Span(13 * HOUR, 18 * HOUR),)),))
    for budget in (0, 20):
        plan = solve(problem, budget=budget, seed=1)
        assert isinstance(plan, RoutePlan)
        assert planned(plan) == {"v1"}
        assert check(problem, plan) == []


@pytest.mark.parametrize("workers", [("w1", "w2"), ("w1", "nobody")])
def test_a_pin_nobody_can_follow_is_left_out_with_the_reason_by_every_way_to_a_plan(workers: tuple[str, ...]) -> None:
    problem = line_problem((worker("w1"), worker("w2")), (visit(pin=Pin(workers=workers)),))
    for budget in (0, 2):
        plan = solve(problem, budget=budget, seed=1)
        assert isinstance(plan, RoutePlan)
        assert check(problem, plan) == []
        assert plan.unplanned[0].reasons[0].rule == "pin"


def test_a_pin_that_names_one_of_two_twice_leaves_the_other_open() -> None:
    pinned, shut = visit(people=2, pin=Pin(workers=("w1", "w1"))), visit("shut", windows=(Span(20 * HOUR, 21 * HOUR),))
    problem = line_problem((worker("w1"), worker("w2")), (pinned, visit("open"), shut))
    problem = replace(problem, ties=(Tie(first="open", then="shut", most=None),))
    plan = improve(problem, NOTHING, budget=2, seed=1)
    assert check(problem, plan) == []
    assert planned(plan) == {"v1"}


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_left_out_that_could_be_had_for_less_than_its_price(seed: int) -> None:
    """Each reason of its own says what a place would cost: none less than the price, or it would be planned."""
    problem = drawn_routes(seed, workers=4, visits=20)
    told: list[RoutePlan] = []
    plan = improve(problem, NOTHING, budget=4, seed=1, on_best=told.append)
    assert check(problem, plan) == []
    assert not any("not asked for" in reason.message for out in plan.unplanned for reason in out.reasons)
    assert all(check(problem, one) == [] for one in told)


@pytest.mark.parametrize("seed", range(2))
def test_without_budget_and_clock_it_goes_on_until_it_is_told(seed: int) -> None:
    problem = drawn_routes(seed, workers=4, visits=20)
    asked = itertools.count()
    plan = improve(problem, NOTHING, budget=None, seed=1, cancel=lambda: next(asked) > 5)
    assert check(problem, plan) == []
    assert plan.effort.used > 0
    assert not plan.effort.repeatable


def test_a_search_that_nothing_ends_is_refused() -> None:
    problem = line_problem((worker(),), (visit(),))
    for way in (lambda: improve(problem, NOTHING, budget=None, seed=1), lambda: solve(problem, budget=None, seed=1)):
        with pytest.raises(ProblemError, match="Nothing ends"):
            way()


@pytest.mark.parametrize("seed", [2**63 - 1, 2**64, 18_446_744_073_710])
def test_any_seed_will_do(seed: int) -> None:
    problem = line_problem((worker(),), (visit(), visit("v2", spot=3)))
    plan = improve(problem, NOTHING, budget=1, seed=seed, cores=2)
    assert plan == improve(problem, NOTHING, budget=1, seed=seed, cores=2)
    assert check(problem, plan) == []
