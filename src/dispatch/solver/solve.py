"""Solve a problem of either kind: the one call of this room for those who do not care how."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.solver.improve.search import improve
from dispatch.solver.plan import Plan, RoutePlan, ZonePlan
from dispatch.solver.problem import Problem, RouteProblem
from dispatch.solver.routes.insert import cover, insert
from dispatch.solver.zones.give import give_zones

__all__ = ["cover", "improve", "insert", "solve"]


def solve(
    problem: Problem,
    *,
    budget: int,
    seed: int,
    seconds: float | None = None,
    start: Plan | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Plan:
    """A plan for ``problem`` from ``start`` (or from nothing), improved within ``budget``.

    Routes: `insert`, then `improve`. Zones: `give_zones`, which knows no wall clock. The same problem, start, seed and
    budget give the same plan, bit for bit; ``seconds`` and ``cancel`` may cut the search short, and then the plan says
    so. Raises `ProblemError` if ``problem`` is malformed, `TypeError` if ``start`` is a plan of the other kind.
    """
    if isinstance(problem, RouteProblem):
        if isinstance(start, ZonePlan):
            raise TypeError("A ZonePlan cannot start a RouteProblem.")
        plan = insert(problem, start, seed=seed)
        if budget <= 0:
            return plan
        return improve(problem, plan, budget=budget, seed=seed, seconds=seconds, on_best=on_best, cancel=cancel)
    if isinstance(start, RoutePlan):
        raise TypeError("A RoutePlan cannot start a ZoneProblem.")
    return give_zones(problem, budget=budget, seed=seed, start=start)
