"""The search: a counted number of neighbourhoods, each kept only if the plan as a whole gets cheaper."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from msgspec import structs

from dispatch.solver.checks import check
from dispatch.solver.improve.choose import choose_duties
from dispatch.solver.improve.moves import MOVES, Move
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.insert import SOLVER, explain_out, start_state
from dispatch.solver.routes.part import must_stay_planned, on_duties, part_cost
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_plan
from dispatch.solver.stop import Stop

_GAIN = 1e-6
"""Minutes by which a plan must be cheaper to count as better."""


def improve(
    problem: RouteProblem,
    plan: RoutePlan,
    *,
    budget: int,
    seed: int,
    seconds: float | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> RoutePlan:
    """A plan no dearer than ``plan``, after at most ``budget`` neighbourhoods drawn by ``seed``.

    Repeatable bit for bit for the same problem, plan, seed and budget. ``seconds`` of wall clock and ``cancel`` may
    cut it short; the plan then says ``repeatable=False`` and in ``used`` how many neighbourhoods it saw. ``on_best``
    gets every better plan as it is found. Raises `ProblemError` if ``problem`` is malformed. A ``plan`` that breaks a
    hard rule is mended first, and rounds it leaves out are tried again; either may make it dearer.
    """
    findings = check(problem, plan)
    stop = Stop(seconds, cancel)
    state = start_state(problem, plan, seed=seed, again=budget > 0)
    draw = random.Random(seed)
    used = 0
    while used < budget and not stop.now():
        used += 1
        if _neighbourhood(state, draw) and on_best is not None:
            on_best(write_plan(state, explain_out(state), Effort(solver=SOLVER, seed=seed, budget=budget, used=used)))
    effort = Effort(solver=SOLVER, seed=seed, budget=budget, used=used, repeatable=not stop.stopped)
    found = write_plan(state, explain_out(state), effort)
    if not findings and _standing(problem, found) < _standing(problem, plan):
        return structs.replace(plan, effort=effort)
    return found


def _standing(problem: RouteProblem, plan: RoutePlan) -> tuple[float, float]:
    """How good a plan is: what of pins and rounds it holds comes before its cost."""
    planned = {stop.visit for route in plan.routes for stop in route.stops}
    first = sum(visit.price for visit in problem.visits if visit.id in planned and (visit.pin or visit.cover))
    return first, -plan.total


def _neighbourhood(state: State, draw: random.Random) -> bool:
    """Try every move on one choice of duties; whether the plan got cheaper."""
    duties = choose_duties(state, draw)
    better = False
    if duties:
        for move in MOVES:
            if move.applies(state):
                better |= _try(state, move, duties, draw)
    return better


def _try(state: State, move: Move, duties: Sequence[int], draw: random.Random) -> bool:
    """Make ``move`` and keep it only if no rule across routes suffers and the cost falls."""
    before = state.snapshot()
    if not move.change(state, duties, draw):
        state.restore(before)
        return False
    touched = [duty for duty, route in enumerate(state.routes) if route is not before.routes[duty]]
    after_visits = on_duties(state, touched)
    now = state.snapshot()
    visits = list(dict.fromkeys([*after_visits, *(one for duty in touched for one in before.routes[duty].visits)]))
    cost = part_cost(state, touched, visits)
    state.restore(before)
    better = cost < part_cost(state, touched, visits) - _GAIN
    kept = all(visit in now.where for visit in visits if visit in before.where and must_stay_planned(state, visit))
    if better and kept:
        state.restore(now)
    return better and kept
