"""What no block had room for, offered to everybody; and the whole as a plan."""

from __future__ import annotations

from dispatch.solver.big.whole import Whole
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.routes.insert import explain_out, missing, place_pins, price_limit, urgency
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.laid import stand
from dispatch.solver.search.prepare import price_of


def fill(whole: Whole) -> float:
    """Put what is out where it is cheapest on the whole ground, beside all that stands; how much that saves.

    The most urgent goes first. Only what is for the instant answer: no ties, nothing that a store may be needed for.
    """
    if all(visit in whole.where for visit in range(len(whole.compiled.visits))):
        return 0.0
    state = _state(whole)
    stores = bool(whole.compiled.problem.stores)
    saved, changed = 0.0, set[int]()
    for visit in sorted(missing(state), key=lambda one: urgency(state, one)):
        facts = state.compiled.visits[visit]
        if len(whole.groups[whole.group_of[visit]]) > 1 or (stores and (facts.tools or facts.parts)):
            continue
        place = best_place(state, visit, limit=price_limit(state, visit))
        if place is not None:
            settle(state, place)
            saved += price_of(state.compiled.problem, [visit], None) - place.cost
            changed |= {route.duty for route in place.routes}
    order = {duty: state.routes[duty].visits for duty in sorted(changed)}
    starts = {
        visit: stop.start
        for duty in order
        for visit, stop in zip(state.routes[duty].visits, state.routes[duty].stops, strict=True)
        if whole.compiled.is_visit(visit)
    }
    whole.put(order, starts)
    return saved


def written(whole: Whole, effort: Effort) -> RoutePlan:
    """``whole`` as a plan, with reasons for what is out."""
    state = _state(whole)
    place_pins(state)
    return write_plan(state, explain_out(state), effort)


def _state(whole: Whole) -> State:
    order = {duty: visits for duty, visits in enumerate(whole.order) if visits}
    return stand(whole.compiled, order, {visit: whole.starts[visit] for visit in whole.where})
