"""Our solver on a problem, with the effort that a benchmark gives, and what all problems made here have in common."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence

from benchmarks.routing.effort import Effort
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Matrix, RouteProblem, Spot
from dispatch.solver.solve import solve

ORIGIN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
MODE = "car"


def spots(count: int) -> tuple[Spot, ...]:
    """Places without positions: the matrix says how far they are."""
    return (Spot(0.0, 0.0),) * count


def matrix(rows: Iterable[Sequence[int]]) -> Matrix:
    """Ticks between the places for the one mode in use."""
    return Matrix(ticks={MODE: tuple(tuple(row) for row in rows)})


def plan(problem: RouteProblem, effort: Effort, *, began: float) -> RoutePlan:
    """The plan found within ``effort``; the wall clock counts from ``began`` (`time.perf_counter`)."""
    seconds = None if effort.seconds is None else max(0.01, effort.seconds - (time.perf_counter() - began))
    found = solve(problem, budget=effort.budget, seed=effort.seed, seconds=seconds, cores=effort.cores)
    assert isinstance(found, RoutePlan)
    return found


def visits_by_worker(found: RoutePlan) -> dict[str, list[str]]:
    """Ids of visits (and stores) in order, by worker."""
    orders: dict[str, list[str]] = {}
    for route in found.routes:
        orders.setdefault(route.worker, []).extend(stop.visit for stop in route.stops)
    return orders


def numbers_by_worker(found: RoutePlan) -> dict[int, list[int]]:
    """`visits_by_worker` where all ids are numbers."""
    return {int(worker): [int(visit) for visit in visits] for worker, visits in visits_by_worker(found).items()}
