"""The simple way to divide a town, kept as it is to compare with: seeds far apart, then the lightest zone grows."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.instances.districting import Town, Unit


def grown(instance: Town) -> dict[str, Any]:
    """A dump: each seed is the unit farthest from all seeds so far; the zone with the fewest people takes, of the units
    beside it that nobody has, the one nearest to its seed.
    """
    units = {unit.id: unit for unit in instance.units}
    beside: dict[int, set[int]] = {unit: set() for unit in units}
    for unit in instance.units:
        for other in unit.beside:
            beside[unit.id].add(other)
            beside[other].add(unit.id)
    seeds = [min(units)]
    while len(seeds) < instance.helpers:
        left = [unit for unit in units if unit not in seeds]
        seeds.append(max(left, key=lambda unit: (min(_way(units[unit], units[seed]) for seed in seeds), -unit)))
    zones = [{seed} for seed in seeds]
    people = [units[seed].people for seed in seeds]
    free = set(units) - set(seeds)
    growing = set(range(instance.helpers))
    while free and growing:
        zone = min(growing, key=lambda one: (people[one], one))
        edge = {other for unit in zones[zone] for other in beside[unit]} & free
        if not edge:
            growing.discard(zone)
            continue
        taken = min(edge, key=lambda unit: (_way(units[unit], units[seeds[zone]]), unit))
        zones[zone].add(taken)
        free.discard(taken)
        people[zone] += units[taken].people
    return {
        "instance": instance.name,
        "assignment": {str(unit): helper for helper, some in enumerate(zones) for unit in sorted(some)},
    }


def _way(one: Unit, other: Unit) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
