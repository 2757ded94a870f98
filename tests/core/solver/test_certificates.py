"""A certificate must hold on the days of the work, whatever day the duty began on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan, Stop
from dispatch.solver.problem import RouteProblem, RouteWeights, Skill, Span, Tie, Told, Visit
from dispatch.solver.rules import Rule
from dispatch.solver.solve import improve, insert
from dispatch.solver.version import no_search

MIDNIGHT = 24 * HOUR
NIGHT = duty("night", 22 * HOUR, 30 * HOUR, midnights=(MIDNIGHT,))
ENDS = Skill(skill="electric", last=DAY)
BEGINS = Skill(skill="electric", first=DAY + 1)
EARLIER = Skill(skill="electric", first=DAY - 9, last=DAY)

WAYS: tuple[Callable[[RouteProblem], RoutePlan], ...] = (
    insert,
    lambda problem: improve(problem, insert(problem), budget=4, seed=1),
    lambda problem: improve(problem, RoutePlan(effort=no_search()), budget=2, seed=1),
)


def night_of(*skills: Skill, **fields: Any) -> RouteProblem:
    """One electrician on a night shift, and one visit of half an hour that wants one."""
    wanted = {"skill": "electric", "windows": (Span(22 * HOUR, 30 * HOUR),), **fields}
    return line_problem((worker("w1", NIGHT, skills=skills),), (visit(**wanted),))


def the_stop(plan: RoutePlan) -> Stop | None:
    return next((stop for route in plan.routes for stop in route.stops), None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cover", [False, True])
@pytest.mark.parametrize(
    "skills, window, lies",
    [
        ((ENDS,), Span(MIDNIGHT, 30 * HOUR), None),
        ((ENDS,), Span(MIDNIGHT - 29, 30 * HOUR), None),
        ((ENDS,), Span(MIDNIGHT - 30, 30 * HOUR), MIDNIGHT - 30),
        ((BEGINS,), Span(22 * HOUR, MIDNIGHT + 29), None),
        ((BEGINS,), Span(22 * HOUR, 30 * HOUR), MIDNIGHT),
        ((BEGINS, EARLIER), Span(MIDNIGHT - 15, MIDNIGHT + 15), MIDNIGHT - 15),
    ],
)
def test_a_night_shift_takes_what_is_certified_when_it_is_done(
    way: Callable[[RouteProblem], RoutePlan], cover: bool, skills: tuple[Skill, ...], window: Span, lies: int | None
) -> None:
    problem = night_of(*skills, windows=(window,), cover=cover)
    plan = way(problem)
    assert check(problem, plan) == []
    found = the_stop(plan)
    assert (None if found is None else found.start) == lies
    if lies is None:
        assert [reason.rule for reason in plan.unplanned[0].reasons] == [Rule.SKILL]
        assert "the certificate of w1" in plan.unplanned[0].reasons[0].hint


@pytest.mark.parametrize("way", WAYS)
def test_a_crew_needs_it_of_everybody_at_that_hour(way: Callable[[RouteProblem], RoutePlan]) -> None:
    wanted = visit(skill="electric", people=2, windows=(Span(22 * HOUR, 30 * HOUR),))
    both = (worker("w1", NIGHT, skills=(BEGINS,)), worker("w2", NIGHT, skills=(Skill(skill="electric"),)))
    plan = way(line_problem(both, (wanted,)))
    assert {stop.start for route in plan.routes for stop in route.stops} == {MIDNIGHT}


@pytest.mark.parametrize("way", WAYS)
def test_what_slides_does_not_slide_past_the_end_of_the_certificate(way: Callable[[RouteProblem], RoutePlan]) -> None:
    late: list[Visit] = [visit(f"v{n}", windows=(Span(22 * HOUR, 30 * HOUR),), skill="electric") for n in range(6)]
    problem = replace(night_of(ENDS), visits=tuple(late))
    plan = way(problem)
    assert check(problem, plan) == []
    assert [stop.end <= MIDNIGHT for route in plan.routes for stop in route.stops] == [True] * 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("window, who", [(Span(22 * HOUR, 23 * HOUR), "ends"), (Span(MIDNIGHT, 25 * HOUR), "begins")])
def test_duties_that_differ_in_when_it_holds_only_are_both_looked_at(
    way: Callable[[RouteProblem], RoutePlan], window: Span, who: str
) -> None:
    people = (worker("ends", NIGHT, skills=(ENDS,)), worker("begins", NIGHT, skills=(BEGINS,)))
    other = visit("other", 2, skill="electric", windows=(Span(22 * HOUR, 30 * HOUR),))
    plan = way(line_problem(people, (visit("v1", skill="electric", windows=(window,)), other)))
    assert plan.unplanned == ()
    assert who in {route.worker for route in plan.routes for stop in route.stops if stop.visit == "v1"}


@pytest.mark.parametrize(("skill", "long"), [(ENDS, 130), (Skill(skill="electric"), 70)])
def test_who_sets_out_late_is_there_while_it_holds(skill: Skill, long: int) -> None:
    """Half an hour of work up to midnight at the latest, or right before what is to be done at one."""
    fixed = visit("v2", windows=(Span(25 * HOUR, 25 * HOUR + 30),))
    problem = night_of(skill)
    problem = replace(problem, visits=(*problem.visits, fixed), weights=RouteWeights(duration=0.5))
    plan = improve(problem, RoutePlan(effort=no_search()), budget=2, seed=1)
    assert check(problem, plan) == []
    assert plan.cost[Rule.DURATION] == 0.5 * long


def test_what_it_is_tied_to_waits_until_it_holds() -> None:
    """Nothing is instant here: ties are for the search alone."""
    visits = (
        visit("first", skill="electric", windows=(Span(22 * HOUR, 30 * HOUR),)),
        visit("then", 5, windows=(Span(22 * HOUR, 30 * HOUR),)),
    )
    people = (worker("w1", NIGHT, skills=(BEGINS,)), worker("w2", NIGHT))
    problem = line_problem(people, visits, ties=(Tie(first="first", then="then", least=60, most=60),))
    plan = improve(problem, RoutePlan(effort=no_search()), budget=2, seed=1)
    assert check(problem, plan) == []
    starts = {stop.visit: stop.start for route in plan.routes for stop in route.stops}
    assert starts == {"first": MIDNIGHT, "then": MIDNIGHT + 60}


def test_a_plan_that_stands_beyond_it_is_given_up() -> None:
    valid = night_of(Skill(skill="electric"), told=Told(workers=("w1",), start=25 * HOUR))
    plan = insert(valid)
    assert check(valid, plan) == []
    expired = replace(valid, workers=(worker("w1", NIGHT, skills=(ENDS,)),))
    (found,) = check(expired, plan)
    assert (found.rule, found.visit) == (Rule.SKILL, "v1")
    after = insert(expired, plan)
    assert check(expired, after) == []
    moved = the_stop(after)
    assert moved is not None and moved.end <= MIDNIGHT


def test_midnights_come_in_order() -> None:
    with pytest.raises(ProblemError, match="midnights"):
        insert(line_problem((worker("w1", replace(NIGHT, midnights=(MIDNIGHT, MIDNIGHT))),), ()))
