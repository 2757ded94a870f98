"""A month of patrol rounds on a made-up estate: how long planning takes, what stays out, how far starts are from
uniform, ways beside the shortest, shares beside equal ones; and whether the plan is proven from its seed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.drawn_rounds import estate
from benchmarks.table import Figure
from dispatch.solver.checks import check
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.ground import Ground, nominal_offsets
from dispatch.solver.rounds.lines import shares
from dispatch.solver.rounds.orders import length
from dispatch.solver.rounds.prove import prove
from dispatch.solver.rounds.solve import plan_rounds


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--guards", type=int, default=40, help="guards (default 40)")
    parser.add_argument("--rounds", type=int, default=30, help="rounds (default 30)")
    parser.add_argument("--days", type=int, default=30, help="days (default 30)")
    parser.add_argument("--budget", type=int, default=40, help="units of 1,000 changes tried (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the estate and of the search")


async def run(given: argparse.Namespace) -> list[Figure]:
    """Plan once, check, prove, measure."""
    problem = estate(given.seed, guards=given.guards, rounds=given.rounds, days=given.days)
    began = time.perf_counter()
    plan = plan_rounds(problem, budget=given.budget, seed=given.seed)
    planned = time.perf_counter() - began
    began = time.perf_counter()
    findings = check(problem, plan)
    checked = time.perf_counter() - began
    times = sum(len(nominal_offsets(problem, one)) for one in problem.rounds)
    return [
        Figure(name="times of rounds", value=times),
        Figure(name="planned in", value=planned, unit="s"),
        Figure(name="checked in", value=checked, unit="s"),
        Figure(name="findings of the check", value=len(findings), reach=0, sense="=="),
        Figure(name="walked", value=100 * len(plan.walks) / times, unit="%"),
        Figure(name="not walked, with reason and change", value=len(plan.unplanned)),
        *_starts(problem, plan),
        *_ways(problem, plan),
        *_shared(problem, plan),
        Figure(name="proven from the seed", value=float(prove(problem, plan).holds), reach=1, sense="=="),
    ]


def _starts(problem: RoundProblem, plan: RoundPlan) -> list[Figure]:
    """Starts of intervals ± 15 minutes: Pearson's statistic per degree of freedom, about 1 for chance."""
    jittered = {one.id for one in problem.rounds if one.every is not None and one.every.jitter == 15}
    first = [walk for walk in plan.walks if walk.rank == 0]
    offsets = [walk.start - walk.nominal for walk in plan.walks if walk.round in jittered]
    return [
        Figure(name="first of their draw", value=100 * len(first) / max(1, len(plan.walks)), unit="%"),
        Figure(name="chi-square of starts per degree of freedom", value=_chi_square(offsets, 31) / 30),
        Figure(name="starts that repeat", value=plan.cost["round_repeat"] / problem.weights.repeat),  # type: ignore[index]
    ]


def _chi_square(offsets: Sequence[int], choices: int) -> float:
    counts, mean = Counter(offsets), len(offsets) / choices
    return (
        sum((counts[offset] - mean) ** 2 / mean for offset in range(-(choices // 2), choices // 2 + 1)) if mean else 0
    )


def _ways(problem: RoundProblem, plan: RoundPlan) -> list[Figure]:
    """Ways over the checkpoints beside the shortest, and how many different orders a round is walked in."""
    ground = Ground(problem)
    rounds = {one.id: number for number, one in enumerate(problem.rounds)}
    over, orders = [], set()
    for walk in plan.walks:
        number = rounds[walk.round]
        one, ways = problem.rounds[number], ground.ways_of(problem.rounds[number])
        order = [one.checkpoints.index(step.checkpoint) for step in walk.passes]
        over.append(length(ways, order) / max(1, length(ways, ground.shortest[number])) - 1)
        orders.add((walk.round, tuple(order)))
    most = 100 * problem.variation.detour
    return [
        Figure(name="ways over the shortest, mean", value=100 * sum(over) / max(1, len(over)), unit="%"),
        Figure(name="ways over the shortest, most", value=100 * max(over, default=0), unit="%", reach=most, sense="<="),
        Figure(name="different orders per round", value=len(orders) / max(1, len(rounds))),
    ]


def _shared(problem: RoundProblem, plan: RoundPlan) -> list[Figure]:
    """Rounds of each guard beside their share by time on duty."""
    wanted = shares(Ground(problem))
    counts = Counter(name for walk in plan.walks for name in walk.guards)
    off = [abs(counts[guard.id] - share) for guard, share in zip(problem.guards, wanted, strict=True)]
    mean = sum(counts.values()) / max(1, len(problem.guards))
    return [
        Figure(name="rounds per guard, mean", value=mean),
        Figure(name="off the equal share, mean", value=sum(off) / max(1, len(off))),
        Figure(name="off the equal share, most", value=max(off, default=0)),
    ]
