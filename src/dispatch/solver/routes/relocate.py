"""Small repairs of a plan that stands: one visit after the other to a better place, while the rest stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.solver.routes.part import must_stay_planned, on_duties, part_cost
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.state import State

GAIN = 1e-6
"""Minutes by which another place must be cheaper."""
_FAR = 2**60


def relocate(state: State, around: Sequence[int], tries: int, *, changes: int | None = None) -> None:
    """Take up to ``tries`` visits near to those ``around`` to a cheaper place, each if there is one.

    What people were told is paid for, so nobody's visit moves for less than that costs; with ``changes`` no more than
    so many that people were told of. Pins, rounds and what is tied to something stay.
    """
    changed = 0
    for visit in _beside(state, around, tries):
        told = state.compiled.visits[visit].told is not None
        if told and changed == changes:
            continue
        where = state.where[visit]
        before = state.snapshot()
        others = [one for one in on_duties(state, where) if one != visit]
        cost = part_cost(state, where, [*others, visit])
        if not state.remove(visit):
            continue
        saved = cost - part_cost(state, where, others)
        place = best_place(state, visit, limit=saved - GAIN)
        if place is None:
            state.restore(before)
            continue
        settle(state, place)
        changed += told


def _beside(state: State, around: Sequence[int], count: int) -> list[int]:
    """The ``count`` planned visits that may move and lie nearest to one of ``around``, these themselves left out."""
    spots = np.array(state.compiled.spot[: len(state.compiled.visits)], dtype=np.int64)
    apart = np.full(len(spots), _FAR, dtype=np.int64)
    for visit in around:
        apart = np.minimum(apart, state.compiled.travel.away(state.compiled.spot[visit])[0, spots])
    apart[list(around)] = _FAR
    nearest = np.argsort(apart, kind="stable").tolist()
    bonds = state.compiled.bonds
    movable = (one for one in nearest if one in state.where and not bonds.of(one) and not must_stay_planned(state, one))
    return [one for one, _ in zip(movable, range(count), strict=False)]
