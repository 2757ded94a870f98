"""The exact models of the parts whose promises are not all kept: they decide small parts and prove what must break."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dispatch.solver.contracts.facts import Ints
from dispatch.solver.contracts.lane import Lane
from dispatch.solver.contracts.model import Found, clusters, count_choices, fewest_broken
from dispatch.solver.contracts.turns import Turns
from dispatch.solver.stop import Stop

WORK_MAX = 3.0
"""Deterministic seconds of CP-SAT for one part at most."""

LEAST = 2.0
"""Seconds in which something can be proven of a part with a month of 40 contracts, on a core of its own."""

WHOLE = 600
"""Choices up to which a part is decided by one exact model; above, it only bounds what must be broken."""


class Exact:
    """``work`` deterministic seconds, the same for every part that breaks more promises than the ``least`` known.

    Where a clock runs, too, each part has its turn at it. ``least`` goes up as more is proven; ``cut`` tells whether
    the clock ended a turn.
    """

    def __init__(
        self, lanes: Sequence[Lane], least: Sequence[int], threads: ThreadPoolExecutor, work: float, cores: int
    ) -> None:
        self._lanes = lanes
        self._threads = threads
        self._cores = cores
        self.least = list(least)
        self.cut = False
        self._open = self.asked()
        self._work = min(WORK_MAX, work / max(1, len(self._open)))

    def asked(self) -> list[int]:
        """The parts that break more promises than is known to be needed."""
        return [index for index, lane in enumerate(self._lanes) if lane.broken() > self.least[index]]

    def decide(self, stop: Stop) -> None:
        """Plan small parts anew, so that the fewest promises are broken."""
        small = [index for index in self._open if self._choices(index) <= WHOLE]
        self._each(self._decide, small, stop)

    def bound(self, stop: Stop) -> None:
        """Prove what must be broken, by sets of periods that share no day."""
        self._each(self._bound, [index for index in self.asked() if index in self._open], stop)

    def _each(self, ask: Callable[[int, Turns], int], parts: Sequence[int], stop: Stop) -> None:
        turns = Turns(stop, len(parts), self._cores, LEAST)
        found = self._threads.map(ask, parts, itertools.repeat(turns))
        for index, bound in zip(parts, found, strict=True):
            self.least[index] = max(self.least[index], bound)
        self.cut = self.cut or turns.cut

    def _choices(self, index: int) -> int:
        lane = self._lanes[index]
        return count_choices(lane.facts, lane.standing(), np.flatnonzero(lane.facts.row_hard))

    def _decide(self, index: int, turns: Turns) -> int:
        lane, mine = self._lanes[index], Stop(turns.next(), None)
        if mine.left() <= 0:
            return 0
        found = self._ask(lane, np.flatnonzero(lane.facts.row_hard), lane.draw % 2**31, self._work, mine)
        if found.rows is not None:
            lane.take_over(found.rows)
        turns.cut = turns.cut or found.cut
        return found.bound

    def _bound(self, index: int, turns: Turns) -> int:
        lane, mine = self._lanes[index], Stop(turns.next(), None)
        sets = clusters(lane.facts)
        total = 0
        for place, rows in enumerate(sets):
            seconds = mine.left() / (len(sets) - place)
            if seconds <= 0 or turns.over():
                turns.cut = True
                break
            found = self._ask(lane, rows, 1, self._work / len(sets), Stop(seconds, None))
            turns.cut = turns.cut or found.cut
            total += found.bound
        return total

    def _ask(self, lane: Lane, rows: Ints, seed: int, work: float, stop: Stop) -> Found:
        return fewest_broken(lane.scene, lane.standing(), lane.rows, rows, seed=seed, work=work, stop=stop)
