"""What the independent check is given of a state after a change: the routes touched, and what ties bind to them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.touched import part
from dispatch.solver.routes.write import write_route


def judged(state: State, touched: Sequence[Route]) -> tuple[RouteProblem, RoutePlan]:
    """A problem of the routes ``touched`` with the ties of the visits on them, and the plan that these routes are.

    Where a visit is tied, all routes of both visits are in it; one that is out is in it, too.
    """
    bonds, problem = state.compiled.bonds, state.compiled.problem
    bound = [visit for route in touched for visit in route.visits if bonds.of(visit)]
    ends = {end for visit in bound for end in (visit, *(bond.other for bond in bonds.of(visit)))}
    duties = {route.duty for route in touched} | {duty for end in ends for duty in state.where.get(end, ())}
    routes = [write_route(state, state.routes[duty]) for duty in sorted(duties) if state.routes[duty].visits]
    asked, plan = part(problem, routes)
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
