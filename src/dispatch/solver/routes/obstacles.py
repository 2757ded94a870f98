"""For a visit left out, what keeps each worker from it, and the smallest changes by which they could do it."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf
from typing import NamedTuple

import numpy as np

from dispatch.solver.changes import Change, PriceUp, TakeOff, size
from dispatch.solver.routes.cutout import Cutout, Meter
from dispatch.solver.routes.demands import demands
from dispatch.solver.routes.finder import Finder
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.price import others
from dispatch.solver.routes.reasons import first_rules
from dispatch.solver.routes.state import State
from dispatch.solver.routes.tie_remedy import TRIES, again, tied
from dispatch.solver.routes.together import Together, best_together
from dispatch.solver.rules import Rule

TRIED = 3_000
"""Stops laid to look for changes, unless asked otherwise: enough for about fifteen people of ten visits a day each, for
fewer where there is much to change, or a crew, or a tie; it takes some fifty milliseconds.
"""

_DEAREST = 2.0**20
"""Minutes by which a price is raised at most before no higher one is tried."""

Changes = tuple[Change, ...]


class Where(NamedTuple):
    """A visit with the duties and the start it would have."""

    visit: str
    workers: tuple[str, ...]
    start: int


class Obstacle(NamedTuple):
    """What keeps ``worker`` from a visit: the first rule in the way, and all changes that together let it fit.

    ``places``: where it and what is tied to it would be then. Both empty where none were found, or not ``looked`` for;
    then ``least`` has what they lack as things stand, whatever the time.
    """

    worker: int
    rule: Rule
    changes: Changes = ()
    places: tuple[Where, ...] = ()
    looked: bool = True
    least: Changes = ()


def obstacles(state: State, visit: int, *, tried: int = TRIED) -> list[Obstacle]:
    """For each worker what keeps them from ``visit``; nothing for who could do it now for less than its price.

    Changes are looked for until so many stops are ``tried``, for those who come nearest first; of the others the rule
    in the way is said, and what they lack as things stand, for which no stop is tried.
    """
    rules = first_rules(state, visit)
    order = _nearest(state, visit, rules)
    finder = Finder(state, order, Meter(tried))
    found = {}
    for worker in order:
        rule = rules[worker][1]
        if finder.meter.left <= 0:
            least = _least(state, visit, worker)
            found[worker] = Obstacle(worker, rule or Rule.UNPLANNED, looked=False, least=least)
            continue
        one = _obstacle(finder, visit, worker, rule)
        if one is not None:
            broken_off = not one.changes and finder.meter.left <= 0
            found[worker] = one._replace(looked=False, least=_least(state, visit, worker)) if broken_off else one
    return [found[worker] for worker in sorted(found)]


def _least(state: State, visit: int, worker: int) -> Changes:
    """The smallest changes that somebody needs for ``visit`` on one of their duties, if there is time for it."""
    each = (next(demands(state, visit, duty)) for duty in state.compiled.duties_of[worker])
    return min(each, key=size, default=())


def _nearest(state: State, visit: int, rules: Sequence[tuple[int, Rule | None]]) -> list[int]:
    """The workers by how far down the list of rules they came, and how near they pass."""
    compiled = state.compiled
    worker_of = compiled.duty_worker
    away = np.full(len(compiled.workers), 2**40, dtype=np.int64)
    if len(worker_of):
        ways = compiled.travel.to(compiled.spot[visit])[compiled.duty_mode[:, None], state.prev]
        used = np.arange(ways.shape[1]) < state.gaps[:, None]
        np.minimum.at(away, worker_of, np.where(used, ways, 2**40).min(axis=1))
    return sorted(range(len(compiled.workers)), key=lambda worker: (-rules[worker][0], away[worker], worker))


def _obstacle(finder: Finder, visit: int, worker: int, rule: Rule | None) -> Obstacle | None:
    """What keeps one worker away, all of it; None where nothing does."""
    state = finder.state
    compiled = state.compiled
    if compiled.bonds.of(visit):
        as_it_is = _as_it_is(state, visit, worker)
        if as_it_is is not None:
            return _priced(state, state, visit, worker, Rule.UNPLANNED, (), as_it_is)
        found = tied(finder, visit, worker)
        if found is None:
            return Obstacle(worker, rule or Rule.TIE)
        return _priced(state, found.state, visit, worker, rule or Rule.TIE, found.changes, found.together)
    crew = finder.sent(visit, worker)
    if crew is None:
        return Obstacle(worker, rule or Rule.CREW)
    cut = Cutout.of(state, crew.workers, [visit], finder.meter)
    opened = cut.opened(crew.changes)
    assert opened is not None
    place = best_place(opened, opened.compiled.visit_index[compiled.visits[visit].id])
    if place is None:
        return Obstacle(worker, rule or Rule.CREW)
    of_tools = bool(crew.changes) and all(one.rule is Rule.SHARED_TOOLS for one in crew.changes)
    other = Rule.SHARED_TOOLS if of_tools else Rule.CREW if crew.changes else Rule.UNPLANNED
    return _priced(state, opened, visit, worker, rule or other, crew.changes, Together(place.cost, (place,)))


def _as_it_is(state: State, visit: int, worker: int) -> Together | None:
    """Places for a visit for one person, and all it is tied to, that need no change but perhaps of its price."""
    if state.compiled.visits[visit].people > 1:
        return None
    group = state.compiled.bonds.group(visit)
    found = best_together(state, group, only={visit: _duties(state, worker)}, tries=TRIES)
    return None if found is None else again(state, group, found)


def _duties(state: State, worker: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(state.compiled.duties_of[worker], dtype=np.int64)


def _priced(
    whole: State, opened: State, visit: int, worker: int, rule: Rule, changes: Changes, together: Together
) -> Obstacle | None:
    """With the price the visit must have to be worth the places found in ``opened``; None if nothing need change."""
    facts = whole.compiled.visits[visit]
    compiled = opened.compiled
    together = _with_less_elsewhere(whole, opened, together, changes)
    out = [compiled.visits[place.visit] for place in together.places]
    limit = inf if any(one.pin is not None or one.cover for one in out) else sum(one.price for one in out)
    more = 0.0 if limit == inf else _price_for(opened, together, limit) - limit
    if more > 0:
        up = PriceUp(rule=Rule.UNPLANNED, visit=facts.id, from_=facts.price, to=facts.price + more, by=more)
        changes = (*changes, up)
    if not changes:
        return None
    places = []
    for place in together.places:
        route = place.routes[0]
        names = sorted(compiled.workers[compiled.duties[one.duty].worker].id for one in place.routes)
        start = route.stops[route.visits.index(place.visit)].start
        places.append(Where(compiled.visits[place.visit].id, tuple(names), start))
    return Obstacle(worker, rule, changes, tuple(places))


def _with_less_elsewhere(whole: State, opened: State, together: Together, changes: Changes) -> Together:
    """``together`` at what it costs with what ``changes`` take off gone from the routes ``opened`` does not hold.

    A crew, or what is tied, is on several: without it their duties are less full, and fewer visits late.
    """
    compiled, weights = whole.compiled, whole.compiled.problem.weights
    off = [compiled.visit_index[change.visit] for change in changes if isinstance(change, TakeOff)]
    if not off or not (weights.fair or weights.greatest_late):
        return together
    here = [compiled.worker_index[worker.id] for worker in opened.compiled.workers]
    before = whole.snapshot()
    whole.take_off(off)
    opened.others = others(whole, np.array([duty for one in here for duty in compiled.duties_of[one]], dtype=np.int64))
    whole.restore(before)
    return _found(opened, together, inf) or together


def _price_for(opened: State, together: Together, price: float) -> float:
    """The least price for which ``together`` is worth it, ``price`` at least.

    More where the search for places gives up before that: it goes by bounds, which are none where a store need not be
    passed any more.
    """
    if together.cost >= price:
        price = floor(together.cost) + 1.0
    step = 1.0
    while step < _DEAREST and _found(opened, together, price) is None:
        price, step = price + step, 2 * step
    return price


def _found(opened: State, together: Together, price: float) -> Together | None:
    """Places for all of ``together`` at less than ``price``, with the same people; None if there are none."""
    only = {place.visit: np.array([route.duty for route in place.routes], dtype=np.int64) for place in together.places}
    if len(only) > 1:
        return best_together(opened, list(only), limit=price, only=only)
    ((visit, duties),) = only.items()
    place = best_place(opened, visit, limit=price, duties=duties)
    return None if place is None else Together(place.cost, (place,))
