"""Earliest starts along one route: VRPTW and Kovacs, where cost does not depend on time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.instances.kovacs import Strsp
from benchmarks.instances.vrptw import Vrptw, tenths
from benchmarks.recost.dump import Dump, Route, Stop


def vrptw(instance: Vrptw, seed: int, orders: Mapping[int, Sequence[int]]) -> Dump:
    """Starts in tenths, exact: the convention's legs are tenths, so sums of them are counted as whole numbers."""
    places = {one.id: one for one in (instance.depot, *instance.customers)}
    routes = []
    for vehicle, visits in orders.items():
        here, free, stops = instance.depot, round(instance.depot.ready * 10), []
        for visit in visits:
            there = places[visit]
            start = max(free + tenths(here, there), round(there.ready * 10))
            stops.append(Stop(visit=visit, start=start / 10))
            here, free = there, start + round(there.service * 10)
        if stops:
            routes.append(Route(worker=vehicle, stops=tuple(stops)))
    return Dump(
        instance=instance.name,
        seed=seed,
        routes=tuple(routes),
        unplanned=_left(instance.customers, orders.values()),
    )


def kovacs(
    instance: Strsp, seed: int, orders: Mapping[int, Sequence[int]], teams: Mapping[int, Sequence[int]] | None = None
) -> Dump:
    """``teams``: the technicians of each order's key; without them the key is the technician."""
    places = {one.id: one for one in (instance.depot, *instance.tasks)}
    routes = []
    for number, visits in orders.items():
        here, free, stops = instance.depot, instance.depot.ready, []
        for visit in visits:
            there = places[visit]
            start = max(free + instance.travel(here, there), there.ready)
            stops.append(Stop(visit=visit, start=start))
            here, free = there, start + there.service
        members = [number] if teams is None else teams[number]
        if stops:
            team = None if teams is None else number
            routes += [Route(worker=member, stops=tuple(stops), team=team) for member in members]
    return Dump(
        instance=instance.name, seed=seed, routes=tuple(routes), unplanned=_left(instance.tasks, orders.values())
    )


def _left(all_of: Sequence[object], routes: object) -> tuple[int, ...]:
    done = {visit for route in routes for visit in route}  # type: ignore[attr-defined]
    return tuple(one.id for one in all_of if one.id not in done)  # type: ignore[attr-defined]
