"""Ways between the spots used, and which tasks are near each other."""

from __future__ import annotations

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from dispatch.solver.routes.compiled import Compiled

NEAR = 60
"""Neighbours kept per task."""


def ways(compiled: Compiled, spots: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ticks between the ``spots`` used, by mode, with a last row and column of zeros for nowhere."""
    count = len(spots)
    way = np.zeros((max(1, len(compiled.travel.modes)), count + 1, count + 1))
    matrix = compiled.problem.matrix
    if matrix is not UNSET:
        for index, mode in enumerate(compiled.travel.modes):
            way[index, :count, :count] = np.array(matrix.ticks[mode], dtype=np.float64)[np.ix_(spots, spots)]
        return way
    for place, spot in enumerate(spots.tolist()):
        way[: len(compiled.travel.modes), place, :count] = compiled.travel.away(spot)[:, spots]
    return way


def symmetric(way: NDArray[np.float64]) -> bool:
    """Whether every way is as long as the way back."""
    return all(bool((one == one.T).all()) for one in way)


def neighbours(way: NDArray[np.float64], spot: NDArray[np.int32]) -> NDArray[np.int32]:
    """For every task the tasks nearest to it, there and back, the nearest first; -1 where there are fewer."""
    count = len(spot)
    keep = min(NEAR, count - 1)
    near = np.full((count, max(1, keep)), -1, dtype=np.int32)
    for task in range(count):
        apart = way[0, spot[task], spot] + way[0, spot, spot[task]]
        apart[task] = np.inf
        if keep > 0:
            nearest = np.argpartition(apart, keep - 1)[:keep]
            near[task] = nearest[np.lexsort((nearest, apart[nearest]))]
    return near
