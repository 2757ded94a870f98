"""What of a given plan a big day can begin from."""

from __future__ import annotations

from dispatch.solver.big.whole import Whole
from dispatch.solver.plan import Finding, RoutePlan
from dispatch.solver.routes.insert import knows_all, start_state
from dispatch.solver.routes.route import build_route
from dispatch.solver.routes.state import State


def begin(whole: Whole, plan: RoutePlan, findings: list[Finding], *, seed: int) -> None:
    """Put into the empty ``whole`` what of ``plan`` stands.

    What may no longer be is mended, and pins and rounds come first (see `start_state`). Where that does not know every
    rule there is in the problem, each route on which something is wrong begins empty.
    """
    problem = whole.compiled.problem
    if not knows_all(problem):
        _put_sound(whole, plan, findings)
    elif plan.routes or any(visit.cover or visit.pin for visit in problem.visits):
        must = [visit.id for visit in problem.visits if visit.cover or visit.pin]
        state = start_state(problem, plan, only=must, seed=seed, again=True)
        starts = {visit: state.start_of(visit) for visit in state.where}
        whole.put({route.duty: list(route.visits) for route in state.routes if route.visits}, starts)


def _put_sound(whole: Whole, plan: RoutePlan, findings: list[Finding]) -> None:
    compiled = whole.compiled
    workers = {finding.worker for finding in findings}
    visits = {finding.visit for finding in findings}
    kept = [one for one in plan.routes if one.worker not in workers and visits.isdisjoint(s.visit for s in one.stops)]
    stores = {store.id: len(compiled.visits) + place for place, store in enumerate(compiled.problem.stores)}
    index = {**stores, **compiled.visit_index}
    order: dict[int, list[int]] = {}
    starts: dict[int, int] = {}
    for route in kept:
        duty = compiled.duty_index.get((route.worker, route.duty))
        if duty is not None:
            order[duty] = [index[stop.visit] for stop in route.stops if stop.visit in index]
            starts.update((index[stop.visit], stop.start) for stop in route.stops if stop.visit in index)
    whole.put(order, starts)
    while lacking := _lacking(whole) | _not_built(whole):
        order = {
            duty: [visit for visit in whole.order[duty] if visit not in lacking]
            for duty in {duty for visit in lacking for duty in whole.where[visit]}
        }
        whole.put(order, {})


def _lacking(whole: Whole) -> set[int]:
    """Planned visits of groups of which not everything, or not everybody, is planned."""
    facts = whole.compiled.visits
    return {
        visit
        for group in whole.groups
        if any(len(whole.where.get(visit, ())) != facts[visit].people for visit in group)
        for visit in group
        if visit in whole.where
    }


def _not_built(whole: Whole) -> set[int]:
    """Visits on routes that the solver cannot build as they stand (a second store, say)."""
    state = State(whole.compiled)
    for visit in whole.where:
        # At the very starts of the plan, so that a crew here and there stays together.
        state.hold(visit, whole.starts[visit])
    return {
        visit
        for duty, visits in enumerate(whole.order)
        if visits and build_route(whole.compiled, state.windows, duty, tuple(visits)) is None
        for visit in filter(whole.compiled.is_visit, visits)
    }
