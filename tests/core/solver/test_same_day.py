"""Visits that must be on the same day, in whatever order: found, kept and mended by every way to plan."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.solver.big.improve import improve_big
from dispatch.solver.checks import check
from dispatch.solver.plan import Route, RoutePlan, Stop
from dispatch.solver.problem import Pin, RouteProblem, Span, Tie, Visit, Worker
from dispatch.solver.rules import Rule
from dispatch.solver.solve import improve, solve
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

NOTHING = RoutePlan(effort=no_search())
WEEK = (0, 1, 2)
LATE = 3 * 24 * HOUR


def of_days(name: str, *days: int) -> Worker:
    """A worker with a duty from eight to four on each of ``days``."""
    return worker(name, *(duty(f"d{n}", (24 * n + 8) * HOUR, (24 * n + 16) * HOUR, day=DAY + n) for n in days))


def on(name: str, *days: int, **more: Any) -> Visit:
    """A visit for which ``days`` will do."""
    return visit(name, 1, windows=tuple(Span(24 * n * HOUR, 24 * (n + 1) * HOUR) for n in days), **more)


def bound(first: str = "a", then: str = "b", **more: Any) -> Tie:
    """The same day in any order, however far apart, unless said otherwise."""
    return Tie(first=first, then=then, **{"least": None, "most": None, "same_day": True, **more})


def week(*visits: Visit, ties: tuple[Tie, ...] = (bound(),), people: int = 2) -> RouteProblem:
    return line_problem(tuple(of_days(f"w{number}", *WEEK) for number in range(people)), visits, ties=ties)


def days(problem: RouteProblem, plan: RoutePlan) -> dict[str, set[int]]:
    """On which days of the week each visit is, in a plan with which nothing is wrong."""
    assert check(problem, plan) == []
    found: dict[str, set[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, set()).add(int(route.duty[1:]))
    return found


def searched(problem: RouteProblem, start: RoutePlan = NOTHING) -> RoutePlan:
    return improve(problem, start, budget=2, seed=1)


def kept(problem: RouteProblem) -> RoutePlan:
    standing = Standing(replace(problem, visits=(), ties=()), NOTHING)
    standing.insert(*problem.visits, ties=problem.ties)
    return standing.plan()


WAYS = pytest.mark.parametrize("plan", [searched, kept, lambda problem: solve(problem, budget=0, seed=1)])


@WAYS
@pytest.mark.parametrize("workers", ["any", "different", "same"])
@pytest.mark.parametrize(("first", "then", "day"), [(WEEK, (2,), 2), ((1,), WEEK, 1), ((0, 2), (1, 2), 2)])
def test_one_that_has_one_day_takes_the_other_along(
    plan: Any, workers: str, first: tuple[int, ...], then: tuple[int, ...], day: int
) -> None:
    problem = week(on("a", *first), on("b", *then), ties=(bound(workers=workers),))
    assert days(problem, plan(problem)) == {"a": {day}, "b": {day}}


@WAYS
def test_without_the_tie_each_goes_when_it_can(plan: Any) -> None:
    problem = week(on("a", 0), on("b", 2), ties=())
    assert days(problem, plan(problem)) == {"a": {0}, "b": {2}}
    apart = replace(problem, ties=(bound(same_day=False),))
    assert days(apart, plan(apart)) == {"a": {0}, "b": {2}}


@WAYS
def test_with_no_day_for_both_both_stay_out_and_it_is_said(plan: Any) -> None:
    problem = week(on("a", 0), on("b", 1, 2))
    found = plan(problem)
    assert days(problem, found) == {}
    rules = {reason.rule for out in found.unplanned for reason in out.reasons}
    assert Rule.TIE in rules
    hints = [reason.hint for out in found.unplanned for reason in out.reasons if reason.rule is Rule.TIE]
    assert "there is no day on which this one and b could both be" in hints


@WAYS
@pytest.mark.parametrize(("first", "then"), [((600, 640), (900, 940)), ((900, 940), (600, 640))])
def test_the_order_is_free_where_no_gap_is_asked(plan: Any, first: tuple[int, int], then: tuple[int, int]) -> None:
    a, b = visit("a", windows=(Span(*first),)), visit("b", windows=(Span(*then),))
    problem = week(a, b)
    assert days(problem, plan(problem)) == {"a": {0}, "b": {0}}
    strict = replace(problem, ties=(bound(least=0),))
    assert bool(days(strict, plan(strict))) == (first < then)


@WAYS
def test_a_gap_either_way_is_kept(plan: Any) -> None:
    """Within two hours of each other, whichever comes first."""
    for start, both in ((600, True), (599, False), (840, True), (841, False)):
        a, b = visit("a", windows=(Span(720, 750),)), visit("b", windows=(Span(start, start + 30),))
        problem = week(a, b, ties=(bound(least=-2 * HOUR, most=2 * HOUR, same_day=False),))
        assert bool(days(problem, plan(problem))) == both


@WAYS
def test_many_bound_to_each_other_are_all_on_one_day(plan: Any) -> None:
    visits = (on("a", *WEEK), on("b", 0, 1), on("c", 1, 2))
    problem = week(*visits, ties=(bound(), bound("b", "c")), people=3)
    assert days(problem, plan(problem)) == {"a": {1}, "b": {1}, "c": {1}}


@pytest.mark.parametrize("plan", [kept, searched])
def test_all_of_a_crew_are_there_on_that_day(plan: Any) -> None:
    """At midnight two of yesterday's duty and one of today's are there: which two go is not all the same."""
    night = duty("d0", 22 * HOUR, 30 * HOUR)
    people = (worker("w0", night), worker("w1", night), worker("w2", replace(night, id="d1", day=DAY + 1)))
    pair = visit("pair", 1, people=2, windows=(Span(24 * HOUR, 25 * HOUR),))
    then = visit("then", 1, windows=(Span(24 * HOUR, 30 * HOUR),), among=("w0", "w2"))
    problem = line_problem(people, (pair, then), ties=(bound("pair", "then", workers="any"),))
    assert days(problem, plan(problem)) == {"pair": {0}, "then": {0}}
    four = replace(problem, workers=(*people, worker("w3", night)), visits=(pair, replace(then, among=("w3", "w2"))))
    assert days(four, plan(four)) == {"pair": {0}, "then": {0}}
    other = replace(problem, visits=(pair, replace(then, among=("w2",))))
    assert days(other, plan(other)) == {}


def apart(problem: RouteProblem) -> RoutePlan:
    """Visit a today, b tomorrow."""
    stops = [Stop(visit=name, arrive=at, start=at, end=at + 30, travel=10) for name, at in (("a", 600), ("b", 2040))]
    routes = tuple(
        Route(worker=one, duty=on_it, stops=(stop,))
        for one, on_it, stop in zip(("w0", "w1"), ("d0", "d1"), stops, strict=True)
    )
    return replace(NOTHING, routes=routes)


def test_a_plan_that_has_them_on_two_days_is_mended() -> None:
    problem = week(on("a", *WEEK), on("b", *WEEK))
    assert [finding.rule for finding in check(problem, apart(problem)) if finding.severity == "broken"] == [Rule.TIE]
    found = days(problem, searched(problem, apart(problem)))
    assert found["a"] == found["b"]
    assert len(found["a"]) == 1


def test_whoever_comes_later_goes_to_the_day_of_the_other() -> None:
    problem = week(on("a", 1), ties=())
    standing = Standing(problem, searched(problem))
    standing.insert(on("b", *WEEK), ties=(bound(),))
    assert days(standing.problem, standing.plan()) == {"a": {1}, "b": {1}}
    standing.insert(on("c", 0, 2), ties=(bound("b", "c"),))
    assert days(standing.problem, standing.plan()) == {}


@pytest.mark.parametrize(
    ("pin", "hint"),
    [
        (None, "there is no day on which this one and b could both be"),
        (Pin(workers=("w1",), start=2000), "b is on 2026-11-24, and this one has to be on the same day"),
    ],
)
def test_who_works_on_other_days_only_is_told_why(pin: Pin | None, hint: str) -> None:
    people = (of_days("w0", *WEEK), of_days("w1", *WEEK), of_days("w2", 0))
    problem = line_problem(people, (on("a", 0, 1), on("b", 1, pin=pin)), ties=(bound(),))
    told = why(problem, kept(problem), "a")
    hints = {one.worker: (one.rule, one.hint) for one in told.hindrances}
    assert hints["w2"] == (Rule.TIE, hint)


def test_other_places_are_on_that_day_or_take_the_other_along() -> None:
    problem = week(on("a", 0, 1), on("b", 0, 1), people=3)
    told = why(problem, kept(problem), "a")
    (other,) = told.bound
    assert told.start is not None
    assert other.start is not None
    for one in told.alternatives:
        beside = {along.visit: along.start for along in one.along}.get("b", other.start)
        assert beside is not None
        assert one.start // (24 * HOUR) == beside // (24 * HOUR)


@pytest.mark.parametrize("seed", range(24))
def test_whatever_else_there_is_plans_are_clean(seed: int) -> None:
    use = some_kinds(seed, KINDS) | {"same_day", "tie"}
    problem = drawn_routes(seed, workers=5, visits=30, days=3, use=use)
    problem = replace(problem, ties=tuple(replace(tie, same_day=True) for tie in problem.ties))
    assert problem.ties
    for plan in (solve(problem, budget=2, seed=seed), improve_big(problem, NOTHING, budget=3, seed=seed, block=8)):
        assert check(problem, plan) == []
