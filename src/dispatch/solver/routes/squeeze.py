"""Make room for a visit that fits nowhere: let one movable visit give up its place and go elsewhere."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from dispatch.solver.routes.gaps import able_duties
from dispatch.solver.routes.part import on_duties, part_cost
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import State

SQUEEZES_MAX = 40
"""Visits for which room is made in one call."""

_DUTIES = 8
_ELSEWHERE_MAX = 40


def squeeze(state: State, visit: int, limit: float, movable: Collection[int]) -> bool:
    """Place ``visit`` for less than ``limit`` minutes by moving one of ``movable`` that need not stand still.

    Looks at the nearest duties only; False, with nothing changed, if that is not enough.
    """
    facts = state.compiled.visits[visit]
    bonds = state.compiled.bonds
    if facts.people > 1 or facts.pin is not None or bonds.of(visit) or not state.windows[visit]:
        return False
    tried = 0
    for duty in _nearest(state, visit):
        for other in state.routes[duty].visits:
            if other not in movable or not state.compiled.is_visit(other) or state.compiled.stands_still(other):
                continue
            route = _instead(state, visit, other, duty)
            if route is not None:
                tried += 1
                if _swap(state, visit, other, route, limit):
                    return True
                if tried == _ELSEWHERE_MAX:
                    return False
    return False


def _nearest(state: State, visit: int) -> list[int]:
    """The duties that could do ``visit`` if they had time, the one that comes nearest to it first."""
    compiled = state.compiled
    able = able_duties(state, visit, capped=False)
    if not len(able):
        return []
    ways = compiled.travel.to(compiled.spot[visit])[compiled.duty_mode[able][:, None], state.prev[able]]
    used = np.arange(ways.shape[1]) < state.gaps[able][:, None]
    distance = np.where(used, ways, 2**40).min(axis=1)
    nearest: list[int] = able[np.argsort(distance, kind="stable")[:_DUTIES]].tolist()
    return nearest


def _instead(state: State, visit: int, other: int, duty: int) -> Route | None:
    """The cheapest route of ``duty`` with ``visit`` in place of ``other``, at its place or next to it."""
    old = state.routes[duty].visits
    place = old.index(other)
    rest = (*old[:place], *old[place + 1 :])
    if not state.under_caps(duty, (*rest, visit)):
        return None
    best: Route | None = None
    for position in range(max(0, place - 1), min(len(rest), place + 1) + 1):
        route = state.build(duty, (*rest[:position], visit, *rest[position:]))
        if route is not None and (best is None or route.cost(1.0) < best.cost(1.0)):
            best = route
    return best


def _swap(state: State, visit: int, other: int, route: Route, limit: float) -> bool:
    """Put ``route`` in place and ``other`` elsewhere, if all of it costs less than ``limit``."""
    before = state.snapshot()
    touched = [route.duty]
    visits = on_duties(state, touched)
    cost = part_cost(state, touched, visits)
    state.put(route)
    del state.where[other]
    state.where[visit] = (route.duty,)
    told = state.compiled.visits[visit].told
    if told is not None:
        state.hold(visit, state.start_of(visit))
        state.put(route)
    place = best_place(state, other)
    if place is not None:
        after = part_cost(state, touched, [*(one for one in visits if one != other), visit]) + place.cost
        if after - cost < limit:
            settle(state, place)
            return True
    state.restore(before)
    return False
