"""PyVRP on a model: one core and one seed per process; several cores are several seeds side by side, the best taken.

It is given what it knows: capacity, windows, travel or duration, optional visits by prize. Visits that only some
vehicles may do, and visits tied to each other, it does not know.
"""

from __future__ import annotations

import time

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from benchmarks.peers.plain import CannotError, Model, Node, Tours, Vehicle


def check(model: Model) -> None:
    """Raises `CannotError` if PyVRP has no word for something in ``model``."""
    if model.pairs:
        raise CannotError("PyVRP knows no visits tied to each other.")
    if any(node.vehicles is not None for node in model.nodes):
        raise CannotError("PyVRP knows no skills: every vehicle may visit every client.")
    if any(node.due is not None for node in model.nodes):
        raise CannotError("PyVRP knows no lateness at a price.")


def solve(model: Model, seconds: float, seed: int) -> Tours:
    """The best tours one seed finds on one core, feasible or not."""
    until = time.monotonic() + seconds
    travel = np.array(model.travel, dtype=np.int64)
    kinds = sorted(set(model.vehicles), key=lambda one: (one.row, one.earliest, one.latest, one.has))
    depots = sorted({one.row for one in model.vehicles})
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(travel))],
        clients=[_client(node) for node in model.nodes],
        depots=[pyvrp.Depot(row) for row in depots],
        vehicle_types=[_type(model, kind, depots.index(kind.row)) for kind in kinds],
        distance_matrices=[travel],
        duration_matrices=[travel],
    )
    stop = MaxRuntime(max(0.01, until - time.monotonic()))
    found = pyvrp.solve(data, stop=stop, seed=seed, collect_stats=False, display=False)
    return _tours(model, kinds, found.best)


def _client(node: Node) -> pyvrp.Client:
    return pyvrp.Client(
        node.row,
        delivery=list(node.needs),
        service_duration=node.service,
        tw_early=node.earliest,
        tw_late=node.latest,
        prize=node.price or 0,
        required=node.price is None,
    )


def _type(model: Model, kind: Vehicle, depot: int) -> pyvrp.VehicleType:
    return pyvrp.VehicleType(
        num_available=sum(one == kind for one in model.vehicles),
        capacity=list(kind.has),
        start_depot=depot,
        end_depot=depot,
        tw_early=kind.earliest,
        tw_late=kind.latest,
        unit_distance_cost=0 if model.duration else 1,
        unit_duration_cost=1 if model.duration else 0,
    )


def _tours(model: Model, kinds: list[Vehicle], solution: pyvrp.Solution) -> Tours:
    free = {kind: [index for index, one in enumerate(model.vehicles) if one == kind] for kind in set(kinds)}
    tours: Tours = [[] for _ in model.vehicles]
    for route in solution.routes():
        tours[free[kinds[route.vehicle_type()]].pop(0)] = [visit.idx for visit in route if visit.is_client()]
    return tours
