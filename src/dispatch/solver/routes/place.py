"""The cheapest place of one visit as things stand: lower bounds over all gaps, then exact routes in that order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solver.routes.crews import best_crew_place
from dispatch.solver.routes.gaps import (
    Floats,
    Gaps,
    able_duties,
    find_gaps,
    start_cost,
    wanted_start,
)
from dispatch.solver.routes.people import price_each
from dispatch.solver.routes.price import added, joint_added, least_added
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.within.prices import told

TRIES_MAX = 400
"""Gaps tried exactly before a visit is taken not to fit; breaks and absences make this many fail only rarely."""


class Place(NamedTuple):
    """A place found: what it adds to the cost in minutes, the start to hold (if any), the routes as they will be."""

    visit: int
    cost: float
    held: int | None
    routes: tuple[Route, ...]


def best_place(
    state: State, visit: int, *, limit: float = float("inf"), duties: Ints | None = None, along: tuple[int, ...] = ()
) -> Place | None:
    """The cheapest place of ``visit`` that costs less than ``limit`` minutes, or None.

    ``duties`` restricts where it may go; without, every duty able to take it. Pinned people are always among those
    sent, and so are the workers ``along``. The place is exact: its routes are built with all breaks and absences.
    What binds the visit to others is not looked at: `together` does.
    """
    facts = state.compiled.visits[visit]
    able = able_duties(state, visit) if duties is None else np.intersect1d(duties, able_duties(state, visit))
    forced: tuple[int, ...] = ()
    if facts.pin is not None:
        known = [state.compiled.worker_index.get(worker) for worker in dict.fromkeys(facts.pin.workers)]
        forced = tuple(worker for worker in known if worker is not None)
        if len(forced) < len(known):
            return None
    forced = tuple(dict.fromkeys((*forced, *along)))
    if len(forced) > facts.people:
        return None
    if facts.people > 1:
        crew = best_crew_place(state, visit, able, forced, limit)
        if crew is None:
            crew = best_crew_place(state, visit, able, forced, limit, exact=True)
        return None if crew is None else Place(visit, *crew)
    if forced:
        able = able[state.compiled.duty_worker[able] == forced[0]]
    return _best_alone(state, visit, able, limit)


def settle(state: State, place: Place) -> None:
    """Put the visit where ``place`` says."""
    if place.held is not None:
        state.hold(place.visit, place.held)
    for route in place.routes:
        state.put(route)
    state.where[place.visit] = tuple(route.duty for route in place.routes)


class Bounds(NamedTuple):
    """Per gap: the start wanted there, the price of the person, the least a place in it costs; the start ``wanted``."""

    start: Ints
    person: Floats
    cost: Floats
    wanted: int | None


def bounds(state: State, visit: int, gaps: Gaps) -> Bounds:
    """What a place in each of ``gaps`` costs at least, in minutes, for a visit of one person."""
    facts = state.compiled.visits[visit]
    wanted = wanted_start(state, facts)
    start = gaps.first if wanted is None else np.clip(wanted, gaps.first, gaps.last)
    person = price_each(state.compiled, facts)[gaps.duty]
    travel = state.compiled.problem.weights.travel * gaps.travel
    least = travel + start_cost(state, facts, start) + person + least_added(state, facts, gaps)
    return Bounds(start, person, least, wanted)


def _best_alone(state: State, visit: int, duties: Ints, limit: float) -> Place | None:
    compiled = state.compiled
    facts = compiled.visits[visit]
    gaps = find_gaps(state, visit, duties)
    if not len(gaps.duty):
        return None
    start, fixed, bound, wanted = bounds(state, visit, gaps)
    best: Place | None = None
    for tries, index in enumerate(np.argsort(bound, kind="stable").tolist()):
        if bound[index] >= limit or tries == TRIES_MAX:
            break
        duty = int(gaps.duty[index])
        target = None if wanted is None else int(start[index])
        found = _try(state, visit, duty, int(gaps.position[index]), target)
        if found is None:
            continue
        route, at = found
        hold = at if compiled.stands_still(visit) else None
        still = None if hold is None else (visit, hold)
        cost = added(state, route, still) + joint_added(state, (route,)) + float(fixed[index])
        if facts.told is not None:
            cost += told(at, facts.told.start, compiled.problem.weights.change_tick)
        if cost < limit:
            best, limit = Place(visit, cost, hold, (route,)), cost
    return best


def _try(state: State, visit: int, duty: int, position: int, target: int | None) -> tuple[Route, int] | None:
    """The route with ``visit`` at ``position``, at ``target`` if given and possible, else as early as it may be."""
    route: Route | None = None
    if target is not None:
        route = state.build_with(duty, position, visit, ((target, target),))
    if route is None:
        route = state.build_with(duty, position, visit)
    return None if route is None else (route, route.stops[route.visits.index(visit)].start)
