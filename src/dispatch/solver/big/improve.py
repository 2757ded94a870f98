"""Improve a plan of a big day, anytime: block by block, in passes that cut the day elsewhere each time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from msgspec.structs import replace

from dispatch.solver.big.begin import begin
from dispatch.solver.big.cut import cut
from dispatch.solver.big.fill import fill, written
from dispatch.solver.big.ground import coordinates
from dispatch.solver.big.offers import Offers
from dispatch.solver.big.pace import Passes
from dispatch.solver.big.passes import After, Share, run_pass
from dispatch.solver.big.whole import Whole
from dispatch.solver.checks import check, require_form
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.facts import Floats
from dispatch.solver.search.improve import GAIN
from dispatch.solver.search.laid import worth
from dispatch.solver.stop import Stop
from dispatch.solver.warm import warm

BIG = 4_000
"""Places to fill (visits, times their people) from which a day is searched block by block."""
BLOCK = 1_200
"""Places in a block, about."""


def places_to_fill(problem: RouteProblem) -> int:
    """How large a problem is: the people all its visits need."""
    return sum(visit.people for visit in problem.visits)


class Search:
    """A big day as it stands, and what the next pass needs to know."""

    def __init__(self, compiled: Compiled, *, seed: int, cores: int, block: int) -> None:
        self.whole = Whole(compiled)
        self._compiled = compiled
        self._ground = coordinates(compiled.problem)
        self._offers = Offers(self.whole, self._ground)
        self._seed = seed % 2**31
        self._block = block
        self._number = 0
        self.places = places_to_fill(compiled.problem)
        self.saved = self._now = 0.0
        self.best = self.whole
        self._pool = ThreadPoolExecutor(cores)

    def run(self, share: Share, stop: Stop) -> After:
        """One pass."""
        out = self.whole.out()
        at, work = self._workers()
        count = max(1, round(self.places / self._block))
        seed = (self._seed * 1_009 + self._number) * 10_007
        blocks = cut(at, work, count, seed=seed, bonds=self._offers.bonds(out))
        offered = self._offers.share_out(out, blocks, at)
        self._number += 1
        best, before = self.whole.copy(), self._now
        after = run_pass(self.whole, best, blocks, offered, share, seed=seed, stop=stop, pool=self._pool)
        self._now += after.now + fill(self.whole)
        saved = before + after.best + fill(best)
        if saved > self.saved:
            self.saved, self.best = saved, best
        return after

    def _workers(self) -> tuple[Floats, Floats]:
        """Where every worker is, about, and how much they have to do: the middle of their stops, else their bases."""
        compiled, whole = self._compiled, self.whole
        at = np.zeros((len(compiled.workers), self._ground.shape[1]))
        mean = len(whole.starts) / max(1, len(compiled.workers))
        work = np.full(len(compiled.workers), 1.0 + 0.2 * mean)
        for worker, duties in enumerate(compiled.duties_of):
            stops = [compiled.spot[one] for duty in duties for one in whole.order[duty]]
            spots = stops or [compiled.duties[duty].start_spot for duty in duties]
            if spots:
                at[worker] = self._ground[spots].mean(axis=0)
            work[worker] += len(stops)
        return at, work

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()


def improve_big(
    problem: RouteProblem,
    plan: RoutePlan,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    enough: float | None = None,
    cores: int = 1,
    block: int = BLOCK,
) -> RoutePlan:
    """As `dispatch.solver.solve.improve`, for any size: memory grows with ``block``, the places to fill in a block.

    The day is cut into blocks of workers who are near each other. Each is a problem of its own, searched as a small
    day is, ``cores`` at a time; then the day is cut elsewhere. What ties routes of two blocks to each other (a crew,
    two visits with a gap) stays as it is until a cut has both in one block; what is out is offered to the blocks near
    it in turn, and at the end to everybody. The greatest lateness is priced in every block by itself.

    ``cancel`` is asked from other threads, too. Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    findings = check(problem, plan)
    if seconds is not None:
        warm("search")
    stop = Stop(seconds, cancel, enough)
    search = Search(Compiled(problem), seed=seed, cores=cores, block=block)
    begin(search.whole, plan, findings, seed=seed)
    passes = Passes(stop, budget=budget, clock=seconds is not None, places=search.places, cores=cores)
    reported = float("inf")
    try:
        for share in passes.shares():
            passes.took(search.run(share, stop))
            if on_best is None and enough is None:
                continue
            before = stop.passed()
            found = written(search.best, passes.effort(seed))
            stop.found(found.total)
            if on_best is not None and found.total < reported - GAIN:
                reported = found.total
                on_best(found)
            passes.reserve = stop.passed() - before
    finally:
        search.close()
    found = written(search.best, passes.effort(seed))
    if not findings and worth(problem, found) < worth(problem, plan):
        return replace(plan, effort=found.effort)
    return found
