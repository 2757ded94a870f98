"""A city of 20,000 visits and 1,000 workers: how soon there is a plan, how good it gets, in how much memory.

The plan is held against regret-2 insertion (`benchmarks.regret2`), both costed and checked by the independent check.
The search runs in a process of its own, whose peak memory is that of a service that plans such a day.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import time

import msgspec
from msgspec import Struct

from benchmarks.metropolis import metropolis
from benchmarks.processes import ROOT
from benchmarks.table import Figure
from dispatch.solver.checks import check, cost
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.solve import solve

SOON = 60.0
"""Seconds by which there must be a plan."""


class Asked(Struct, frozen=True, kw_only=True):
    """The day to plan, and for how long."""

    workers: int
    visits: int
    seed: int
    seconds: float
    cores: int


class Seen(Struct, frozen=True):
    """A plan at ``seconds`` from the call: its cost, how many visits are out, what the check finds."""

    seconds: float
    cost: float
    out: int
    findings: int


class Planned(Struct, frozen=True):
    """The plans that came, the last one last, and the peak memory of the process."""

    plans: tuple[Seen, ...]
    peak_mib: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--workers", type=int, default=1_000)
    parser.add_argument("--visits", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long is searched, writing the plan included")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Plan the day both ways."""
    asked = Asked(workers=given.workers, visits=given.visits, seed=given.seed, seconds=given.seconds, cores=given.cores)
    planned = await _planning(asked)
    problem = metropolis(asked.workers, asked.visits, seed=asked.seed)
    yardstick = await asyncio.to_thread(_yardstick, problem)
    last = planned.plans[-1]
    soon = [one for one in planned.plans if one.seconds <= SOON]
    better = 100 * (1 - last.cost / yardstick.cost)
    figures = [
        Figure(name="first plan", value=planned.plans[0].seconds, unit="s", reach=SOON, sense="<="),
        Figure(name="regret-2: cost", value=yardstick.cost, unit="min", note=f"{yardstick.out} left out"),
        Figure(name="regret-2: seconds", value=yardstick.seconds, unit="s"),
        Figure(name="last plan: cost", value=last.cost, unit="min", note=f"{last.out} left out"),
        Figure(name="last plan: seconds", value=last.seconds, unit="s"),
        Figure(name="last plan: below regret-2", value=better, unit="%", reach=5.0, sense=">="),
        Figure(name="peak memory", value=planned.peak_mib, unit="MiB", reach=2048.0, sense="<="),
        Figure(name="findings", value=sum(one.findings for one in (*planned.plans, yardstick)), reach=0.0, sense="=="),
    ]
    if soon:
        by_then = 100 * (1 - soon[-1].cost / yardstick.cost)
        note = f"{soon[-1].out} left out"
        figures.insert(5, Figure(name=f"plan at {SOON:g} s: below regret-2", value=by_then, unit="%", note=note))
    return figures


async def _planning(asked: Asked) -> Planned:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.big", env=environment, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate(msgspec.json.encode(asked))
    return msgspec.json.decode(output, type=Planned)


def plan_day(asked: Asked) -> Planned:
    """Plan the day; every better plan is noted as it comes, and checked once the search is over."""
    problem = metropolis(asked.workers, asked.visits, seed=asked.seed)
    found: list[tuple[float, RoutePlan]] = []
    # Machine code is loaded before a service is asked anything; compiling it, where need be, is not planning.
    solve(metropolis(1, 4, seed=1), budget=1, seed=1)
    began = time.perf_counter()
    last = solve(
        problem, budget=None, seed=asked.seed, seconds=asked.seconds, cores=asked.cores,
        on_best=lambda plan: found.append((time.perf_counter() - began, plan)),
    )  # fmt: skip
    assert isinstance(last, RoutePlan)
    found.append((time.perf_counter() - began, last))
    # In KiB on Linux, and before the check: that is no part of the search.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Planned(tuple(_seen(problem, plan, seconds) for seconds, plan in found), peak)


def _yardstick(problem: RouteProblem) -> Seen:
    from benchmarks.regret2 import regret2

    # Compiled before the clock runs.
    regret2(metropolis(2, 20, seed=1))
    began = time.perf_counter()
    plan = regret2(problem)
    return _seen(problem, plan, time.perf_counter() - began)


def _seen(problem: RouteProblem, plan: RoutePlan, seconds: float) -> Seen:
    total = sum(cost(problem, plan).values())
    return Seen(seconds, total, len(plan.unplanned), len(check(problem, plan)))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(plan_day(msgspec.json.decode(sys.stdin.buffer.read(), type=Asked))))
