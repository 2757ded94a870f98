"""The best row of each person at given prices of places, within all rules about them, and those little dearer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dispatch.solver.roster_problem import RosterPerson
from dispatch.solver.rosters.automaton import FAR
from dispatch.solver.rosters.counters import Cells
from dispatch.solver.rosters.facts import Floats, Ints, RosterFacts, Row, Singles
from dispatch.solver.rosters.paths import ROOM_MAX, Paths
from dispatch.solver.rosters.row_costs import RowCosts

__all__ = ["ROOM_MAX", "Best", "Rower"]

REPAIRS = 30
"""Times that a row with too much of something is tried again with one more day forbidden."""
COUNTED_TIMES = 8
"""Times as many cells at most for which caps are counted, ..."""
COUNTED_ROOM = 400_000
"""... but for a path that has no more room than this."""
WIDER = (1.0, 5.0, 25.0, 100.0)
"""How much dearer than the best that breaks caps a row that keeps them is looked for."""
LOOKED_AT = 50
"""Rows looked at for that."""
STEP = 0.7
"""Part of the way that the prices of caps go to where the bound may be."""
NARROWED = 6
"""Times that fewer rows are looked for where there are too many."""


@dataclass(frozen=True)
class Best:
    """A row and its ``cost`` with the prices of its places; no row costs less than ``bound``."""

    row: Row
    cost: float
    bound: float


@dataclass(frozen=True)
class _Found:
    """A row, None if none was found that keeps all; ``last``: that of the last path, at the prices ``total``.

    ``penalty``: what is paid for caps in ``total`` by a row that just keeps them all.
    """

    bound: float
    row: Row | None
    last: Row
    cells: Cells
    total: Floats
    penalty: float = 0.0


class Rower:
    """Looks for rows of one person. ``own[day, kind]``: what a day alone costs, infinite for what must not be."""

    def __init__(self, facts: RosterFacts, person: RosterPerson) -> None:
        self._costs = RowCosts(facts, person)
        self._paths = Paths(self._costs)
        self.own = self._costs.own
        # What a cap is worth, one behind the last for kinds without one; it begins where the last search ended.
        self._penal: Floats = np.zeros(len(self._costs.caps) + 1)
        self._before: list[tuple[int, Floats, float]] = []

    def cost(self, row: Row) -> float:
        """What ``row`` costs without its places; infinite if it breaks a rule about this person."""
        return self._costs.cost(row)

    def require(self, day: int, kind: int) -> None:
        """Look for rows with ``kind`` on ``day`` only, until `release`."""
        costs = self._costs
        self._before.append((day, self.own[day].copy(), float(costs.off_cost[day])))
        others = np.arange(self.own.shape[1]) != kind
        self.own[day, others] = np.inf
        costs.off_cost[day] = np.inf

    def release(self) -> None:
        """Look for all rows again."""
        for day, own, off in reversed(self._before):
            self.own[day], self._costs.off_cost[day] = own, off
        self._before.clear()

    def best(self, prices: Floats, scratch: Singles, *, exact: bool = True) -> Best | None:
        """The cheapest row where a place (day, kind) costs ``prices``; None if there is none.

        Caps on kinds of shifts are counted where that takes little room, else paid for at prices of their own, and
        looked at row by row. What there is no room for, and caps unless ``exact``, are kept by forbidding days where a
        row has too much: then it may not be the cheapest, and ``bound`` says by how much at most. ``scratch``:
        `ROOM_MAX` numbers.
        """
        found = self._best(self.own + prices, scratch, exact)
        if found is None or found.row is None:
            return None
        cost = self._with(found.row, prices)
        return Best(found.row, cost, min(cost, found.bound)) if cost < float("inf") else None

    def near(self, prices: Floats, scratch: Singles, room: float, most: int) -> list[Row]:
        """Rows that cost up to ``room`` more than the best at these prices; if over ``most`` do, up to less."""
        found = self._best(self.own + prices, scratch, exact=True)
        if found is None or found.row is None:
            return []
        value = self._with(found.row, prices) + found.penalty
        rows: list[Row] = []
        for _ in range(NARROWED):
            complete, rows, _ = self._paths.near(found.total, found.cells, scratch, value + room, most)
            if complete:
                break
            room /= 2
        return rows

    def _with(self, row: Row, prices: Floats) -> float:
        worked = np.flatnonzero(row >= 0)
        return self.cost(row) + float(prices[worked, row[worked]].sum())

    def _best(self, total: Floats, scratch: Singles, exact: bool) -> _Found | None:
        """None where there is no row at all."""
        if not exact:
            return self._repaired(total, scratch, -float("inf"), 0.0)
        tried = self._counted(total, scratch, few=True) if not self._penal.any() else self._priced(total, scratch)
        if tried is not None and tried.row is None and not self._penal.any() and self._costs.over(tried.last):
            tried = self._priced(total, scratch)
        if tried is None or tried.row is not None:
            return tried
        repaired = self._repaired(tried.total.copy(), scratch, tried.bound, tried.penalty)
        return repaired or self._counted(total, scratch, few=False)

    def _counted(self, total: Floats, scratch: Singles, *, few: bool) -> _Found | None:
        """The best row with those caps counted that it breaks; ``few``: unless that takes much room."""
        counted = tuple[int, ...]()
        while True:
            cells = self._paths.counting(counted)
            path = self._paths.cheapest(total, cells, scratch)
            if path is None:
                return None
            value, row = path
            found = _Found(value, row, row, cells, total)
            more = tuple(sorted({*counted, *self._costs.over(row)}))
            if more == counted:
                return found if not self._left_out(row) else replace(found, row=None)
            times, room = self._paths.room(more)
            if room > ROOM_MAX or (few and times > COUNTED_TIMES and room > COUNTED_ROOM):
                return replace(found, row=None)
            counted = more

    def _priced(self, total: Floats, scratch: Singles) -> _Found | None:
        """The best row with caps paid for (Lagrange), and where that breaks them, the best of those little dearer."""
        penal, most, cells = self._penal, self._costs.most, self._paths.cells
        used, penalty = total + penal[self._costs.cap_of], float(penal[:-1] @ most)
        path = self._paths.cheapest(used, cells, scratch)
        if path is None:
            return None
        value, last = path
        beyond = self._costs.counts(last) - most
        if not (beyond > 0).any() and float(-penal[:-1] @ beyond) < 1e-3:
            row = last if not self._left_out(last) else None
            return _Found(value - penalty, row, last, cells, used, penalty)
        best, cost, bound, wide = None, float("inf"), value, 0.0
        for wide in WIDER:
            complete, rows, values = self._paths.near(used, cells, scratch, value + wide, LOOKED_AT)
            for row, by in zip(rows, values.tolist(), strict=True):
                real = by + float((most - self._costs.counts(row)) @ penal[:-1])
                if real < cost and not self._left_out(row):
                    best, cost = row, real
            bound = max(bound, min(cost, value + wide)) if complete else bound
            if rows or not complete:
                break
        self._step(beyond, cost - value if best is not None else wide)
        return _Found(bound - penalty, best, last, cells, used, penalty)

    def _step(self, beyond: Ints, reach: float) -> None:
        """Caps passed become dearer and the others cheaper (Polyak 1969), as the bound may rise by ``reach``."""
        slope = np.where((self._penal[:-1] <= 0) & (beyond < 0), 0, beyond)
        if slope.any():
            step = STEP * reach / float(slope @ slope)
            self._penal[:-1] = np.maximum(0.0, self._penal[:-1] + step * slope)

    def _repaired(self, total: Floats, scratch: Singles, bound: float, penalty: float) -> _Found | None:
        """A row that keeps all, with days forbidden in ``total`` until it does; None if none was found."""
        cells = self._paths.cells
        for _ in range(REPAIRS):
            path = self._paths.cheapest(total, cells, scratch)
            if path is None:
                return None
            value, row = path
            bound = value if bound == -float("inf") else bound
            if not self._forbid(total, row):
                return _Found(bound, row, row, cells, total, penalty)
        return None

    def _left_out(self, row: Row) -> list[int]:
        """What there was no room to count and ``row`` has too much of."""
        return [index for index in self._paths.cells.left_out if self._costs.counted(index, row) == float("inf")]

    def _forbid(self, total: Floats, row: Row) -> bool:
        """Whether ``row`` has too much of something; then it is forbidden in ``total`` where it is missed least."""
        costs = self._costs
        over = costs.over(row)
        for at in over:
            kinds = np.flatnonzero(costs.cap_of == at)
            days = np.flatnonzero((row >= 0) & (costs.cap_of[row] == at))
            self._forbid_some(total, row, days, kinds, len(days) - int(costs.most[at]))
        if over:
            return True
        for index in self._left_out(row):
            groups, worked = costs.groups(row)
            days = np.flatnonzero((costs.steps[index][costs.days, worked, groups] > 0) & (row >= 0))
            if len(days) and not costs.counters[index].weekly:
                self._forbid_some(total, row, days, np.arange(total.shape[1]), 1)
                return True
        return False

    def _forbid_some(self, total: Floats, row: Row, days: Ints, kinds: Ints, count: int) -> None:
        others = total[days].copy()
        others[:, kinds] = np.inf
        instead = np.minimum(others.min(axis=1), np.minimum(self._costs.off_cost[days], FAR))
        least = days[np.argsort(instead - total[days, row[days]], kind="stable")[:count]]
        total[np.ix_(least, kinds)] = np.inf
