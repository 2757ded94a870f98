"""Where spots lie, as coordinates that tell what is near what."""

from __future__ import annotations

import math

import numpy as np
from msgspec import UNSET

from dispatch.solver.problem import RouteProblem
from dispatch.solver.search.facts import Floats
from dispatch.solver.travel import Travel

LANDMARKS = 4
"""Spots the ways to and from which stand for a position, where ways are given by a matrix."""


def coordinates(problem: RouteProblem) -> Floats:
    """A row per spot: two axes of one scale from positions; from a matrix the ticks to and from a few landmarks."""
    if problem.matrix is not UNSET:
        return _by_landmarks(problem)
    places = np.array([(spot.lat, spot.lon) for spot in problem.spots], dtype=np.float64).reshape(-1, 2)
    north = places[:, 0]
    # Seen from the first spot, so that a day across the line where longitudes begin anew stays in one piece.
    east = (places[:, 1] - places[0, 1] + 180.0) % 360.0 - 180.0 if len(places) else places[:, 1]
    middle = math.radians(float(north.mean())) if len(places) else 0.0
    return np.stack([north, east * math.cos(middle)], axis=1)


def _by_landmarks(problem: RouteProblem) -> Floats:
    """Each landmark is the spot farthest from those before it: ways between spots near each other differ little."""
    travel = Travel(problem)
    found: list[Floats] = []
    apart = np.full(len(problem.spots), np.inf)
    landmark = 0
    for _ in range(min(LANDMARKS, len(problem.spots)) if travel.modes else 0):
        ways = (travel.to(landmark)[0] + travel.away(landmark)[0]).astype(np.float64)
        found.append(ways)
        apart = np.minimum(apart, ways)
        landmark = int(np.argmax(apart))
    return np.stack(found, axis=1) if found else np.zeros((len(problem.spots), 1))
