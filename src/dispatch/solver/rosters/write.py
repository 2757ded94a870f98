"""From the rows of a search to a `RosterPlan`: duties, cost by rule, what is open and why."""

from __future__ import annotations

from dispatch.solver.plan import Effort
from dispatch.solver.roster_plan import RosterConflict, RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.rosters.capacity import shortage
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.judge import Judge
from dispatch.solver.rosters.open import open_places
from dispatch.solver.rosters.state import Roster
from dispatch.solver.rules import Rule


def write_plan(
    problem: RosterProblem,
    roster: Roster,
    conflicts: tuple[RosterConflict, ...],
    effort: Effort,
    bound: float | None,
) -> RosterPlan:
    """The plan in ``roster``, costed by the rules of ``problem`` as they were given."""
    facts = RosterFacts(problem)
    judges = [Judge(facts, person) for person in problem.people]
    cost: dict[Rule, float] = {}
    for judge, row in zip(judges, roster.rows, strict=True):
        for rule, price in judge.judge(row).cost.items():
            cost[rule] = cost.get(rule, 0.0) + price
    cover = roster.cover
    missing, short, more = facts.minimum - cover, facts.wanted - cover, cover - facts.wanted
    for rule, price in (
        (Rule.OPEN, problem.weights.open * float(missing.clip(0).sum())),
        (Rule.UNDER, float((facts.under * short.clip(0)).sum())),
        (Rule.OVER, float((facts.over * more.clip(0)).sum())),
    ):
        if price:
            cost[rule] = price
    return RosterPlan(
        duties=facts.duties(roster.rows),
        open=open_places(facts, judges, roster),
        shortage=shortage(facts, roster),
        conflicts=conflicts,
        cost=cost,
        bound=bound,
        effort=effort,
    )
