"""The command line of the routing benchmarks, and what it writes: rows, a table, and a dump for each plan."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from benchmarks.data import ROOT, folder
from benchmarks.kept import Kept
from benchmarks.routing.best import Betters, costed_again
from benchmarks.routing.peers import MODULES, MissingPeerError, Peers
from benchmarks.routing.results import Result, Row, commit
from benchmarks.routing.run import OURS, Job, Skipped, run
from benchmarks.routing.sets import SETS, Found

SECONDS = 10.0
WITHOUT_DUMP = ROOT / "build" / "benchmarks"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--data", help="folder of the public data sets (else DISPATCH_BENCHMARKS)")
    parser.add_argument("--instances", help="names, or patterns on name or path below the set, divided by commas")
    parser.add_argument("--seconds", type=float, help=f"wall clock for each instance (default {SECONDS:g})")
    parser.add_argument("--budget", type=int, help="effort by count instead, for runs that can be repeated")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1), help="cores for each solver")
    parser.add_argument("--seeds", default="1", help="divided by commas")
    parser.add_argument("--peers", default="", help=f"run beside ours: {', '.join(MODULES)}")
    parser.add_argument("--dump", type=Path, metavar="OUT", help="folder for one JSON file for each plan")
    parser.add_argument("--results", type=Path, help="where results are kept (OUT/results.jsonl with --dump)")
    parser.add_argument("--keep-best", type=Path, metavar="DIR", help="keep plans better than the best known there")
    parser.add_argument("--recost", type=Path, metavar="DIR", help="solve nothing: cost the dumps in DIR again")
    parser.add_argument("--fresh", action="store_true", help="solve again what the results already hold")


def main(given: argparse.Namespace) -> int:
    """Run one set; 1 if one of our plans breaks a rule or a file cannot be read, 2 if what was asked makes no sense."""
    try:
        job = _job(given)
        peers = Peers([name for name in given.peers.split(",") if name], job.cores)
    except (ValueError, MissingPeerError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.recost is not None:
        return _costed_again(given, job)
    betters = None if given.keep_best is None else Betters(given.keep_best, job.set, job.best)
    by_name = {one.name: one for one in job.found}
    kept = given.results or (given.dump or WITHOUT_DUMP / job.name) / "results.jsonl"
    print(f"{len(job.found)} instances, commit {job.commit}; results in {kept}", file=sys.stderr)
    done: list[Result] = []
    skipped: list[Skipped] = []
    with peers:
        try:
            for one in run(job, peers, Kept(kept, Result)):
                if isinstance(one, Skipped):
                    skipped.append(one)
                    continue
                done.append(one)
                if betters is not None and one.key.solver == OURS:
                    betters.offer(by_name[one.key.instance], one)
                if given.dump is not None:
                    _write(given.dump, [other for other in done if _same_plan(other, one)])
        except KeyboardInterrupt:
            print("Broken off. The same command goes on from here.", file=sys.stderr)
            return 130
    rows = [one.row for one in done]
    _print(rows, given)
    ours = [row for row in rows if row.solver == OURS]
    unread = {one.what for one in skipped} & {found.name for found in job.found}
    return 0 if all(row.feasible for row in ours) and not unread else 1


def _costed_again(given: argparse.Namespace, job: Job) -> int:
    """Print a row for each dump in a folder; 1 if one breaks a rule or is none, 2 if there are none."""
    rows = list(costed_again(given.recost, job.set, job.found, job.best))
    if not rows:
        print(f"There is no dump of an instance of {job.name} in {given.recost}.", file=sys.stderr)
        return 2
    _print(rows, given)
    return 0 if all(row.feasible for row in rows) else 1


def _print(rows: Sequence[Row], given: argparse.Namespace) -> None:
    if given.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n")
    else:
        print("\n".join(table(rows)))


def _job(given: argparse.Namespace) -> Job:
    at = folder(given.name, given.data)
    if at is None:
        raise ValueError(f"There is no folder {given.name} here. Maybe --data or DISPATCH_BENCHMARKS names its parent.")
    if given.cores < 1 or (given.seconds is not None and given.seconds <= 0):
        raise ValueError("--cores and --seconds must be above 0.")
    of = SETS[given.name]
    everything = of.find(at)
    found = _chosen(everything, at, given.instances)
    seconds = given.seconds if given.budget is not None else given.seconds or SECONDS
    return Job(
        name=given.name,
        set=of,
        found=tuple(found),
        best=dict(of.best(at)),
        seeds=tuple(int(seed) for seed in given.seeds.split(",")),
        cores=given.cores,
        seconds=seconds,
        budget=given.budget,
        commit=commit(),
        fresh=given.fresh,
    )


def _chosen(everything: Sequence[Found], at: Path, asked: str | None) -> list[Found]:
    """The instances whose name or path below the set fits one of the patterns ``asked``; all of them if none is."""
    chosen: list[Found] = []
    for pattern in (one.strip() for one in (asked or "*").split(",")):
        fits = [one for one in everything if _fits(one, at, pattern)]
        if not fits:
            raise ValueError(f"No instance of {at.name} is called {pattern!r}. {_maybe(everything, pattern)}")
        chosen += [one for one in fits if one not in chosen]
    return chosen


def _fits(found: Found, at: Path, pattern: str) -> bool:
    paths = [str(file.relative_to(at)).lower() for file in found.files]
    wanted = pattern.lower()
    return found.name.lower() == wanted or any(fnmatch.fnmatch(text, wanted) for text in (found.name.lower(), *paths))


def _maybe(everything: Sequence[Found], pattern: str) -> str:
    near = [one.name for one in everything if pattern.lower()[:3] in one.name.lower()] or [
        one.name for one in everything
    ]
    return f"Maybe one of: {', '.join(near[:8])}."


def _same_plan(one: Result, other: Result) -> bool:
    return (one.key.instance, one.key.solver) == (other.key.instance, other.key.solver)


def _write(out: Path, results: Sequence[Result]) -> None:
    """The dumps of one instance and solver: ``NAME.json`` is the best seed's; of several, each as ``NAME.seed-N.json``.

    Peers' plans stand in a folder of the peer's name.
    """
    plans = [one for one in results if one.dump is not None]
    if not plans:
        return
    key = plans[0].key
    at = out if key.solver == OURS else out / key.solver
    at.mkdir(parents=True, exist_ok=True)
    best = min(plans, key=lambda one: (not one.row.feasible, one.row.unserved, one.row.cost or 0))
    _replace(at / f"{key.instance}.json", best)
    if len(plans) > 1:
        for one in plans:
            _replace(at / f"{key.instance}.seed-{one.key.seed}.json", one)


def _replace(path: Path, result: Result) -> None:
    """Never half a file: who reads while a run goes on sees the old plan or the new one."""
    draft = path.with_suffix(".part")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(result.dump), indent=1) + b"\n")
    draft.replace(path)


def table(rows: Sequence[Row]) -> list[str]:
    """The rows as text, and each solver's mean gap and count below."""
    head = ("instance", "seed", "solver", "cost", "best known", "gap %", "out", "seconds", "")
    cells = [
        (
            row.instance,
            str(row.seed),
            row.solver,
            "-" if row.cost is None else f"{row.cost:.2f}",
            "-" if row.best_known is None else f"{row.best_known:.2f}",
            "-" if row.gap is None else f"{row.gap:+.2f}",
            str(row.unserved),
            f"{row.seconds:.1f}",
            "" if row.feasible else "NOT FEASIBLE",
        )
        for row in rows
    ]
    widths = [max(len(row[column]) for row in (head, *cells)) for column in range(len(head))]
    lines = [
        "  ".join(
            text.ljust(width) if column in {0, 2, 8} else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *cells)
    ]
    return [*lines, "", *_means(rows)]


def _means(rows: Iterable[Row]) -> list[str]:
    by_solver: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_solver[row.solver].append(row)
    lines = []
    for solver, own in by_solver.items():
        gaps = [row.gap for row in own if row.gap is not None]
        costs = [row.cost for row in own if row.cost is not None]
        mean = f", mean gap {sum(gaps) / len(gaps):+.3f} % over {len(gaps)}" if gaps else ""
        feasible = sum(row.feasible for row in own)
        lines.append(
            f"{solver}: {feasible} of {len(own)} feasible, mean cost {sum(costs) / max(1, len(costs)):.2f}{mean}"
        )
    return lines
