"""Zones that all take the same room as a minimum-cost flow: optimal, and quick for thousands of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.solver.late import Late
from dispatch.solver.zones.offers import NEVER, NO_CAP, Choice, Ints, Mask
from dispatch.solver.zones.part import SCALE
from dispatch.solver.zones.relax import Frame

if TYPE_CHECKING:
    from ortools.graph.python import min_cost_flow
else:
    min_cost_flow = Late("ortools.graph.python.min_cost_flow")


FEW = 24
"""Helpers offered to a zone at first, the cheapest."""


class Even(NamedTuple):
    """How many zones each helper has room for, and the minutes of one zone where loads are to be even (else 0)."""

    room: Ints
    minutes: int


def evenly(frame: Frame) -> Even | None:
    """What a helper has room for counted in zones; None unless every zone takes the same of every helper."""
    zones, columns = frame.price.shape
    room = np.full(columns - 1, zones, dtype=np.int64)
    minutes = 0
    for kind in range(len(frame.kinds)):
        size = frame.takes[kind, :, :-1]
        if not size.size or size.min() != size.max():
            return None
        one = int(size.flat[0])
        if kind == frame.heavy:
            minutes = one
        elif one:
            room = np.minimum(room, np.where(frame.caps[kind, :-1] >= NO_CAP, zones, frame.caps[kind, :-1] // one))
        elif bool((frame.caps[kind] < 0).any()):
            return None
    return Even(np.maximum(room, 0), minutes)


def solve_flow(frame: Frame, even: Even) -> Choice:
    """The cheapest choice of helpers, proven, for what `evenly` lets through."""
    if not len(frame.price):
        return []
    arcs = frame.price < NEVER
    if not even.minutes or frame.balance == 0:
        return _flow(frame, arcs, even.room)
    # What a plan costs is convex in the largest number of zones a helper may have.
    known: dict[int, tuple[float, Choice]] = {}

    def cost(most: int) -> float:
        if most not in known:
            choice = _flow(frame, arcs, np.minimum(even.room, most))
            known[most] = _price(frame, choice) + frame.balance * even.minutes * most, choice
        return known[most][0]

    low, high = _pinned(frame), _most(_flow(frame, arcs, even.room))
    while low < high:
        middle = (low + high) // 2
        if cost(middle) <= cost(middle + 1):
            high = middle
        else:
            low = middle + 1
    cost(low)
    return known[low][1]


def _pinned(frame: Frame) -> int:
    """The most zones that are pinned to one helper."""
    pinned = frame.price[frame.price[:, -1] >= NEVER]
    return int(np.bincount(pinned.argmin(axis=1)).max()) if len(pinned) else 0


def _most(choice: Choice) -> int:
    given = [one for one in choice if one is not None]
    return int(np.bincount(given).max()) if given else 0


def _price(frame: Frame, choice: Choice) -> float:
    nobody = frame.price.shape[1] - 1
    holders = np.array([nobody if one is None else one for one in choice], dtype=np.int64)
    return float(frame.price[np.arange(len(holders)), holders].sum())


def _flow(frame: Frame, arcs: Mask, room: Ints) -> Choice:
    """The cheapest choice over ``arcs``: first over the cheapest few of every zone, which is proven or widened."""
    cost = np.rint(np.minimum(frame.price, NEVER) * SCALE).astype(np.int64)
    kept = FEW
    while kept * len(cost) < arcs.sum() and kept < frame.price.shape[1]:
        few = arcs.copy()
        np.put_along_axis(few, np.argpartition(frame.price, kept, axis=1)[:, kept:], values=False, axis=1)
        few[:, -1] = arcs[:, -1]
        choice = _solved(cost, few | _only(arcs), room)
        if choice is not None and _proven(cost, arcs, room, choice):
            return choice
        kept *= 4
    whole = _solved(cost, arcs, room)
    assert whole is not None, "pins fit together, and all else may be left out"
    return whole


def _only(arcs: Mask) -> Mask:
    """The arcs of zones that cannot be left out."""
    return arcs & ~arcs[:, -1:]


def _solved(cost: Ints, arcs: Mask, room: Ints) -> Choice | None:
    zones, columns = cost.shape
    helpers = columns - 1
    # Nodes: zones, then helpers and nobody, then the sink.
    sink = zones + columns
    tail, head = np.nonzero(arcs)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(tail, head + zones, np.ones(len(tail), dtype=np.int64), cost[tail, head])
    ends = zones + np.arange(columns)
    flow.add_arcs_with_capacity_and_unit_cost(
        ends, np.full(columns, sink), np.append(room, zones), np.zeros(columns, dtype=np.int64)
    )
    supply = np.append(np.ones(zones, dtype=np.int64), -zones)
    flow.set_nodes_supplies(np.append(np.arange(zones), sink), supply)
    if flow.solve() != flow.OPTIMAL:
        return None
    given: Choice = [None] * zones
    used = flow.flows(np.arange(len(tail))) > 0
    for zone, helper in zip(tail[used].tolist(), head[used].tolist(), strict=True):
        given[zone] = None if helper == helpers else helper
    return given


def _proven(cost: Ints, arcs: Mask, room: Ints, choice: Choice) -> bool:
    """Whether no other choice over ``arcs`` costs less: no circle of helpers who hand zones on saves anything.

    Between two helpers counts the zone that is cheapest to hand on; whoever has room left may keep one, and whoever has
    any may give one up (the residual graph of the flow, zones left out; Klein 1967).
    """
    zones, columns = cost.shape
    far = np.int64(2**60)
    holder = np.array([columns - 1 if one is None else one for one in choice], dtype=np.int64)
    more = np.where(arcs, cost - cost[np.arange(zones), holder][:, None], far)
    step = np.full((columns + 1, columns + 1), far)
    np.minimum.at(step, holder, np.concatenate([more, np.full((zones, 1), far)], axis=1))
    held = np.bincount(holder, minlength=columns)
    # The last node is the sink: what ends there has found room, what begins there was given up.
    step[:columns, columns] = np.where(held < np.append(room, zones), 0, far)
    step[columns, :columns] = np.where(held > 0, 0, far)
    np.fill_diagonal(step, 0)
    for middle in range(columns + 1):
        np.minimum(step, step[:, middle, None] + step[None, middle, :], out=step)
        if int(np.diagonal(step).min()) < 0:
            return False
        np.minimum(step, far, out=step)
    return True
