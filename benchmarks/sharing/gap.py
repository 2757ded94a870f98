"""Generalised assignment as zones: items are zones, agents are helpers, amounts are minutes a day."""

from __future__ import annotations

from typing import Any

from benchmarks.instances.gap import Gap
from benchmarks.routing.effort import Effort
from dispatch.solver.plan import ZonePlan
from dispatch.solver.words import Spot
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights
from dispatch.solver.zones.give import give_zones


def to_problem(instance: Gap) -> ZoneProblem:
    """Costs are prices by helper; an item left out costs more than all others together."""
    agents = range(len(instance.capacities))
    return ZoneProblem(
        area=instance.name,
        day=0,
        spots=(Spot(0.0, 0.0),),
        helpers=tuple(ZoneHelper(id=str(agent), spot=0, max_minutes=instance.capacities[agent]) for agent in agents),
        zones=tuple(
            ZoneToGive(
                id=str(item),
                spot=0,
                minutes_by={str(agent): instance.amounts[agent][item] for agent in agents},
                prices={str(agent): float(instance.costs[agent][item]) for agent in agents},
            )
            for item in range(instance.items)
        ),
        weights=ZoneWeights(
            balance=0.0, uncovered=1.0 + sum(max(column) for column in zip(*instance.costs, strict=True))
        ),
    )


def solve(instance: Gap, effort: Effort) -> ZonePlan:
    """Our plan."""
    problem = to_problem(instance)
    return give_zones(problem, budget=effort.budget, seed=effort.seed, seconds=effort.seconds, cores=effort.cores)


def dump(instance: Gap, found: ZonePlan) -> dict[str, Any]:
    """The agent of every item, in file order; null for one left out."""
    holders = {int(one.zone): int(one.helper) for one in found.given}
    return {"instance": instance.name, "assignment": [holders.get(item) for item in range(instance.items)]}
