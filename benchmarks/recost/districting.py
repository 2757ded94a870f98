"""What a division of a town into zones comes to, from instance and dump alone: whole, even, compact."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.instances.districting import Town, Unit
from benchmarks.recost.verdict import Fault, Verdict

KM_PER_PERCENT = 10.0
"""What one percent of people above the mean in the fullest zone costs, in kilometres."""


def recost(instance: Town, dump: dict[str, Any]) -> Verdict:
    """What ``{"instance", "assignment": {unit: helper}}`` costs: kilometres from all units to the middle one of their
    zone, and `KM_PER_PERCENT` for each percent by which the fullest is above the mean. A zone in pieces is a fault.
    """
    faults = []
    if dump.get("instance") != instance.name:
        faults.append(Fault("instance", f"The dump is of {dump.get('instance')}, not of {instance.name}."))
    holders = {int(unit): int(helper) for unit, helper in dump.get("assignment", {}).items()}
    zones: dict[int, list[Unit]] = {helper: [] for helper in range(instance.helpers)}
    for unit in instance.units:
        helper = holders.pop(unit.id, None)
        if helper not in zones:
            faults.append(Fault("accounted", f"Unit {unit.id} is with helper {helper!r}, who is none."))
        else:
            zones[helper].append(unit)
    faults += [Fault("accounted", f"There is no unit {unit}.") for unit in holders]
    beside = {unit.id: set(unit.beside) for unit in instance.units}
    whole = [_hangs({unit.id for unit in some}, beside) for some in zones.values()]
    faults += [
        Fault("connected", f"The zone of helper {helper} is in pieces.") for helper, one in enumerate(whole) if not one
    ]
    people = [sum(unit.people for unit in some) for some in zones.values()]
    mean = sum(unit.people for unit in instance.units) / instance.helpers
    balance = max(people) / mean
    ways = sum(min(sum(_way(one, other) for other in some) for one in some) for some in zones.values() if some)
    parts = {"connected": 100 * sum(whole) / len(whole), "balance": balance, "km": ways}
    return Verdict(cost=ways + KM_PER_PERCENT * 100 * (balance - 1), parts=parts, unserved=0, faults=tuple(faults))


def _way(one: Unit, other: Unit) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _hangs(units: set[int], beside: dict[int, set[int]]) -> bool:
    """Whether ``units`` are one piece; two are neighbours if either names the other."""
    left, edge = set(units), []
    if left:
        edge.append(left.pop())
    while edge:
        here = edge.pop()
        fresh = {other for other in left if other in beside[here] or here in beside[other]}
        left -= fresh
        edge += fresh
    return not left
