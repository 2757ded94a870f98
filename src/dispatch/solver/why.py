"""Why a visit is where it is, or nowhere: the best other places with their cost by rule, and what is in the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.changes import Change
from dispatch.solver.checks import cost, require_form
from dispatch.solver.plan import Reason, RoutePlan
from dispatch.solver.problem import Id, RouteProblem, Tick
from dispatch.solver.routes.carry import carry
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.elsewhere import Elsewhere, elsewhere
from dispatch.solver.routes.obstacles import TRIED, Obstacle, obstacles
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.route import Route as WorkingRoute
from dispatch.solver.routes.say_changes import said
from dispatch.solver.routes.state import State
from dispatch.solver.routes.tie_reasons import tie_hint
from dispatch.solver.routes.write import write_route
from dispatch.solver.rules import Rule
from dispatch.solver.version import no_search

_BIT = 1e-9
"""Minutes below which two costs are one."""

ALTERNATIVES = 5
"""Other places named for a visit, unless asked otherwise."""

_NOT_LOOKED_INTO = "not looked into, others come nearer"


class Beside(Struct, frozen=True, kw_only=True):
    """A visit that another one is tied to, and where it is; ``workers`` empty and ``start`` unset if it is left out."""

    visit: Id
    workers: tuple[Id, ...] = ()
    start: Tick | None = None


class Alternative(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another place of a visit: who, when, and by how many minutes the plan would be dearer (negative: cheaper), for
    each rule it would be dearer or cheaper by. ``along``: visits tied to it that would have to move, and where to.
    """

    workers: tuple[Id, ...]
    start: Tick
    dearer: float
    by_rule: dict[Rule, float]
    along: tuple[Beside, ...] = ()


class Hindrance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What keeps one worker from a visit: the first ``rule`` in the way, and what would let it fit.

    ``changes`` are of all rules in the way, the smallest found (`changes.size`): all of them made, and everything else
    as it stands, the visit fits on the worker at less than its price, in a crew or beside what is tied to it with
    whom ``then`` names. ``hint`` says them as a sentence, or why there are none. ``looked_into``: false where others
    come nearer and were looked into instead; then ``at_least`` has what they lack as things stand.
    """

    worker: Id
    rule: Rule
    hint: str = ""
    changes: tuple[Change, ...] = ()
    then: tuple[Beside, ...] = ()
    looked_into: bool = True
    at_least: tuple[Change, ...] = ()


class Why(Struct, frozen=True, kw_only=True):
    """The place of one visit explained. ``workers`` is empty and ``start`` unset for one that is left out.

    ``alternatives`` are the cheapest others, the cheapest first. ``reasons`` and ``hindrances`` are for what is out;
    of a visit that is planned and tied, ``hindrances`` names who could do it but for its ties. ``bound``: the visits it
    is tied to.
    """

    visit: Id
    workers: tuple[Id, ...] = ()
    start: Tick | None = None
    alternatives: tuple[Alternative, ...] = ()
    reasons: tuple[Reason, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    bound: tuple[Beside, ...] = ()


def why(
    problem: RouteProblem, plan: RoutePlan, visit: str, *, alternatives: int = ALTERNATIVES, tried: int = TRIED
) -> Why:
    """Why ``visit`` is where ``plan`` has it, or nowhere.

    So many ``alternatives`` are named at most; ``tried`` bounds how long changes are looked for (`obstacles`).

    Raises `ProblemError` if ``problem`` is malformed or ``plan`` cannot stand as it is, `KeyError` if there is no such
    visit.
    """
    state = ready(problem, plan)
    return why_in(state, state.compiled.visit_index[visit], alternatives=alternatives, tried=tried)


def ready(problem: RouteProblem, plan: RoutePlan) -> State:
    """``plan`` held ready to be asked, every visit with the people it has there, and as soon as may be.

    Raises `ProblemError` if ``problem`` is malformed, or ``plan`` not one that can stand.
    """
    require_form(problem)
    state = State(Compiled(problem))
    carry(state, plan, believed=True)
    stores = {store.id for store in problem.stores}
    people: dict[str, set[str]] = {}
    for route in plan.routes:
        for stop in route.stops:
            people.setdefault(stop.visit, set()).add(route.worker)
    for visit, workers in people.items():
        index = state.compiled.visit_index.get(visit)
        if visit in stores:
            continue
        if index is None or set(_names(state, state.where.get(index, ()))) != workers:
            message = f"{visit!r} cannot be asked about where the plan has it, with {', '.join(sorted(workers))}"
            hint = "`dispatch check` says what is wrong with it."
            raise ProblemError(f"{message}.", hint=hint)
    return state


def why_in(state: State, visit: int, *, alternatives: int = ALTERNATIVES, tried: int = TRIED) -> Why:
    """`why` of a plan that is held ready; ``state`` is as it was afterwards."""
    compiled = state.compiled
    bound = tuple(_beside(state, bond.other) for bond in compiled.bonds.of(visit))
    if visit not in state.where:
        return Why(
            visit=compiled.visits[visit].id,
            reasons=explain(state, [visit])[0].reasons,
            hindrances=_hindrances(state, visit, tried),
            bound=bound,
        )
    found, kept_away = elsewhere(state, visit, alternatives)
    return Why(
        visit=compiled.visits[visit].id,
        workers=_names(state, state.where[visit]),
        start=state.start_of(visit),
        alternatives=_explained(state, visit, found, alternatives),
        hindrances=_tied_away(state, visit, kept_away),
        bound=bound,
    )


def _explained(state: State, visit: int, found: Sequence[Elsewhere], count: int) -> tuple[Alternative, ...]:
    """The ``count`` cheapest of ``found``, each with other people: of two with the same the cheaper one."""
    costed = sorted((_alternative(state, visit, one) for one in found), key=lambda one: one.dearer)
    each: dict[tuple[Id, ...], Alternative] = {}
    for one in costed:
        each.setdefault(one.workers, one)
    return tuple(each.values())[:count]


def _alternative(state: State, visit: int, other: Elsewhere) -> Alternative:
    """What the plan would cost with the visit elsewhere, against how it stands.

    Nothing on other routes changes, so only these are costed; all of them where a rule joins all routes.
    """
    weights = state.compiled.problem.weights
    whole = weights.fair > 0 or weights.greatest_late > 0
    before = state.snapshot()
    stood = {one: _beside(state, one) for one in other.lifted}
    other.settle(state)
    changed = [duty for duty, route in enumerate(state.routes) if whole or route is not before.routes[duty]]
    then = _cost(state, [state.routes[duty] for duty in changed])
    stands = {one: _beside(state, one) for one in other.lifted}
    state.restore(before)
    now = _cost(state, [state.routes[duty] for duty in changed])
    by_rule = {rule: then[rule] - now[rule] for rule in then if abs(then[rule] - now[rule]) > _BIT}
    start = stands[visit].start
    assert start is not None
    return Alternative(
        workers=stands[visit].workers,
        start=start,
        dearer=sum(by_rule.values()),
        by_rule=by_rule,
        along=tuple(stands[one] for one in other.lifted if one != visit and stands[one] != stood[one]),
    )


def _cost(state: State, routes: list[WorkingRoute]) -> dict[Rule, float]:
    """The cost by rule of ``routes`` and the visits on them alone."""
    problem = state.compiled.problem
    here = {visit for route in routes for visit in filter(state.compiled.is_visit, route.visits)}
    asked = replace(problem, visits=tuple(problem.visits[visit] for visit in sorted(here)), ties=())
    written = tuple(write_route(state, route) for route in routes if route.visits)
    return cost(asked, RoutePlan(routes=written, effort=no_search()))


def _hindrances(state: State, visit: int, tried: int) -> tuple[Hindrance, ...]:
    workers = state.compiled.workers
    return tuple(
        Hindrance(
            worker=workers[one.worker].id,
            rule=one.rule,
            hint=said(state, one.changes)
            or (_nothing_found(state, visit) if one.looked else _not_looked_into(state, one)),
            changes=one.changes,
            then=tuple(Beside(visit=place.visit, workers=place.workers, start=place.start) for place in one.places),
            looked_into=one.looked,
            at_least=one.least,
        )
        for one in obstacles(state, visit, tried=tried)
    )


def _not_looked_into(state: State, one: Obstacle) -> str:
    return f"{said(state, one.least)}, at least; {_NOT_LOOKED_INTO}" if one.least else _NOT_LOOKED_INTO


def _nothing_found(state: State, visit: int) -> str:
    """Why no change is named that would do: it takes more people than there are, or none was found."""
    people, there = state.compiled.visits[visit].people, len(state.compiled.workers)
    if people > there:
        return f"it takes {people} people, and there {'is' if there == 1 else 'are'} {there}"
    return "no changes were found that would let it fit"


def _tied_away(state: State, visit: int, workers: Sequence[int]) -> tuple[Hindrance, ...]:
    """Of ``workers`` that each could do ``visit`` were it not tied."""
    if not workers:
        return ()
    before = state.snapshot()
    group = [one for one in state.compiled.bonds.group(visit) if one in state.where]
    state.take_off(one for one in group if one == visit or state.compiled.visits[one].pin is None)
    found = tuple(
        Hindrance(
            worker=state.compiled.workers[worker].id,
            rule=Rule.TIE,
            hint=tie_hint(state, visit, np.array([worker])),
        )
        for worker in workers
    )
    state.restore(before)
    return found


def _beside(state: State, visit: int) -> Beside:
    """Where ``visit`` stands."""
    name = state.compiled.visits[visit].id
    if visit not in state.where:
        return Beside(visit=name)
    return Beside(visit=name, workers=_names(state, state.where[visit]), start=state.start_of(visit))


def _names(state: State, duties: tuple[int, ...]) -> tuple[str, ...]:
    compiled = state.compiled
    return tuple(sorted(compiled.workers[compiled.duties[duty].worker].id for duty in duties))
