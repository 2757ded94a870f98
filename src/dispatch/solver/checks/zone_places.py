"""Which zones are neighbours, and which of them hang together. Written apart from the search."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from dispatch.solver.zone_problem import ZoneProblem

_DEGREE = 1_000_000


def neighbours(problem: ZoneProblem) -> dict[str, set[str]]:
    """The neighbours of every zone: those given, or those of the Gabriel graph of the places."""
    beside: dict[str, set[str]] = {zone.id: set() for zone in problem.zones}
    pairs = _gabriel(problem) if problem.neighbours == "places" else _given(problem)
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    return beside


def _given(problem: ZoneProblem) -> list[tuple[str, str]]:
    known = {zone.id for zone in problem.zones}
    return [(zone.id, other) for zone in problem.zones for other in zone.adjacent if other in known]


def _gabriel(problem: ZoneProblem) -> list[tuple[str, str]]:
    places = [problem.spots[zone.spot] for zone in problem.zones]
    if not places:
        return []
    shrink = math.cos(math.radians(sum(place.lat for place in places) / len(places)))
    flat = [(round(place.lon * shrink * _DEGREE), round(place.lat * _DEGREE)) for place in places]

    def squared(one: int, other: int) -> int:
        return (flat[one][0] - flat[other][0]) ** 2 + (flat[one][1] - flat[other][1]) ** 2

    found = []
    for one in range(len(flat)):
        # What lies near one end kills most pairs at once.
        by_way = sorted(range(len(flat)), key=lambda other, here=one: squared(here, other))  # type: ignore[misc]
        found += [
            (problem.zones[one].id, problem.zones[other].id)
            for other in by_way
            if other > one
            and not any(
                squared(one, third) + squared(other, third) < squared(one, other)
                for third in by_way
                if third not in (one, other)
            )
        ]
    return found


def pieces(zones: Collection[str], beside: Mapping[str, set[str]]) -> list[set[str]]:
    """``zones`` divided into the pieces that hang together, the largest first."""
    left = set(zones)
    found: list[set[str]] = []
    for first in sorted(zones):
        if first not in left:
            continue
        piece, edge = {first}, [first]
        while edge:
            fresh = (beside[edge.pop()] & left) - piece
            piece |= fresh
            edge += fresh
        left -= piece
        found.append(piece)
    return sorted(found, key=lambda piece: (-len(piece), min(piece)))
