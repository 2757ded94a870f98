"""A state as a plan, with its cost by weighted rule."""

from __future__ import annotations

from msgspec.structs import replace

from dispatch.solver.checks import cost
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.routes.later import set_out_late
from dispatch.solver.routes.route import Route as WorkingRoute
from dispatch.solver.routes.state import State
from dispatch.solver.routes.timeline import closed, under_way


def write_plan(state: State, unplanned: tuple[Unplanned, ...], effort: Effort) -> RoutePlan:
    """The plan ``state`` stands for, with its cost: routes with stops only, in the order of workers and duties.

    People set out as late as will do: until then they are free for what comes up.
    """
    routes = tuple(write_route(state, route) for route in state.routes if route.visits)
    plan = RoutePlan(routes=routes, unplanned=unplanned, effort=effort)
    return replace(plan, cost=cost(state.compiled.problem, plan))


def write_route(state: State, route: WorkingRoute) -> Route:
    """One route of ``state`` as a plan has it; of a duty with nothing on it, without stops and breaks.

    Where duration is paid, it is set out for as late as keeps its end.
    """
    compiled = state.compiled
    if compiled.problem.weights.duration:
        route = set_out_late(state, route)
    source = compiled.duty_source[route.duty]
    duty = compiled.duties[route.duty]
    worker = compiled.workers[duty.worker]
    if not route.visits:
        return Route(worker=worker.id, duty=source.id)
    blocks = closed(duty, route.rests)
    stops = []
    for visit, label, way in zip(route.visits, route.stops, route.ways, strict=False):
        arrive, travel = under_way(duty, blocks, label, way)
        stops.append(
            Stop(visit=compiled.stop_id(visit), arrive=arrive, start=label.start, end=label.ready, travel=travel)
        )
    taken = [rest.span.start for rest in source.rests]
    for rest, start in zip(duty.rests, route.rests, strict=True):
        taken[rest.place] = start
    return Route(worker=worker.id, duty=source.id, stops=tuple(stops), rests=tuple(taken))
