"""What a plan costs by weighted rule, in minutes, from the plan's own times. Written apart from the solver's sums."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.model.travel import travel_minutes
from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.hours import duration, overtime, under_way
from dispatch.solver.checks.teams import TeamFacts, team_cost
from dispatch.solver.plan import Finding, Plan, RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import Problem, RouteProblem, Visit, ZoneProblem
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamProblem

TOLERANCE = 1e-6
"""Relative difference up to which a stated cost counts as right."""


def cost(problem: Problem, plan: Plan) -> dict[Rule, float]:
    """Cost of ``plan`` in minutes by weighted rule; every weighted rule of this kind of problem has an entry."""
    if isinstance(problem, RouteProblem) and isinstance(plan, RoutePlan):
        return route_cost(Facts(problem, plan))
    if isinstance(problem, ZoneProblem) and isinstance(plan, ZonePlan):
        return zone_cost(problem, plan)
    if isinstance(problem, TeamProblem) and isinstance(plan, TeamPlan):
        return team_cost(TeamFacts(problem, plan))
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


def zone_cost(problem: ZoneProblem, plan: ZonePlan) -> dict[Rule, float]:
    """Cost of a zone plan by rule. A zone given to nobody costs ``uncovered`` and one per household."""
    weights = problem.weights
    zones = {zone.id: zone for zone in problem.zones}
    helpers = {helper.id: helper for helper in problem.helpers}
    moved = distance = 0.0
    loads = dict.fromkeys(helpers, 0)
    given = set()
    for one in plan.given:
        zone, helper = zones.get(one.zone), helpers.get(one.helper)
        if zone is None or helper is None or one.zone in given:
            continue
        given.add(one.zone)
        loads[helper.id] += zone.minutes
        moved += weights.moved if zone.helper not in (None, helper.id) else 0.0
        base, there = problem.spots[helper.spot], problem.spots[zone.spot]
        way = travel_minutes(problem.speeds, helper.mode, (base.lat, base.lon), (there.lat, there.lon))
        distance += weights.distance * way
    out = sum(weights.uncovered + zone.households for zone in problem.zones if zone.id not in given)
    return {
        Rule.MOVED: moved,
        Rule.DISTANCE: distance,
        Rule.BALANCE: weights.balance * max(loads.values(), default=0),
        Rule.UNPLANNED: float(out),
    }


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
