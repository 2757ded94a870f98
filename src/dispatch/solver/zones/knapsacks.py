"""A lower bound from one knapsack for each helper, in machine code: the rule that every zone is given once is relaxed.

The bound is that of Fisher, Jaikumar and Van Wassenhove (1986), raised by subgradient steps; it is at least that of the
linear program its multipliers begin from, and for few zones a helper much above it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.jit import entry
from dispatch.solver.zones.offers import NEVER, NO_CAP, Floats, Ints
from dispatch.solver.zones.relax import Frame, Worth, bound_of

WORK = 1_000_000_000
"""Cells of knapsack tables filled at most: about a second."""

STEPS = 250


@entry
def _fill(
    gain: Floats, takes: Ints, cap: int, cells: Floats, taken: NDArray[np.uint8], chosen: NDArray[np.uint8]
) -> float:
    """The most that things of these gains and sizes bring within ``cap``; ``chosen`` says which."""
    for room in range(cap + 1):
        cells[room] = 0.0
    for one in range(len(gain)):
        size, own = takes[one], gain[one]
        chosen[one] = 0
        if own <= 0.0 or size > cap:
            continue
        for room in range(cap, size - 1, -1):
            if cells[room - size] + own > cells[room]:
                cells[room] = cells[room - size] + own
                taken[one, room] = 1
            else:
                taken[one, room] = 0
    room = cap
    for one in range(len(gain) - 1, -1, -1):
        if gain[one] > 0.0 and takes[one] <= room and taken[one, room] == 1:
            chosen[one] = 1
            room -= takes[one]
    return float(cells[cap])


def knapsack_bound(frame: Frame, worth: Worth, known: float) -> float:
    """A bound no lower than that of ``worth``, below which no choice costs; ``known`` is what one does cost."""
    zones, columns = frame.price.shape
    kind = _tightest(frame, worth)
    if kind is None or not zones:
        return worth.bound
    caps = np.minimum(frame.caps[kind], frame.takes[kind].sum(axis=0))
    capped = np.flatnonzero(frame.caps[kind, :-1] < NO_CAP)
    cells_a_step = int(caps[capped].sum()) * zones
    steps = min(STEPS, WORK // max(1, cells_a_step))
    if steps < 5 or int(caps.max()) * zones > 2**28:
        return worth.bound
    value = worth.value.copy()
    value[kind, capped] = 0.0
    # All other room stays relaxed at its worth; what that is worth in all is paid back.
    price = frame.price + np.einsum("kj,kij->ij", value, frame.takes)
    paid = float(np.where(frame.caps < NO_CAP, value * frame.caps, 0.0).sum())
    cells, taken = np.zeros(int(caps.max()) + 1), np.zeros((zones, int(caps.max()) + 1), dtype=np.uint8)
    chosen = np.zeros(zones, dtype=np.uint8)
    sizes = [np.ascontiguousarray(frame.takes[kind, :, helper]) for helper in range(columns)]
    base, best, kept = worth.base.copy(), worth.bound, worth.base
    size, stuck = 1.0, 0
    for _ in range(steps):
        times = np.zeros(zones)
        total = float(base.sum()) - paid
        for helper in range(columns):
            gain = np.where(price[:, helper] < NEVER, base - price[:, helper], -1.0)
            if frame.caps[kind, helper] < NO_CAP:
                total -= _fill(gain, sizes[helper], int(caps[helper]), cells, taken, chosen)
                times += chosen
            else:
                total -= float(np.maximum(gain, 0.0).sum())
                times += gain > 0
        if total > best + 1e-9:
            best, kept, stuck = total, base.copy(), 0
            if bound_of(frame, best) >= known - 1e-6:
                break
        else:
            stuck += 1
            if stuck == 8:
                size, stuck, base = size / 2, 0, kept.copy()
                continue
        slope = 1.0 - times
        norm = float((slope**2).sum())
        if norm == 0:
            break
        base = base + size * max(known - total, 1e-6) / norm * slope
    return bound_of(frame, best)


def _tightest(frame: Frame, worth: Worth) -> int | None:
    """The kind of room that is worth most in all, among those with caps."""
    paid = np.where(frame.caps < NO_CAP, worth.value * frame.caps, 0.0).sum(axis=1)
    return None if not len(paid) or paid.max() <= 0 else int(paid.argmax())
