"""Solve a `ContractProblem`: part by part, promises first, then everything it costs.

Parts share nothing, so they are searched side by side; what comes out does not depend on which is done first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dispatch.solver.checks.form import require_form
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.facts import Scene
from dispatch.solver.contracts.lane import Lane
from dispatch.solver.contracts.model import clusters, count_choices, fewest_broken
from dispatch.solver.contracts.periods import periods
from dispatch.solver.contracts.reasons import hopeless
from dispatch.solver.contracts.split import shares
from dispatch.solver.contracts.write import write_plan
from dispatch.solver.plan import Effort
from dispatch.solver.stop import Stop

SOLVER = "contracts-1"

ROUNDS = 0.5
"""Rounds of ruin and recreate per unit of budget and visit asked for."""

MEND = 150
"""Blocks of rounds given at most to promises that are not kept."""

WORK = 4.0
WORK_PER_BUDGET = 1.0
WORK_MAX = 3.0
"""Deterministic seconds of CP-SAT to find or prove the fewest broken promises: for all parts together, more per unit of
budget or second given, and at most so many for one part."""

WHOLE = 600
"""Choices up to which a part is decided by one exact model; above, it only bounds what must be broken."""

STEPS = 25
"""Steps in which a search cools."""

SEARCH_SHARE = 0.9
PROOF_SHARE = 0.6
"""Of the seconds given, the part after which the search ends; the second where there is something to prove."""


def solve_contracts(
    problem: ContractProblem,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    cancel: Callable[[], bool] | None = None,
    start: ContractPlan | None = None,
    cores: int = 1,
) -> ContractPlan:
    """A plan for ``problem`` that breaks as few promises as can be found, then costs little.

    It begins with ``start``, else with what was told. With ``budget`` 0 it only does what promises need: what is told
    stays wherever that breaks none (a repair). Each unit of ``budget`` is `ROUNDS` rounds of ruin and recreate per
    visit asked for. The same problem, start, seed and budget give the same plan; ``seconds`` and ``cancel`` end the
    search earlier, and then the plan says so; without a ``budget`` only they end it. ``cores`` changes how long it
    takes, nothing else. Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    stop = Stop(seconds, cancel)
    ends, early = (Stop(None if seconds is None else share * seconds, cancel) for share in (SEARCH_SHARE, PROOF_SHARE))
    found = periods(problem)
    scenes = [Scene(problem, share, found) for share in shares(problem)]
    with ThreadPoolExecutor(max(1, cores)) as threads:
        lanes = list(threads.map(lambda pair: Lane(pair[1], seed + pair[0], start), enumerate(scenes)))
        least = list(threads.map(_mend, lanes, itertools.repeat(stop)))
        open_ends = [lane for lane, bound in zip(lanes, least, strict=True) if lane.broken() > bound]
        work = WORK + WORK_PER_BUDGET * (budget if budget is not None else seconds or 0.0)
        each = min(WORK_MAX, work / max(1, len(open_ends)))
        works = [each if lane in open_ends else 0.0 for lane in lanes]
        least = list(threads.map(_decide, lanes, least, works, itertools.repeat(stop)))
        if any(lane.broken() > bound for lane, bound in zip(lanes, least, strict=True)):
            ends = early
        used = _improve(lanes, threads, ends, budget, timed=seconds is not None)
        least = list(threads.map(_bound, lanes, least, works, itertools.repeat(stop)))
    repeatable = budget is not None and not (stop.stopped or ends.stopped)
    given = used if budget is None else budget
    effort = Effort(solver=SOLVER, seed=seed, budget=given, used=used, repeatable=repeatable)
    return write_plan(problem, lanes, sum(least), effort)


def _mend(lane: Lane, stop: Stop) -> int:
    """Break as few promises as ruin and recreate can; how few at least must be broken."""
    least = hopeless(lane.scene)
    if lane.broken() > least and not stop.now():
        lane.mend(least, MEND)
    return least


def _decide(lane: Lane, least: int, work: float, stop: Stop) -> int:
    """Ask the exact model where the part is small enough for it."""
    rows = np.flatnonzero(lane.facts.row_hard)
    fixed = lane.standing()
    if not work or stop.now() or count_choices(lane.facts, fixed, rows) > WHOLE:
        return least
    model = fewest_broken(lane.scene, fixed, lane.rows, rows, seed=lane.draw % 2**31, work=work)
    if model.rows is not None:
        lane.take_over(model.rows)
    return max(least, model.bound)


def _bound(lane: Lane, least: int, work: float, stop: Stop) -> int:
    """How few promises must be broken, by sets of periods that share no day."""
    if not work or lane.broken() <= least:
        return least
    sets = clusters(lane.facts)
    total = 0
    for rows in sets:
        if not stop.now():
            each = work / len(sets)
            total += fewest_broken(lane.scene, lane.standing(), lane.rows, rows, seed=1, work=each).bound
    return max(least, total)


def _improve(lanes: Sequence[Lane], threads: ThreadPoolExecutor, stop: Stop, budget: int | None, *, timed: bool) -> int:
    """Search every part; the units of budget used on each, at least."""
    if budget is not None:
        return min(threads.map(_cool, lanes, itertools.repeat(budget), itertools.repeat(stop)), default=budget)
    used = 0
    while not stop.now():
        progress = min(1.0, stop.passed() / stop.whole()) if timed else 1.0
        rounds = [_rounds(lane, 1) for lane in lanes]
        list(threads.map(Lane.improve, lanes, rounds, itertools.repeat(progress)))
        used += 1
    return used


def _cool(lane: Lane, budget: int, stop: Stop) -> int:
    """Search the part with ``budget`` units; how many were used."""
    steps = min(STEPS, budget)
    for step in range(steps):
        if stop.now():
            return budget * step // steps
        units = budget * (step + 1) // steps - budget * step // steps
        lane.improve(_rounds(lane, units), step / max(1, steps - 1))
    return budget


def _rounds(lane: Lane, units: int) -> int:
    return int(ROUNDS * units * lane.facts.row_need.sum()) + 1
