"""The list of checks and the one call that runs them all over a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import (
    across,
    carried,
    contract_risks,
    contracts,
    costs,
    inspections,
    roster_days,
    roster_places,
    rosters,
    rounds,
    shared,
    teams,
    ties,
    within,
    zones,
)
from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.form import require_form
from dispatch.solver.checks.round_facts import RoundFacts
from dispatch.solver.checks.zone_cost import zone_cost
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.plan import Finding, RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.zone_problem import ZoneProblem

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
    (Rule.SHARED_TOOLS, shared.shared_tools),
    (Rule.ONCE, across.once),
    (Rule.PIN, across.pin),
    (Rule.TIE, ties.tie),
)
"""Every hard rule of a route plan with the function that checks it."""

ZONE_CHECKS: tuple[tuple[Rule, Callable[[zones.ZoneFacts], Iterator[Finding]]], ...] = (
    (Rule.SKILL, zones.zone_skill),
    (Rule.SERVES, zones.serves),
    (Rule.CONSENT, zones.consent),
    (Rule.FAR, zones.far),
    (Rule.HOUSEHOLDS_CAP, zones.households_cap),
    (Rule.ZONE_MINUTES_CAP, zones.zone_minutes_cap),
    (Rule.ZONE_WEEK_CAP, zones.zone_week_cap),
    (Rule.CONNECTED, zones.connected),
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

ROUND_CHECKS: tuple[tuple[Rule, Callable[[RoundFacts], Iterator[Finding]]], ...] = (
    (Rule.ROUND_START, rounds.round_start),
    (Rule.ROUND_WAY, rounds.round_way),
    (Rule.CREW, rounds.round_crew),
    (Rule.SKILL, rounds.round_skill),
    (Rule.SHIFT, rounds.round_shift),
    (Rule.OVERLAP, rounds.round_overlap),
    (Rule.POST, rounds.post),
    (Rule.BREAK, rounds.round_rests),
    (Rule.ONCE, rounds.round_once),
    (Rule.DRAW, rounds.draw),
)
"""Every hard rule of a plan of patrol rounds with the function that checks it."""

INSPECTION_CHECKS: tuple[tuple[Rule, Callable[[inspections.InspectionFacts], Iterator[Finding]]], ...] = (
    (Rule.INSPECTOR, inspections.inspector),
    (Rule.INSPECTION_DAY, inspections.inspection_day),
    (Rule.INSPECTIONS_CAP, inspections.inspections_cap),
    (Rule.PIN, inspections.inspection_kept),
    (Rule.SAMPLE, inspections.sample),
    (Rule.ZONE_SEEN, inspections.zone_seen),
    (Rule.ONCE, inspections.inspection_once),
    (Rule.DRAW, inspections.inspection_draw),
)
"""Every hard rule of a plan of inspections with the function that checks it."""

CONTRACT_CHECKS: tuple[tuple[Rule, Callable[[contracts.ContractFacts], Iterator[Finding]]], ...] = (
    (Rule.SKILL, contracts.visit_skill),
    (Rule.ALLOWED, contracts.visit_allowed),
    (Rule.AGREED_DAY, contracts.agreed_day),
    (Rule.WORKDAY, contracts.workday),
    (Rule.APART, contracts.apart),
    (Rule.MINUTES_CAP, contracts.day_minutes),
    (Rule.WEEK_MINUTES, contracts.week_minutes),
    (Rule.CONTRACTS_CAP, contracts.contracts_cap),
    (Rule.NOTICE, contracts.notice),
    (Rule.PIN, contracts.told_pin),
    (Rule.ONCE, contracts.told_once),
    (Rule.PROMISE, contracts.promise),
    (Rule.AT_RISK, contract_risks.at_risk),
    (Rule.DRAW, contracts.sample),
)
"""Every hard rule of a contract plan with the function that checks it."""

ROSTER_CHECKS: tuple[tuple[Rule, Callable[[rosters.RosterView], Iterator[Finding]]], ...] = (
    (Rule.PLACE, rosters.place),
    (Rule.SKILL, rosters.roster_skill),
    (Rule.ABSENT, rosters.roster_absent),
    (Rule.TRAINING, rosters.training),
    (Rule.HOLIDAY, rosters.holiday),
    (Rule.PIN, rosters.roster_pin),
    (Rule.REST, roster_days.rest),
    (Rule.REST_DAYS, roster_days.rest_days),
    (Rule.DAYS_IN_ROW, roster_days.days_in_row),
    (Rule.NIGHTS_IN_ROW, roster_days.nights_in_row),
    (Rule.OFF_IN_ROW, roster_days.off_in_row),
    (Rule.SHIFT_IN_ROW, roster_days.shift_in_row),
    (Rule.MINUTES, roster_days.minutes),
    (Rule.MINUTES_A_WEEK, roster_days.minutes_a_week),
    (Rule.DUTIES, roster_days.duties),
    (Rule.WEEKENDS, roster_days.weekends),
    (Rule.SHIFT_CAP, roster_days.shift_cap),
    (Rule.MINIMUM, roster_places.minimum),
)
"""Every hard rule of a roster with the function that checks it."""

EVERY_CHECK = (ROUTE_CHECKS, ZONE_CHECKS, TEAM_CHECKS, ROUND_CHECKS, INSPECTION_CHECKS, CONTRACT_CHECKS, ROSTER_CHECKS)
"""All of them, kind by kind."""


def check(problem: Problem, plan: Plan) -> list[Finding]:
    """Everything wrong with ``plan``: hard rules broken, costs misstated. Empty for a plan that may be committed.

    Trusts nothing but the problem: times, travel and costs are recomputed here. Raises `ProblemError` if
    ``problem`` is malformed or ``plan`` is of another kind.
    """
    require_form(problem)
    if isinstance(problem, RouteProblem) and isinstance(plan, RoutePlan):
        facts = Facts(problem, plan)
        return _broken(facts) + list(costs.wrong_cost(plan.cost, costs.route_cost(facts)))
    if isinstance(problem, ZoneProblem) and isinstance(plan, ZonePlan):
        zone_facts = zones.ZoneFacts(problem, plan)
        found = [finding for _, rule in ZONE_CHECKS for finding in rule(zone_facts)]
        return found + list(costs.wrong_cost(plan.cost, zone_cost(problem, plan)))
    if isinstance(problem, TeamProblem) and isinstance(plan, TeamPlan):
        return check_teams(problem, plan)
    if isinstance(problem, RoundProblem) and isinstance(plan, RoundPlan):
        round_facts = RoundFacts(problem, plan)
        found = [finding for _, rule in ROUND_CHECKS for finding in rule(round_facts)]
        return found + list(costs.wrong_cost(plan.cost, costs.cost(problem, plan)))
    if isinstance(problem, InspectionProblem) and isinstance(plan, InspectionPlan):
        seen = inspections.InspectionFacts(problem, plan)
        found = [finding for _, rule in INSPECTION_CHECKS for finding in rule(seen)]
        return found + list(costs.wrong_cost(plan.cost, costs.cost(problem, plan)))
    if isinstance(problem, ContractProblem) and isinstance(plan, ContractPlan):
        contract_facts = contracts.ContractFacts(problem, plan)
        found = [finding for _, rule in CONTRACT_CHECKS for finding in rule(contract_facts)]
        return found + list(costs.wrong_cost(plan.cost, contracts.contract_cost(contract_facts)))
    if isinstance(problem, RosterProblem) and isinstance(plan, RosterPlan):
        view = rosters.RosterView(problem, plan)
        found = [finding for _, rule in ROSTER_CHECKS for finding in rule(view)]
        return found + list(costs.wrong_cost(plan.cost, roster_places.roster_cost(view)))
    raise ProblemError(
        f"A {type(plan).__name__} does not answer a {type(problem).__name__}.", hint="it was made for another problem."
    )


def broken(problem: RouteProblem, plan: RoutePlan) -> list[Finding]:
    """The hard rules that a plan of routes breaks, whatever it says it costs; the form of ``problem`` is believed."""
    return _broken(Facts(problem, plan))


def _broken(facts: Facts) -> list[Finding]:
    return [finding for _, rule in ROUTE_CHECKS for finding in rule(facts)]


def check_teams(problem: TeamProblem, plan: TeamPlan) -> list[Finding]:
    """Everything wrong with a team plan, rule by rule. Raises `ProblemError` if ``problem`` is malformed."""
    require_form(problem)
    facts = teams.TeamFacts(problem, plan)
    found = [finding for _, rule in TEAM_CHECKS for finding in rule(facts)]
    return found + list(costs.wrong_cost(plan.cost, teams.team_cost(facts)))
