"""What a plan of patrol rounds costs by weighted rule, in minutes, from the plan's own times."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from dispatch.solver.checks.round_facts import RoundFacts
from dispatch.solver.round_problem import Told
from dispatch.solver.rules import Rule


def round_cost(facts: RoundFacts) -> dict[Rule, float]:
    """Cost by rule. A time that is neither walked nor named counts as left out."""
    problem = facts.problem
    weights = problem.weights
    walked = {(walk.round, walk.nominal) for walk in facts.plan.walks}
    told = problem.told
    change = {Rule.ROUND_CHANGE: told.change * _untold(told, facts)} if isinstance(told, Told) else {}
    return {
        Rule.TRAVEL: weights.travel * _under_way(facts),
        Rule.ROUND_SHARE: weights.share * _beyond(facts),
        Rule.ROUND_REPEAT: weights.repeat * _repeats(facts),
        Rule.ROUND_SPREAD: weights.spread * sum(_lack(facts, one.id) for one in problem.rounds),
        Rule.UNPLANNED: sum(facts.rounds[key[0]].price for key in facts.allowed if key not in walked),
        **change,
    }


def _untold(told: Told, facts: RoundFacts) -> int:
    """Guards on told walks, each counted once for each, who were not told of them."""
    knew = {(one.round, one.nominal): set(one.guards) for one in told.walks}
    walks = ((walk, knew.get((walk.round, walk.nominal))) for walk in facts.plan.walks)
    return sum(len(set(walk.guards) - guards) for walk, guards in walks if guards is not None)


def _under_way(facts: RoundFacts) -> int:
    ticks = 0
    for walk, one in facts.walks:
        known = [step.checkpoint for step in walk.passes if step.checkpoint in facts.spot]
        ticks += len(set(walk.guards)) * facts.length(one, known)
    for guard, duty, line in facts.bound:
        spot = duty.spot
        for bound in line:
            ticks += facts.way(guard.mode, spot, bound.enter)
            spot = bound.leave
    return ticks


def _beyond(facts: RoundFacts) -> float:
    """Rounds beyond the share of each guard, added up. The whole to share is every time, walked or not."""
    free = {guard.id: 0 for guard in facts.problem.guards}
    for guard in facts.problem.guards:
        asked = [
            one
            for one in facts.problem.rounds
            if one.skill is None or any(h.skill == one.skill and h.level >= one.level for h in guard.skills)
        ]
        if asked:
            free[guard.id] = sum(
                duty.span.end - duty.span.start - sum(post.span.end - post.span.start for post in duty.posts)
                for duty in guard.duties
            )
    whole = sum(free.values())
    wanted = sum(len(facts.nominals[one.id]) * one.people for one in facts.problem.rounds)
    counts = Counter(name for walk, _ in facts.walks for name in set(walk.guards))
    return sum(max(0.0, counts[name] - (wanted * ticks / whole if whole else 0.0)) for name, ticks in free.items())


def _repeats(facts: RoundFacts) -> int:
    least = facts.problem.variation.min_jitter
    count = 0
    for walk, one in facts.walks:
        offset = walk.start - walk.nominal
        count += any(abs(offset - other) < least for other in facts.past_offsets(one, walk))
    return count


def _lack(facts: RoundFacts, name: str) -> float:
    """By how much the spread of a round's starts falls short of the least asked."""
    offsets = [walk.start - walk.nominal for walk in facts.by_round.get(name, ())]
    choices = max((len(facts.allowed[name, nominal]) for nominal in facts.nominals[name]), default=0)
    return max(0.0, facts.problem.variation.spread - spread(offsets, choices))


def spread(offsets: Sequence[int], choices: int) -> float:
    """Entropy of ``offsets`` as a share of the greatest that so many of them have among ``choices``; 1 for up to one.

    Shannon (1948): the sum of −p log₂ p over the shares p of each offset; at most log₂ of the number of offsets, and of
    the number of choices.
    """
    most = min(len(offsets), choices)
    if most <= 1:
        return 1.0
    shares = [count / len(offsets) for count in Counter(offsets).values()]
    return -sum(share * math.log2(share) for share in shares) / math.log2(most)
