"""The rules about days that follow each other, as a finite automaton: what may come next, and what it costs.

A state knows which shift was last (as far as that matters for what may follow), how long each counted run is, and how
old the last days of rest are. States are found from the first one on, so that there are only those that can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.solver.roster_problem import RosterLimit, RosterPerson
from dispatch.solver.rosters.facts import Floats, Ints, RosterFacts
from dispatch.solver.rules import Rule

NEVER = np.inf
FAR = 1e30
"""More than any row costs."""


@dataclass(frozen=True)
class Work:
    """What takes a day: a shift, a training, or (with no minutes) nothing."""

    shift: str | None
    start: int
    minutes: int
    night: bool
    not_before: tuple[str, ...] = ()


FREE = Work(None, 0, 0, False)


@dataclass(frozen=True)
class Run:
    """A limit on days in a row for which ``counts`` holds."""

    rule: Rule
    limit: RosterLimit
    counts: Callable[[Work], bool]

    def begin(self, before: list[Work]) -> tuple[int, bool]:
        """Length of the run that ends on the last day of ``before``, and whether it may be longer than known."""
        length = 0
        for work in reversed(before):
            if not self.counts(work):
                break
            length += 1
        return self.cap(length), length == len(before)

    def cap(self, length: int) -> int:
        """Lengths that mean the same from now on are one."""
        return min(length, max(self.limit.most or 0, self.limit.least or 0))

    def step(self, state: tuple[int, bool], work: Work) -> tuple[tuple[int, bool], float]:
        """The state after ``work``, and the price; `NEVER` if it must not be."""
        (length, sure), limit = state, self.limit
        if self.counts(work):
            over = limit.most is not None and length + 1 > limit.most
            cost = 0.0 if not over else NEVER if limit.price is None else limit.price
            return (self.cap(length + 1), sure), cost
        short = 0 if sure or length == 0 else max(0, (limit.least or 0) - length)
        cost = 0.0 if not short else NEVER if limit.price is None else limit.price * short
        return (0, False), cost


def runs_of(facts: RosterFacts, person: RosterPerson) -> list[Run]:
    """Every limit on days in a row that holds for ``person``."""
    found = [
        Run(rule, limit, counts)
        for rule, limit, counts in (
            (Rule.DAYS_IN_ROW, person.days_in_row, _is_work),
            (Rule.OFF_IN_ROW, person.off_in_row, _is_free),
            (Rule.NIGHTS_IN_ROW, person.nights_in_row, _is_night),
        )
        if limit is not None
    ]
    for shift in facts.problem.shifts:
        if shift.in_row is not None:
            found.append(Run(Rule.SHIFT_IN_ROW, shift.in_row, _is_shift(shift.id)))
    return found


def _is_work(work: Work) -> bool:
    return work.minutes > 0


def _is_free(work: Work) -> bool:
    return work.minutes == 0


def _is_night(work: Work) -> bool:
    return work.night


def _is_shift(shift: str) -> Callable[[Work], bool]:
    return lambda work: work.shift == shift


def works_of(facts: RosterFacts, person: RosterPerson) -> list[Work]:
    """A day off, every shift in order, every training of ``person`` in order."""
    shifts = [Work(one.id, one.start, one.minutes, one.night, one.not_before) for one in facts.problem.shifts]
    return [FREE, *shifts, *(Work(None, one.start, one.minutes, False) for one in person.trainings)]


def caps_of(person: RosterPerson, works: list[Work]) -> dict[str, int]:
    """The most that ``person`` may have of a kind of shift, where nothing else says so: the minutes may."""
    found = {}
    hard = person.minutes.most if person.minutes is not None and person.minutes.price is None else None
    for work in works:
        most = person.shifts.get(work.shift or "")
        if work.shift is not None and most and (hard is None or most * work.minutes + work.minutes <= hard):
            found[work.shift] = most
    return found


def may_follow(person: RosterPerson, one: Work, other: Work) -> bool:
    """Whether ``other`` may be on the day after ``one``: enough rest, and not among what must not follow."""
    if not one.minutes or not other.minutes:
        return True
    rest = 1440 + other.start - one.start - one.minutes
    return rest >= person.rest_minutes and (other.shift is None or other.shift not in one.not_before)


def before_of(facts: RosterFacts, person: RosterPerson) -> list[Work]:
    """What is known of the days before the first, the latest last."""
    by_id = {work.shift: work for work in works_of(facts, person) if work.shift is not None}
    return [FREE if shift is None else by_id[shift] for shift in person.before.shifts]


State = tuple[int, tuple[tuple[int, bool], ...], tuple[int, ...]]
"""Group of the last work, state of each run, ages of the last days of rest (0: the last day)."""


class Automaton:
    """``follow[state, group]``: the next state, -1 for none; ``price[state, group]``; ``worked[state]``: the last day.

    ``group_of[work]``: works that are the same to every rule here, and as long, are one group; 0 is a day off.
    """

    def __init__(self, facts: RosterFacts, person: RosterPerson) -> None:
        self.person = person
        self.works = works_of(facts, person)
        self.runs = runs_of(facts, person)
        self._group()
        self._rest = person.rest_days
        begin = self._begin(before_of(facts, person))
        states: dict[State, int] = {begin: 0}
        rows: list[list[tuple[int, float]]] = []
        order = [begin]
        for state in order:
            row = []
            for group in range(len(self.lead)):
                after, cost = self._step(state, group)
                if after is None:
                    row.append((-1, 0.0))
                    continue
                if after not in states:
                    states[after] = len(order)
                    order.append(after)
                row.append((states[after], cost))
            rows.append(row)
        self.follow: Ints = np.array([[after for after, _ in row] for row in rows], dtype=np.int64)
        self.price: Floats = np.array([[cost for _, cost in row] for row in rows])
        self.worked: Ints = np.array([int(_is_work(self.lead[state[0]])) for state in order], dtype=np.int64)

    def _group(self) -> None:
        """Works alike: the same may follow them and they may follow the same, counted by the same runs, as long."""
        marks: dict[object, int] = {}
        capped = caps_of(self.person, self.works)
        self.group_of: list[int] = []
        self.lead: list[Work] = []
        for work in self.works:
            mark = (
                tuple(may_follow(self.person, work, other) for other in self.works),
                tuple(may_follow(self.person, other, work) for other in self.works),
                tuple(run.counts(work) for run in self.runs),
                work.minutes,
                work.night,
                work.shift is None,
                work.shift if work.shift in capped else None,
            )
            if mark not in marks:
                marks[mark] = len(self.lead)
                self.lead.append(work)
            self.group_of.append(marks[mark])
        self.pair = [[may_follow(self.person, one, other) for other in self.lead] for one in self.lead]
        # What was last matters only for what may follow: works alike in that are one.
        rows: dict[tuple[bool, ...], int] = {}
        self.last_of = [
            rows.setdefault((_is_work(work), *row), index)
            for index, (work, row) in enumerate(zip(self.lead, self.pair, strict=True))
        ]

    def _begin(self, before: list[Work]) -> State:
        last = self._index(before[-1]) if before else 0
        ages: tuple[int, ...] = ()
        if self._rest is not None:
            known = [age for age, work in enumerate(reversed(before)) if not work.minutes]
            ages = tuple([*known, *range(len(before), len(before) + self._rest.days)][: self._rest.days])
        return self.last_of[last], tuple(run.begin(before) for run in self.runs), ages

    def _index(self, work: Work) -> int:
        return self.group_of[self.works.index(work)]

    def _step(self, state: State, group: int) -> tuple[State | None, float]:
        last, runs, ages = state
        work = self.lead[group]
        if not self.pair[last][group]:
            return None, 0.0
        price, after = 0.0, []
        for run, one in zip(self.runs, runs, strict=True):
            new, cost = run.step(one, work)
            if cost == NEVER:
                return None, 0.0
            price += cost
            after.append(new)
        if self._rest is not None:
            ages = tuple(age + 1 for age in ages)
            if not work.minutes:
                ages = (0, *ages[:-1])
            if ages[-1] >= self._rest.in_any:
                return None, 0.0
        return (self.last_of[group], tuple(after), ages), price
