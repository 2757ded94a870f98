"""What a contract plan costs by rule, added up apart from the search."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from dispatch.model.travel import travel_minutes
from dispatch.solver.checks.contracts import ContractFacts
from dispatch.solver.contract_plan import DatedVisit
from dispatch.solver.contract_problem import ContractHelper
from dispatch.solver.rules import Rule


def contract_cost(facts: ContractFacts) -> dict[Rule, float]:
    """Cost of a contract plan by rule."""
    problem, weights = facts.problem, facts.problem.weights
    broken = short = behind = 0
    for asked in facts.asked:
        lack = sum(max(0, need - made) for _, need, _, made in asked.parts)
        if asked.kind == "hard":
            broken, short = broken + (lack > 0), short + lack
        else:
            behind += lack
    even = near = 0.0
    for (name, day), visits in facts.days().items():
        room = facts.room(facts.helpers[name], day)
        even += facts.day_work(facts.helpers[name], visits) ** 2 / room if room else 0.0
        near += _tree(facts, facts.helpers[name], visits)
    carried = {visit.told: visit for visit in facts.visits if visit.told in facts.told}
    pairs = [(facts.told[name or ""], visit) for name, visit in carried.items()]
    helpers = defaultdict(set)
    for visit in facts.visits:
        helpers[visit.contract].add(visit.helper)
    strangers = sum(facts.contracts[visit.contract].helper not in (None, visit.helper) for visit in facts.visits) + sum(
        len(some) - 1 for name, some in helpers.items() if facts.contracts[name].helper is None
    )
    return {
        Rule.BROKEN: weights.broken * broken + weights.short * short,
        Rule.PACE: weights.pace * behind,
        Rule.WORK: weights.work * sum(facts.minutes(visit.contract, visit.kind) for visit in facts.visits),
        Rule.EVEN: weights.even * even,
        Rule.NEAR: weights.near * near,
        Rule.CHANGE_DAY: weights.change_day * sum(told.day != visit.day for told, visit in pairs),
        Rule.CHANGE_WORKER: weights.change_worker * sum(told.helper != visit.helper for told, visit in pairs),
        Rule.CALLED_OFF: weights.called_off * (len(problem.told) - len(carried)),
        Rule.CONTINUITY: weights.continuity * strangers,
        Rule.SHORT_NOTICE: weights.short_notice
        * sum(facts.in_notice(visit) and not facts.told_so(visit) for visit in facts.visits),
    }


def _tree(facts: ContractFacts, helper: ContractHelper, visits: list[DatedVisit]) -> int:
    """Minutes of the shortest tree over the base and the places of a day (Kruskal 1956)."""
    spots = sorted({helper.spot, *(facts.contracts[one.contract].spot for one in visits)})
    at = {spot: (facts.problem.spots[spot].lat, facts.problem.spots[spot].lon) for spot in spots}
    ways = sorted(
        (travel_minutes(facts.problem.speeds, helper.mode, at[one], at[other]), one, other)
        for one, other in combinations(spots, 2)
    )
    group = {spot: spot for spot in spots}
    total = 0
    for way, one, other in ways:
        if group[one] != group[other]:
            total += way
            joined, into = group[one], group[other]
            group = {spot: into if of == joined else of for spot, of in group.items()}
    return total
