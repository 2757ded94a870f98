"""Which zones lie beside each other: as given, by their places, or simply the nearest."""

from __future__ import annotations

import math

import numpy as np

from dispatch.solver.travel import Globe
from dispatch.solver.zone_problem import ZoneProblem
from dispatch.solver.zones.offers import Ints

_DEGREE = 1_000_000
_NEAR = 24
"""Neighbours of a place that are tried first as what lies between it and others: they end most pairs at once."""

NEAREST = 8
"""Zones nearest to one that count as beside it where zones need not hang together."""


def beside(problem: ZoneProblem) -> list[list[int]]:
    """For every zone (by index) the zones beside it, as `ZoneProblem` says."""
    found: list[set[int]] = [set() for _ in problem.zones]
    index = {zone.id: place for place, zone in enumerate(problem.zones)}
    pairs = (
        _gabriel(problem)
        if problem.neighbours == "places"
        else [(index[zone.id], index[one]) for zone in problem.zones for one in zone.adjacent if one in index]
    )
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return [sorted(some) for some in found]


def nearest(ways: Ints) -> list[list[int]]:
    """For every zone the zones nearest to it."""
    order = np.argsort(ways, axis=1, kind="stable")
    return [[other for other in row if other != zone][:NEAREST] for zone, row in enumerate(order.tolist())]


def _gabriel(problem: ZoneProblem) -> list[tuple[int, int]]:
    places = [problem.spots[zone.spot] for zone in problem.zones]
    if not places:
        return []
    shrink = math.cos(math.radians(sum(place.lat for place in places) / len(places)))
    flat = [(round(place.lon * shrink * _DEGREE), round(place.lat * _DEGREE)) for place in places]
    x, y = (np.array(axis, dtype=np.int64) for axis in zip(*flat, strict=True))
    pairs = []
    for one in range(len(flat)):
        here = (x - x[one]) ** 2 + (y - y[one]) ** 2
        near = np.argsort(here, kind="stable")[1 : _NEAR + 1]
        there = (x[:, None] - x[near]) ** 2 + (y[:, None] - y[near]) ** 2
        ended = ((here[near][None, :] + there < here[:, None]) & (there > 0)).any(axis=1)
        for other in np.flatnonzero(~ended).tolist():
            if other > one:
                between = here + (x - x[other]) ** 2 + (y - y[other]) ** 2 < here[other]
                between[[one, other]] = False
                if not between.any():
                    pairs.append((one, other))
    return pairs


def ways_between(problem: ZoneProblem, modes: list[str]) -> Ints:
    """Minutes between all zones: modes × zones × zones."""
    globe = Globe(problem.spots)
    spots = [zone.spot for zone in problem.zones]
    count = len(spots)
    rows = [[globe.row(problem.speeds, mode, spot)[spots] for spot in spots] for mode in modes]
    return np.array(rows, dtype=np.int64).reshape(len(modes), count, count)
