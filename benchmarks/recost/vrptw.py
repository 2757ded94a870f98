"""Cost and rules of a VRPTW plan: distance with every leg cut to one decimal; capacity, windows, one depot.

Everything is counted in whole tenths, as the convention is: legs are cut, so they are tenths already; a start is
rounded to the nearest tenth after it was found to be one within `TOLERANCE`.
"""

from __future__ import annotations

import math

from benchmarks.instances.vrptw import Customer, Vrptw
from benchmarks.recost.dump import Dump, Route
from benchmarks.recost.verdict import TOLERANCE, Fault, Verdict, account


def recost(instance: Vrptw, dump: Dump) -> Verdict:
    """The plan's distance in the instance's unit and every rule it breaks."""
    by_id = {one.id: one for one in instance.customers}
    faults = account(
        dump,
        name=instance.name,
        workers=range(1, instance.vehicles + 1),
        wanted=dict.fromkeys(by_id, 1),
        given=[stop.visit for route in dump.routes for stop in route.stops],
        may_stay_out=False,
    )
    distance = sum(_route(instance, by_id, route, faults) for route in dump.routes)
    used = sum(bool(route.stops) for route in dump.routes)
    return Verdict(
        cost=distance / 10,
        parts={"distance": distance / 10, "vehicles": used},
        unserved=len(dump.unplanned),
        faults=tuple(faults),
    )


def _route(instance: Vrptw, by_id: dict[int, Customer], route: Route, faults: list[Fault]) -> int:
    """Tenths travelled on one route; adds what it breaks to ``faults``."""
    here, free, distance, load = instance.depot, instance.depot.ready, 0, 0.0
    for stop in route.stops:
        there = by_id.get(stop.visit) if isinstance(stop.visit, int) else None
        if there is None:
            continue
        leg = _tenths(here, there)
        where = f"Vehicle {route.worker} at customer {there.id}"
        if stop.start < free + leg / 10 - TOLERANCE:
            faults.append(Fault("travel", f"{where}: starts {stop.start}, cannot be there before {free + leg / 10}."))
        if stop.start < there.ready - TOLERANCE:
            faults.append(Fault("window", f"{where}: starts {stop.start}, ready from {there.ready}."))
        if stop.start > there.due + TOLERANCE:
            faults.append(Fault("window", f"{where}: starts {stop.start}, due {there.due}."))
        distance, load = distance + leg, load + there.demand
        here, free = there, stop.start + there.service
    if route.stops:
        leg = _tenths(here, instance.depot)
        distance += leg
        if free + leg / 10 > instance.depot.due + TOLERANCE:
            faults.append(
                Fault("day", f"Vehicle {route.worker} is back at {free + leg / 10}, the day ends {instance.depot.due}.")
            )
    if load > instance.capacity:
        faults.append(Fault("capacity", f"Vehicle {route.worker} carries {load}, at most {instance.capacity}."))
    return distance


def _tenths(here: Customer, there: Customer) -> int:
    """The leg in tenths, cut; from the coordinates, without the reader's own formula."""
    guess = int(10 * math.hypot(here.x - there.x, here.y - there.y))
    square = 100 * ((here.x - there.x) ** 2 + (here.y - there.y) ** 2)
    while guess * guess > square:
        guess -= 1
    while (guess + 1) ** 2 <= square:
        guess += 1
    return guess
