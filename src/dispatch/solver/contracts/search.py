"""Solve a `ContractProblem`: part by part, promises first, then everything it costs.

Parts share nothing, so they are searched side by side; what comes out does not depend on which is done first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from dispatch.solver.checks.form import require_form
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.exact import Exact
from dispatch.solver.contracts.facts import Scene
from dispatch.solver.contracts.lane import Lane
from dispatch.solver.contracts.periods import periods
from dispatch.solver.contracts.reasons import hopeless
from dispatch.solver.contracts.split import shares
from dispatch.solver.contracts.write import write_plan
from dispatch.solver.plan import Effort
from dispatch.solver.stop import Stop
from dispatch.solver.warm import warm

SOLVER = "contracts-1"

ROUNDS = 0.5
"""Rounds of ruin and recreate per unit of budget and visit asked for."""

MEND = 150
"""Turns given at most to a part whose promises are not kept."""

WORK = 4.0
WORK_PER_BUDGET = 1.0
"""Deterministic seconds of CP-SAT to find or prove the fewest broken promises: for all parts together, and more per
unit of budget or second given."""

STEPS = 25
"""Steps in which a search cools."""

MEND_SHARE = 0.5
DECIDE_SHARE = 0.55
PROOF_SHARE = 0.6
SEARCH_SHARE = 0.85
END_SHARE = 0.8
"""Of the seconds given, the part after which mending ends; exact models of small parts; the search, where there is
something to prove, and where not; and the proofs. After that it is said why each promise is broken."""


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
    if seconds is not None:
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        warm("contracts")
    found = periods(problem)
    scenes = [Scene(problem, share, found) for share in shares(problem)]
    mending, deciding, proving, searching, whole = (
        Stop(None if seconds is None else share * seconds, cancel)
        for share in (MEND_SHARE, DECIDE_SHARE, PROOF_SHARE, SEARCH_SHARE, END_SHARE)
    )
    with ThreadPoolExecutor(max(1, cores)) as threads:
        lanes = list(threads.map(lambda pair: Lane(pair[1], seed + pair[0], start), enumerate(scenes)))
        least = list(threads.map(hopeless, scenes))
        _mend(lanes, least, threads, mending)
        work = WORK + WORK_PER_BUDGET * (budget if budget is not None else seconds or 0.0)
        exact = Exact(lanes, least, threads, work, cores)
        exact.decide(deciding)
        ends = proving if exact.asked() else searching
        used = _improve(lanes, threads, ends, budget, timed=seconds is not None)
        exact.bound(whole)
    early = exact.cut or any(stop.stopped for stop in (mending, deciding, ends, whole))
    given = used if budget is None else budget
    effort = Effort(solver=SOLVER, seed=seed, budget=given, used=used, repeatable=budget is not None and not early)
    return write_plan(problem, lanes, sum(exact.least), effort)


def _mend(lanes: Sequence[Lane], least: Sequence[int], threads: ThreadPoolExecutor, stop: Stop) -> None:
    """Break as few promises as ruin and recreate can, in turns: every part has had as many when ``stop`` ends them."""
    broken = list(zip(lanes, least, strict=True))
    for turn in range(MEND):
        broken = [(lane, bound) for lane, bound in broken if lane.broken() > bound]
        if not broken or stop.now():
            return
        list(threads.map(Lane.mend, [lane for lane, _ in broken], itertools.repeat(turn / MEND)))


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
