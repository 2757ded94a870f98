"""Where else a planned visit could be, the cheapest with each of several people; what is tied to it stays or moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dispatch.solver.routes.gaps import able_duties, find_gaps
from dispatch.solver.routes.place import best_place, bounds
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.together import Together, best_together, duties_beside, settle_all, span_beside, within

_TRIES = 4
"""Starts tried for each of those asked about."""
_MORE = 3
"""So many more workers are tried than places wanted, where others move along."""

Find = Callable[[Ints], Together | None]


class Elsewhere(NamedTuple):
    """Another place of a visit: what to take off the plan for it, and what to put where then."""

    lifted: tuple[int, ...]
    together: Together

    def settle(self, state: State) -> None:
        """Let it be so."""
        for visit in self.lifted:
            state.remove(visit)
        settle_all(state, self.together)


def elsewhere(state: State, visit: int, count: int) -> tuple[list[Elsewhere], list[int]]:
    """About ``count`` other places of the planned ``visit``, each with other people, the cheapest of them included.

    Of one that is tied to others there are places beside these as they stand, and such as they have to move for; and
    besides, the workers who could do it were it not tied. ``state`` is as it was afterwards.
    """
    compiled = state.compiled
    where, start = set(state.where[visit]), state.start_of(visit)
    found, kept_away = _found(state, (visit,), count + 1, free=False)
    others = [one for one in compiled.bonds.group(visit) if one != visit and one in state.where]
    if others:
        lifted = (visit, *(one for one in others if compiled.visits[one].pin is None))
        more, failed = _found(state, lifted, count + 1, free=True)
        found += more
        reached = {worker for one in found for worker in _workers(state, visit, one)}
        kept_away = [worker for worker in failed if worker not in reached]
    return [one for one in found if not _stands_so(visit, one, where, start)], kept_away


def _found(state: State, lifted: tuple[int, ...], count: int, *, free: bool) -> tuple[list[Elsewhere], list[int]]:
    """Places of the first of ``lifted`` with all of these off the plan.

    ``free``: workers are asked whatever the visit is tied to; then also who could do it but for that.
    """
    visit, tied = lifted[0], bool(state.compiled.bonds.of(lifted[0]))
    before = state.snapshot()
    if not state.remove_all(lifted):
        return [], []

    def find(duties: Ints) -> Together | None:
        if tied:
            return best_together(state, lifted, only={visit: duties}, tries=_TRIES)
        place = best_place(state, visit, duties=duties)
        return None if place is None else Together(place.cost, (place,))

    failed: list[int] = []
    if state.compiled.visits[visit].people > 1:
        places = _crews(state, visit, count, find)
    elif free:
        places, failed = _by_worker(state, lifted, count, find, able_duties(state, visit), most=count + _MORE)
        failed = [worker for worker in failed if best_place(state, visit, duties=_of(state, worker)) is not None]
    else:
        with within(state, visit, *span_beside(state, visit)):
            duties = duties_beside(state, visit, able_duties(state, visit))
            places, _ = _by_worker(state, lifted, count, find, duties, most=len(state.compiled.workers))
    state.restore(before)
    return [Elsewhere(lifted, place) for place in places], failed


def _by_worker(
    state: State, lifted: tuple[int, ...], count: int, find: Find, duties: Ints, *, most: int
) -> tuple[list[Together], list[int]]:
    """The cheapest ``count`` places of a visit for one person, each with another; of ``most`` asked who could not."""
    visit, others = lifted[0], lifted[1:]
    gaps = find_gaps(state, visit, duties)
    cost = bounds(state, visit, gaps).cost + sum(_least(state, other) for other in others)
    worker_of = state.compiled.duty_worker[gaps.duty]
    workers = np.unique(worker_of).tolist()
    least = sorted((float(cost[worker_of == worker].min()), worker) for worker in workers)
    found: list[Together] = []
    failed = []
    for bound, worker in least[:most]:
        if len(found) >= count and bound >= sorted(one.cost for one in found)[count - 1]:
            break
        place = find(np.unique(gaps.duty[worker_of == worker]))
        if place is None:
            failed.append(worker)
        else:
            found.append(place)
    return sorted(found, key=lambda one: one.cost)[:count], failed


def _least(state: State, visit: int) -> float:
    """What a visit costs at least that moves along."""
    if state.compiled.visits[visit].people > 1:
        return 0.0
    cost = bounds(state, visit, find_gaps(state, visit, able_duties(state, visit))).cost
    return float(cost.min()) if len(cost) else 0.0


def _crews(state: State, visit: int, count: int, find: Find) -> list[Together]:
    """Crews: the cheapest, then the cheapest without one after the other of those found so far."""
    able = duties_beside(state, visit, able_duties(state, visit))
    worker_of = state.compiled.duty_worker
    found: list[Together] = []
    crews: list[set[int]] = []
    tried: set[frozenset[int]] = set()
    waiting: list[frozenset[int]] = [frozenset()]
    while waiting and len(found) < count:
        without = waiting.pop(0)
        if without in tried:
            continue
        tried.add(without)
        place = find(able[~np.isin(worker_of[able], list(without))])
        if place is None:
            continue
        crew = {int(worker_of[duty]) for duty in _duties(visit, place)}
        if crew not in crews:
            found.append(place)
            crews.append(crew)
        waiting += [without | {worker} for worker in sorted(crew)]
    return found


def _duties(visit: int, together: Together) -> list[int]:
    return [route.duty for place in together.places if place.visit == visit for route in place.routes]


def _of(state: State, worker: int) -> Ints:
    return np.array(state.compiled.duties_of[worker], dtype=np.int64)


def _workers(state: State, visit: int, one: Elsewhere) -> set[int]:
    return {state.compiled.duties[duty].worker for duty in _duties(visit, one.together)}


def _stands_so(visit: int, one: Elsewhere, where: set[int], start: int) -> bool:
    """Whether that is where the visit stands already."""
    (place,) = (place for place in one.together.places if place.visit == visit)
    route = place.routes[0]
    return {route.duty for route in place.routes} == where and route.stops[route.visits.index(visit)].start == start
