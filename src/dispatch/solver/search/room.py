"""Routes with nothing on them, and room for a search to work in."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispatch.solver.search.facts import (
    NEVER,
    Choice,
    Count,
    Entry,
    Facts,
    Gap,
    Load,
    Routes,
    Stop,
    Waiting,
    Work,
    record,
)
from dispatch.solver.search.ways import NEAR


def widest(facts: Facts) -> int:
    """Tasks in the largest group; 1 if there is none."""
    groups: Any = facts.groups
    return int(groups["size"].max(initial=1))


def empty_routes(facts: Facts) -> Routes:
    """Routes with nothing on them; behind all nodes a stop to spare for each task of a group, for what is tried."""
    duties, tasks = facts.duty_count, facts.tasks
    heads = np.arange(tasks, tasks + duties)
    tails = heads + duties
    every = tasks + 2 * duties
    nodes: Any = facts.nodes
    duty_of: Any = facts.duties
    stops = np.zeros(every + widest(facts), dtype=record(Stop))
    for field in ("next", "prev", "duty"):
        stops[field] = -1
    stops["next"][heads], stops["prev"][tails] = tails, heads
    stops["duty"][heads] = stops["duty"][tails] = np.arange(duties)
    stops["start"][heads] = stops["ready"][heads] = nodes["opens"][heads]
    stops["key"][tails] = 1.0
    stops["late"] = NEVER
    stops["late"][tails] = nodes["closes"][tails]
    stops["free"] = stops["late"]
    stops["free"][tails] = np.minimum(nodes["closes"][tails], nodes["due"][tails])
    for side in ("before", "after"):
        stops[side + "_early"][:every], stops[side + "_late"][:every] = nodes["opens"], nodes["closes"]
    stops["ahead"][heads] = np.array([facts.way[mode, here, there] for mode, here, there in zip(
        duty_of["mode"], nodes["spot"][heads], nodes["spot"][tails], strict=True)])  # fmt: skip
    loads = np.zeros(facts.shelf + facts.shared * facts.shelf_rows, dtype=record(Load))
    loads["store"] = -1
    loads["count"][facts.spans[facts.owned :, 0].astype(np.int64)] = 1
    loads["left"][:duties] = duty_of["parts"]
    return Routes(stops=stops, loads=loads)


def copy_routes(routes: Routes) -> Routes:
    """Routes of their own that are the same."""
    stops: Any = routes.stops
    loads: Any = routes.loads
    return Routes(stops=stops.copy(), loads=loads.copy())


def working_room(facts: Facts, seed: int) -> Work:
    """Room for a search with the random numbers of ``seed``, any whole number."""
    nodes, duties = facts.tasks + 2 * facts.duty_count + 8, facts.duty_count + 1
    together = widest(facts)
    gaps = together * (facts.tasks + facts.duty_count + 2 * NEAR) + 8
    choice = np.zeros(together, dtype=record(Choice))
    choice["store"] = -1
    return Work(
        random=np.array([seed % 2**64], dtype=np.uint64),
        counts=np.zeros(1, dtype=record(Count)),
        heap=np.zeros(nodes, dtype=record(Waiting)),
        log=np.zeros(2 * nodes, dtype=record(Entry)),
        gaps=np.zeros(2 * gaps, dtype=record(Gap)),
        choice=choice,
        order=np.zeros(max(gaps, nodes), dtype=np.int32),
        removed=np.zeros(nodes, dtype=np.int32),
        touched=np.zeros(duties, dtype=np.int32),
        followers=np.zeros(nodes, dtype=np.int32),
        list=np.zeros(nodes, dtype=np.int32),
        score=np.zeros(max(gaps, nodes)),
        is_heaped=np.zeros(facts.group_count + 1, dtype=np.bool_),
        is_touched=np.zeros(duties, dtype=np.bool_),
        mark=np.zeros(max(duties, facts.group_count) + 1, dtype=np.bool_),
        seen=np.zeros(duties, dtype=np.int32),
        idle=np.full(duties, -1, dtype=np.int32),
    )
