"""Breaks of a duty are taken in whatever order lets the most be done, by the solver as by the check of its excuses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from hypothesis import given, settings
from hypothesis import strategies as st
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, Rest, RouteProblem, Span
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.route import Route, build_route
from dispatch.solver.routes.state import State
from dispatch.solver.solve import insert, solve

FLOATING, FIXED = Rest(span=Span(480, 960), ticks=15), Rest(span=Span(720, 750), ticks=30)
PINNED = visit("pin", 0, 240, pin=Pin(workers=("w1",), start=480))


def planned(plan: RoutePlan) -> dict[str, int]:
    return {stop.visit: stop.start for route in plan.routes for stop in route.stops}


@pytest.mark.parametrize("rests", [(FLOATING, FIXED), (FIXED, FLOATING)])
def test_a_floating_break_waits_for_a_fixed_one_where_work_ends_with_it(rests: tuple[Rest, ...]) -> None:
    """The pin takes until 12:00, when the fixed break begins: the other one comes after it."""
    problem = line_problem((worker("w1", duty(end=960, rests=rests)),), (PINNED,))
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert planned(plan) == {"pin": 480}
        assert check(problem, plan) == []


def test_a_floating_break_comes_before_a_fixed_one_where_work_follows_it() -> None:
    """From 12:30 to the end the worker is pinned: the floating break has to be over by 12:00."""
    late = visit("pin", 0, 210, pin=Pin(workers=("w1",), start=750))
    problem = line_problem((worker("w1", duty(end=960, rests=(FLOATING, FIXED))),), (late,))
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert planned(plan) == {"pin": 750}
        assert check(problem, plan) == []


def test_a_long_break_that_opens_first_does_not_shut_out_a_fixed_one() -> None:
    """Whoever took the floating break as it opens would be late for the fixed one, whatever else there is."""
    rests = (Rest(span=Span(500, 530), ticks=30), Rest(span=Span(480, 720), ticks=30))
    problem = line_problem((worker("w1", duty(end=960, rests=rests)),), (visit("v", 0, 60),))
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert set(planned(plan)) == {"v"}
        assert check(problem, plan) == []


def _drawn(seed: int) -> RouteProblem:
    """One worker with two to four breaks whose spans meet as they will, and stops with windows of their own."""
    draw = random.Random(seed)
    rests = []
    for _ in range(draw.randint(2, 4)):
        first, ticks = draw.randrange(480, 600), draw.choice((10, 20, 30))
        rests.append(Rest(span=Span(first, first + ticks + draw.choice((0, 20, 60, 150))), ticks=ticks))
    away = (Span(560, 575),) if draw.random() < 0.3 else ()
    visits = []
    for number in range(draw.randint(1, 3)):
        opens, ticks = draw.randrange(480, 640), draw.choice((10, 30, 60))
        visits.append(
            visit(
                f"v{number}",
                draw.randrange(3),
                ticks,
                windows=(Span(opens, opens + ticks + draw.choice((5, 40, 120))),),
            )
        )
    one = worker("w1", duty(end=760, rests=tuple(rests), absences=away, end_spot=draw.choice((None, 0))))
    return line_problem((one,), tuple(visits))


def _orders(breaks: int, stops: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to give each break its turn: how many ways or stops come before it, in every order."""
    for order in permutations(range(breaks)):
        yield from _spread(order, 0, 2 * stops + 1)


def _spread(order: tuple[int, ...], first: int, last: int) -> Iterator[tuple[tuple[int, int], ...]]:
    if not order:
        yield ()
        return
    for turn in range(first, last + 1):
        for rest in _spread(order[1:], turn, last):
            yield ((turn, order[0]), *rest)


def _end(problem: RouteProblem, turns: tuple[tuple[int, int], ...]) -> int | None:
    """When the stops, in their order, and the way home are over with breaks at these turns; None if too late."""
    (one,) = problem.workers
    (shift,) = one.duties
    assert not isinstance(problem.matrix, type(None))
    at, spot, end = 480, shift.start_spot, 480
    legs: list[tuple[str, int]] = [
        step for stop in range(len(problem.visits)) for step in (("way", stop), ("stop", stop))
    ]
    for turn, (what, stop) in enumerate([*legs, ("home", 0), ("over", 0)]):
        for when, which in turns:
            if when == turn:
                rest = shift.rests[which]
                at = max(at, rest.span.start)
                if at + rest.ticks > rest.span.end:
                    return None
                at += rest.ticks
        if what == "way":
            at = _clear(shift.absences, at, 10 * abs(problem.visits[stop].spot - spot))
            spot = problem.visits[stop].spot
        elif what == "stop":
            (window,) = problem.visits[stop].windows
            ticks = problem.visits[stop].ticks
            at = end = _clear(shift.absences, max(at, window.start), ticks)
            if end > min(window.end, shift.span.end):
                return None
        elif what == "home" and shift.end_spot is not None:
            at = end = _clear(shift.absences, at, 10 * abs(spot - shift.end_spot))
            if end > shift.span.end:
                return None
    return end


def _clear(absences: tuple[Span, ...], at: int, ticks: int) -> int:
    """When something of ``ticks`` is over that begins from ``at`` on, clear of ``absences``."""
    for away in absences:
        if ticks and at < away.end and away.start < at + ticks:
            at = away.end
    return at + ticks


def _route(problem: RouteProblem) -> Route | None:
    compiled = Compiled(problem)
    return build_route(compiled, State(compiled).windows, 0, tuple(range(len(problem.visits))))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_order_of_breaks_ends_sooner_than_the_one_taken(seed: int) -> None:
    problem = _drawn(seed)
    rests = problem.workers[0].duties[0].rests
    # Whoever could be home sooner pays no less: what counts is the end of the last stop, or of the way home.
    ends = [_end(problem, turns) for turns in _orders(len(rests), len(problem.visits))]
    least = min((end for end in ends if end is not None), default=None)
    route = _route(problem)
    assert (route is None) == (least is None)
    if route is not None:
        shift = problem.workers[0].duties[0]
        taken = [Span(start, start + rest.ticks) for start, rest in zip(_in_duty(problem, route), rests, strict=True)]
        assert all(
            rest.span.start <= one.start and one.end <= rest.span.end for rest, one in zip(rests, taken, strict=True)
        )
        done = route.stops[-1].ready
        assert (done if shift.end_spot is None else _home(problem, taken, done)) == least


def _in_duty(problem: RouteProblem, route: Route) -> list[int]:
    """The starts of breaks in the order of the duty's."""
    order = [rest.place for rest in Compiled(problem).duties[0].rests]
    return [start for _, start in sorted(zip(order, route.rests, strict=True))]


def _home(problem: RouteProblem, taken: list[Span], done: int) -> int:
    spot, shift = problem.visits[-1].spot, problem.workers[0].duties[0]
    at = done
    for away in sorted([*shift.absences, *taken], key=lambda span: span.start):
        if 10 * spot and at < away.end and away.start < at + 10 * spot:
            at = away.end
    return at + 10 * spot


def _nested(seed: int) -> RouteProblem:
    return drawn_routes(seed, workers=3, visits=10, use=some_kinds(seed) | {"break", "nested", "pin"})


def test_of_many_duties_the_order_of_breaks_is_open() -> None:
    assert sum(facts.any_order for seed in range(12) for facts in Compiled(_nested(seed)).duties) >= 10


@pytest.mark.parametrize("seed", range(12))
def test_drawn_breaks_that_nest_are_kept(seed: int) -> None:
    problem = _nested(seed)
    plan = solve(problem, budget=2, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
