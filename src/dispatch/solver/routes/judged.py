"""What the independent check is given of a state after a change: the routes touched, and all that is joined to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Told, Visit
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_route
from dispatch.solver.version import no_search

_Named = TypeVar("_Named", Pin, Told)


def judged(state: State, touched: Sequence[Route]) -> tuple[RouteProblem, RoutePlan]:
    """A problem of the routes ``touched`` and those beside them, with the ties of the visits on them, and their plan.

    Beside a route are the others on which its visits stand, be it for a crew or against all rules; those of visits that
    are tied to its own; those under the same cap of a day; and those that take the shared tools it takes. Of a crew
    that only stands beside, those elsewhere are left out. Fair shares, which cost and break nothing, are not in it.
    """
    compiled, problem = state.compiled, state.compiled.problem
    bonds = compiled.bonds
    here = {visit for route in touched for visit in route.visits if compiled.is_visit(visit)}
    bound = [visit for visit in here if bonds.of(visit)]
    ends = {end for visit in bound for end in (visit, *(bond.other for bond in bonds.of(visit)))}
    duties = {*(route.duty for route in touched), *_holding(state, here | ends), *_sharing(state, here)}
    duties |= {other for route in touched for other in compiled.day_caps.others[route.duty]}
    asked, plan = _part(state, duties)
    if not bound:
        return asked, plan
    names = {problem.visits[visit].id for visit in bound}
    out = [visit for visit in sorted(ends) if visit not in state.where]
    return (
        replace(
            asked,
            visits=(*asked.visits, *(problem.visits[visit] for visit in out)),
            ties=tuple(tie for tie in problem.ties if tie.first in names or tie.then in names),
        ),
        replace(plan, unplanned=explain(state, out)),
    )


def _holding(state: State, visits: Collection[int]) -> list[int]:
    """The duties on whose routes one of ``visits`` stands."""
    wanted = frozenset(visits)
    return [duty for duty, route in enumerate(state.routes) if not wanted.isdisjoint(route.visits)]


def _sharing(state: State, visits: Iterable[int]) -> list[int]:
    """The duties with a visit that asks for a shared tool that one of ``visits`` asks for."""
    compiled = state.compiled
    tools = {tool for visit in visits for tool in compiled.shared.of(compiled.visits[visit])}
    if not tools:
        return []
    asking = {visit for visit, facts in enumerate(compiled.visits) if not tools.isdisjoint(facts.tools)}
    return _holding(state, asking)


def _part(state: State, duties: Collection[int]) -> tuple[RouteProblem, RoutePlan]:
    """A problem of who has ``duties`` and the visits on these, bound to nothing, and the plan of these routes."""
    compiled, problem = state.compiled, state.compiled.problem
    standing = [state.routes[duty] for duty in sorted(duties) if state.routes[duty].visits]
    workers = {compiled.duties[route.duty].worker for route in standing}
    people: dict[int, set[str]] = {}
    for route in standing:
        name = compiled.workers[compiled.duties[route.duty].worker].id
        for visit in filter(compiled.is_visit, route.visits):
            people.setdefault(visit, set()).add(name)
    short = {visit for visit, some in people.items() if len(some) < problem.visits[visit].people}
    away = Counter(
        visit
        for duty, route in enumerate(state.routes)
        if short and duty not in duties
        for visit in short.intersection(route.visits)
    )
    asked = replace(
        problem,
        workers=tuple(compiled.workers[worker] for worker in sorted(workers)),
        visits=tuple(_of_those(problem.visits[visit], people[visit], away[visit]) for visit in sorted(people)),
        ties=(),
    )
    return asked, RoutePlan(routes=tuple(write_route(state, route) for route in standing), effort=no_search())


def _of_those(visit: Visit, here: set[str], away: int) -> Visit:
    """What ``visit`` asks of those ``here`` where so many of its crew stand ``away``, on routes that are left out."""
    if not away:
        return visit
    return replace(
        visit, people=max(1, visit.people - away), pin=_named(visit.pin, here), told=_named(visit.told, here)
    )


def _named(named: _Named | None, here: set[str]) -> _Named | None:
    return None if named is None else replace(named, workers=tuple(one for one in named.workers if one in here))
