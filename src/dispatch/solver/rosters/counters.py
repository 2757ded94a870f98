"""What adds up over a row: minutes, duties, weekends, nights, holidays, minutes of a week; each a digit of one number.

A cell is a value of every counter at once. A day moves a cell by a fixed number; cells beyond a hard limit are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
from msgspec.structs import replace

from dispatch.solver.roster_problem import RosterLimit, RosterPerson
from dispatch.solver.rosters.automaton import FAR, Work
from dispatch.solver.rosters.facts import SATURDAY, SUNDAY, Floats, Ints, RosterFacts
from dispatch.solver.rules import Rule


def limit_cost(limit: RosterLimit, value: int) -> float:
    """The price of ``value`` under ``limit``; infinite where a hard one is broken."""
    beyond = max(0, value - limit.most) if limit.most is not None else 0
    beyond += max(0, limit.least - value) if limit.least is not None else 0
    if not beyond:
        return 0.0
    return float("inf") if limit.price is None else limit.price * beyond


def fair_cost(price: float, share: int, before: int, value: int) -> float:
    """The first beyond the share costs the price, the second twice the price, and so on.

    Counted from what was worked before, so that nobody pays for the past.
    """
    past = max(0, before - share)
    beyond = max(0, before + value - share)
    return price * (beyond * (beyond + 1) - past * (past + 1)) / 2


@dataclass
class Counter:
    """One thing counted: from ``begin``, in steps of ``unit``, never above ``cap``; what its last value costs by rule.

    ``weekly``: begins anew after each Sunday, and is paid then; ``open_cost`` is that of a week not ended. ``hard``: it
    has a most that must not be passed, so that there is more need to count it.
    """

    rule: Rule
    step: Callable[[int, Work, bool], int]
    cost: Callable[[int], float]
    cap: int
    unit: int = 1
    begin: int = 0
    weekly: bool = False
    open_cost: Callable[[int], float] | None = None
    hard: bool = True

    @property
    def digits(self) -> int:
        """How many values it can have."""
        return self.cap // self.unit + 1


def weekends_step(facts: RosterFacts) -> Callable[[int, Work, bool], int]:
    """One for each weekend of which a day is worked."""

    def step(day: int, work: Work, worked: bool) -> int:
        weekday = facts.weekday(day)
        return int(work.minutes > 0 and (weekday == SATURDAY or (weekday == SUNDAY and not worked)))

    return step


def counters_of(facts: RosterFacts, person: RosterPerson, works: list[Work]) -> list[Counter]:
    """Every counter that a rule of ``person`` or a weight asks for, those first that may be left out least."""
    weights, shares, before = facts.problem.weights, facts.shares(person), person.before
    longest = max((work.minutes for work in works), default=0)
    unit = gcd(*(work.minutes for work in works)) or 1
    found: list[Counter] = []

    def add(rule: Rule, limit: RosterLimit | None, most: int, step: Callable[[int, Work, bool], int]) -> None:
        if limit is not None:
            hard = limit.most if limit.price is None else None
            least = limit.least if limit.least is not None else 0
            # A value from which on nothing costs more is one with all above it, where only a least is asked for.
            cap = most if hard is None else min(most, max(hard, least))
            found.append(Counter(rule, step, lambda value: limit_cost(limit, value), cap, hard=hard is not None))

    add(Rule.MINUTES, person.minutes, facts.days * longest, lambda day, work, worked: work.minutes)
    if found:
        found[-1].unit = unit
    if person.week_minutes is not None:
        add(
            Rule.MINUTES_A_WEEK, person.week_minutes, 7 * longest + before.week_minutes, lambda d, work, w: work.minutes
        )
        found[-1].unit, found[-1].weekly = gcd(unit, before.week_minutes), True
        found[-1].begin = before.week_minutes
        most_only = replace(person.week_minutes, least=None)
        found[-1].open_cost = lambda value: limit_cost(most_only, value)
    add(Rule.WEEKENDS, person.weekends, facts.days // 7 + 2, weekends_step(facts))
    add(Rule.DUTIES, person.duties, facts.days, lambda day, work, worked: int(work.shift is not None))
    for rule, price, past, most, share, step in (
        (Rule.FAIR_NIGHTS, weights.fair_nights, before.nights, facts.days, shares.nights,
         lambda day, work, worked: int(work.night)),
        (Rule.FAIR_WEEKENDS, weights.fair_weekends, before.weekends, facts.days // 7 + 2, shares.weekends,
         weekends_step(facts)),
        (Rule.FAIR_HOLIDAYS, weights.fair_holidays, before.holidays, len(facts.holidays), shares.holidays,
         lambda day, work, worked: int(work.shift is not None and day in facts.holidays)),
    ):  # fmt: skip
        if price:
            found.append(Counter(rule, step, _fair(price, share, past), most, hard=False))
    return found


def cap_counter(shift: str, most: int) -> Counter:
    """Counts one kind of shift, never above ``most``."""
    return Counter(Rule.SHIFT_CAP, lambda day, work, worked: int(work.shift == shift), _nothing, most)


def _nothing(_: int) -> float:
    return 0.0


def _fair(price: float, share: int, past: int) -> Callable[[int], float]:
    return lambda value: fair_cost(price, share, past, value)


def steps_of(facts: RosterFacts, counter: Counter, lead: list[Work]) -> Ints:
    """``[day, worked, group]``: by how much the counter grows on the day (``worked``: the day before was)."""
    return np.array(
        [[[counter.step(day, work, bool(w)) for work in lead] for w in (0, 1)] for day in range(facts.days)],
        dtype=np.int64,
    )


class Cells:
    """The counters of a person as one number, ``size`` values of it, at most about ``cells_max``.

    ``moves[day, worked, group]``: by how much a day moves a cell (``worked``: the day before). ``closed``: 0, or
    infinite where a hard limit is passed. ``ends``: what each cell costs on the last day. ``anew[cell]``: where a cell
    goes on the Monday, ``weekly[cell]`` what the week then costs. ``left_out``: counters for which there was no room.
    """

    def __init__(
        self, facts: RosterFacts, counters: list[Counter], steps: list[Ints], cells_max: int, groups: int
    ) -> None:
        kept = len(counters)
        spare = [int(step.max(initial=0)) // one.unit for one, step in zip(counters, steps, strict=True)]
        sizes = [one.digits + more for one, more in zip(counters, spare, strict=True)]
        while kept > 1 and np.prod(sizes[:kept], dtype=np.float64) > cells_max / (1 if counters[kept - 1].hard else 8):
            kept -= 1
        self.kept, self.left_out = counters[:kept], list(range(kept, len(counters)))
        # The first counter moves fastest, so that what is read together stands together.
        scale, size = [], 1
        for values in sizes[:kept]:
            scale.append(size)
            size *= values
        self.size = size
        each = list(zip(self.kept, scale, sizes[:kept], strict=True))
        self.begin = sum(min(one.begin // one.unit, count - 1) * by for one, by, count in each)
        cells: Ints = np.arange(size)
        self._digits = [(cells // by) % count for _, by, count in each]
        self.closed: Floats = np.zeros(size)
        for one, digit in zip(self.kept, self._digits, strict=True):
            self.closed[digit >= one.digits] = np.inf
        self.moves: Ints = np.zeros((facts.days, 2, groups), dtype=np.int64)
        for (one, by, _), step in zip(each, steps, strict=False):
            self.moves += step // one.unit * by
        self.ends = self.closed + self._priced([None if one.weekly else one.cost for one in self.kept])
        if facts.weekday(facts.days - 1) != SUNDAY:
            self.ends += self._priced([one.open_cost for one in self.kept])
        self.anew: Ints = cells.copy()
        for (one, by, _), digit in zip(each, self._digits, strict=True):
            if one.weekly:
                self.anew -= digit * by
        self.weekly = self._priced([one.cost if one.weekly else None for one in self.kept])
        self.far_closed, self.far_ends, self.far_weekly = (
            np.minimum(one, FAR).astype(np.float32) for one in (self.closed, self.ends, self.weekly)
        )
        self.inner = sizes[0] if kept else 1
        self.from_to = self._reach(facts.days, steps[0]) if kept else np.tile(np.array([0, 1]), (facts.days, 1))
        self.has_weeks = any(one.weekly for one in self.kept)

    def _reach(self, days: int, step: Ints) -> Ints:
        """Which values of the first counter can be on each day, and still come to an end that is allowed."""
        first = self.kept[0]
        if first.weekly:
            return np.tile(np.array([0, self.inner]), (days, 1))
        most = step.max(axis=(1, 2)) // first.unit
        begin = min(first.begin // first.unit, first.digits - 1)
        good = [value for value in range(first.digits) if first.cost(value * first.unit) < np.inf]
        before = np.concatenate(([0], np.cumsum(most)[:-1]))
        after = np.cumsum(most[::-1])[::-1]
        low = np.clip(min(good, default=0) - after, 0, self.inner)
        high = np.clip(begin + before + 1, 1, first.digits)
        return np.ascontiguousarray(np.stack([low, high], axis=1), dtype=np.int64)

    def _priced(self, costs: Sequence[Callable[[int], float] | None]) -> Floats:
        """What each cell costs by the functions given, one of each counter."""
        total: Floats = np.zeros(self.size)
        for one, digit, cost in zip(self.kept, self._digits, costs, strict=True):
            if cost is not None:
                prices = np.array([cost(value * one.unit) for value in range(int(digit.max()) + 1)])
                total += prices[digit]
        return total
