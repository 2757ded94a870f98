"""Zones of one household each as a minimum-cost flow: optimal, and quick for thousands of them."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from dispatch.solver.problem import ZoneProblem
from dispatch.solver.zones.pairs import Pairs


def applies(problem: ZoneProblem) -> bool:
    """Whether no rule but a cap on the number of zones ties zones together."""
    even = problem.weights.balance == 0 or all(zone.minutes == 0 for zone in problem.zones)
    unit = all(zone.households == 1 for zone in problem.zones)
    capped = any(helper.max_minutes is not None for helper in problem.helpers)
    free = all(helper.max_households is None for helper in problem.helpers)
    return even and not capped and (unit or free)


def solve_flow(pairs: Pairs) -> list[int | None]:
    """For every zone the helper (by index) who has it, or None. Exact for what `applies` lets through."""
    problem = pairs.problem
    zones, helpers = len(problem.zones), len(problem.helpers)
    if not zones:
        return []
    # Nodes: zones, then helpers, then nobody, then the sink.
    nobody, sink = zones + helpers, zones + helpers + 1
    tails = [np.repeat(np.arange(zones), [len(offered) for offered in pairs.helpers]), np.arange(zones)]
    heads = [zones + np.concatenate([*pairs.helpers, np.zeros(0, dtype=np.int64)]), np.full(zones, nobody)]
    out = np.array([pairs.leaving_out(zone) for zone in range(zones)])
    costs = [np.concatenate([pairs.costs(zone) for zone in range(zones)]), out]
    tail, head, cost = np.concatenate(tails), np.concatenate(heads), np.concatenate(costs)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(tail, head, np.ones(len(tail), dtype=np.int64), cost)
    for index, helper in enumerate(problem.helpers):
        cap = zones if helper.max_households is None else max(0, helper.max_households)
        flow.add_arc_with_capacity_and_unit_cost(zones + index, sink, cap, 0)
    flow.add_arc_with_capacity_and_unit_cost(nobody, sink, zones, 0)
    for zone in range(zones):
        flow.set_node_supply(zone, 1)
    flow.set_node_supply(sink, -zones)
    status = flow.solve()
    assert status == flow.OPTIMAL, status
    given: list[int | None] = [None] * zones
    for arc in np.flatnonzero(flow.flows(np.arange(len(tail)))).tolist():
        if head[arc] != nobody:
            given[int(tail[arc])] = int(head[arc]) - zones
    return given
