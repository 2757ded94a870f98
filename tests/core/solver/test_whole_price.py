"""A visit goes in at once only if the whole plan, by every rule that costs, is dearer without it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import HOUR, all_paid, duty, line_problem, random_problem, visit, without_rounds, worker

from dispatch.solver.changes import PriceUp, TakeOff
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, RouteWeights, Span, Tie, Told
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import insert
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.pace import Leg
from dispatch.solver.solve import solve
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

NOTHING = RoutePlan(effort=no_search())
CHEAP = {"price": 50.0, "windows": (Span(10 * HOUR, 15 * HOUR),)}
DEARER: dict[str, tuple[dict[str, Any], dict[str, Any], RouteWeights, float]] = {
    "duty_price": ({"price": 100.0}, {}, RouteWeights(), 110.0),
    "duration": ({}, {}, RouteWeights(duration=5.0), 10.0 + 5.0 * 40),
    "greatest_late": ({}, {"due": 9 * HOUR}, RouteWeights(greatest_late=9.0), 10.0 + 9.0 * 60),
    "overtime": ({"end": 8 * HOUR, "overtime": 8 * HOUR, "overtime_price": 9.0}, {}, RouteWeights(), 10.0 + 9.0 * 150),
    "fair": ({}, {}, RouteWeights(fair=5.0), 10.0 + 5.0 * 15),
}
"""For each rule what the duty, the visit and the weights have of it, and what the visit would cost."""


def priced(rule: str) -> tuple[RouteProblem, float]:
    on_duty, of_visit, weights, would_cost = DEARER[rule]
    people = tuple(worker(name, duty(**{"start": 7 * HOUR, **on_duty})) for name in ("w1", "w2"))
    return line_problem(people, (visit("v", **CHEAP, **of_visit),), weights=weights), would_cost


@pytest.mark.parametrize("rule", DEARER)
def test_what_costs_more_than_its_price_by_any_rule_stays_out_and_says_what_it_would_cost(rule: str) -> None:
    problem, would_cost = priced(rule)
    one = Standing(replace(problem, visits=()), NOTHING)
    change = one.insert(problem.visits[0])
    said = f"Its cheapest place costs {would_cost:g} min, not less than its price of 50."
    assert [reason.message for reason in change.left["v"]] == [said]
    for budget in (0, 1):
        plan = solve(problem, budget=budget, seed=1)
        assert isinstance(plan, RoutePlan)
        assert plan.total == 50.0
        assert [reason.message for out in plan.unplanned for reason in out.reasons] == [said]


@pytest.mark.parametrize("rule", DEARER)
def test_what_costs_less_than_its_price_goes_in(rule: str) -> None:
    problem, would_cost = priced(rule)
    wanted = replace(problem.visits[0], price=would_cost + 1.0)
    one = Standing(replace(problem, visits=()), NOTHING)
    assert one.insert(wanted).left == {}
    assert one.plan().total == pytest.approx(would_cost)


@pytest.mark.parametrize("rule", DEARER)
def test_the_price_that_why_names_is_the_first_whole_one_at_which_it_goes_in(rule: str) -> None:
    problem, would_cost = priced(rule)
    named = [change for told in why(problem, NOTHING, "v").hindrances for change in told.changes]
    assert {change.to for change in named if isinstance(change, PriceUp)} == {would_cost + 1.0}
    for price, out in ((would_cost, {"v"}), (would_cost + 1.0, set[str]())):
        one = Standing(replace(problem, visits=()), NOTHING)
        assert set(one.insert(replace(problem.visits[0], price=price)).left) == out


@pytest.mark.parametrize("weights", [RouteWeights(fair=5.0), RouteWeights(greatest_late=9.0)])
def test_the_price_named_is_that_of_a_plan_without_what_is_taken_off_anywhere(weights: RouteWeights) -> None:
    """With the crew taken off, the duty it made the fullest and the latest is neither for the other one of the crew."""
    day = Span(8 * HOUR, 9 * HOUR + 10)
    people = tuple(worker(name, duty(start=8 * HOUR, end=9 * HOUR + 10)) for name in ("w1", "w2"))
    crew = visit("crew", ticks=60, people=2, windows=(day,), due=7 * HOUR, price=40.0)
    job = visit("job", ticks=60, windows=(day,), due=7 * HOUR, price=1.0)
    problem = line_problem(people, (crew, job), weights=weights)
    stands = Standing(replace(problem, visits=()), NOTHING)
    stands.insert(replace(crew, price=10_000.0))
    plan = stands.plan()
    (told, _) = why(problem, plan, "job").hindrances
    off, price = told.changes
    assert isinstance(off, TakeOff) and isinstance(price, PriceUp)
    for asked, out in ((price.to - 1.0, {"job"}), (price.to, set[str]())):
        one = Standing(replace(problem, visits=()), NOTHING)
        assert set(one.insert(replace(job, price=asked, among=("w1",))).left) == out


def test_of_two_on_a_duty_with_a_price_the_second_pays_it_no_more() -> None:
    people = (worker("w1", duty(price=100.0)),)
    one = Standing(line_problem(people, (visit("first", price=600.0),)), NOTHING)
    one.insert(visit("second", price=120.0), visit("third", price=20.0))
    assert one.plan().unplanned[0].id == "first"
    assert {stop.visit for route in one.plan().routes for stop in route.stops} == {"second", "third"}


def test_a_crew_that_costs_more_than_its_price_stays_out() -> None:
    people = tuple(worker(name, duty(price=40.0)) for name in ("w1", "w2"))
    one = Standing(line_problem(people, ()), NOTHING)
    assert set(one.insert(visit("dear", people=2, price=100.0)).left) == {"dear"}
    assert one.insert(visit("worth it", people=2, price=101.0)).left == {}
    assert one.plan().total == pytest.approx(100.0 + 100.0)


def test_two_that_are_tied_and_cost_more_than_their_prices_stay_out() -> None:
    people = tuple(worker(name, duty(price=40.0)) for name in ("w1", "w2"))
    for price, out in ((49.0, {"a", "b"}), (51.0, set[str]())):
        one = Standing(line_problem(people, ()), NOTHING)
        change = one.insert(visit("a", price=price), visit("b", price=price), ties=(Tie(first="a", then="b"),))
        assert set(change.left) == out


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6))
def test_no_insertion_makes_a_plan_dearer_than_leaving_it_out_does(seed: int) -> None:
    whole = all_paid(without_rounds(random_problem(seed, workers=5, visits=26)))
    begun = replace(whole, visits=whole.visits[:14])
    one = Standing(begun, insert(begun))
    for fresh in (replace(other, pin=None, price=60.0) for other in whole.visits[14:]):
        before = one.plan().total
        change = one.insert(fresh)
        plan = one.plan()
        assert check(one.problem, plan) == []
        assert plan.total <= before + fresh.price + 1e-6
        if fresh.id in change.left:
            assert plan.total == pytest.approx(before + fresh.price)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6))
def test_what_is_tied_is_priced_by_every_rule(seed: int) -> None:
    kinds = some_kinds(seed, [one for one in KINDS if one not in ("pin", "cover")]) | {"tie", "fair", "duration"}
    whole = drawn_routes(seed, workers=4, visits=14, use=kinds)
    one = Standing(replace(whole, visits=(), ties=()), NOTHING)
    for tie in whole.ties:
        new = [fresh for fresh in whole.visits if fresh.id in (tie.first, tie.then)]
        known = {known.id for known in one.problem.visits}
        if len(new) < 2 or not known.isdisjoint((tie.first, tie.then)):
            continue
        new = [replace(fresh, price=random.Random(seed).choice((20.0, 60.0, 300.0))) for fresh in new]
        before = one.plan().total
        one.insert(*new, ties=(tie,))
        assert check(one.problem, one.plan()) == []
        assert one.plan().total <= before + sum(fresh.price for fresh in new) + 1e-6


def test_one_person_is_never_the_two_that_people_were_told_of() -> None:
    told = Told(workers=("w1", "w2"), start=9 * HOUR)
    people = tuple(worker(name, duty()) for name in ("w1", "w2", "w3"))
    job = visit("v", price=40.0, told=told)
    problem = line_problem(people, (job,), weights=RouteWeights(change_worker=50.0))
    for budget in (0, 1):
        plan = solve(problem, budget=budget, seed=1)
        assert isinstance(plan, RoutePlan)
        assert [one.id for one in plan.unplanned] == ["v"]
    dearer = replace(problem, visits=(replace(job, price=61.0),))
    compiled = Compiled(dearer)
    drive = Drive(compiled, seed=1)
    drive.leg(Leg(rounds=20, begin=0.0, end=1.0, planned=20))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(1))
    assert drive.cost == plan.total == 60.0
