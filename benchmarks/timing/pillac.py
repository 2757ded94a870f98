"""The shortest working time of an order of requests: earliest end, then every start as late as that end allows.

The end of a route cannot be earlier than going from stop to stop at once makes it. Given that end, going back from it
each stop starts as late as its window and what follows let it, so that leaving home is latest (Pillac, Guéret and
Medaglia 2013 minimise exactly that span).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.instances.pillac import DEPOT, Place, Trsp
from benchmarks.recost.dump import Dump, Route, Stop


def pillac(instance: Trsp, seed: int, orders: Mapping[int, Sequence[int]]) -> Dump:
    """``orders``: requests by technician, `DEPOT` where they pass by the depot."""
    places = {one.id: one for one in (instance.depot, *instance.requests)}
    home = {one.id: one for one in instance.technicians}
    routes = []
    for technician, visits in orders.items():
        stops = [places[visit] for visit in visits]
        begins = starts(instance, home[technician], home[technician].earliest, stops)
        if stops:
            routes.append(
                Route(
                    worker=technician,
                    stops=tuple(Stop(visit=stop.id, start=start) for stop, start in zip(stops, begins, strict=True)),
                )
            )
    done = {visit for visits in orders.values() for visit in visits}
    return Dump(
        instance=instance.name,
        seed=seed,
        routes=tuple(routes),
        unplanned=tuple(one.id for one in instance.requests if one.id not in done),
    )


def starts(instance: Trsp, here: Place, free: float, stops: Sequence[Place]) -> list[float]:
    """When each of ``stops`` begins for somebody who is at ``here`` and ``free`` from then on."""
    return _latest(instance, stops, _earliest(instance, here, free, stops))


def _earliest(instance: Trsp, here: Place, free: float, stops: Sequence[Place]) -> list[float]:
    begins = []
    for there in stops:
        leave = max(free, instance.known.get(there.id, free))
        begin = max(leave + instance.travel(here, there), there.earliest)
        begins.append(begin)
        here, free = there, begin + _service(there)
    return begins


def _latest(instance: Trsp, stops: Sequence[Place], earliest: Sequence[float]) -> list[float]:
    begins = list(earliest)
    for index in range(len(stops) - 2, -1, -1):
        here, there = stops[index], stops[index + 1]
        keeps = begins[index + 1] - instance.travel(here, there) - _service(here)
        # Never before the earliest: the last bits of a sum taken backwards are not those taken forwards.
        begins[index] = max(earliest[index], min(here.latest, keeps))
    return begins


def _service(stop: Place) -> float:
    return 0.0 if stop.id == DEPOT else stop.service
