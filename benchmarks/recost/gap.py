"""Cost and rules of a generalised assignment, from instance and dump alone."""

from __future__ import annotations

from typing import Any

from benchmarks.instances.gap import Gap
from benchmarks.recost.verdict import Fault, Verdict


def recost(instance: Gap, dump: dict[str, Any]) -> Verdict:
    """The cost of ``{"instance", "assignment": [agent of item 0, …]}`` and every rule it breaks."""
    faults = []
    if dump.get("instance") != instance.name:
        faults.append(Fault("instance", f"The dump is of {dump.get('instance')}, not of {instance.name}."))
    agents = dump.get("assignment", [])
    if len(agents) != instance.items:
        faults.append(Fault("accounted", f"{len(agents)} items are assigned, there are {instance.items}."))
    used = [0] * len(instance.capacities)
    cost = 0
    for item, agent in enumerate(agents[: instance.items]):
        if not isinstance(agent, int) or not 0 <= agent < len(used):
            faults.append(Fault("accounted", f"Item {item} is with agent {agent!r}, who is none."))
            continue
        used[agent] += instance.amounts[agent][item]
        cost += instance.costs[agent][item]
    faults += [
        Fault("capacity", f"Agent {agent} does {amount}, {capacity} is the capacity.")
        for agent, (amount, capacity) in enumerate(zip(used, instance.capacities, strict=True))
        if amount > capacity
    ]
    return Verdict(cost=float(cost), parts={}, unserved=0, faults=tuple(faults))
