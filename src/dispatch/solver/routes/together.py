"""Places for visits that are tied to each other: all of them at once, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import permutations, product
from typing import NamedTuple

import numpy as np

from dispatch.solver.routes.bonds import FOREVER, Bond
from dispatch.solver.routes.compiled import Windows
from dispatch.solver.routes.gaps import able_duties
from dispatch.solver.routes.part import on_duties, part_cost
from dispatch.solver.routes.place import Place, best_place, settle
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.trials import Member, Reach, Trial, reaches, trials

TRIES = 16
"""Starts tried exactly, the one that may be cheapest first."""
_ALL_ORDERS = 3
"""So many visits are placed in every order, more in two."""
_BIT = 1e-9
_PUSHES = 3
"""How often a start is put off to where breaks and absences let everybody be there."""


class Together(NamedTuple):
    """Places found for tied visits, each on top of those before it; what they add to the cost in minutes."""

    cost: float
    places: tuple[Place, ...]


def settle_all(state: State, together: Together) -> None:
    """Put the visits where ``together`` says."""
    for place in together.places:
        settle(state, place)


def best_together(
    state: State, visits: Sequence[int], *, limit: float = float("inf"), only: Mapping[int, Ints] | None = None,
    tries: int = TRIES,
) -> Together | None:  # fmt: skip
    """The cheapest places for all of ``visits``, none of them on a route, that cost less than ``limit`` minutes.

    They keep what binds them to each other and to what is planned; of what is out otherwise nothing is asked. ``only``
    restricts the duties of some. So many ``tries`` of starts are made, in the order of what they may cost at least; at
    each, exact places are found one visit after the other, in several orders.
    """
    members = []
    for visit in visits:
        member = _member(state, visit, None if only is None else only.get(visit))
        if member is None:
            return None
        members.append(member)
    reach = reaches(state, visits)
    before = state.snapshot()
    best: Together | None = None
    seen: set[tuple[int, int | None]] = set()
    for tried, trial in enumerate(trials(state, members, reach)):
        if tried == tries or (best is not None and trial.bound >= limit):
            break
        if trial.least >= limit:
            continue
        found = _tried(state, members, reach, trial, limit, seen)
        if found is not None:
            best, limit = found, found.cost
    state.restore(before)
    return best


def place_tied(state: State, visit: int, price: Callable[[State, int], float]) -> bool:
    """Place ``visit`` and whatever it is tied to that is out; what of it stands stays, or is placed anew where it must.

    Only for less than those that are out may cost by ``price``. False, with nothing changed, if it cannot be.
    """
    group = state.compiled.bonds.group(visit)
    out = [one for one in group if one not in state.where]
    limit = sum(price(state, one) for one in out)
    found = best_together(state, out, limit=limit)
    if found is not None:
        settle_all(state, found)
        return True
    standing = [one for one in group if one in state.where and state.compiled.visits[one].pin is None]
    if not standing:
        return False
    before = state.snapshot()
    saved = lift(state, standing)
    found = None if saved is None else best_together(state, [*out, *standing], limit=limit + saved)
    if found is None:
        state.restore(before)
        return False
    settle_all(state, found)
    return True


def lift(state: State, visits: Sequence[int]) -> float | None:
    """Take ``visits`` off their routes: what that saves, their prices not counted; None if a route needs one."""
    duties = sorted({duty for visit in visits for duty in state.where[visit]})
    others = [one for one in on_duties(state, duties) if one not in visits]
    cost = part_cost(state, duties, [*others, *visits])
    if not state.remove_all(visits):
        return None
    return cost - part_cost(state, duties, others)


def let_go(state: State) -> list[int]:
    """Take off every visit whose bonds are not kept, and whatever is tied to it: the visits taken off."""
    gone: list[int] = []
    for visit in list(state.compiled.bonds):
        if visit in state.where and not bonds_kept(state, visit):
            gone += state.take_off(state.compiled.bonds.group(visit))
    return gone + let_go(state) if gone else gone


def bonds_kept(state: State, visit: int) -> bool:
    """Whether all that the planned ``visit`` is bound to is planned, too, when and by whom it must be."""
    start, people = state.start_of(visit), _people(state, visit)
    for bond in state.compiled.bonds.of(visit):
        if bond.other not in state.where:
            return False
        if not bond.least <= state.start_of(bond.other) - start <= bond.most:
            return False
        both = not people.isdisjoint(_people(state, bond.other))
        if bond.workers == ("different" if both else "same"):
            return False
        if bond.same_day and len({*_days(state, visit), *_days(state, bond.other)}) > 1:
            return False
    return True


def span_beside(state: State, visit: int) -> tuple[int, int]:
    """The first and last start of ``visit`` by its bonds to what is planned."""
    opens, closes = -FOREVER, FOREVER
    for bond in _planned(state, visit):
        start = state.start_of(bond.other)
        opens, closes = max(opens, start - bond.most), min(closes, start - bond.least)
    return opens, closes


@contextmanager
def within(state: State, visit: int, opens: int, closes: int) -> Iterator[None]:
    """For so long ``visit`` may start from ``opens`` to ``closes`` only."""
    usual = state.windows[visit]
    state.windows[visit] = _cut(usual, opens, closes)
    try:
        yield
    finally:
        state.windows[visit] = usual


def duties_beside(state: State, visit: int, duties: Ints) -> Ints:
    """Those of ``duties`` on which ``visit`` may be by its bonds to what is planned; of a crew some must."""
    worker_of = state.compiled.duty_worker[duties]
    keep = np.ones(len(duties), dtype=bool)
    alone = state.compiled.visits[visit].people == 1
    for bond in _planned(state, visit):
        if bond.workers == "different":
            keep &= ~np.isin(worker_of, list(_people(state, bond.other)))
        elif bond.workers == "same" and alone:
            keep &= np.isin(worker_of, list(_people(state, bond.other)))
        if bond.same_day:
            days = _days(state, bond.other)
            keep &= np.isin(state.compiled.duty_day[duties], list(days) if len(days) == 1 else [])
    return duties[keep]


def by_day(state: State, visit: int, duties: Ints) -> list[Ints]:
    """``duties`` apart by their day where a crew must be there on duties of one day, else all together."""
    bonds = state.compiled.bonds.of(visit)
    if state.compiled.visits[visit].people == 1 or not any(bond.same_day for bond in bonds):
        return [duties]
    days = state.compiled.duty_day[duties]
    return [duties[days == day] for day in np.unique(days)]


def _planned(state: State, visit: int) -> list[Bond]:
    return [bond for bond in state.compiled.bonds.of(visit) if bond.other in state.where]


def _people(state: State, visit: int) -> set[int]:
    return {state.compiled.duties[duty].worker for duty in state.where[visit]}


def _days(state: State, visit: int) -> set[int]:
    return {state.compiled.duties[duty].day for duty in state.where[visit]}


def _cut(windows: Windows, opens: int, closes: int) -> Windows:
    cut = ((max(first, opens), min(last, closes)) for first, last in windows)
    return tuple((first, last) for first, last in cut if first <= last)


def _member(state: State, visit: int, only: Ints | None) -> Member | None:
    """What there is for ``visit`` beside what stands; None if there is nothing."""
    with within(state, visit, *span_beside(state, visit)):
        duties = duties_beside(state, visit, able_duties(state, visit))
        if only is not None:
            duties = np.intersect1d(duties, only)
        return Member.of(state, visit, duties)


def _tried(
    state: State,
    members: list[Member],
    reach: list[Reach],
    trial: Trial,
    limit: float,
    seen: set[tuple[int, int | None]],
) -> Together | None:
    """The cheapest places with the first of ``members`` at the start of ``trial``, or as soon after it as can be.

    Nothing for what was ``seen`` before.
    """
    start = trial.start
    for _ in range(_PUSHES):
        if (start, trial.worker) in seen:
            return None
        seen.add((start, trial.worker))
        best: Together | None = None
        rows = list(zip(members, reach, strict=True))
        for order in permutations(rows) if len(rows) <= _ALL_ORDERS else (rows, rows[::-1]):
            found = _in_order(state, order, trial, start, limit)
            if found is not None:
                best, limit = found, found.cost
            if limit <= trial.bound + _BIT:
                break
        if best is not None:
            return best
        later = _put_off(state, rows, trial, start)
        if later is None or later <= start:
            return None
        start = later
    return None


def _in_order(
    state: State, order: Sequence[tuple[Member, Reach]], trial: Trial, start: int, limit: float
) -> Together | None:
    """Every member at its cheapest place, one after the other."""
    before = state.snapshot()
    cost, places = 0.0, []
    for member, reach in order:
        place = _beside(state, member, trial, (start + reach.least, start + reach.most), limit - cost)
        if place is None:
            break
        settle(state, place)
        places.append(place)
        cost += place.cost
    state.restore(before)
    return Together(cost, tuple(places)) if len(places) == len(order) and cost < limit else None


def _beside(state: State, member: Member, trial: Trial, span: tuple[int, int], limit: float) -> Place | None:
    """The cheapest place of ``member`` within ``span`` beside those that stand."""
    visit = member.visit
    opens, closes = span_beside(state, visit)
    duties = duties_beside(state, visit, member.duties)
    best: Place | None = None
    with within(state, visit, max(opens, span[0]), min(closes, span[1])):
        for some, along in product(by_day(state, visit, duties), _along(state, visit, trial)):
            found = best_place(state, visit, limit=limit, duties=some, along=along)
            if found is not None:
                best, limit = found, found.cost
    return best


def _along(state: State, visit: int, trial: Trial) -> list[tuple[int, ...]]:
    """Who must be among those sent to ``visit``, one or the other: somebody who is at what it shares a worker with."""
    shared = [_people(state, bond.other) for bond in _planned(state, visit) if bond.workers == "same"]
    if shared:
        return [(worker,) for worker in sorted(set.intersection(*shared))]
    return [(trial.worker,) if visit in trial.same and trial.worker is not None else ()]


def _put_off(state: State, rows: list[tuple[Member, Reach]], trial: Trial, start: int) -> int | None:
    """From when on each of the members alone could be at its place with the breaks there are; None if one cannot."""
    at = start
    for member, reach in rows:
        place = _beside(state, member, trial, (start + reach.least, FOREVER), float("inf"))
        if place is None:
            return None
        route = place.routes[0]
        at = max(at, route.stops[route.visits.index(member.visit)].start - reach.most)
    return at
