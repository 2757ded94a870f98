"""The OR-Tools routing library as its guide shows it: one dimension for time, guided local search, a time limit.

The library searches on one core. Several cores are several searches side by side with another first solution each, the
best taken. Duration is paid by the span cost of time, staying out by disjunctions, lateness by a soft bound, and the
workers a visit may have by its vehicle variable (`SetAllowedVehiclesForIndex` fails in 9.15).
"""

from __future__ import annotations

import time

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.peers.plain import Model, Tours

FIRST = ("PATH_CHEAPEST_ARC", "PARALLEL_CHEAPEST_INSERTION", "SAVINGS", "LOCAL_CHEAPEST_INSERTION")
MATRIX_NODES_MAX = 400
"""Up to here a registered matrix is quicker than a callback (measured with 9.15)."""


def check(model: Model) -> None:
    """Everything in a model has a word in this library."""


def solve(model: Model, seconds: float, seed: int) -> Tours:
    """The best tours of one search; none if it finds no first solution in time. ``seed`` chooses how it begins."""
    until = time.monotonic() + seconds
    count = len(model.nodes)
    starts = list(range(count, count + len(model.vehicles)))
    manager = pywrapcp.RoutingIndexManager(count + len(starts), len(starts), starts, starts)
    routing = pywrapcp.RoutingModel(manager)
    _time(model, manager, routing)
    _needs(model, manager, routing)
    for index, node in enumerate(model.nodes):
        at = manager.NodeToIndex(index)
        if node.price is not None:
            routing.AddDisjunction([at], node.price)
        if node.vehicles is not None:
            routing.VehicleVar(at).SetValues([-1, *node.vehicles] if node.price is not None else list(node.vehicles))
    _pairs(model, manager, routing)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = FIRST[seed % len(FIRST)]
    parameters.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, first)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromNanoseconds(int(1e9 * max(0.01, until - time.monotonic())))
    found = routing.SolveWithParameters(parameters)
    return [_tour(manager, routing, found, vehicle, count) if found else [] for vehicle in range(len(starts))]


def _time(model: Model, manager: pywrapcp.RoutingIndexManager, routing: pywrapcp.RoutingModel) -> None:
    rows = [*(node.row for node in model.nodes), *(vehicle.row for vehicle in model.vehicles)]
    service = [*(node.service for node in model.nodes), *(0 for _ in model.vehicles)]
    travel = [[model.travel[here][there] for there in rows] for here in rows]
    spent = [[service[here] + way for way in row] for here, row in enumerate(travel)]
    if len(rows) <= MATRIX_NODES_MAX:
        way, elapsed = routing.RegisterTransitMatrix(travel), routing.RegisterTransitMatrix(spent)
    else:
        node_of = manager.IndexToNode
        way = routing.RegisterTransitCallback(lambda here, there: travel[node_of(here)][node_of(there)])
        elapsed = routing.RegisterTransitCallback(lambda here, there: spent[node_of(here)][node_of(there)])
    if not model.duration:
        routing.SetArcCostEvaluatorOfAllVehicles(way)
    horizon = max(vehicle.latest for vehicle in model.vehicles)
    routing.AddDimension(elapsed, horizon, horizon, False, "time")
    dimension = routing.GetDimensionOrDie("time")
    if model.duration:
        dimension.SetSpanCostCoefficientForAllVehicles(1)
    for index, node in enumerate(model.nodes):
        at = manager.NodeToIndex(index)
        dimension.CumulVar(at).SetRange(node.earliest, min(node.latest, horizon))
        if node.due is not None:
            dimension.SetCumulVarSoftUpperBound(at, node.due, 1)
    for index, vehicle in enumerate(model.vehicles):
        for end in (routing.Start(index), routing.End(index)):
            dimension.CumulVar(end).SetRange(vehicle.earliest, vehicle.latest)
        routing.AddVariableMinimizedByFinalizer(dimension.CumulVar(routing.End(index)))
        routing.AddVariableMaximizedByFinalizer(dimension.CumulVar(routing.Start(index)))


def _needs(model: Model, manager: pywrapcp.RoutingIndexManager, routing: pywrapcp.RoutingModel) -> None:
    """One dimension for each kind of need."""
    for kind in range(len(model.vehicles[0].has)):
        amounts = [*(node.needs[kind] for node in model.nodes), *(0 for _ in model.vehicles)]
        needed = routing.RegisterUnaryTransitVector(amounts)
        has = [vehicle.has[kind] for vehicle in model.vehicles]
        routing.AddDimensionWithVehicleCapacity(needed, 0, has, True, f"need {kind}")


def _pairs(model: Model, manager: pywrapcp.RoutingIndexManager, routing: pywrapcp.RoutingModel) -> None:
    dimension, solver = routing.GetDimensionOrDie("time"), routing.solver()
    for pair in model.pairs:
        first, second = manager.NodeToIndex(pair.first), manager.NodeToIndex(pair.second)
        gap = dimension.CumulVar(second) - dimension.CumulVar(first)
        solver.Add(gap >= pair.least)
        solver.Add(gap <= pair.most)
        solver.Add(routing.VehicleVar(first) != routing.VehicleVar(second))


def _tour(
    manager: pywrapcp.RoutingIndexManager,
    routing: pywrapcp.RoutingModel,
    found: pywrapcp.Assignment,
    vehicle: int,
    count: int,
) -> list[int]:
    tour, at = [], found.Value(routing.NextVar(routing.Start(vehicle)))
    while not routing.IsEnd(at):
        tour.append(manager.IndexToNode(at))
        at = found.Value(routing.NextVar(at))
    return [node for node in tour if node < count]
