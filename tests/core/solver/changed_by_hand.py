"""Problems and plans of `clean_plan` with one thing about them changed: what ways to break a rule are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.hours import home_at, last_moment
from dispatch.solver.plan import Reason, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.problem import RouteProblem, Visit, Worker
from dispatch.solver.rules import Rule

Pair = tuple[RouteProblem, RoutePlan]


def with_worker(problem: RouteProblem, name: str, **more: Any) -> RouteProblem:
    workers = tuple(replace(one, **more) if one.id == name else one for one in problem.workers)
    return replace(problem, workers=workers)


def worker_of(problem: RouteProblem, name: str) -> Worker:
    return next(one for one in problem.workers if one.id == name)


def with_duty(problem: RouteProblem, name: str, **more: Any) -> RouteProblem:
    first, *others = worker_of(problem, name).duties
    return with_worker(problem, name, duties=(replace(first, **more), *others))


def with_pieces(problem: RouteProblem, pieces: int) -> RouteProblem:
    """So many pieces of every shared tool."""
    return replace(problem, shared=tuple(replace(tool, pieces=pieces) for tool in problem.shared))


def with_visit(problem: RouteProblem, name: str, **more: Any) -> RouteProblem:
    return replace(problem, visits=tuple(replace(one, **more) if one.id == name else one for one in problem.visits))


def visit_of(problem: RouteProblem, name: str) -> Visit:
    return next(one for one in problem.visits if one.id == name)


def with_tie(problem: RouteProblem, **more: Any) -> RouteProblem:
    """The tie of ``bound-first`` and ``bound-then`` changed."""
    ties = tuple(replace(one, **more) if one.then == "bound-then" else one for one in problem.ties)
    return replace(problem, ties=ties)


def route_of(plan: RoutePlan, name: str) -> Route:
    return next(one for one in plan.routes if one.worker == name)


def with_stops(plan: RoutePlan, name: str, stops: Iterable[Stop]) -> RoutePlan:
    route = replace(route_of(plan, name), stops=tuple(stops))
    return replace(plan, routes=tuple(route if one.worker == name else one for one in plan.routes))


def edited(plan: RoutePlan, name: str, index: int, **more: int) -> RoutePlan:
    stops = list(route_of(plan, name).stops)
    stops[index] = replace(stops[index], **more)
    return with_stops(plan, name, stops)


def slid(plan: RoutePlan, name: str, by: int, index: int = -1) -> RoutePlan:
    """A stop of ``name`` (the last) ``by`` ticks later."""
    stop = route_of(plan, name).stops[index]
    return edited(plan, name, index, arrive=stop.arrive + by, start=stop.start + by, end=stop.end + by)


def without_last(plan: RoutePlan, name: str) -> RoutePlan:
    return with_stops(plan, name, route_of(plan, name).stops[:-1])


def out(plan: RoutePlan, name: str, rule: Rule = Rule.SHIFT) -> RoutePlan:
    why = (Reason(rule=rule, message="for the test"),)
    return replace(plan, unplanned=(*plan.unplanned, Unplanned(id=name, reasons=why)))


def takes(visit: Visit, name: str) -> int:
    return visit.ticks_by.get(name, visit.ticks)


def gone(problem: RouteProblem, plan: RoutePlan, stop: Stop, name: str, spot: int) -> Stop:
    """``stop`` as ``name`` makes it who comes from ``spot`` just in time."""
    worker = worker_of(problem, name)
    facts = Facts(problem, plan)
    place = facts.places[stop.visit]
    end = stop.start + (takes(place, name) if isinstance(place, Visit) else place.ticks)
    return replace(stop, arrive=stop.start, end=end, travel=facts.way(worker.mode, spot, place.spot))


def given(problem: RouteProblem, plan: RoutePlan, source: str, target: str, *, also: bool = False) -> RoutePlan:
    """The last stop of ``source`` as the only one of ``target``, who is at home (``also``: of both)."""
    stop = route_of(plan, source).stops[-1]
    rest = plan if also else without_last(plan, source)
    spot = worker_of(problem, target).duties[0].start_spot
    return with_stops(rest, target, (gone(problem, plan, stop, target, spot),))


def moment(problem: RouteProblem, name: str) -> int:
    return last_moment(worker_of(problem, name).duties[0])


def home(problem: RouteProblem, plan: RoutePlan, name: str) -> int:
    worker = worker_of(problem, name)
    found = home_at(Facts(problem, plan), route_of(plan, name), worker, worker.duties[0])
    assert found is not None
    return found
