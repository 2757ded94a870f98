"""What routes cost by the rules that no single visit pays: a duty's price, how long it lasts, the latest start of all
after its promise, fair shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dispatch.solver.problem import Visit
from dispatch.solver.routes.gaps import Floats, Gaps
from dispatch.solver.routes.later import lasting, set_out_late, told_by_pieces
from dispatch.solver.routes.route import Route, most_late
from dispatch.solver.routes.state import Ints, Others, State


class Alone(NamedTuple):
    """Minutes that a route costs beside its ways, lateness and overtime; those that one more visit may save at most
    beside the ticks `find_gaps` takes off for traffic.
    """

    cost: float
    spared: float


def alone(state: State, route: Route, still: tuple[int, int] | None = None) -> Alone:
    """What ``route`` costs beside its ways, lateness and overtime: the duty's price, and how long it lasts.

    Where that is paid, what traffic makes of its ways by setting out late counts, too. ``still``: a visit and the start
    at which it would be held.
    """
    compiled, weights = state.compiled, state.compiled.problem.weights
    cost = float(compiled.duty_price[route.duty]) if compiled.priced and _visited(state, route) else 0.0
    if not weights.duration or not route.visits:
        return Alone(cost, 0.0)
    if still is None:
        long, slow = _lasting(state, route)
    else:
        visit, start = still
        usual = state.windows[visit]
        state.windows[visit] = ((start, start),)
        long, slow = _lasting(state, route)
        state.windows[visit] = usual
    slower = weights.travel * (slow - route.slow)
    return Alone(cost + weights.duration * long + slower, weights.duration * slow + slower)


def _lasting(state: State, route: Route) -> tuple[int, int]:
    """How long ``route`` lasts when it is set out for as late as will do, and what of that is traffic."""
    long = told_by_pieces(state, route)
    if long is not None:
        return long, 0
    late = set_out_late(state, route)
    return lasting(state, late), late.slow


def alone_now(state: State, duty: int) -> Alone:
    """`alone` of the route that stands for ``duty``."""
    if not state.compiled.priced and not state.compiled.problem.weights.duration:
        return Alone(0.0, 0.0)
    known = state.alone.get(duty)
    if known is None:
        known = state.alone[duty] = alone(state, state.routes[duty])
    return Alone(*known)


def added(state: State, route: Route, still: tuple[int, int] | None = None) -> float:
    """Minutes that ``route`` costs more than what stands for its duty, but for what joins all routes."""
    travel, old = state.compiled.problem.weights.travel, state.routes[route.duty]
    ways = route.cost(travel) - old.cost(travel)
    if not state.compiled.priced and not state.compiled.problem.weights.duration:
        return ways
    return ways + alone(state, route, still).cost - alone_now(state, route.duty).cost


def joint(state: State) -> float:
    """Minutes for the greatest lateness and for fair shares, as things stand."""
    weights = state.compiled.problem.weights
    cost = weights.greatest_late * float(_latest(state)) if weights.greatest_late else 0.0
    if weights.fair and _duties(state):
        mean = (int(state.work.sum()) + state.others.work) / _duties(state)
        cost += weights.fair * (_fullest(state) - mean)
    return cost


def joint_added(state: State, routes: Sequence[Route]) -> float:
    """How much dearer `joint` is with ``routes``, which have more to do, in place of what stands for their duties."""
    weights = state.compiled.problem.weights
    cost = 0.0
    if weights.greatest_late:
        latest = state.latest.copy()
        for route in routes:
            latest[route.duty] = most_late(state.compiled, route)
        cost += weights.greatest_late * (max(state.others.latest, int(latest.max(initial=0))) - _latest(state))
    if weights.fair:
        more = sum(route.work - int(state.work[route.duty]) for route in routes)
        fullest = _fullest(state)
        cost += weights.fair * (max(fullest, *(route.work for route in routes)) - fullest - more / _duties(state))
    return cost


def credit(state: State, visit: Visit) -> float:
    """The most that one more person at ``visit`` may make fair shares cheaper, for the mean they are held against."""
    most = max(visit.ticks, max(visit.ticks_by.values(), default=0))
    return state.compiled.problem.weights.fair * most / max(1, _duties(state))


def least_added(state: State, visit: Visit, gaps: Gaps) -> Floats:
    """What a place in each of ``gaps`` costs at least by these rules, in minutes, for a visit of one person."""
    weights = state.compiled.problem.weights
    cost = least_alone(state, gaps.duty)
    if weights.fair:
        fullest = _fullest(state)
        least = min(visit.ticks, min(visit.ticks_by.values(), default=visit.ticks))
        cost += weights.fair * np.maximum(0, state.work[gaps.duty] + least - fullest) - credit(state, visit)
    if weights.greatest_late and visit.due is not None:
        cost += weights.greatest_late * np.maximum(0, gaps.first - visit.due - _latest(state))
    return cost


def least_alone(state: State, duties: Ints) -> Floats:
    """How much dearer `alone` gets at least on each of ``duties`` with one visit more."""
    compiled = state.compiled
    cost = np.zeros(len(duties), dtype=np.float64)
    if compiled.priced:
        cost += np.where(state.count[duties] == 0, compiled.duty_price[duties], 0.0)
    return cost - spared(state, duties)


def spared(state: State, duties: Ints) -> Floats:
    """What one visit more on each of ``duties`` may save at most, where people set out late in traffic."""
    if not state.compiled.busy or not state.compiled.problem.weights.duration:
        return np.zeros(len(duties), dtype=np.float64)
    some, places = np.unique(duties, return_inverse=True)
    return np.array([alone_now(state, duty).spared for duty in some.tolist()], dtype=np.float64)[places]


def others(state: State, duties: Ints) -> Others:
    """What the routes of ``state`` but those of ``duties`` count for what joins all routes."""
    work, latest = np.delete(state.work, duties), np.delete(state.latest, duties)
    shared = state.compiled.shared
    out = tuple(
        (tool, int(shared.start[duty]), int(shared.end[duty]))
        for tool, takers in state.taking.items()
        for duty in np.setdiff1d(np.flatnonzero(takers), duties).tolist()
    )
    return Others(len(work), int(work.sum()), int(work.max(initial=0)), int(latest.max(initial=0)), out)


def _duties(state: State) -> int:
    return len(state.work) + state.others.duties


def _fullest(state: State) -> int:
    """The ticks of work on the fullest duty of the plan."""
    return max(state.others.fullest, int(state.work.max(initial=0)))


def _latest(state: State) -> int:
    """By how many ticks the latest visit of the plan is late."""
    return max(state.others.latest, int(state.latest.max(initial=0)))


def _visited(state: State, route: Route) -> bool:
    return any(map(state.compiled.is_visit, route.visits))
