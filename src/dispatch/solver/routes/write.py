"""A state as a plan, with its cost by weighted rule."""

from __future__ import annotations

from dispatch.solver.plan import Effort, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.routes.state import Route as WorkingRoute
from dispatch.solver.routes.state import State
from dispatch.solver.routes.timeline import clear_before
from dispatch.solver.rules import Rule


def write_plan(state: State, unplanned: tuple[Unplanned, ...], effort: Effort) -> RoutePlan:
    """The plan ``state`` stands for: routes with stops only, in the order of workers and duties.

    People set out as late as will do: until then they are free for what comes up.
    """
    routes = tuple(write_route(state, route) for route in state.routes if route.visits)
    return RoutePlan(routes=routes, unplanned=unplanned, cost=cost_of(state), effort=effort)


def write_route(state: State, route: WorkingRoute) -> Route:
    """One route of ``state`` as a plan has it; of a duty with nothing on it, without stops and breaks."""
    compiled = state.compiled
    source = compiled.duty_source[route.duty]
    duty = compiled.duties[route.duty]
    worker = compiled.workers[duty.worker]
    if not route.visits:
        return Route(worker=worker.id, duty=source.id)
    rests = tuple((start, start + rest.ticks) for rest, start in zip(duty.rests, route.rests, strict=True))
    blocks = _joined((*duty.blocks, *rests))
    stops = tuple(
        Stop(
            visit=compiled.stop_id(visit),
            arrive=max(label.arrive, clear_before(blocks, label.start, way) + way),
            start=label.start,
            end=label.ready,
            travel=way,
        )
        for visit, label, way in zip(route.visits, route.stops, route.ways, strict=False)
    )
    taken = [rest.span.start for rest in source.rests]
    for rest, start in zip(duty.rests, route.rests, strict=True):
        taken[rest.place] = start
    return Route(worker=worker.id, duty=source.id, stops=stops, rests=tuple(taken))


def _joined(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The same time as ``spans`` cover, in order and without overlaps: a break may be taken while away."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def cost_of(state: State) -> dict[Rule, float]:
    """Cost of ``state`` in minutes by weighted rule."""
    compiled = state.compiled
    weights = compiled.problem.weights
    late = change_worker = change_minute = continuity = unplanned = 0.0
    starts = {
        visit: label.start for route in state.routes for visit, label in zip(route.visits, route.stops, strict=True)
    }
    for visit, facts in enumerate(compiled.visits):
        start = starts.get(visit)
        if start is None:
            unplanned += facts.price
            continue
        if facts.due is not None and start > facts.due:
            late += facts.late_weight * (start - facts.due)
        if facts.told is None and not facts.keep:
            continue
        people = {compiled.workers[compiled.duties[duty].worker].id for duty in state.where[visit]}
        if facts.told is not None:
            change_minute += weights.change_tick * abs(start - facts.told.start)
            change_worker += weights.change_worker if people != set(facts.told.workers) else 0.0
        if facts.keep and people.isdisjoint(facts.keep):
            continuity += weights.continuity
    return {
        Rule.TRAVEL: weights.travel * sum(route.travel for route in state.routes),
        Rule.LATE: late,
        Rule.CHANGE_WORKER: change_worker,
        Rule.CHANGE_MINUTE: change_minute,
        Rule.CONTINUITY: continuity,
        Rule.UNPLANNED: unplanned,
    }
