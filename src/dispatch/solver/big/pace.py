"""How a search of a big day goes in passes: by count where a budget is given, else by the wall clock."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.big.passes import After, Share
from dispatch.solver.plan import Effort
from dispatch.solver.search.drive import LONG
from dispatch.solver.search.pace import LEG
from dispatch.solver.stop import Stop
from dispatch.solver.version import SOLVER

PASS = 25.0
"""Rounds for each place to fill in a pass, where they are counted."""
PASSES = 13
"""Passes of a search paced by the clock, at most."""
FIRST = 3.0
"""Rounds for each place in the first pass of a search paced by the clock, from which its speed is taken."""
WORTH = 4.0
"""A pass by the clock lasts at least so many times what it takes beside its search: making blocks, reading them."""
HEAT = 50.0
"""How hot a search begins that has so many rounds for each place: as one of so many times as many rounds does."""


class Passes:
    """The passes of one search, and how much of its budget they took. ``reserve`` seconds are left for writing."""

    def __init__(self, stop: Stop, *, budget: int | None, clock: bool, places: int, cores: int) -> None:
        self._stop, self._budget, self._clock = stop, budget, clock
        self._places, self._cores = max(1, places), cores
        self._rounds = self._spent = 0
        self._speed = self._beside = self._began = 0.0
        self.reserve = 0.0

    def shares(self) -> Iterator[Share]:
        """What each pass does; `took` is to be told of every one before the next."""
        if self._budget is not None:
            yield from self._by_count(self._budget)
        elif self._clock:
            yield from self._by_clock()
        else:
            while not self._stop.now():
                yield Share(PASS, 0.5, 1.0, _planned(PASS))

    def took(self, after: After) -> None:
        """What came of the pass that went before."""
        self._rounds += after.rounds
        self._speed = self._cores * after.rounds / max(1e-6, after.seconds)
        self._beside = max(0.0, self._stop.passed() - self._began - after.seconds / self._cores)

    def effort(self, seed: int) -> Effort:
        """What the search took so far: whole passes of the budget, unless one was cut short."""
        used = -(-self._rounds // (LEG * self._cores))
        if self._budget is None:
            return Effort(solver=SOLVER, seed=seed, budget=used, used=used, repeatable=False)
        cut = self._stop.stopped
        used = min(used, self._budget) if cut else self._spent
        return Effort(solver=SOLVER, seed=seed, budget=self._budget, used=used, repeatable=not cut)

    def _by_count(self, budget: int) -> Iterator[Share]:
        rounds = budget * LEG * self._cores / self._places
        # Two at least: what the first cut keeps apart, the second may bring together.
        passes = max(2, round(rounds / PASS))
        for number in range(passes if budget else 0):
            if self._stop.now():
                return
            self._spent = -(-budget * (number + 1) // passes)
            yield Share(rounds / passes, number / passes, (number + 1) / passes, _planned(rounds))

    def _by_clock(self) -> Iterator[Share]:
        share, heat = Share(FIRST, 0.0, 0.0, 1), 0.0
        left = PASSES
        while not self._stop.now():
            self._began = self._stop.passed()
            yield share
            passed = self._stop.passed()
            rest = max(0.0, self._stop.whole() - self.reserve - passed)
            left = max(1, min(left - 1, int(rest / max(1e-6, WORTH * self._beside))))
            rounds = self._speed * max(0.0, rest / left - self._beside) / self._places
            heat = heat or left * rounds
            begin = min(1.0, passed / self._stop.whole())
            share = Share(max(1.0, rounds), begin, begin + (1.0 - begin) / left, _planned(heat))


def _planned(rounds: float) -> int:
    """How many rounds the search of a small day has that begins as hot as one of so many for each place does.

    Never a long one: of the routes that such a one would choose from, a block sees a part of the day alone.
    """
    return round(min(HEAT * rounds, LONG - 1))
