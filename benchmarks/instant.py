"""Answers at once on a made-up day, 200 workers and 2,000 visits: a visit more, two tied, an absence, why one is there.

The plan they are given on is searched for first (``--seconds``). A repair may move 3 % of what people were told beyond
what must move. It is held against the same day planned anew without whoever is away, with nobody told anything, for as
long as the plan took. The first answers of fresh processes are those of the command, from its start to its end: a day
of 40 visits searched with a budget of one, and one visit more in the plan of the large day.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from benchmarks.city import city
from benchmarks.processes import ROOT
from benchmarks.table import Figure
from dispatch.solver.checks import check, cost
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Tie, Told, Visit
from dispatch.solver.solve import solve
from dispatch.solver.standing import Standing
from dispatch.solver.warm import warm

WORKERS, VISITS, MORE = 200, 2_000, 400
MOVED_PERCENT = 3.0
"""Of what people were told, so much may move in a repair beyond what must."""
FRESH = 3
"""Processes started for each first answer."""
_EVER = Span(-(2**39), 2**39)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the plan is searched for")
    parser.add_argument("--absences", type=int, default=5, help="how many repairs are held against planning anew")
    parser.add_argument("--seed", type=int, default=1)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Plan the day, then ask."""
    return await asyncio.to_thread(_run, given)


def _run(given: argparse.Namespace) -> list[Figure]:
    whole = city(WORKERS, VISITS + MORE, seed=given.seed)
    problem = replace(whole, visits=whole.visits[:VISITS])
    plan = _searched(problem, given)
    inserts, polished = (_inserted(problem, plan, whole, polish) for polish in (0, 12))
    pairs = _pairs(problem, plan, whole)
    told = _told(problem, plan)
    whys, outs = _why(told, plan), _why_out(problem, plan, whole)
    return [
        Figure(name="cost of the plan", value=plan.total, unit="min"),
        *_times("insert", inserts, reach=5.0),
        *_times("insert, polished", polished, reach=30.0),
        *_times("insert of two tied", pairs, reach=None),
        *_times("why", whys, reach=100.0),
        *_times("why it is left out", outs, reach=100.0),
        *_repairs(told, plan, given),
        *_fresh(problem, plan, whole),
    ]


def _searched(problem: RouteProblem, given: argparse.Namespace) -> RoutePlan:
    plan = solve(problem, budget=None, seconds=given.seconds, seed=given.seed, cores=2)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    return plan


def _timed(ask: Callable[[], object]) -> float:
    """Milliseconds that ``ask`` takes."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1e3


def _times(name: str, took: list[float], *, reach: float | None) -> list[Figure]:
    return [
        Figure(name=f"{name}: p50", value=float(np.median(took)), unit="ms"),
        Figure(name=f"{name}: p99", value=float(np.percentile(took, 99)), unit="ms", reach=reach, sense="<="),
    ]


def _inserted(problem: RouteProblem, plan: RoutePlan, whole: RouteProblem, polish: int) -> list[float]:
    standing = Standing(problem, plan)
    took = [_timed(lambda visit=visit: standing.insert(visit, polish=polish)) for visit in whole.visits[VISITS:]]
    assert check(standing.problem, standing.plan()) == []
    return took


def _pairs(problem: RouteProblem, plan: RoutePlan, whole: RouteProblem) -> list[float]:
    """Two people at once at one place, or the second within an hour of the first."""
    standing = Standing(problem, plan)
    took = []
    for number, (one, other) in enumerate(list(pairwise(whole.visits[VISITS:]))[::2]):
        first, then = replace(one, people=1), replace(one, id=other.id, people=1)
        tie = Tie(first=first.id, then=then.id, most=60 * (number % 2))
        took.append(_timed(lambda first=first, then=then, tie=tie: standing.insert(first, then, ties=(tie,))))
    assert check(standing.problem, standing.plan()) == []
    return took


def _told(problem: RouteProblem, plan: RoutePlan) -> RouteProblem:
    """Everybody was told what ``plan`` says."""
    people: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    for route in plan.routes:
        for stop in route.stops:
            people.setdefault(stop.visit, []).append(route.worker)
            starts[stop.visit] = stop.start
    visits = (
        replace(visit, told=Told(workers=tuple(people[visit.id]), start=starts[visit.id]))
        if visit.id in people
        else visit
        for visit in problem.visits
    )
    return replace(problem, visits=tuple(visits))


def _why(problem: RouteProblem, plan: RoutePlan) -> list[float]:
    standing = Standing(problem, plan)
    return [_timed(lambda visit=visit: standing.why(visit.id)) for visit in problem.visits[:: VISITS // 100]]


def _why_out(problem: RouteProblem, plan: RoutePlan, whole: RouteProblem) -> list[float]:
    """Of visits left out for one reason or another: at their only time, of a skill nobody holds, too long, two tied."""
    more = whole.visits[VISITS:][:: MORE // 20]
    out: list[Visit] = []
    ties = []
    for one in more:
        narrow = (Span(one.windows[0].start, one.windows[0].start + one.ticks),)
        ways: tuple[dict[str, Any], ...] = (
            {"windows": narrow},
            {"skill": "none"},
            {"ticks": one.ticks + 300},
            {"people": 2, "windows": narrow},
        )
        out += [replace(one, id=f"{one.id}-{place}", **way) for place, way in enumerate(ways)]
        pair = [replace(one, id=f"{one.id}-{end}", people=1, windows=narrow) for end in ("first", "then")]
        out += pair
        ties.append(Tie(first=pair[0].id, then=pair[1].id, least=300, most=330))
    standing = Standing(replace(problem, visits=(*problem.visits, *out), ties=tuple(ties)), plan)
    return [_timed(partial(standing.why, visit.id)) for visit in out]


def _repairs(told: RouteProblem, plan: RoutePlan, given: argparse.Namespace) -> list[Figure]:
    took, moved, dearer = [], [], []
    step = max(1, WORKERS // given.absences)
    for worker in told.workers[::step][: given.absences]:
        standing = Standing(told, plan)
        began = time.perf_counter()
        answer = standing.absent(worker.id, _EVER, changes=round(MOVED_PERCENT * VISITS / 100))
        took.append((time.perf_counter() - began) * 1e3)
        moved.append(100 * len(answer.moved) / VISITS)
        repaired = standing.plan()
        assert check(standing.problem, repaired) == []
        untold = replace(standing.problem, visits=tuple(replace(one, told=None) for one in standing.problem.visits))
        anew = solve(untold, budget=None, seconds=given.seconds, seed=given.seed, cores=2)
        dearer.append(100 * (sum(cost(untold, repaired).values()) / anew.total - 1))
    return [
        Figure(name="repair after an absence: longest", value=max(took), unit="ms", reach=500.0, sense="<="),
        Figure(name="told visits moved beyond: most", value=max(moved), unit="%", reach=MOVED_PERCENT, sense="<="),
        Figure(name="dearer than planned freely: most", value=max(dearer), unit="%", reach=1.0, sense="<="),
        Figure(name="dearer than planned freely: mean", value=float(np.mean(dearer)), unit="%"),
    ]


def _fresh(problem: RouteProblem, plan: RoutePlan, whole: RouteProblem) -> list[Figure]:
    """Seconds from the start of a process to its end: the search where all is compiled, and one visit more."""
    warm()
    with tempfile.TemporaryDirectory(prefix="dispatch-fresh-") as directory:
        home = Path(directory)
        small, larger, stands = home / "small.json", home / "larger.json", home / "plan.json"
        small.write_bytes(msgspec.json.encode(city(5, 40, seed=1)))
        larger.write_bytes(msgspec.json.encode(replace(problem, visits=whole.visits[: VISITS + 1])))
        stands.write_bytes(msgspec.json.encode(plan))
        searched = [_seconds(home, small, "--budget", "1") for _ in range(FRESH)]
        inserted = [_seconds(home, larger, "--start", str(stands), "--budget", "0") for _ in range(FRESH)]
    return [
        Figure(name="first answer of a fresh process, searched", value=max(searched), unit="s", reach=3.0, sense="<="),
        Figure(name="first answer of a fresh process, inserted", value=max(inserted), unit="s", reach=3.0, sense="<="),
    ]


def _seconds(home: Path, problem: Path, *options: str) -> float:
    command = [sys.executable, "-m", "dispatch", "solve", str(problem), *options, "--out", str(home / "out.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    began = time.perf_counter()
    subprocess.run(command, cwd=home, env=environment, check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began
