"""One instance after the other through each solver, costed again from the dump, kept, and told on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError
from benchmarks.kept import Kept
from benchmarks.peers.plain import CannotError
from benchmarks.recost.dump import Dump
from benchmarks.recost.verdict import Verdict
from benchmarks.routing.effort import Effort
from benchmarks.routing.peers import Peers
from benchmarks.routing.results import Key, Result, Row, digest
from benchmarks.routing.sets import Best, Found, Instance, RoutingSet

OURS = "dispatch"
FAULTS_SHOWN = 5


class Job(Struct, frozen=True, kw_only=True):
    """What one run does: a set, its instances, and the effort for each of ``seeds``."""

    name: str
    set: RoutingSet
    found: tuple[Found, ...]
    best: dict[str, Best]
    seeds: tuple[int, ...]
    cores: int
    seconds: float | None
    budget: int | None
    commit: str
    fresh: bool = False


class Skipped(Struct, frozen=True):
    """Something that gave no row, and why."""

    what: str
    why: str


def run(job: Job, peers: Peers, results: Kept[Result]) -> Iterator[Result | Skipped]:
    """Every result in order: instance, seed, solver (ours first); known ones are taken from ``results``."""
    turn, turns = 0, len(job.found) * len(job.seeds) * (1 + len(peers.names))
    for found in job.found:
        try:
            instance = found.read()
        except (BadInstanceError, OSError) as error:
            _say(f"{found.name}: cannot be read: {error}")
            yield Skipped(found.name, str(error))
            turn += len(job.seeds) * (1 + len(peers.names))
            continue
        for seed in job.seeds:
            for solver in (OURS, *peers.names):
                turn += 1
                key = _key(job, found, seed, solver)
                kept = None if job.fresh else results.get(key)
                done = kept or _one(job, peers, results, found, instance, key)
                _say(f"[{turn}/{turns}] {_told(done)}{', kept' if kept else ''}")
                yield done


def _key(job: Job, found: Found, seed: int, solver: str) -> Key:
    return Key(
        commit=job.commit,
        set=job.name,
        instance=found.name,
        digest=digest(found.files),
        solver=solver,
        seed=seed,
        cores=job.cores,
        seconds=job.seconds,
        budget=job.budget,
    )


def _one(job: Job, peers: Peers, results: Kept[Result], found: Found, instance: Instance, key: Key) -> Result | Skipped:
    effort = Effort(seed=key.seed, cores=job.cores, seconds=job.seconds, budget=job.budget)
    try:
        row, dump = _solved(job, peers, found, instance, key.solver, effort)
    except CannotError as error:
        return Skipped(f"{found.name} by {key.solver}", str(error))
    result = Result(key=key, row=row, dump=dump)
    results.add(result)
    return result


def _solved(
    job: Job, peers: Peers, found: Found, instance: Instance, solver: str, effort: Effort
) -> tuple[Row, Dump | None]:
    best = job.best.get(found.name.lower())
    began = time.perf_counter()
    try:
        dumps, repeatable = _dumps(job.set, peers, instance, solver, effort)
    except CannotError:
        raise
    except Exception as error:
        # One instance that fails must not cost the rows of all others; it is told as what it is.
        seconds = time.perf_counter() - began
        return _row(found, best, effort, solver, seconds, None, job.commit, (f"{type(error).__name__}: {error}",)), None
    seconds = time.perf_counter() - began
    verdicts = [(job.set.recost(instance, dump), dump) for dump in dumps]
    verdict, dump = min(verdicts, key=lambda one: (len(one[0].faults), one[0].unserved, one[0].cost))
    faults = tuple(str(fault) for fault in verdict.faults[:FAULTS_SHOWN])
    row = _row(found, best, effort, solver, seconds, verdict, job.commit, faults, repeatable=repeatable)
    return row, dump


def _dumps(
    of: RoutingSet, peers: Peers, instance: Instance, solver: str, effort: Effort
) -> tuple[Sequence[Dump], bool]:
    if solver == OURS:
        answer = of.solve(instance, effort)
        return [answer.dump], answer.repeatable
    if of.model is None or of.tours is None:
        raise CannotError("No peer can take this set.")
    if effort.seconds is None:
        raise CannotError("Peers know no budget by count. Maybe give --seconds.")
    model = of.model(instance)
    peers.check(solver, model)
    return [of.tours(instance, effort.seed, tours) for tours in peers.run(solver, model, effort)], False


def _row(
    found: Found,
    best: Best | None,
    effort: Effort,
    solver: str,
    seconds: float,
    verdict: Verdict | None,
    commit: str,
    faults: tuple[str, ...],
    *,
    repeatable: bool = False,
) -> Row:
    comparable = best is not None and verdict is not None and verdict.unserved == best.unserved
    return Row(
        instance=found.name,
        seed=effort.seed,
        cost=None if verdict is None else verdict.cost,
        best_known=None if best is None else best.cost,
        gap=100 * (verdict.cost / best.cost - 1) if comparable and best and verdict and best.cost else None,
        seconds=round(seconds, 3),
        feasible=verdict is not None and verdict.feasible,
        solver=solver,
        unserved=0 if verdict is None else verdict.unserved,
        best_unserved=0 if best is None else best.unserved,
        parts={} if verdict is None else dict(verdict.parts),
        cores=effort.cores,
        budget=effort.budget,
        repeatable=repeatable,
        faults=faults,
        commit=commit,
    )


def _told(done: Result | Skipped) -> str:
    if isinstance(done, Skipped):
        return f"{done.what}: no row: {done.why}"
    row = done.row
    cost = "no plan" if row.cost is None else f"{row.cost:.3f}"
    gap = "" if row.gap is None else f" ({row.gap:+.2f} %)"
    out = f", {row.unserved} out" if row.unserved else ""
    broken = "" if row.feasible else f", NOT FEASIBLE: {row.faults[0] if row.faults else ''}"
    return f"{row.instance} seed {row.seed} {row.solver}: {cost}{gap}{out} in {row.seconds:.1f} s{broken}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
