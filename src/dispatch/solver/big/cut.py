"""Cutting a day into blocks: workers who are near each other, with about as much work in each block."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.search.facts import Floats

Ints = NDArray[np.int64]


def cut(
    places: Floats, work: Floats, blocks: int, *, seed: int, bonds: Iterable[Sequence[int]] = ()
) -> list[list[int]]:
    """Workers by index in at most ``blocks`` blocks, each at ``places[worker]`` with ``work[worker]`` (more than 0).

    Halved again and again across the longer of the axes of a frame turned at random by ``seed``, so that another seed
    cuts elsewhere. Those of each of ``bonds`` stay together as long as that makes no more than a block of work.
    """
    frame = _frame(places.shape[1], random.Random(seed))
    units = _bonded(work, float(work.sum()) / max(1, blocks), bonds)
    weight = np.array([work[unit].sum() for unit in units])
    middle = np.array([places[unit].mean(axis=0) for unit in units]).reshape(len(units), places.shape[1]) @ frame
    found = _halved(np.arange(len(units)), middle, weight, blocks)
    return [sorted(worker for unit in part.tolist() for worker in units[unit]) for part in found]


def _frame(axes: int, draw: random.Random) -> Floats:
    """Axes at right angles, turned at random."""
    drawn = [[draw.gauss(0.0, 1.0) for _ in range(axes)] for _ in range(axes)]
    turned: Floats = np.linalg.qr(np.array(drawn))[0]
    return turned


def _bonded(work: Floats, most: float, bonds: Iterable[Sequence[int]]) -> list[list[int]]:
    """Workers in groups that stay together, in the order of the first of each."""
    unit_of = list(range(len(work)))
    units = {worker: [worker] for worker in unit_of}
    for bond in bonds:
        for one, other in ((bond[0], other) for other in bond[1:]):
            first, second = sorted((unit_of[one], unit_of[other]))
            if first == second or work[units[first]].sum() + work[units[second]].sum() > most:
                continue
            joined = units.pop(second)
            units[first] += joined
            for worker in joined:
                unit_of[worker] = first
    return [units[first] for first in sorted(units)]


def _halved(units: Ints, middle: Floats, weight: Floats, blocks: int) -> list[Ints]:
    blocks = min(blocks, len(units))
    if blocks <= 1:
        return [units] if len(units) else []
    here = middle[units]
    axis = int(np.argmax(here.max(axis=0) - here.min(axis=0)))
    units = units[np.argsort(here[:, axis], kind="stable")]
    less = blocks // 2
    share = np.cumsum(weight[units]) / weight[units].sum()
    at = int(np.searchsorted(share, less / blocks))
    # Each side keeps at least as many as it is to be cut into.
    at = min(max(at + 1, less), len(units) - (blocks - less))
    return _halved(units[:at], middle, weight, less) + _halved(units[at:], middle, weight, blocks - less)
