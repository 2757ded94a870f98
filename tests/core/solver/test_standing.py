"""A plan that stands stays one that may be committed, whatever comes in, drops out, or who is away."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import line_problem, random_problem, visit, without_rounds, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Span, Spot, Told
from dispatch.solver.routes.insert import insert
from dispatch.solver.standing import Change, Standing

SEEDS = st.integers(0, 10_000)


def standing(problem: RouteProblem) -> Standing:
    return Standing(problem, insert(problem))


def sound(one: Standing, change: Change) -> RoutePlan:
    """The whole plan has no finding, and what changed is what the change says."""
    plan = one.plan()
    assert check(one.problem, plan) == []
    assert change.findings == ()
    routes = {(route.worker, route.duty): route for route in plan.routes}
    for route in change.routes:
        assert routes.get((route.worker, route.duty), replace(route, stops=(), rests=())) == route
    return plan


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.sampled_from([0, 6]))
def test_whatever_happens_the_plan_may_be_committed(seed: int, polish: int) -> None:
    draw = random.Random(seed)
    whole = without_rounds(random_problem(seed, workers=7, visits=34, days=draw.choice((1, 2))))
    one = standing(replace(whole, visits=whole.visits[:26]))
    for fresh in whole.visits[26:]:
        change = one.insert(replace(fresh, pin=None), polish=polish)
        plan = sound(one, change)
        planned = {stop.visit for route in plan.routes for stop in route.stops}
        assert (fresh.id in planned) == (fresh.id not in change.left)
        if change.left:
            assert change.left[fresh.id]
    gone = draw.choice([visit.id for visit in one.problem.visits])
    plan = sound(one, one.drop(gone))
    assert gone not in {visit.id for visit in one.problem.visits}
    away = draw.choice(one.problem.workers)
    start = away.duties[0].span.start + draw.randrange(0, 200)
    span = Span(start, start + draw.randrange(30, 400))
    plan = sound(one, one.absent(away.id, span, polish=polish))
    theirs = [stop for route in plan.routes if route.worker == away.id for stop in route.stops]
    assert not any(stop.start < span.end and stop.end > span.start for stop in theirs)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_pinned_visit_never_moves(seed: int) -> None:
    problem = without_rounds(random_problem(seed, workers=6, visits=30))
    one = standing(replace(problem, visits=problem.visits[:24]))
    at = {
        (stop.visit, route.worker): stop.start
        for route in one.plan().routes
        for stop in route.stops
        if (pin := next(v for v in problem.visits if v.id == stop.visit).pin) is not None and pin.start is not None
    }
    for fresh in problem.visits[24:]:
        one.insert(replace(fresh, pin=None), polish=10)
    after = {(stop.visit, route.worker): stop.start for route in one.plan().routes for stop in route.stops}
    assert all(after[key] == start for key, start in at.items())


def test_who_is_told_moves_only_if_that_saves_more_than_it_costs() -> None:
    near, far = worker("near"), worker("far", replace(worker().duties[0], start_spot=9))
    told = visit("told", spot=8, told=Told(workers=("near",), start=600))
    problem = line_problem((near, far), (told,), weights=replace(line_problem((), ()).weights, change_worker=1000.0))
    one = Standing(problem, insert(problem))
    change = one.insert(visit("new", spot=9), polish=5)
    assert change.moved == ()
    free = replace(problem, weights=replace(problem.weights, change_worker=0.0, change_tick=0.0))
    other = Standing(free, insert(problem))
    assert other.insert(visit("new", spot=9), polish=5).moved == ("told",)


def test_a_new_visit_may_lie_where_nothing_was() -> None:
    problem = without_rounds(random_problem(3, workers=5, visits=20))
    one = standing(problem)
    change = one.insert(replace(visit("new"), windows=(Span(0, 2000),)), at=Spot(31.23, 121.43))
    plan = sound(one, change)
    assert one.problem.spots[-1] == Spot(31.23, 121.43)
    assert "new" in {stop.visit for route in plan.routes for stop in route.stops}


def test_what_is_not_known_here_is_refused_with_a_sentence() -> None:
    problem = line_problem((worker(),), (visit(),))
    one = standing(problem)
    with pytest.raises(ProblemError, match="'v1' is in the problem already"):
        one.insert(visit())
    with pytest.raises(ProblemError, match="given by a matrix"):
        one.insert(visit("v2"), at=Spot(1.0, 1.0))
    pinned = one.insert(visit("v3", pin=Pin(workers=("nobody",))))
    assert pinned.left["v3"][0].rule == "pin"
