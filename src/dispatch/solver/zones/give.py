"""Give zones to helpers: a flow where that is exact, CP-SAT otherwise; the plan with its cost and reasons."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort, ZoneGiven, ZonePlan
from dispatch.solver.problem import ZoneProblem
from dispatch.solver.rules import Rule
from dispatch.solver.zones import flow
from dispatch.solver.zones.pairs import Pairs
from dispatch.solver.zones.reasons import explain_zones
from dispatch.solver.zones.search import search

SOLVER = "zones-1"
"""Name and version of the method: plans of one version are repeatable, bit for bit."""


def give_zones(problem: ZoneProblem, *, budget: int, seed: int, start: ZonePlan | None = None) -> ZonePlan:
    """Who has which zone: hard caps, skills and pins kept, the cost in minutes as small as found.

    ``start`` is a first guess (today's helpers without). Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    if flow.applies(problem):
        pairs = Pairs(problem, all_pairs=True)
        given, optimal = flow.solve_flow(pairs), True
    else:
        pairs = Pairs(problem)
        given, proven = search(pairs, _guess(pairs, start), budget=budget, seed=seed)
        optimal = proven and pairs.complete
    zones = zip(problem.zones, given, strict=True)
    return ZonePlan(
        given=tuple(ZoneGiven(zone=zone.id, helper=problem.helpers[one].id) for zone, one in zones if one is not None),
        unplanned=explain_zones(pairs, given),
        cost=zone_cost(pairs, given),
        optimal=optimal,
        effort=Effort(solver=SOLVER, seed=seed, budget=budget, used=budget),
    )


def _guess(pairs: Pairs, start: ZonePlan | None) -> list[int | None]:
    holders = {} if start is None else {one.zone: one.helper for one in start.given}
    return [
        pairs.helper_index.get(zone.pin or holders.get(zone.id) or zone.helper or "") for zone in pairs.problem.zones
    ]


def zone_cost(pairs: Pairs, given: Sequence[int | None]) -> dict[Rule, float]:
    """Cost in minutes by weighted rule of a choice of helpers."""
    problem = pairs.problem
    weights = problem.weights
    loads = [0] * len(problem.helpers)
    moved = distance = out = 0.0
    for index, (zone, helper) in enumerate(zip(problem.zones, given, strict=True)):
        if helper is None:
            out += weights.uncovered + zone.households
            continue
        loads[helper] += zone.minutes
        distance += weights.distance * int(pairs.ways[index, helper])
        if zone.helper is not None and zone.helper != problem.helpers[helper].id:
            moved += weights.moved
    return {
        Rule.MOVED: moved,
        Rule.DISTANCE: distance,
        Rule.BALANCE: weights.balance * max(loads, default=0),
        Rule.UNPLANNED: out,
    }
