"""How a search of a big day goes in passes: by count where a budget is given, else by the wall clock."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.big.passes import Share
from dispatch.solver.plan import Effort
from dispatch.solver.search.pace import LEG
from dispatch.solver.stop import Stop
from dispatch.solver.version import SOLVER

PASS = 25.0
"""Rounds for each place to fill in a pass, where they are counted."""
PASSES = 12
"""Passes of a search paced by the clock, after the first."""
FIRST = 3.0
"""Rounds for each place in the first pass of a search paced by the clock, from which its speed is taken."""
HEAT = 50.0
"""How hot a search begins that has so many rounds for each place: as one of so many times as many rounds does."""


class Passes:
    """The passes of one search, and how much of its budget they took. ``reserve`` seconds are left for writing."""

    def __init__(self, stop: Stop, *, budget: int | None, clock: bool, places: int, cores: int) -> None:
        self._stop, self._budget, self._clock = stop, budget, clock
        self._places, self._cores = max(1, places), cores
        self._rounds = 0
        self._ended = 0.0
        self.reserve = 0.0

    def shares(self) -> Iterator[Share]:
        """What each pass does; `took` is to be told of every one before the next."""
        if self._budget is not None:
            yield from self._by_count(self._budget)
        elif self._clock:
            yield from self._by_clock()
        else:
            while not self._stop.now():
                yield Share(PASS, 0.5, 1.0, round(PASS * HEAT))

    def took(self, rounds: int) -> None:
        """All blocks together took so many ``rounds``."""
        self._rounds += rounds
        self._ended = self._stop.passed()

    def effort(self, seed: int) -> Effort:
        """What the search took so far."""
        used = -(-self._rounds // (LEG * self._cores))
        budget = used if self._budget is None else self._budget
        repeatable = self._budget is not None and not self._stop.stopped
        return Effort(solver=SOLVER, seed=seed, budget=budget, used=min(used, budget), repeatable=repeatable)

    def _by_count(self, budget: int) -> Iterator[Share]:
        rounds = budget * LEG * self._cores / self._places
        # Two at least: what the first cut keeps apart, the second may bring together.
        passes = max(2, round(rounds / PASS))
        for number in range(passes if budget else 0):
            if self._stop.now():
                return
            yield Share(rounds / passes, number / passes, (number + 1) / passes, round(rounds * HEAT))

    def _by_clock(self) -> Iterator[Share]:
        whole, heat = self._stop.whole(), 0.0
        share = Share(FIRST, 0.0, 0.0, 1)
        for left in range(PASSES, -1, -1):
            began, before = self._stop.passed(), self._rounds
            if self._stop.now():
                return
            yield share
            speed = (self._rounds - before) / max(1e-6, self._ended - began) / self._places
            passed = self._stop.passed()
            rest = max(0.0, whole - self.reserve - passed)
            heat = heat or HEAT * speed * rest
            begin = min(1.0, passed / whole)
            share = Share(speed * rest / max(1, left), begin, begin + (1.0 - begin) / max(1, left), round(heat))
