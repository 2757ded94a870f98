"""Solves public roster instances, costs each roster again from its dump alone, and prints a row for each."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.data import ROOT, folder
from benchmarks.instances import curtois, inrc2
from benchmarks.instances.text import BadInstanceError
from benchmarks.kept import Kept
from benchmarks.problems import curtois as curtois_problem
from benchmarks.problems import inrc2 as inrc2_problem
from benchmarks.recost import curtois as recost_curtois
from benchmarks.recost import inrc2 as recost_inrc2
from benchmarks.recost.roster import RosterDump
from benchmarks.recost.verdict import Verdict
from benchmarks.rosters.answer import RosterAnswer
from benchmarks.routing.effort import Effort
from benchmarks.routing.results import commit

SECONDS = 60.0


class RosterSet(Struct, frozen=True, kw_only=True):
    """How the instances of a set are found (by name), read, solved and costed again."""

    folder: str
    find: Callable[[Path, str | None], dict[str, Any]]
    read: Callable[[Any], Any]
    best: Callable[[str], float | None]
    solve: Callable[[Any, Effort], RosterAnswer]
    recost: Callable[[Any, RosterDump], Verdict]


def _find_curtois(at: Path, asked: str | None) -> dict[str, Any]:
    paths = {path.stem: path for path in curtois.find(at)}
    patterns = [one.strip() for one in (asked or "*").split(",")]
    short = [f"Instance{one}" if one.isdigit() else one for one in patterns]
    return {name: path for name, path in paths.items() if any(fnmatch.fnmatch(name, one) for one in short)}


SETS = {
    "curtois": RosterSet(
        folder="shift-scheduling-curtois",
        find=_find_curtois,
        read=curtois.read,
        best=curtois.best_known,
        solve=curtois_problem.solve,
        recost=recost_curtois.recost,
    ),
    "inrc2": RosterSet(
        folder="inrc2",
        find=inrc2.find,
        read=inrc2.read,
        best=lambda name: None,
        solve=inrc2_problem.solve,
        recost=recost_inrc2.recost,
    ),
}


class RosterRow(Struct, frozen=True, kw_only=True):
    """One line of the answer; ``gap`` in percent of ``best_known``. Cost and ``feasible`` come from the dump."""

    instance: str
    seed: int
    cost: float | None
    best_known: float | None
    gap: float | None
    seconds: float
    feasible: bool
    bound: float | None
    parts: dict[str, float] = {}
    cores: int = 1
    budget: int | None = None
    repeatable: bool = False
    faults: tuple[str, ...] = ()
    commit: str = ""


class RosterResult(Struct, frozen=True, kw_only=True):
    """A row, what it is a row of, and the roster behind it."""

    key: tuple[str, ...]
    row: RosterRow
    dump: RosterDump | None


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--data", help="folder of the public data sets (else DISPATCH_BENCHMARKS)")
    parser.add_argument("--instances", help="names, numbers or patterns, divided by commas")
    parser.add_argument("--seconds", type=float, help=f"wall clock for each instance (default {SECONDS:g})")
    parser.add_argument("--budget", type=int, help="rounds instead, for runs that can be repeated")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--seeds", default="1", help="divided by commas")
    parser.add_argument("--dump", type=Path, metavar="OUT", help="folder for one JSON file for each roster")
    parser.add_argument("--results", type=Path, help="where results are kept (OUT/results.jsonl with --dump)")
    parser.add_argument("--fresh", action="store_true", help="solve again what the results already hold")


def main(given: argparse.Namespace) -> int:
    """Run one set; 1 if a roster breaks a rule or a file cannot be read, 2 if what was asked makes no sense."""
    of = SETS[given.name]
    at = folder(of.folder, given.data)
    if at is None:
        print(
            f"There is no folder {of.folder} here. Maybe --data or DISPATCH_BENCHMARKS names its parent.",
            file=sys.stderr,
        )
        return 2
    found = of.find(at, given.instances)
    if not found:
        print(f"No instance of {given.name} is called {given.instances!r}.", file=sys.stderr)
        return 2
    kept = given.results or (given.dump or ROOT / "build" / "benchmarks" / given.name) / "results.jsonl"
    results = Kept(kept, RosterResult)
    rows = []
    for result in _results(of, found, given, results):
        rows.append(row := result.row)
        gap = "" if row.gap is None else f" ({row.gap:+.2f} %)"
        broken = "" if row.feasible else f", NOT FEASIBLE: {row.faults[0] if row.faults else ''}"
        print(
            f"{row.instance} seed {row.seed}: {row.cost}{gap} in {row.seconds:.1f} s{broken}",
            file=sys.stderr,
            flush=True,
        )
        if given.dump is not None and result.dump is not None:
            _write(given.dump, result, several="," in given.seeds)
    if given.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n")
    return 0 if rows and all(row.feasible for row in rows) else 1


def _write(folder_out: Path, result: RosterResult, *, several: bool) -> None:
    folder_out.mkdir(parents=True, exist_ok=True)
    suffix = f".seed-{result.row.seed}" if several else ""
    body = msgspec.json.format(msgspec.json.encode(result.dump), indent=1)
    (folder_out / f"{result.row.instance}{suffix}.json").write_bytes(body + b"\n")


def _results(
    of: RosterSet, found: dict[str, Any], given: argparse.Namespace, results: Kept[RosterResult]
) -> Iterator[RosterResult]:
    code = commit()
    seconds = given.seconds if given.budget is not None else given.seconds or SECONDS
    for name, source in found.items():
        for seed in (int(one) for one in given.seeds.split(",")):
            key = (code, given.name, name, *(str(one) for one in (seed, given.cores, seconds, given.budget)))
            result = None if given.fresh else results.get(key)
            if result is None:
                effort = Effort(seed=seed, cores=given.cores, seconds=seconds, budget=given.budget)
                result = _solved(of, name, source, effort, key)
                if result.dump is not None:
                    results.add(result)
            yield result


def _solved(of: RosterSet, name: str, source: object, effort: Effort, key: tuple[str, ...]) -> RosterResult:
    """The result of one instance; without a dump where it cannot be read."""
    began = time.perf_counter()
    best = of.best(name)
    try:
        instance = of.read(source)
        answer = of.solve(instance, effort)
    except (BadInstanceError, OSError, msgspec.DecodeError) as error:
        row = RosterRow(
            instance=name, seed=effort.seed, cost=None, best_known=best, gap=None, seconds=0.0,
            feasible=False, bound=None, faults=(str(error),), commit=key[0],
        )  # fmt: skip
        return RosterResult(key=key, row=row, dump=None)
    took = time.perf_counter() - began
    verdict = of.recost(instance, answer.dump)
    row = RosterRow(
        instance=name,
        seed=effort.seed,
        cost=verdict.cost,
        best_known=best,
        gap=None if not best else 100 * (verdict.cost / best - 1),
        seconds=round(took, 3),
        feasible=verdict.feasible,
        bound=answer.bound,
        parts=dict(verdict.parts),
        cores=effort.cores,
        budget=effort.budget,
        repeatable=answer.repeatable,
        faults=tuple(str(fault) for fault in verdict.faults[:5]),
        commit=key[0],
    )
    return RosterResult(key=key, row=row, dump=answer.dump)
