"""One level's sample as a minimum-cost flow: every zone first, then as much as asked, early in the draw, within caps.

Work flows to an inspector on the first day they may see it, along their days to one with room. A zone's own edge brings
one piece of its work at most, and is worth more than all else; the rest comes by the order of the draw.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ortools.graph.python import min_cost_flow

from dispatch.solver.inspection_problem import Inspector, WorkDone

_SOURCE, _SINK, _POOL = 0, 1, 2


class Item(NamedTuple):
    """Work that may be drawn, by its place in the draw, and the first day on which it may be re-checked."""

    work: WorkDone
    ready: int


class _Net(NamedTuple):
    """Edges: who to whom, how much at most, at what cost each."""

    tails: list[int]
    heads: list[int]
    room: list[int]
    costs: list[int]

    def edge(self, tail: int, head: int, room: int, cost: int) -> int:
        self.tails.append(tail)
        self.heads.append(head)
        self.room.append(room)
        self.costs.append(cost)
        return len(self.tails) - 1


def allowed(inspector: Inspector, work: WorkDone) -> bool:
    """Whether ``inspector`` may see the zone of ``work`` and is not of its team."""
    return (not inspector.zones or work.zone in inspector.zones) and work.team not in inspector.never


def give(
    items: Sequence[Item],
    inspectors: Sequence[Inspector],
    asked: int,
    *,
    seen: Collection[str] = (),
    taken: Mapping[tuple[str, int], int] | None = None,
) -> dict[int, tuple[str, int]]:
    """Who re-checks which of ``items`` (by place) on which day: every zone once where it can be, ``asked`` in all.

    More than ``asked`` only where that many zones are to be seen. The zones ``seen`` need not be; ``taken``: how many
    inspections somebody has on a day beside these.
    """
    taken = taken or {}
    zones = sorted({item.work.zone for item in items} - set(seen))
    found = _flow(items, inspectors, zones, max(0, asked - len(zones)), taken)
    reached = sorted({items[place].work.zone for place in found} & set(zones))
    if len(reached) < len(zones) and len(found) < asked:
        # What cannot be seen leaves room for more of the rest.
        found = _flow(items, inspectors, reached, max(0, asked - len(reached)), taken)
    return found


def _room(inspector: Inspector, day: int, taken: Mapping[tuple[str, int], int]) -> int:
    return max(0, inspector.per_day - taken.get((inspector.id, day), 0))


def _flow(
    items: Sequence[Item],
    inspectors: Sequence[Inspector],
    zones: Sequence[str],
    pool: int,
    taken: Mapping[tuple[str, int], int],
) -> dict[int, tuple[str, int]]:
    net = _Net([], [], [], [])
    nodes = 3
    drawn = len(items) + 1
    zone_worth = drawn * drawn * (len(items) + 1)
    net.edge(_SOURCE, _POOL, pool, 0)
    zone_node: dict[str, int] = {}
    for zone in zones:
        zone_node[zone], nodes = nodes, nodes + 1
        net.edge(_SOURCE, zone_node[zone], 1, -zone_worth)
    chosen: dict[int, list[tuple[int, int, int]]] = {}
    item_nodes = range(nodes, nodes + len(items))
    nodes += len(items)
    for place, node in enumerate(item_nodes):
        zone = items[place].work.zone
        if zone in zone_node:
            net.edge(zone_node[zone], node, 1, place)
        net.edge(_POOL, node, 1, place - drawn * drawn)
    for number, inspector in enumerate(inspectors):
        days = sorted(set(inspector.days))
        first, nodes = nodes, nodes + len(days)
        for at in range(len(days)):
            net.edge(first + at, _SINK, _room(inspector, days[at], taken), 0)
            if at + 1 < len(days):
                net.edge(first + at, first + at + 1, len(items), 0)
        for place, item in enumerate(items):
            at = bisect_left(days, item.ready)
            # One piece of work goes through its node once, whichever edge brings it.
            if at < len(days) and allowed(inspector, item.work):
                edge = net.edge(item_nodes[place], first + at, 1, 0)
                chosen.setdefault(place, []).append((edge, number, at))
    flows = _solved(net, nodes, len(zones) + pool, item_nodes)
    given = {
        place: (number, at) for place, edges in chosen.items() for edge, number, at in edges if flows.get(edge, 0) > 0
    }
    return _dated(given, inspectors, taken)


def _solved(net: _Net, nodes: int, most: int, item_nodes: range) -> dict[int, int]:
    """Flow by edge. Nodes of items are split, so that no more than one goes through each."""
    solver = min_cost_flow.SimpleMinCostFlow()
    out = {node: nodes + number for number, node in enumerate(item_nodes)}
    edges = [
        solver.add_arc_with_capacity_and_unit_cost(out.get(tail, tail), head, room, cost)
        for tail, head, room, cost in zip(net.tails, net.heads, net.room, net.costs, strict=True)
    ]
    for node, other in out.items():
        solver.add_arc_with_capacity_and_unit_cost(node, other, 1, 0)
    # What has nowhere to go goes past everything, for nothing.
    solver.add_arc_with_capacity_and_unit_cost(_SOURCE, _SINK, most, 0)
    solver.set_node_supply(_SOURCE, most)
    solver.set_node_supply(_SINK, -most)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AssertionError(f"A flow that may always go past everything ended with status {status}.")
    return {number: solver.flow(edge) for number, edge in enumerate(edges)}


def _dated(
    given: Mapping[int, tuple[int, int]], inspectors: Sequence[Inspector], taken: Mapping[tuple[str, int], int]
) -> dict[int, tuple[str, int]]:
    """Days for what each inspector was given: each day takes, of what is ready, what was drawn first."""
    found: dict[int, tuple[str, int]] = {}
    for number, inspector in enumerate(inspectors):
        waiting = sorted((at, place) for place, (whose, at) in given.items() if whose == number)
        for at, day in enumerate(sorted(set(inspector.days))):
            ready = sorted(place for first, place in waiting if first <= at)[: _room(inspector, day, taken)]
            waiting = [(first, place) for first, place in waiting if place not in ready]
            found.update(dict.fromkeys(ready, (inspector.id, day)))
    return found
