"""Solve a problem of any kind: the one call of this room for those who do not care how."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.big.improve import BIG, improve_big, places_to_fill
from dispatch.solver.checks import check, require_form
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.search import solve_contracts
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.inspections.solve import plan_inspections
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.pairs import given_back, hold_pairs
from dispatch.solver.plan import RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.rosters.search import solve_rosters
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.solve import plan_rounds
from dispatch.solver.routes.insert import cover, insert, knows_all
from dispatch.solver.search.improve import improve as improve_whole
from dispatch.solver.search.laid import worth
from dispatch.solver.stop import require_end
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.teams.search import solve_teams
from dispatch.solver.version import no_search
from dispatch.solver.zones.give import give_zones

__all__ = ["cover", "improve", "insert", "solve"]


def solve(
    problem: Problem,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    start: Plan | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    enough: float | None = None,
    cores: int = 1,
) -> Plan:
    """A plan for ``problem`` from ``start`` (or from nothing), improved within ``budget``.

    Routes: `insert` where no budget is given to improve on it, else `improve`, which gets a unit of budget also where
    `insert` does not know every rule there is in the problem. Zones: `give_zones`. Teams: `solve_teams`. Patrol
    rounds: `plan_rounds`. Inspections: `plan_inspections`, which searches nothing. Visits of contracts:
    `solve_contracts`. Rosters: `solve_rosters`. The same problem, start, seed, budget and cores give the same plan, bit
    for bit; ``seconds`` and ``cancel`` may cut the search short, and then the plan says so. With ``budget`` None only
    they end it, or a plan that costs ``enough`` or less: for a gap to a bound that is known, the bound and the gap.
    Raises `ProblemError` if ``problem`` is malformed, ``start`` is a plan of another kind, or nothing ends the search.
    """
    require_end(budget, seconds, cancel, enough)
    if isinstance(problem, RouteProblem):
        if start is not None and not isinstance(start, RoutePlan):
            raise _wrong(start, problem)
        if budget is not None and budget <= 0:
            if knows_all(problem):
                return insert(problem, start, seed=seed)
            budget = 1
        nothing = RoutePlan(effort=no_search(seed))
        return improve(
            problem, start or nothing, budget=budget, seed=seed, seconds=seconds, on_best=on_best, cancel=cancel,
            enough=enough, cores=cores,
        )  # fmt: skip
    if isinstance(problem, TeamProblem):
        if start is not None and not isinstance(start, TeamPlan):
            raise _wrong(start, problem)
        return solve_teams(
            problem, budget=budget, seed=seed, seconds=seconds, cancel=cancel, start=start, enough=enough, cores=cores
        )
    if isinstance(problem, RoundProblem | InspectionProblem):
        if start is not None:
            raise ProblemError(f"A {type(problem).__name__} is drawn whole.", hint="it needs no plan to begin from.")
        if isinstance(problem, InspectionProblem):
            return plan_inspections(problem, seed=seed)
        return plan_rounds(problem, budget=budget, seed=seed, seconds=seconds, cancel=cancel)
    if isinstance(problem, ContractProblem):
        if start is not None and not isinstance(start, ContractPlan):
            raise _wrong(start, problem)
        return solve_contracts(
            problem, budget=budget, seed=seed, seconds=seconds, cancel=cancel, start=start, cores=cores
        )
    if isinstance(problem, RosterProblem):
        if start is not None and not isinstance(start, RosterPlan):
            raise _wrong(start, problem)
        return solve_rosters(
            problem, budget=budget, seed=seed, seconds=seconds, cancel=cancel, start=start, enough=enough, cores=cores
        )
    if start is not None and not isinstance(start, ZonePlan):
        raise _wrong(start, problem)
    return give_zones(
        problem, budget=budget, seed=seed, seconds=seconds, cancel=cancel, start=start, enough=enough, cores=cores
    )


def improve(
    problem: RouteProblem,
    plan: RoutePlan,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    enough: float | None = None,
    cores: int = 1,
) -> RoutePlan:
    """A plan no dearer than ``plan``, after at most ``budget`` times 500 rounds of ruin and recreate per core.

    In one piece (`search.improve`) below `BIG` places to fill, else block by block (`big.improve`); with what one
    person must do placed before (`pairs`).
    Repeatable bit for bit for the same problem, plan, seed, budget, cores and ``enough``, the cost at which the search
    ends. ``seconds`` of wall clock and ``cancel``
    may cut it short; the plan then says ``repeatable=False`` and in ``used`` how much of the budget it took. Without a
    ``budget`` the search is paced by ``seconds`` (or ``cancel``) alone. ``on_best`` gets every better plan as it is
    found. Raises `ProblemError` if ``problem`` is malformed. A ``plan`` that breaks a hard rule is mended first, and
    rounds it leaves out are tried again; either may make it dearer.
    """
    require_form(problem)
    require_end(budget, seconds, cancel, enough)
    way = partial(
        improve_big if places_to_fill(problem) >= BIG else improve_whole,
        budget=budget, seed=seed, seconds=seconds, cancel=cancel, enough=enough, cores=cores,
    )  # fmt: skip
    held = hold_pairs(problem, plan)
    if held is None:
        return way(problem, plan, on_best=on_best)

    def report(better: RoutePlan) -> None:
        found = given_back(problem, better)
        if on_best is not None and found is not None:
            on_best(found)

    found = given_back(problem, way(held.problem, held.plan, on_best=report if on_best is not None else None))
    if found is None:
        return way(problem, plan, on_best=on_best)
    if worth(problem, found) < worth(problem, plan) and not check(problem, plan):
        return replace(plan, effort=found.effort)
    return found


def _wrong(start: Plan, problem: Problem) -> ProblemError:
    return ProblemError(f"A {type(start).__name__} cannot start a {type(problem).__name__}.")
