"""The list of checks and the one call that runs them all over a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import across, carried, costs, teams, ties, within, zones
from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Finding, Plan, RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import Problem, RouteProblem, ZoneProblem
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamProblem

ROUTE_CHECKS: tuple[tuple[Rule, Callable[[Facts], Iterator[Finding]]], ...] = (
    (Rule.SKILL, within.skill),
    (Rule.ALLOWED, within.allowed),
    (Rule.SHIFT, within.shift),
    (Rule.BREAK, within.rests),
    (Rule.OVERLAP, within.overlap),
    (Rule.WINDOW, within.window),
    (Rule.VISITS_CAP, carried.visits_cap),
    (Rule.MINUTES_CAP, carried.minutes_cap),
    (Rule.WEIGHT_CAP, carried.weight_cap),
    (Rule.HOUSEHOLDS_CAP, carried.households_cap),
    (Rule.TOOLS, carried.tools),
    (Rule.PARTS, carried.parts),
    (Rule.CREW, across.crew),
    (Rule.ONCE, across.once),
    (Rule.PIN, across.pin),
    (Rule.TIE, ties.tie),
)
"""Every hard rule of a route plan with the function that checks it."""

ZONE_CHECKS: tuple[tuple[Rule, Callable[[zones.ZoneFacts], Iterator[Finding]]], ...] = (
    (Rule.SKILL, zones.zone_skill),
    (Rule.HOUSEHOLDS_CAP, zones.households_cap),
    (Rule.ZONE_MINUTES_CAP, zones.zone_minutes_cap),
    (Rule.PIN, zones.zone_pin),
    (Rule.ONCE, zones.zone_once),
)
"""Every hard rule of a zone plan with the function that checks it."""

TEAM_CHECKS: tuple[tuple[Rule, Callable[[teams.TeamFacts], Iterator[Finding]]], ...] = (
    (Rule.TEAM_SKILL, teams.team_skill),
    (Rule.ONE_TEAM, teams.one_team),
    (Rule.ABSENT, teams.absent),
    (Rule.OVERLAP, teams.team_overlap),
    (Rule.WITHIN_DAY, teams.within_day),
    (Rule.JOB_ORDER, teams.job_order),
    (Rule.CONTRACTOR, teams.contractor),
    (Rule.ONCE, teams.job_once),
)
"""Every hard rule of a team plan with the function that checks it."""


def check(problem: Problem, plan: Plan) -> list[Finding]:
    """Everything wrong with ``plan``: hard rules broken, costs misstated. Empty for a plan that may be committed.

    Trusts nothing but the problem: times, travel and costs are recomputed here. Raises `ProblemError` if
    ``problem`` is malformed or ``plan`` is of another kind.
    """
    require_form(problem)
    if isinstance(problem, RouteProblem) and isinstance(plan, RoutePlan):
        facts = Facts(problem, plan)
        found = [finding for _, rule in ROUTE_CHECKS for finding in rule(facts)]
        return found + list(costs.wrong_cost(plan.cost, costs.route_cost(facts)))
    if isinstance(problem, ZoneProblem) and isinstance(plan, ZonePlan):
        zone_facts = zones.ZoneFacts(problem, plan)
        found = [finding for _, rule in ZONE_CHECKS for finding in rule(zone_facts)]
        return found + list(costs.wrong_cost(plan.cost, costs.zone_cost(problem, plan)))
    if isinstance(problem, TeamProblem) and isinstance(plan, TeamPlan):
        return check_teams(problem, plan)
    raise ProblemError(
        f"A {type(plan).__name__} does not answer a {type(problem).__name__}.", hint="it was made for another problem."
    )


def check_teams(problem: TeamProblem, plan: TeamPlan) -> list[Finding]:
    """Everything wrong with a team plan, rule by rule. Raises `ProblemError` if ``problem`` is malformed."""
    require_form(problem)
    facts = teams.TeamFacts(problem, plan)
    found = [finding for _, rule in TEAM_CHECKS for finding in rule(facts)]
    return found + list(costs.wrong_cost(plan.cost, teams.team_cost(facts)))
