"""Improve a plan of a big day, anytime: block by block, in passes that cut the day elsewhere each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from dispatch.solver.big.begin import begin
from dispatch.solver.big.cut import cut
from dispatch.solver.big.ground import coordinates
from dispatch.solver.big.offers import Offers
from dispatch.solver.big.passes import Share, run_pass
from dispatch.solver.big.whole import Whole
from dispatch.solver.big.write import written
from dispatch.solver.plan import Effort, Finding, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.facts import Floats
from dispatch.solver.search.pace import LEG
from dispatch.solver.stop import Stop
from dispatch.solver.version import SOLVER

BIG = 4_000
"""Places to fill (visits, times their people) from which a day is searched block by block."""
BLOCK = 600
"""Places in a block, about."""
PASS = 25.0
"""Rounds for each place in a pass, where a budget is given."""
PASSES = 14
"""Passes of a search paced by the clock."""
FIRST = 5.0
"""Rounds for each place in the first pass of a search paced by the clock, from which its speed is taken."""


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
        self.saved = 0.0
        self._pool = ThreadPoolExecutor(cores)

    def run(self, share: Share, stop: Callable[[], bool]) -> int:
        """One pass; how many rounds all blocks took together."""
        out = self.whole.out()
        at, work = self._workers()
        count = max(1, round(self.places / self._block))
        seed = (self._seed * 1_009 + self._number) * 10_007
        blocks = cut(at, work, count, seed=seed, bonds=self._offers.bonds(out))
        offered = self._offers.share_out(out, blocks, at)
        self._number += 1
        rounds, saved = run_pass(self.whole, blocks, offered, share, seed=seed, stop=stop, pool=self._pool)
        self.saved += saved
        return rounds

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
