"""Changes that let a worker take a visit which is tied to others, all of them left out: theirs, and what binds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from dispatch.solver.changes import Change, Loosen, merged, size
from dispatch.solver.problem import Tie
from dispatch.solver.routes.bonds import FOREVER
from dispatch.solver.routes.cutout import Cutout
from dispatch.solver.routes.finder import Crew, Finder
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.state import State
from dispatch.solver.routes.together import Together, best_together
from dispatch.solver.rules import Rule

_POOL = 4
"""So many people are asked what would have to change for one of the others, those who come nearest."""
_NEAR = 3
"""So many for the one that must be at a certain time."""
_REACH_S = 7 * 24 * 3600
"""By how much a tie may give way, in seconds."""
_TIMES = 10
"""How often stops are laid to find places for all that is tied, about."""
_KINDS = ("gap", "workers", "day")
TRIES = 8
"""Starts tried for all that is tied."""

Changes = tuple[Change, ...]


class Tied(NamedTuple):
    """What has to change, the state with that done, and the places found there for all that is tied."""

    changes: Changes
    state: State
    together: Together


def tied(finder: Finder, visit: int, worker: int) -> Tied | None:
    """The smallest changes found by which ``worker`` could do ``visit`` with all it is tied to done by anybody.

    Looked for in this order, the first that does stands: what each of them needs for itself; what the others need to
    be there at the time; ties that leave more room; no tie.
    """
    own = finder.sent(visit, worker)
    if own is None:
        return None
    pools, changes = _others(finder, visit, own)
    if pools is not None:
        cut = _cut(finder, visit, {*own.workers, *pools})
        found = _together(cut, finder, visit, own, changes)
        if found is not None:
            return found
        nearer = [*_beside(finder, visit, own), *_loosened(cut, finder, visit, own, changes)]
        if nearer:
            return min(nearer, key=lambda one: size(one.changes))
    return _untied(finder, visit, own)


def _others(finder: Finder, visit: int, own: Crew) -> tuple[list[int] | None, Changes]:
    """People for what ``visit`` is tied to, and what has to change for them; None if no change was found."""
    state = finder.state
    pool: list[int] = []
    changes = own.changes
    for other in state.compiled.bonds.group(visit)[1:]:
        asked = [*own.workers, *(one for one in finder.order if one not in own.workers)]
        able = finder.free_at(other, None)
        if len(able) >= state.compiled.visits[other].people:
            pool += able
            continue
        found = [crew for worker in asked[:_POOL] if (crew := finder.sent(other, worker)) is not None]
        if not found:
            return None, changes
        least = min(found, key=lambda one: size(one.changes))
        changes = (*changes, *least.changes)
        pool += [*least.workers, *able]
    return pool, merged(changes)


def _cut(finder: Finder, visit: int, workers: set[int]) -> Cutout:
    return Cutout.of(finder.state, sorted(workers), finder.state.compiled.bonds.group(visit), finder.meter)


def _together(cut: Cutout, finder: Finder, visit: int, own: Crew, changes: Changes) -> Tied | None:
    """Places for all that is tied with ``changes`` made, ``visit`` with those of ``own``.

    They are found again with nobody else there, so that the answer does not hang on who else was looked at.
    """
    state = cut.opened(changes)
    cut.charge(_TIMES)
    if state is None:
        return None
    compiled, whole = state.compiled, finder.state.compiled
    here = compiled.visit_index[whole.visits[visit].id]
    names = tuple(whole.workers[worker].id for worker in own.workers)
    group = compiled.bonds.group(here)
    found = best_together(state, group, only={here: np.flatnonzero(compiled.duties_mask(names))}, tries=TRIES)
    if found is not None:
        found = again(state, group, found)
    return None if found is None else Tied(changes, state, found)


def again(state: State, group: list[int], found: Together) -> Together | None:
    """The places of ``group`` with the people of ``found`` and nobody else; None if they are not found so."""
    compiled = state.compiled
    only = {}
    for place in found.places:
        people = tuple(compiled.workers[compiled.duties[route.duty].worker].id for route in place.routes)
        only[place.visit] = np.flatnonzero(compiled.duties_mask(people))
    return best_together(state, group, only=only)


def _beside(finder: Finder, visit: int, own: Crew) -> Iterator[Tied]:
    """The one other visit that it is tied to moved to where the tie wants it, with what has to change for that."""
    state = finder.state
    bonds = state.compiled.bonds
    single = finder.single(visit, own.workers[0])
    if single is None or len(bonds.group(visit)) > 2 or len(own.workers) > 1:
        return
    (bond,) = bonds.of(visit)[:1]
    if state.compiled.visits[bond.other].people > 1:
        return
    pool = (
        [own.workers[0]] if bond.workers == "same" else [one for one in finder.order if one not in own.workers][:_NEAR]
    )
    for off in {gap for gap in (bond.least, bond.most) if abs(gap) < FOREVER}:
        for worker in pool:
            theirs = finder.joint(bond.other, worker, single.start + off)
            if theirs is None:
                continue
            changes = merged((*own.changes, *theirs.changes))
            cut = _cut(finder, visit, {*own.workers, worker})
            found = _together(cut, finder, visit, own, changes)
            if found is not None:
                yield found


def _loosened(cut: Cutout, finder: Finder, visit: int, own: Crew, changes: Changes) -> Iterator[Tied]:
    """The ties with the least room more that does, for times before people, and for one tie before all."""
    ties = cut.problem.ties
    most = _REACH_S // cut.problem.tick_seconds
    if _together(cut, finder, visit, own, (*changes, *(loosen(tie, most, _KINDS) for tie in ties))) is None:
        return
    for some in (*((tie,) for tie in ties), *((ties,) if len(ties) > 1 else ())):
        for kinds in (("gap",), ("workers",), ("day",), ("gap", "workers")):
            if "workers" in kinds and all(tie.workers == "any" for tie in some):
                continue
            if "day" in kinds and not any(tie.same_day for tie in some):
                continue
            found = _least_looser(cut, finder, visit, own, changes, some, kinds)
            if found is not None:
                yield found
                return


def _least_looser(
    cut: Cutout, finder: Finder, visit: int, own: Crew, changes: Changes, ties: tuple[Tie, ...], kinds: tuple[str, ...]
) -> Tied | None:
    """The least by which ``ties`` have to give way; while no more is looked for, what was found so far."""

    def tried(by: int) -> Tied | None:
        return _together(cut, finder, visit, own, (*changes, *(loosen(tie, by, kinds) for tie in ties)))

    best = tried(_REACH_S // cut.problem.tick_seconds)
    if best is None or "gap" not in kinds:
        return best
    low, high = 1, max(_missed(best, tie) for tie in ties)
    while low < high and finder.meter.left > 0:
        middle = (low + high) // 2
        found = tried(middle)
        if found is None:
            low = middle + 1
        else:
            best, high = found, min(middle, max(_missed(found, tie) for tie in ties))
    used = (_as_far_as_used(best, tie, kinds) for tie in ties)
    exact = (*changes, *(one for one in used if one.from_ != one.to))
    return _together(cut, finder, visit, own, exact) or best


def _gap(found: Tied, tie: Tie) -> int:
    """Ticks from the start of the first to that of the second visit of ``tie``."""
    index = found.state.compiled.visit_index
    starts = {place.visit: route.stops[route.visits.index(place.visit)].start
              for place in found.together.places for route in place.routes[:1]}  # fmt: skip
    return starts[index[tie.then]] - starts[index[tie.first]]


def _missed(found: Tied, tie: Tie) -> int:
    """By how many ticks ``tie`` is not kept."""
    gap = _gap(found, tie)
    return max(0, 0 if tie.least is None else tie.least - gap, 0 if tie.most is None else gap - tie.most)


def _as_far_as_used(found: Tied, tie: Tie, kinds: tuple[str, ...]) -> Loosen:
    """``tie`` wide enough for the gap there is, at the end where it is not."""
    gap = _gap(found, tie)
    to = replace(
        tie,
        least=None if tie.least is None else min(tie.least, gap),
        most=None if tie.most is None else max(tie.most, gap),
    )
    return Loosen(rule=Rule.TIE, from_=tie, to=_freed(to, kinds), by=_missed(found, tie))


def loosen(tie: Tie, by: int, kinds: tuple[str, ...]) -> Loosen:
    """``tie`` looser in ``kinds``: its gap ``by`` ticks wider at both ends, as far as there are any.

    Where one comes after the other it still does.
    """
    to = tie
    if "gap" in kinds:
        least = None if tie.least is None else max(min(0, tie.least), tie.least - by)
        to = replace(to, least=least, most=None if tie.most is None else tie.most + by)
    return Loosen(rule=Rule.TIE, from_=tie, to=_freed(to, kinds), by=by if "gap" in kinds else 0)


def _freed(tie: Tie, kinds: tuple[str, ...]) -> Tie:
    """``tie`` for anybody, or on any days, as ``kinds`` say."""
    if "workers" in kinds:
        tie = replace(tie, workers="any")
    return replace(tie, same_day=False) if "day" in kinds else tie


def _untied(finder: Finder, visit: int, own: Crew) -> Tied | None:
    """``visit`` bound to nothing."""
    state = finder.state
    name = state.compiled.visits[visit].id
    ties = [tie for tie in state.compiled.problem.ties if name in (tie.first, tie.then)]
    loose = tuple(Loosen(rule=Rule.TIE, from_=tie, to=None) for tie in ties)
    changes = (*own.changes, *loose)
    opened = Cutout.of(state, own.workers, [visit], finder.meter).opened(changes)
    if opened is None:
        return None
    place = best_place(opened, opened.compiled.visit_index[name])
    return None if place is None else Tied(changes, opened, Together(place.cost, (place,)))
