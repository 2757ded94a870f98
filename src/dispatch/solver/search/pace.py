"""How a search is cut into legs: by count where a budget is given, else by the wall clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from dispatch.solver.plan import Effort
from dispatch.solver.stop import Stop
from dispatch.solver.version import SOLVER

LEG = 500
"""Rounds of ruin and recreate that a budget of one stands for, on every core."""
LEGS = 50
"""Into how many legs a search is cut: between legs it may stop, trade, and say what it has."""
LONGEST = 20
"""What a leg takes of a budget at most, so that a search of any budget stops within a second of being told to."""
_FIRST = 100
"""Rounds of the first leg of a search paced by the clock, from which its speed is taken."""


class Leg(NamedTuple):
    """``rounds`` that take the search from share ``begin`` to share ``end`` of the ``planned`` rounds.

    What else is done behind it may take ``within`` seconds.
    """

    rounds: int
    begin: float
    end: float
    planned: int
    within: float = math.inf


class Pace:
    """The legs of one search, and how much of its budget they took."""

    def __init__(self, budget: int | None, stop: Stop) -> None:
        self._budget = budget
        self._stop = stop
        self._rounds = 0

    def legs(self) -> Iterator[Leg]:
        """The legs to go, until the budget is spent or it is time to stop."""
        if self._budget is not None:
            return self._by_count(self._budget)
        return self._by_clock() if self._stop.by_clock() else self._endless()

    def effort(self, seed: int) -> Effort:
        """What the search took so far."""
        used = -(-self._rounds // LEG)
        budget = used if self._budget is None else self._budget
        repeatable = self._budget is not None and not self._stop.stopped
        return Effort(solver=SOLVER, seed=seed, budget=budget, used=used, repeatable=repeatable)

    def _by_count(self, budget: int) -> Iterator[Leg]:
        size = min(LONGEST, -(-budget // LEGS))
        used = 0
        while used < budget and not self._stop.now():
            share = min(size, budget - used)
            self._rounds += share * LEG
            yield Leg(share * LEG, used / budget, (used + share) / budget, budget * LEG, self._stop.left())
            used += share

    def _endless(self) -> Iterator[Leg]:
        """Legs that each cool down by themselves: when it will be told to stop nobody knows."""
        while not self._stop.now():
            self._rounds += LONGEST * LEG
            yield Leg(LONGEST * LEG, 0.5, 1.0, LONGEST * LEG)

    def _by_clock(self) -> Iterator[Leg]:
        rounds, begin, speed, doubted = _FIRST, 0.0, 0.0, False
        while not self._stop.now():
            before = self._stop.passed()
            planned = max(rounds, round(speed * self._stop.whole()))
            end = min(1.0, begin + (rounds / planned if speed else 0.0))
            self._rounds += rounds
            # The other half is for going on from there.
            yield Leg(rounds, begin, end, planned, self._stop.left() / 2)
            now = self._stop.passed()
            measured = rounds / max(1e-6, now - before)
            # A leg may have had more to do than its rounds: that the machine is so much slower is believed next time.
            doubted = not doubted and measured < speed / 2
            speed = speed if doubted else measured
            begin = min(1.0, now / self._stop.whole())
            rounds = max(1, round(speed * min(self._stop.whole() / LEGS, self._stop.whole() - now)))
