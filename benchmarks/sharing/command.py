"""Public instances of zones: solved, costed again from the dump, kept; stdout is a table, or with --json the rows."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.data import ROOT, folder
from benchmarks.instances.text import BadInstanceError
from benchmarks.kept import Kept
from benchmarks.routing.effort import Effort
from benchmarks.routing.results import commit, digest
from benchmarks.sharing.sets import SETS, Dump, Found, SharingSet

SECONDS = 10.0


class Row(Struct, frozen=True, kw_only=True):
    """One line of the answer. ``cost`` and ``feasible`` come from the check of the dump; ``gap`` in percent of
    ``best_known``; no plan costs less than ``bound``, as the solver says; ``peer`` is what the simple way costs.
    """

    instance: str
    seed: int
    cost: float | None
    best_known: float | None
    gap: float | None
    seconds: float
    feasible: bool
    bound: float | None = None
    parts: dict[str, float] = {}
    peer: float | None = None
    peer_parts: dict[str, float] = {}
    cores: int = 1
    budget: int | None = None
    repeatable: bool = False
    faults: tuple[str, ...] = ()
    commit: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """A row, what it is a row of, and the dump behind it."""

    key: tuple[str, ...]
    row: Row
    dump: Dump


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--data", help="folder of the public data sets (else DISPATCH_BENCHMARKS)")
    parser.add_argument("--instances", help="names, or patterns on names, divided by commas")
    parser.add_argument("--seconds", type=float, help=f"wall clock for each instance (default {SECONDS:g})")
    parser.add_argument("--budget", type=int, help="effort by count instead, for runs that can be repeated")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1), help="cores for the solver")
    parser.add_argument("--seeds", default="1", help="divided by commas")
    parser.add_argument("--dump", type=Path, metavar="OUT", help="folder for one JSON file for each plan")
    parser.add_argument("--results", type=Path, help="where results are kept (OUT/results.jsonl with --dump)")
    parser.add_argument("--fresh", action="store_true", help="solve again what the results already hold")


def main(given: argparse.Namespace) -> int:
    """Run one set; 1 if a plan breaks a rule or a file cannot be read, 2 if what was asked makes no sense."""
    at = folder(given.name, given.data)
    of = SETS[given.name]
    found = [] if at is None else _chosen(of.find(at), given.instances)
    if at is None or not found:
        what = "instance fits" if at is not None else f"folder {given.name} is here"
        print(f"No {what}. Maybe --instances or --data (DISPATCH_BENCHMARKS) names another.", file=sys.stderr)
        return 2
    kept = given.results or (given.dump or ROOT / "build" / "benchmarks" / given.name) / "results.jsonl"
    results = Kept(kept, Result)
    rows: list[Row] = []
    unread = False
    for one in found:
        try:
            for result in _run(one, of, of.best(at), given, results):
                rows.append(result.row)
                if given.dump is not None:
                    _write(given.dump, result, several=len(given.seeds.split(",")) > 1)
        except (BadInstanceError, OSError) as error:
            print(f"{one.name} cannot be read: {error}", file=sys.stderr)
            unread = True
    if given.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n")
    else:
        print("\n".join(_table(rows)))
    return 1 if unread or not all(row.feasible for row in rows) else 0


def _chosen(everything: Sequence[Found], asked: str | None) -> list[Found]:
    patterns = [one.strip().lower() for one in (asked or "*").split(",")]
    return [one for one in everything if any(fnmatch.fnmatch(one.name.lower(), pattern) for pattern in patterns)]


def _run(
    found: Found, of: SharingSet, best: object, given: argparse.Namespace, results: Kept[Result]
) -> Iterator[Result]:
    instance = found.read()
    known = best.get(found.name) if isinstance(best, dict) else None
    for seed in (int(one) for one in given.seeds.split(",")):
        seconds = given.seconds if given.budget is not None else given.seconds or SECONDS
        effort = Effort(seed=seed, cores=given.cores, seconds=seconds, budget=given.budget)
        key = (
            commit(),
            found.name,
            digest([found.file]),
            *(str(one) for one in (seed, given.cores, seconds, given.budget)),
        )
        result = None if given.fresh else results.get(key)
        if result is None:
            result = _solved(found, of, instance, known, effort, key)
            results.add(result)
        print(_told(result.row), file=sys.stderr, flush=True)
        yield result


def _solved(
    found: Found, of: SharingSet, instance: object, known: float | None, effort: Effort, key: tuple[str, ...]
) -> Result:
    began = time.perf_counter()
    plan = of.solve(instance, effort)
    seconds = time.perf_counter() - began
    dump = of.dump(instance, plan)
    verdict = of.recost(instance, dump)
    peer = None if of.peer is None else of.recost(instance, of.peer(instance))
    row = Row(
        instance=found.name,
        seed=effort.seed,
        cost=verdict.cost,
        best_known=known,
        gap=100 * (verdict.cost / known - 1) if known and verdict.feasible else None,
        seconds=round(seconds, 3),
        feasible=verdict.feasible,
        bound=of.bound(plan, instance),
        parts=dict(verdict.parts),
        peer=None if peer is None else peer.cost,
        peer_parts={} if peer is None else dict(peer.parts),
        cores=effort.cores,
        budget=effort.budget,
        repeatable=plan.effort.repeatable,
        faults=tuple(str(fault) for fault in verdict.faults[:5]),
        commit=key[0],
    )
    return Result(key=key, row=row, dump=dump)


def _told(row: Row) -> str:
    gap = "" if row.gap is None else f" ({row.gap:+.3f} %)"
    bound = "" if row.bound is None else f", bound {row.bound:.2f}"
    parts = "".join(f", {name} {value:.3f}" for name, value in row.parts.items())
    peer = "" if row.peer is None else f"; simple way {row.peer:.2f}"
    broken = "" if row.feasible else f", NOT FEASIBLE: {row.faults[0]}"
    return f"{row.instance} seed {row.seed}: {row.cost:.2f}{gap}{bound}{parts}{peer} in {row.seconds:.1f} s{broken}"


def _table(rows: Sequence[Row]) -> list[str]:
    gaps = [row.gap for row in rows if row.gap is not None]
    mean = f", mean gap {sum(gaps) / len(gaps):+.4f} % over {len(gaps)}" if gaps else ""
    return [*(_told(row) for row in rows), "", f"{sum(row.feasible for row in rows)} of {len(rows)} feasible{mean}"]


def _write(out: Path, result: Result, *, several: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    name = f"{result.row.instance}.seed-{result.row.seed}" if several else result.row.instance
    (out / f"{name}.json").write_bytes(msgspec.json.encode(result.dump) + b"\n")
