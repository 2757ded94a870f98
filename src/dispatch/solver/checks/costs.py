"""What a plan costs by weighted rule, in minutes, from the plan's own times. Written apart from the solver's sums."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.checks.contracts import ContractFacts, contract_cost
from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.hours import duration, overtime, under_way
from dispatch.solver.checks.inspections import InspectionFacts, inspection_cost
from dispatch.solver.checks.roster_places import roster_cost
from dispatch.solver.checks.rosters import RosterView
from dispatch.solver.checks.round_costs import round_cost
from dispatch.solver.checks.round_facts import RoundFacts
from dispatch.solver.checks.teams import TeamFacts, team_cost
from dispatch.solver.checks.zone_cost import zone_cost
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.plan import Finding, RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import RouteProblem, Visit
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.zone_problem import ZoneProblem

TOLERANCE = 1e-6
"""Relative difference up to which a stated cost counts as right."""


def cost(problem: Problem, plan: Plan) -> dict[Rule, float]:
    """Cost of ``plan`` by weighted rule, in minutes where its weights are; every weighted rule of this kind of problem
    has an entry. Raises `TypeError` where the plan is of another kind.
    """
    if isinstance(problem, RouteProblem) and isinstance(plan, RoutePlan):
        return route_cost(Facts(problem, plan))
    if isinstance(problem, ZoneProblem) and isinstance(plan, ZonePlan):
        return zone_cost(problem, plan)
    if isinstance(problem, TeamProblem) and isinstance(plan, TeamPlan):
        return team_cost(TeamFacts(problem, plan))
    if isinstance(problem, RoundProblem) and isinstance(plan, RoundPlan):
        return round_cost(RoundFacts(problem, plan))
    if isinstance(problem, InspectionProblem) and isinstance(plan, InspectionPlan):
        return inspection_cost(InspectionFacts(problem, plan))
    if isinstance(problem, ContractProblem) and isinstance(plan, ContractPlan):
        return contract_cost(ContractFacts(problem, plan))
    if isinstance(problem, RosterProblem) and isinstance(plan, RosterPlan):
        return roster_cost(RosterView(problem, plan))
    raise TypeError(f"A {type(plan).__name__} does not answer a {type(problem).__name__}.")


def route_cost(facts: Facts) -> dict[Rule, float]:
    """Cost of a route plan by rule. Visits neither planned nor named count as staying out."""
    weights = facts.problem.weights
    sums = dict.fromkeys(
        (
            Rule.TRAVEL,
            Rule.LATE,
            Rule.CHANGE_WORKER,
            Rule.CHANGE_MINUTE,
            Rule.CONTINUITY,
            Rule.DUTY_PRICE,
            Rule.DURATION,
            Rule.OVERTIME,
            Rule.GREATEST_LATE,
            Rule.FAIR,
            Rule.UNPLANNED,
        ),
        0.0,
    )
    for route, worker, duty in facts.routes:
        if not route.stops:
            continue
        sums[Rule.TRAVEL] += weights.travel * under_way(facts, route, worker, duty)
        sums[Rule.DUTY_PRICE] += duty.price if facts.work(route) else 0.0
        sums[Rule.DURATION] += weights.duration * duration(facts, route, worker, duty)
        sums[Rule.OVERTIME] += duty.overtime_price * overtime(facts, route, worker, duty)
    sums[Rule.FAIR] = weights.fair * _above_mean(facts)
    greatest = 0
    for visit in facts.problem.visits:
        placed = facts.placed.get(visit.id)
        if not placed:
            sums[Rule.UNPLANNED] += visit.price
            continue
        start = max(stop.start for _, stop in placed)
        greatest = max(greatest, start - (start if visit.due is None else visit.due))
        for rule, amount in _visit_cost(facts, visit, start, [worker for worker, _ in placed]):
            sums[rule] += amount
    sums[Rule.GREATEST_LATE] = weights.greatest_late * greatest
    return sums


def _above_mean(facts: Facts) -> float:
    """Ticks by which the work on the fullest duty exceeds the mean over all duties of the problem."""
    work = dict.fromkeys(facts.duties, 0)
    for route, worker, duty in facts.routes:
        work[worker.id, duty.id] += facts.ticks_of_work(route)
    return max(work.values()) - sum(work.values()) / len(work) if work else 0.0


def _visit_cost(facts: Facts, visit: Visit, start: int, workers: list[str]) -> Iterator[tuple[Rule, float]]:
    weights = facts.problem.weights
    if visit.due is not None and start > visit.due:
        yield Rule.LATE, visit.late_weight * (start - visit.due)
    if visit.told is not None:
        if set(workers) != set(visit.told.workers):
            yield Rule.CHANGE_WORKER, weights.change_worker
        yield Rule.CHANGE_MINUTE, weights.change_tick * abs(start - visit.told.start)
    if visit.keep and not any(worker in visit.keep for worker in workers):
        yield Rule.CONTINUITY, weights.continuity


def wrong_cost(stated: dict[Rule, float], real: dict[Rule, float]) -> Iterator[Finding]:
    """A finding for every weighted rule whose stated cost is not the real one."""
    for rule in sorted({*stated, *real}):
        said, found = stated.get(rule, 0.0), real.get(rule, 0.0)
        if not abs(said - found) <= TOLERANCE * max(1.0, abs(found)):
            yield Finding(
                rule=rule,
                message=f"The plan states a cost of {said:g} min for {rule}, it is {found:g}.",
                severity="wrong_cost",
                value=said,
                limit=found,
            )
