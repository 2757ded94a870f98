"""Towns as zones: units are zones that are to hang together, to be even in people, and compact."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.instances.districting import Town
from benchmarks.recost.districting import KM_PER_PERCENT
from benchmarks.routing.effort import Effort
from dispatch.model.travel import EARTH_KM, Speeds
from dispatch.solver.plan import ZonePlan
from dispatch.solver.words import Spot
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights
from dispatch.solver.zones.give import give_zones

_PER_KM = 100
"""Minutes a kilometre takes: ways are counted in whole minutes, so this is ten metres a minute."""


def to_problem(instance: Town) -> ZoneProblem:
    """Kilometres are laid out around the equator, where degrees are as long in every direction."""
    degree = math.radians(1) * EARTH_KM
    mean = sum(unit.people for unit in instance.units) / instance.helpers
    return ZoneProblem(
        area=instance.name,
        day=0,
        spots=tuple(Spot(unit.y / degree, unit.x / degree) for unit in instance.units),
        speeds=Speeds(walk=60 / _PER_KM, detour=1.0, fixed_min=0),
        helpers=tuple(ZoneHelper(id=str(helper), spot=0) for helper in range(instance.helpers)),
        zones=tuple(
            ZoneToGive(id=str(unit.id), spot=place, minutes=unit.people, adjacent=tuple(map(str, unit.beside)))
            for place, unit in enumerate(instance.units)
        ),
        weights=ZoneWeights(
            distance=0.0, compact=1.0, balance=KM_PER_PERCENT * _PER_KM * 100 / mean, uncovered=1e6 * _PER_KM
        ),
        connected=True,
    )


def solve(instance: Town, effort: Effort) -> ZonePlan:
    """Our plan."""
    problem = to_problem(instance)
    return give_zones(problem, budget=effort.budget, seed=effort.seed, seconds=effort.seconds, cores=effort.cores)


def dump(instance: Town, found: ZonePlan) -> dict[str, Any]:
    """The helper of every unit, by the unit's number."""
    return {"instance": instance.name, "assignment": {one.zone: int(one.helper) for one in found.given}}


def bound(found: ZonePlan, instance: Town) -> float | None:
    """The bound in the unit of the recosted cost; what the mean costs anyway is taken off."""
    return None if found.bound is None else max(0.0, found.bound / _PER_KM - KM_PER_PERCENT * 100)
