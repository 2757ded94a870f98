"""A part of a state: a few duties and the visits concerned, with what they cost and who may be where."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.solver.routes.people import crew_price
from dispatch.solver.routes.price import alone_now, joint
from dispatch.solver.routes.state import State
from dispatch.solver.within.prices import late, told


def part_cost(state: State, duties: Iterable[int], visits: Iterable[int]) -> float:
    """Cost in minutes of ``duties``, of everything about ``visits``, and of what joins all routes; of nothing else."""
    compiled = state.compiled
    weights = compiled.problem.weights
    cost = joint(state)
    for duty in duties:
        route = state.routes[duty]
        cost += weights.travel * route.travel + route.over + alone_now(state, duty).cost
    for visit in visits:
        facts = compiled.visits[visit]
        where = state.where.get(visit)
        if where is None:
            cost += facts.price
            continue
        if facts.due is None and facts.told is None and not facts.keep:
            continue
        start = state.start_of(visit)
        if facts.due is not None:
            cost += late(start, facts.due, facts.late_weight)
        people = {compiled.workers[compiled.duties[duty].worker].id for duty in where}
        if facts.told is not None:
            cost += told(start, facts.told.start, weights.change_tick)
        cost += crew_price(compiled, facts, people)
    return cost


def on_duties(state: State, duties: Iterable[int]) -> list[int]:
    """The visits on ``duties``, each once, in order."""
    stops = (stop for duty in duties for stop in state.routes[duty].visits)
    return list(dict.fromkeys(filter(state.compiled.is_visit, stops)))


def must_stay_planned(state: State, visit: int) -> bool:
    """Whether ``visit``, once planned, may not be traded for something dearer: pins and rounds."""
    facts = state.compiled.visits[visit]
    return facts.pin is not None or facts.cover
