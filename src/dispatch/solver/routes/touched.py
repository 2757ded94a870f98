"""The part of a problem and plan that a change touches: the duties of the workers concerned, nothing beside them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from msgspec.structs import replace

from dispatch.solver.plan import Route, RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Told, Visit
from dispatch.solver.version import no_search

_Named = TypeVar("_Named", Pin, Told)


def part(problem: RouteProblem, routes: Collection[Route]) -> tuple[RouteProblem, RoutePlan]:
    """A problem of the workers of ``routes`` and the visits on them, and the plan that these routes are.

    A crew's visit asks for as many people as stand on ``routes``; that the others are there, at the same moment, is for
    whoever knows their routes. What joins the part to the rest, ties and fair shares, is left out.
    """
    workers = {route.worker for route in routes}
    people: dict[str, set[str]] = {}
    for route in routes:
        for stop in route.stops:
            people.setdefault(stop.visit, set()).add(route.worker)
    asked = replace(
        problem,
        workers=tuple(worker for worker in problem.workers if worker.id in workers),
        visits=tuple(_shared(visit, people[visit.id]) for visit in problem.visits if visit.id in people),
        ties=(),
    )
    return asked, RoutePlan(routes=tuple(routes), effort=no_search())


def _shared(visit: Visit, here: set[str]) -> Visit:
    if len(here) >= visit.people:
        return visit
    return replace(visit, people=len(here), pin=_of(visit.pin, here), told=_of(visit.told, here))


def _of(named: _Named | None, here: set[str]) -> _Named | None:
    return None if named is None else replace(named, workers=tuple(one for one in named.workers if one in here))
