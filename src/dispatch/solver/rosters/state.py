"""A roster as it is changed by the search: a row of each person, what it costs, who is where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

import numpy as np

from dispatch.solver.rosters.facts import OFF, Floats, Ints, RosterFacts, Row, Singles
from dispatch.solver.rosters.rows import ROOM_MAX, Best, Rower

T = TypeVar("T")


class Roster:
    """``rows`` and their ``costs`` by person, ``cover`` by (day, kind)."""

    def __init__(self, facts: RosterFacts, rowers: Sequence[Rower], rows: Sequence[Row]) -> None:
        self.facts, self.rowers = facts, rowers
        self.rows = list(rows)
        self.costs = [rower.cost(row) for rower, row in zip(rowers, rows, strict=True)]
        self.cover: Ints = facts.cover(self.rows)

    def total(self) -> float:
        """What the roster costs."""
        return sum(self.costs) + self.facts.places_cost(self.cover)

    def take_off(self, one: int) -> None:
        """Let person ``one`` cover nothing, until `give`."""
        worked = np.flatnonzero(self.rows[one] >= 0)
        self.cover[worked, self.rows[one][worked]] -= 1

    def give(self, one: int, row: Row) -> None:
        """Person ``one`` (taken off before) has ``row``."""
        self.rows[one], self.costs[one] = row, self.rowers[one].cost(row)
        worked = np.flatnonzero(row >= 0)
        self.cover[worked, row[worked]] += 1

    def base(self, chosen: Iterable[int]) -> Ints:
        """The cover without some people."""
        base = self.cover.copy()
        for one in chosen:
            worked = np.flatnonzero(self.rows[one] >= 0)
            base[worked, self.rows[one][worked]] -= 1
        return base

    def copy(self) -> Roster:
        """A roster that can be changed apart from this one."""
        other = object.__new__(Roster)
        other.facts, other.rowers = self.facts, self.rowers
        other.rows, other.costs, other.cover = list(self.rows), list(self.costs), self.cover.copy()
        return other

    def fill(self) -> None:
        """Give each place open below its minimum to somebody free, the cheapest, as long as there is anybody."""
        facts = self.facts
        again = True
        while again:
            again = False
            for day, kind in np.argwhere(self.cover < facts.minimum).tolist():
                found = [
                    (cost - self.costs[one], one, row)
                    for one in range(len(self.rows))
                    if (row := self.with_duty(one, day, kind)) is not None
                    and np.isfinite(cost := self.rowers[one].cost(row))
                ]
                if found:
                    _, one, row = min(found, key=lambda each: each[:2])
                    self.take_off(one)
                    self.give(one, row)
                    again = True

    def thin(self) -> None:
        """Take people off places with more than wanted as long as that costs less, the dearest first."""
        facts = self.facts
        for day, kind in np.argwhere(self.cover > np.maximum(facts.minimum, facts.wanted)).tolist():
            while self.cover[day, kind] > max(facts.minimum[day, kind], facts.wanted[day, kind]):
                found = []
                for one, row in enumerate(self.rows):
                    if row[day] == kind:
                        without = row.copy()
                        without[day] = OFF
                        found.append((self.rowers[one].cost(without) - self.costs[one], one, without))
                saved, one, row = min(found, key=lambda each: each[:2])
                if saved >= facts.over[day, kind]:
                    break
                self.take_off(one)
                self.give(one, row)

    def with_duty(self, one: int, day: int, kind: int) -> Row | None:
        """The row of person ``one`` with this duty more; None if they have something on the day or may not have it."""
        if self.rows[one][day] != OFF or not np.isfinite(self.rowers[one].own[day, kind]):
            return None
        row = self.rows[one].copy()
        row[day] = kind
        return row


class Prices:
    """Finds the best rows of several people side by side, always with the same result."""

    def near(self, chosen: list[int], prices: Floats, room: float, most: int) -> list[tuple[int, list[Row]]]:
        """Rows of each of ``chosen`` that cost up to ``room`` more than their best, ``most`` at most of each."""
        return self._each(chosen, lambda one, scratch: self.rowers[one].near(prices, scratch, room, most))

    def __init__(self, rowers: Sequence[Rower], threads: Executor, cores: int) -> None:
        self.rowers, self._threads = rowers, threads
        self.scratch: list[Singles] = [np.empty(ROOM_MAX, dtype=np.float32) for _ in range(cores)]

    def __call__(self, chosen: list[int], prices: Floats) -> list[tuple[int, Best | None]]:
        """The best row of each of ``chosen`` where places cost ``prices``."""
        return self._each(chosen, lambda one, scratch: self.rowers[one].best(prices, scratch))

    def _each(self, chosen: list[int], what: Callable[[int, Singles], T]) -> list[tuple[int, T]]:
        cores = len(self.scratch)
        parts = [chosen[core::cores] for core in range(cores)]

        def run(core: int) -> list[tuple[int, T]]:
            return [(one, what(one, self.scratch[core])) for one in parts[core]]

        if cores == 1 or len(chosen) < 2:
            return [pair for core in range(cores) for pair in run(core)]
        return sorted((pair for some in self._threads.map(run, range(cores)) for pair in some), key=lambda one: one[0])
