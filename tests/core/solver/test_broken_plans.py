"""The check finds every hand-broken plan: one mutation per rule, on plans that are first shown to be clean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from broken_zones import ZONE_MUTATIONS, ZONES, zone_clean
from msgspec.structs import replace
from solver_problems import duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.checks.every import ZONE_CHECKS
from dispatch.solver.plan import Reason, Route, RoutePlan, Stop, Unplanned, ZonePlan
from dispatch.solver.problem import (
    Pin,
    Rest,
    RouteProblem,
    Skill,
    Span,
)
from dispatch.solver.rules import Rule
from dispatch.solver.solve import insert

ABLE = (Skill(skill="plumbing", level=1),)
REST = Rest(span=Span(700, 800), ticks=30)
PROBLEM = line_problem(
    (
        worker("w1", duty(rests=(REST,), max_visits=4, max_ticks=200, absences=(Span(860, 900),)), skills=ABLE),
        worker("w2", duty(end_spot=0), skills=ABLE),
        worker("w3"),
    ),
    (
        visit("a", 1, 30, skill="plumbing", windows=(Span(500, 700),)),
        visit("b", 3, 30, never=("w3",), windows=(Span(500, 700),)),
        visit("crew", 2, 30, people=2, windows=(Span(600, 700),), among=("w1", "w2")),
        visit("pin", 2, 30, pin=Pin(workers=("w1",), start=810)),
        visit("out", 2, 30, windows=(Span(0, 60),)),
    ),
    now=490,
)


def stops_of(plan: RoutePlan, worker_id: str) -> Route:
    return next(route for route in plan.routes if route.worker == worker_id)


def with_route(plan: RoutePlan, route: Route) -> RoutePlan:
    return replace(plan, routes=tuple(route if one.worker == route.worker else one for one in plan.routes))


def edit(plan: RoutePlan, visit_id: str, worker_id: str | None = None, **times: int) -> RoutePlan:
    """``plan`` with fields of the stops of one visit changed."""
    routes = []
    for route in plan.routes:
        mine = worker_id is None or route.worker == worker_id
        stops = tuple(replace(stop, **times) if mine and stop.visit == visit_id else stop for stop in route.stops)
        routes.append(replace(route, stops=stops))
    return replace(plan, routes=tuple(routes))


def drop(plan: RoutePlan, visit_id: str, worker_id: str | None = None) -> RoutePlan:
    routes = []
    for route in plan.routes:
        mine = worker_id is None or route.worker == worker_id
        kept = tuple(stop for stop in route.stops if not (mine and stop.visit == visit_id))
        routes.append(replace(route, stops=kept))
    return replace(plan, routes=tuple(routes))


def give_to(plan: RoutePlan, visit_id: str, to: str) -> RoutePlan:
    """The visit on a route of its own for somebody else, at the same time."""
    stop = next(stop for route in plan.routes for stop in route.stops if stop.visit == visit_id)
    rest = tuple(route for route in drop(plan, visit_id).routes if route.worker != to)
    return replace(plan, routes=(*rest, Route(worker=to, duty="d1", stops=(stop,))))


def slide(plan: RoutePlan, visit_id: str, by: int) -> RoutePlan:
    stop = next(stop for route in plan.routes for stop in route.stops if stop.visit == visit_id)
    return edit(plan, visit_id, arrive=stop.arrive + by, start=stop.start + by, end=stop.end + by)


def rest_at(plan: RoutePlan, *starts: int) -> RoutePlan:
    return with_route(plan, replace(stops_of(plan, "w1"), rests=starts))


def out(plan: RoutePlan, *ids: str, rule: Rule = Rule.SHIFT) -> RoutePlan:
    reason = Reason(rule=rule, message="for the test")
    return replace(plan, unplanned=(*plan.unplanned, *(Unplanned(id=one, reasons=(reason,)) for one in ids)))


Mutation = Callable[[RoutePlan], RoutePlan]

MUTATIONS: list[tuple[str, Rule, Mutation]] = [
    ("given to somebody without the skill", Rule.SKILL, lambda plan: give_to(plan, "a", "w3")),
    ("given to somebody excluded", Rule.ALLOWED, lambda plan: give_to(plan, "b", "w3")),
    ("given to somebody not among", Rule.ALLOWED, lambda plan: give_to(plan, "crew", "w3")),
    ("set out for before the duty", Rule.SHIFT, lambda plan: give_to(slide(plan, "b", -200), "b", "w2")),
    ("worked into an absence", Rule.SHIFT, lambda plan: slide(plan, "pin", 30)),
    ("worked past the duty", Rule.SHIFT, lambda plan: slide(plan, "pin", 140)),
    ("home too late", Rule.SHIFT, lambda plan: slide(plan, "crew", 330)),
    ("break outside its span", Rule.BREAK, lambda plan: rest_at(plan, 771)),
    ("break left out", Rule.BREAK, rest_at),
    ("break during work", Rule.BREAK, lambda plan: slide(plan, "pin", -100)),
    ("way shorter than it is", Rule.OVERLAP, lambda plan: edit(plan, "crew", "w1", travel=1)),
    ("way longer than it is", Rule.OVERLAP, lambda plan: edit(plan, "crew", "w1", travel=99)),
    ("set out for before free", Rule.OVERLAP, lambda plan: slide(plan, "pin", -220)),
    ("starts before arriving", Rule.OVERLAP, lambda plan: edit(plan, "pin", arrive=811)),
    ("shorter than the work", Rule.OVERLAP, lambda plan: edit(plan, "pin", end=839)),
    ("outside its window", Rule.WINDOW, lambda plan: slide(plan, "crew", 200)),
    ("begun before now", Rule.WINDOW, lambda plan: slide(plan, "a", -60)),
    ("one of the crew missing", Rule.CREW, lambda plan: drop(plan, "crew", "w2")),
    ("crew apart by a minute", Rule.CREW, lambda plan: edit(plan, "crew", "w2", start=601, end=631)),
    ("neither planned nor out", Rule.ONCE, lambda plan: drop(plan, "a")),
    ("planned and out", Rule.ONCE, lambda plan: out(plan, "a")),
    ("out twice", Rule.ONCE, lambda plan: out(plan, "out")),
    ("out and unknown", Rule.ONCE, lambda plan: out(plan, "nobody-knows")),
    ("out without a reason", Rule.ONCE, lambda plan: replace(plan, unplanned=(Unplanned(id="out", reasons=()),))),
    ("route twice", Rule.ONCE, lambda plan: replace(plan, routes=(*plan.routes, plan.routes[0]))),
    (
        "route of an unknown duty",
        Rule.ONCE,
        lambda plan: replace(plan, routes=(*plan.routes, Route(worker="w3", duty="d9"))),
    ),
    (
        "stop of an unknown visit",
        Rule.ONCE,
        lambda plan: replace(
            plan,
            routes=(
                *plan.routes,
                Route(worker="w3", duty="d1", stops=(Stop(visit="ghost", arrive=500, start=500, end=510),)),
            ),
        ),
    ),
    ("pin moved", Rule.PIN, lambda plan: slide(plan, "pin", 1)),
    ("pin given to others", Rule.PIN, lambda plan: give_to(plan, "pin", "w3")),
    ("pin left out", Rule.PIN, lambda plan: out(drop(plan, "pin"), "pin")),
    ("pin left out as if it could not stand", Rule.PIN, lambda plan: out(drop(plan, "pin"), "pin", rule=Rule.PIN)),
]


def clean() -> RoutePlan:
    plan = insert(PROBLEM)
    assert check(PROBLEM, plan) == []
    assert [one.id for one in plan.unplanned] == ["out"]
    return plan


@pytest.mark.parametrize(("name", "rule", "mutate"), MUTATIONS, ids=[name for name, _, _ in MUTATIONS])
def test_a_broken_plan_is_found(name: str, rule: Rule, mutate: Mutation) -> None:
    findings = check(PROBLEM, mutate(clean()))
    assert rule in {finding.rule for finding in findings if finding.severity == "broken"}, [*map(str, findings)]


def tighter(**more: Any) -> RouteProblem:
    """The problem with the first worker's duty changed, so that the clean plan breaks a cap."""
    first = PROBLEM.workers[0]
    return replace(
        PROBLEM,
        workers=(replace(first, duties=(replace(first.duties[0], **more),)), *PROBLEM.workers[1:]),
    )


def test_a_cap_passed_is_found() -> None:
    plan = clean()
    stops = stops_of(plan, "w1").stops
    work = sum(stop.end - stop.start for stop in stops)
    assert check(tighter(max_visits=len(stops), max_ticks=work), plan) == []
    found = check(tighter(max_visits=len(stops) - 1, max_ticks=work - 1), plan)
    assert {finding.rule for finding in found} == {Rule.VISITS_CAP, Rule.MINUTES_CAP}
    assert {finding.value for finding in found} == {len(stops), work}


@pytest.mark.parametrize(
    "rule",
    [Rule.TRAVEL, Rule.LATE, Rule.CHANGE_WORKER, Rule.CHANGE_MINUTE, Rule.CONTINUITY, Rule.UNPLANNED],
)
def test_a_wrong_cost_is_found(rule: Rule) -> None:
    plan = clean()
    (finding,) = check(PROBLEM, replace(plan, cost={**plan.cost, rule: plan.cost[rule] + 0.01}))
    assert (finding.rule, finding.severity) == (rule, "wrong_cost")


def test_a_cost_that_is_no_number_is_found() -> None:
    plan = clean()
    assert check(PROBLEM, replace(plan, cost={**plan.cost, Rule.TRAVEL: float("nan")}))


@pytest.mark.parametrize(("name", "rule", "mutate"), ZONE_MUTATIONS, ids=[name for name, _, _ in ZONE_MUTATIONS])
def test_a_broken_zone_plan_is_found(name: str, rule: Rule, mutate: Callable[[ZonePlan], ZonePlan]) -> None:
    assert rule in {finding.rule for finding in check(ZONES, mutate(zone_clean()))}


def test_every_rule_of_zones_is_broken() -> None:
    stated = {*zone_clean().cost}
    assert {rule for _, rule, _ in ZONE_MUTATIONS} == {rule for rule, _ in ZONE_CHECKS} | stated


def test_a_plan_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ProblemError, match="RoutePlan"):
        check(ZONES, clean())
