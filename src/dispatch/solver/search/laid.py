"""Routes that a search found as a state: what a plan is written from, and places are looked for in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.route import Route, build_route
from dispatch.solver.routes.state import State


def stand(compiled: Compiled, order: Mapping[int, Sequence[int]], starts: Mapping[int, float]) -> State:
    """A state with the visits of ``order`` per duty; what other routes or people rest on is held at its start."""
    state = State(compiled)
    tied = {end for tie in compiled.problem.ties for end in (tie.first, tie.then)}
    for visit, start in starts.items():
        facts = compiled.visits[visit]
        if facts.people > 1 or facts.told is not None or facts.pin is not None or facts.id in tied:
            state.hold(visit, round(start))
    for duty, visits in order.items():
        state.put(_built(compiled, state, duty, tuple(visits), starts))
        for visit in filter(compiled.is_visit, visits):
            state.where[visit] = (*state.where.get(visit, ()), duty)
    for visit in [one for one in state.held if one not in state.where]:
        state.release(visit)
    return state


def _built(compiled: Compiled, state: State, duty: int, visits: tuple[int, ...], starts: Mapping[int, float]) -> Route:
    """A route. The search keeps times a little more strictly than a plan must, so it can be built."""
    route = build_route(compiled, state.windows, duty, visits)
    if route is None:
        for visit in filter(compiled.is_visit, visits):
            state.hold(visit, round(starts[visit]))
        route = build_route(compiled, state.windows, duty, visits)
    if route is None:
        names = ", ".join(compiled.stop_id(visit) for visit in visits)
        raise AssertionError(f"The search found a route for duty {duty} that cannot be kept: {names}.")
    return route


def worth(problem: RouteProblem, plan: RoutePlan) -> tuple[int, float, float]:
    """How good a plan is: the pins it holds come first, then the price of its rounds, then its cost."""
    return *held_among(problem, planned_in(plan)), -plan.total


def planned_in(plan: RoutePlan) -> set[str]:
    """The ids of all stops of ``plan``."""
    return {stop.visit for route in plan.routes for stop in route.stops}


def held_among(problem: RouteProblem, planned: set[str]) -> tuple[int, float]:
    """How many pins and what price of rounds there are among what is ``planned``."""
    held = [visit for visit in problem.visits if visit.id in planned]
    pins = sum(visit.pin is not None for visit in held)
    return pins, sum(visit.price for visit in held if visit.cover and visit.pin is None)
