"""Why a visit is where it is, or nowhere: the best other places with their cost by rule, and what is in the way."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from dispatch.solver.checks import cost, require_form
from dispatch.solver.plan import Reason, RoutePlan
from dispatch.solver.problem import Id, RouteProblem, Tick
from dispatch.solver.routes.carry import carry
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.gaps import able_duties, find_gaps
from dispatch.solver.routes.place import Place, best_place, bounds
from dispatch.solver.routes.reasons import explain, hindrances
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.state import Route as WorkingRoute
from dispatch.solver.routes.write import write_route
from dispatch.solver.rules import Rule
from dispatch.solver.version import no_search

_BIT = 1e-9
"""Minutes below which two costs are one."""

ALTERNATIVES = 5
"""Other places named for a visit, unless asked otherwise."""


class Alternative(Struct, frozen=True, kw_only=True):
    """Another place of a visit: who, when, and by how many minutes the plan would be dearer (negative: cheaper), for
    each rule it would be dearer or cheaper by.
    """

    workers: tuple[Id, ...]
    start: Tick
    dearer: float
    by_rule: dict[Rule, float]


class Hindrance(Struct, frozen=True, kw_only=True):
    """What keeps one worker from a visit, and the smallest change found that would help."""

    worker: Id
    rule: Rule
    hint: str = ""


class Why(Struct, frozen=True, kw_only=True):
    """The place of one visit explained. ``workers`` is empty and ``start`` unset for one that is left out.

    ``alternatives`` are the cheapest others, the cheapest first. ``reasons`` and ``hindrances`` are for what is out.
    """

    visit: Id
    workers: tuple[Id, ...] = ()
    start: Tick | None = None
    alternatives: tuple[Alternative, ...] = ()
    reasons: tuple[Reason, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()


def why(problem: RouteProblem, plan: RoutePlan, visit: str, *, alternatives: int = ALTERNATIVES) -> Why:
    """Why ``visit`` is where ``plan`` has it, or nowhere.

    Raises `ProblemError` if ``problem`` is malformed, `KeyError` if it has no such visit.
    """
    require_form(problem)
    state = State(Compiled(problem))
    carry(state, plan)
    return why_in(state, state.compiled.visit_index[visit], alternatives=alternatives)


def why_in(state: State, visit: int, *, alternatives: int = ALTERNATIVES) -> Why:
    """`why` of a plan that is held ready; ``state`` is as it was afterwards."""
    compiled = state.compiled
    name = compiled.visits[visit].id
    if visit not in state.where:
        return Why(
            visit=name,
            reasons=explain(state, [visit])[0].reasons,
            hindrances=tuple(
                Hindrance(worker=compiled.workers[worker].id, rule=rule, hint=hint)
                for worker, rule, hint in hindrances(state, visit)
            ),
        )
    duties, start = state.where[visit], state.start_of(visit)
    before = state.snapshot()
    stood = {duty: state.routes[duty] for duty in duties}
    found: list[Alternative] = []
    if state.remove(visit):
        places = _places(state, visit, alternatives + 1)
        others = [place for place in places if not _is(place, duties, start)]
        found = [_alternative(state, stood, place) for place in others]
        state.restore(before)
    found.sort(key=lambda one: one.dearer)
    return Why(visit=name, workers=_names(state, duties), start=start, alternatives=tuple(found[:alternatives]))


def _places(state: State, visit: int, count: int) -> list[Place]:
    """The cheapest ``count`` places of ``visit``, which is on no route, each with other people."""
    if state.compiled.visits[visit].people > 1:
        return _crew_places(state, visit, count)
    found: list[Place] = []
    for bound, duties in _by_worker(state, visit):
        if len(found) >= count and bound >= sorted(one.cost for one in found)[count - 1]:
            break
        place = best_place(state, visit, duties=duties)
        if place is not None:
            found.append(place)
    return sorted(found, key=lambda one: one.cost)[:count]


def _by_worker(state: State, visit: int) -> list[tuple[float, Ints]]:
    """The duties with a gap for ``visit``, worker by worker, with the least they could cost, the cheapest first."""
    gaps = find_gaps(state, visit, able_duties(state, visit))
    bound = bounds(state, visit, gaps).cost
    worker_of = state.compiled.duty_worker[gaps.duty]
    found = []
    for worker in np.unique(worker_of).tolist():
        theirs = worker_of == worker
        found.append((float(bound[theirs].min()), np.unique(gaps.duty[theirs])))
    return sorted(found, key=lambda one: one[0])


def _crew_places(state: State, visit: int, count: int) -> list[Place]:
    """Crews: the cheapest, then the cheapest without one after the other of those found so far."""
    able = able_duties(state, visit)
    worker_of = state.compiled.duty_worker
    found: list[Place] = []
    tried: set[frozenset[int]] = set()
    waiting: list[frozenset[int]] = [frozenset()]
    while waiting and len(found) < count:
        without = waiting.pop(0)
        if without in tried:
            continue
        tried.add(without)
        place = best_place(state, visit, duties=able[~np.isin(worker_of[able], list(without))])
        if place is None:
            continue
        crew = {int(worker_of[route.duty]) for route in place.routes}
        if all(crew != {int(worker_of[route.duty]) for route in one.routes} for one in found):
            found.append(place)
        waiting += [without | {worker} for worker in sorted(crew)]
    return found


def _is(place: Place, duties: tuple[int, ...], start: int) -> bool:
    """Whether ``place`` is where the visit stands already."""
    same = {route.duty for route in place.routes} == set(duties)
    return same and any(_start(place, route) == start for route in place.routes[:1])


def _start(place: Place, route: WorkingRoute) -> int:
    return route.stops[route.visits.index(place.visit)].start


def _alternative(state: State, before: dict[int, WorkingRoute], place: Place) -> Alternative:
    """What the plan would cost with the visit at ``place``, against how it stands; ``before`` are the routes it is on.

    Nothing on other routes changes, so only these are costed; all of them where a rule joins all routes.
    """
    others = {route.duty: route for route in place.routes}
    weights = state.compiled.problem.weights
    whole = weights.fair > 0 or weights.greatest_late > 0
    duties = range(len(state.routes)) if whole else sorted(before.keys() | others.keys())
    now = _cost(state, [before.get(duty, state.routes[duty]) for duty in duties])
    then = _cost(state, [others.get(duty, state.routes[duty]) for duty in duties])
    by_rule = {rule: then[rule] - now[rule] for rule in then if abs(then[rule] - now[rule]) > _BIT}
    return Alternative(
        workers=_names(state, tuple(others)),
        start=_start(place, place.routes[0]),
        dearer=sum(by_rule.values()),
        by_rule=by_rule,
    )


def _cost(state: State, routes: list[WorkingRoute]) -> dict[Rule, float]:
    """The cost by rule of ``routes`` and the visits on them alone."""
    problem = state.compiled.problem
    here = {visit for route in routes for visit in route.visits}
    asked = replace(problem, visits=tuple(problem.visits[visit] for visit in sorted(here)))
    written = tuple(write_route(state, route) for route in routes if route.visits)
    return cost(asked, RoutePlan(routes=written, effort=no_search()))


def _names(state: State, duties: tuple[int, ...]) -> tuple[str, ...]:
    compiled = state.compiled
    return tuple(sorted(compiled.workers[compiled.duties[duty].worker].id for duty in duties))
