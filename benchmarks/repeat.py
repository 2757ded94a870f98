"""Made-up problems of every kind, each solved twice by ``dispatch solve`` in processes of their own, half of them on
two cores, the second time beside two that are busy: how many of the plans are the same, byte for byte. Each that is not
has a line on stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from benchmarks.drawn_inspections import random_inspections
from benchmarks.drawn_rounds import random_rounds
from benchmarks.drawn_teams import random_teams
from benchmarks.drawn_zones import random_town, random_zones
from benchmarks.processes import ROOT
from benchmarks.table import Figure
from dispatch.model.travel import Speeds
from dispatch.solver.kinds import Problem
from dispatch.solver.search.drive import LONG
from dispatch.solver.search.pace import LEG

PROBLEMS = 100
LONG_BUDGET = LONG // LEG
"""Effort for one in ten, so that it also comes to a choice among the routes seen."""
BUSY = 2
"""Processes that do nothing but count while the second plans are made."""
_COUNT = "print('busy', flush=True)\nwhile True:\n    pass"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--problems", type=int, default=PROBLEMS, help=f"how many (default {PROBLEMS})")
    parser.add_argument("--budget", type=int, default=4, help="effort by count for nine plans in ten")
    parser.add_argument("--seed", type=int, default=1, help="seed of the searches; the problems are always the same")


async def run(given: argparse.Namespace) -> list[Figure]:
    """Solve all of them once, then all of them again under load, and compare."""
    return await asyncio.to_thread(_run, given)


def problem(number: int) -> Problem:
    """Problem ``number`` of the endless list: of ten one each is of teams, zones, rounds and inspections.

    The others are of routes with up to 200 visits.
    """
    draw = random.Random(number)
    if number % 10 == 2:
        return random_teams(number, jobs=draw.randint(5, 40), workers=draw.randint(2, 9), budget=draw.choice((0, 20)))
    if number % 20 == 13:
        return random_town(number, draw.randint(5, 80), draw.randint(2, 12), connected=number % 40 == 13)
    if number % 10 == 3:
        zones = random_zones(number, zones=draw.randint(5, 120), helpers=draw.randint(2, 20), unit=draw.random() < 0.5)
        return replace(zones, speeds=Speeds(walk=draw.choice((4.0, 5.0))))
    if number % 10 == 4:
        return random_rounds(number)
    if number % 10 == 5:
        return random_inspections(number)
    kinds = KINDS if not _is_long(number) else [kind for kind in KINDS if kind not in ("crew", "tie", "same")]
    visits = 5 + 37 * number % 196
    workers, days = max(2, visits // draw.randint(5, 9)), draw.choice((1, 1, 2))
    return drawn_routes(number, workers=workers, visits=visits, days=days, use=some_kinds(number, kinds))


def cores_of(number: int) -> int:
    """One core or two, in turn for each kind of problem."""
    return 2 - (number + number // 10) % 2


def _is_long(number: int) -> bool:
    return number % 10 == 1


def _run(given: argparse.Namespace) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="dispatch-repeat-") as directory:
        home = Path(directory)
        for number in range(given.problems):
            (home / f"problem-{number}.json").write_bytes(msgspec.json.encode(problem(number)))
        alone = [_solve(home, number, given) for number in range(given.problems)]
        with _load():
            loaded = [_solve(home, number, given) for number in range(given.problems)]
    same = [one == other for one, other in zip(alone, loaded, strict=True)]
    for number in (number for number, is_same in enumerate(same) if not is_same):
        kind = type(problem(number)).__name__
        print(
            f"Problem {number} ({kind}) has another plan under load. {_first(alone, loaded, number)}", file=sys.stderr
        )
    whole = sum(map(len, alone)) / 1024
    return [
        Figure(name="problems", value=given.problems),
        Figure(name="of these searched on two cores", value=sum(cores_of(n) == 2 for n in range(given.problems))),
        Figure(name="same plan twice", value=sum(same), reach=given.problems, sense="=="),
        Figure(name="plans compared", value=whole, unit="KiB"),
    ]


def _first(alone: list[bytes], loaded: list[bytes], number: int) -> str:
    """The first line in which two plans of problem ``number`` are not the same."""
    pairs = zip(alone[number].splitlines(), loaded[number].splitlines(), strict=False)
    for line, (one, other) in enumerate(pairs, start=1):
        if one != other:
            return f"Line {line}: {one.decode().strip()} and {other.decode().strip()}"
    return f"One has {len(alone[number])} bytes, the other {len(loaded[number])}."


def _solve(home: Path, number: int, given: argparse.Namespace) -> bytes:
    """The plan of problem ``number`` as a fresh process writes it."""
    out = home / f"plan-{number}.json"
    budget = LONG_BUDGET if _is_long(number) else given.budget
    effort = ["--budget", str(budget), "--cores", str(cores_of(number)), "--seed", str(given.seed), "--out", str(out)]
    command = [sys.executable, "-m", "dispatch", "solve", str(home / f"problem-{number}.json"), *effort]
    # A fresh process has its own order of what is hashed, unless it is told one.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONHASHSEED"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    subprocess.run(command, cwd=home, env=environment, check=True, stdin=subprocess.DEVNULL)
    return out.read_bytes()


@contextmanager
def _load() -> Iterator[None]:
    """`BUSY` processes that are at it before this begins, and gone when it ends."""
    busy = [subprocess.Popen([sys.executable, "-c", _COUNT], stdout=subprocess.PIPE) for _ in range(BUSY)]
    try:
        for one in busy:
            assert one.stdout is not None
            one.stdout.readline()
        yield
    finally:
        for one in busy:
            one.kill()
            one.communicate()
