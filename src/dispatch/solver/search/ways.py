"""Ways between the spots used, and which tasks are near each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from dispatch.model.travel import EARTH_KM
from dispatch.solver.jit import entry
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.facts import Floats
from dispatch.solver.travel import way_by_speed

NEAR = 60
"""Neighbours kept per task."""
LOOKED_THROUGH = 400
"""Spots up to which it is worth the time to see whether every direct way is the quickest."""
_DOUBTFUL = 1e-6
"""Ticks from a whole number within which the last bits of a sine decide: there the one formula for all does."""


class Grounds:
    """The ways of the problem seen last: another one over the same ground need not measure it again."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()
        self._ways: tuple[Floats, Floats] | None = None

    def of(self, compiled: Compiled, spots: Sequence[int]) -> tuple[Floats, Floats]:
        """Ways there and back between ``spots``, by mode; the same array where all are as long as the way back."""
        problem = compiled.problem
        known = (problem.spots, problem.speeds, problem.matrix, problem.tick_seconds, compiled.travel.modes, *spots)
        if self._ways is None or known != self._known:
            way = ways(compiled, spots)
            back = way if symmetric(way) else np.ascontiguousarray(way.transpose(0, 2, 1))
            self._known, self._ways = known, (way, back)
        return self._ways


def ways(compiled: Compiled, spots: Sequence[int]) -> Floats:
    """Ticks between the ``spots`` used, by mode, with a last row and column of zeros for nowhere."""
    problem, modes = compiled.problem, compiled.travel.modes
    count = len(spots)
    way = np.zeros((max(1, len(modes)), count + 1, count + 1))
    if problem.matrix is not UNSET:
        chosen = np.array(spots, dtype=np.int64)
        for index, mode in enumerate(modes):
            way[index, :count, :count] = np.array(problem.matrix.ticks[mode], dtype=np.float64)[np.ix_(chosen, chosen)]
    elif modes:
        _by_speed(problem, modes, spots, way)
    return way


def _by_speed(problem: RouteProblem, modes: Sequence[str], spots: Sequence[int], way: Floats) -> None:
    """Fill ``way`` by speeds, to the tick as `way_by_speed` gives them."""
    speeds = problem.speeds
    assert speeds is not UNSET
    places = np.array([[problem.spots[spot].lat, problem.spots[spot].lon] for spot in spots]).reshape(-1, 2).T.copy()
    per_km = np.array([speeds.detour / speeds.of(mode) * 3600.0 / problem.tick_seconds for mode in modes])
    fixed = speeds.fixed_min * 60.0 / problem.tick_seconds
    doubtful = np.zeros((1 + 16 * len(spots), 3), dtype=np.int32)
    while (count := measure(places[0], places[1], per_km, fixed, way, doubtful)) > len(doubtful):
        doubtful = np.zeros((count, 3), dtype=np.int32)
    for mode, here, there in doubtful[:count].tolist():
        one, other = problem.spots[spots[here]], problem.spots[spots[there]]
        ticks = way_by_speed(speeds, modes[mode], one, other, problem.tick_seconds)
        way[mode, here, there] = way[mode, there, here] = ticks


@entry
def measure(lat: Floats, lon: Floats, per_km: Floats, fixed: float, way: Floats, doubtful: Any) -> int:
    """Ticks between all positions (degrees) into ``way``; what is too near a whole number into ``doubtful``.

    How many are doubtful, also where there is no room for them all.
    """
    found = 0
    for here in range(len(lat)):
        cosine = math.cos(math.radians(lat[here]))
        for there in range(here):
            if lat[here] == lat[there] and lon[here] == lon[there]:
                continue
            half = math.sin(math.radians(lat[here] - lat[there]) / 2.0)
            across = math.sin(math.radians(lon[here] - lon[there]) / 2.0)
            chord = half * half + cosine * math.cos(math.radians(lat[there])) * across * across
            km = 2.0 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))
            for mode in range(len(per_km)):
                exact = fixed + km * per_km[mode] - 1e-9
                way[mode, here, there] = way[mode, there, here] = math.ceil(exact)
                if abs(exact - round(exact)) < _DOUBTFUL or chord > 0.99:
                    if found < len(doubtful):
                        doubtful[found, 0], doubtful[found, 1], doubtful[found, 2] = mode, here, there
                    found += 1
    return found


def symmetric(way: NDArray[np.float64]) -> bool:
    """Whether every way is as long as the way back."""
    return all(bool((one == one.T).all()) for one in way)


def is_crooked(way: NDArray[np.float64], least: Mapping[int, int]) -> bool:
    """Whether somewhere a way over a third spot, with the ``least`` ticks of a stop there, is quicker than the direct
    one. Above `LOOKED_THROUGH` spots it is not looked for, and may be.
    """
    if way.shape[1] > LOOKED_THROUGH:
        return True
    return any(
        bool((one[:, spot, None] + ticks + one[None, spot, :] < one).any())
        for one in way
        for spot, ticks in least.items()
    )


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
