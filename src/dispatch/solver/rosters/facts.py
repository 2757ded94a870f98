"""A `RosterProblem` as numbers: what may be given to whom on which day, and what each single day of somebody costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.roster_problem import RosterDuty, RosterPerson, RosterPost, RosterProblem, RosterShift
from dispatch.solver.rules import Rule

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Row = NDArray[np.int16]

OFF = -1
"""In a row, a day off; everything else is the index of a kind: a shift at a post."""
TRAINING = -2
"""In a row, a day taken by a training."""
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Shares:
    """What somebody would have worked of each if all had the same for each day they were there: see `RosterWeights`."""

    nights: int
    weekends: int
    holidays: int


class RosterFacts:
    """By index: shifts, kinds (a shift at a post), people; by (day, kind) the cover asked for."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.days = problem.days
        self.shift_index = {shift.id: index for index, shift in enumerate(problem.shifts)}
        self.posts: dict[str, RosterPost] = {post.id: post for post in problem.posts}
        self.people = {person.id: index for index, person in enumerate(problem.people)}
        names = sorted({(self.shift_index[one.shift], one.post) for one in problem.cover})
        self.kinds: list[tuple[int, str]] = names
        self.kind_index = {name: index for index, name in enumerate(names)}
        self.shift_of = np.array([shift for shift, _ in names], dtype=np.int64)
        self.holidays = set(problem.holidays)
        self._fill_cover()
        self._totals = self._all_there_is()
        self._days_there = max(1, sum(self._there(person) for person in problem.people))
        self._wishes: dict[str, list[Any]] = {}
        for wish in problem.wishes:
            self._wishes.setdefault(wish.person, []).append(wish)
        self._pins = {(pin.person, pin.day): pin for pin in problem.pins}
        self._told = {(duty.person, duty.day): duty for duty in problem.told}
        self._absent = {(person.id, one.day, one.shift) for person in problem.people for one in person.absent_from}

    def _fill_cover(self) -> None:
        shape = (self.days, max(1, len(self.kinds)))
        self.asked = np.zeros(shape, dtype=bool)
        self.minimum, self.wanted = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self.under, self.over = np.zeros(shape), np.zeros(shape)
        for one in self.problem.cover:
            at = one.day, self.kind_index[self.shift_index[one.shift], one.post]
            self.asked[at] = True
            self.minimum[at], self.wanted[at] = one.minimum, one.wanted
            self.under[at], self.over[at] = one.under, one.over

    def weekday(self, day: int) -> int:
        """0 for a Monday, 6 for a Sunday; ``day`` may be before the first."""
        return (self.problem.first_day + day + 3) % 7

    def shift(self, kind: int) -> RosterShift:
        """The shift of a kind."""
        return self.problem.shifts[self.kinds[kind][0]]

    def shares(self, person: RosterPerson) -> Shares:
        """The fair share of ``person``: of all that was worked and is to be, as their days there are of all days."""
        nights, weekends, holidays = (whole * self._there(person) // self._days_there for whole in self._totals)
        return Shares(nights, weekends, holidays)

    def _there(self, person: RosterPerson) -> int:
        """Days on which ``person`` was in the roster, or will be, and not absent."""
        return person.before.days + self.days - len(set(person.absent))

    def _all_there_is(self) -> tuple[int, int, int]:
        """Nights, weekends and holidays: places to fill, and what was worked before."""
        places = np.maximum(self.minimum, self.wanted)
        night = np.array([self.shift(kind).night for kind in range(len(self.kinds))], dtype=bool)
        nights = int(places[:, : len(night)][:, night].sum()) if len(night) else 0
        by_day = places.sum(axis=1)
        holidays = sum(int(by_day[day]) for day in self.holidays)
        weekends = 0
        for day in range(self.days):
            if self.weekday(day) == SUNDAY:
                weekends += int(by_day[day] + by_day[day - 1] + 1) // 2 if day > 0 else int(by_day[day])
        if self.weekday(self.days - 1) == SATURDAY:
            weekends += int(by_day[-1])
        before = [person.before for person in self.problem.people]
        return (
            nights + sum(one.nights for one in before),
            weekends + sum(one.weekends for one in before),
            holidays + sum(one.holidays for one in before),
        )

    def able(self, person: RosterPerson, kind: int, day: int) -> bool:
        """Whether the skills and certificates of ``person`` will do for ``kind`` on ``day``, to its last minute."""
        post, shift = self.posts[self.kinds[kind][1]], self.shift(kind)
        if post.skill is None:
            return True
        first = self.problem.first_day + day
        last = first + (shift.start + shift.minutes - 1) // 1440
        return any(
            held.skill == post.skill
            and held.level >= post.level
            and (held.first is None or held.first <= first)
            and (held.last is None or last <= held.last)
            for held in person.skills
        )

    def barred(self, person: RosterPerson, kind: int, day: int) -> Rule | None:
        """The rule by which ``person`` cannot have ``kind`` on ``day``, whatever else they do; None if they can."""
        pin = self._pins.get((person.id, day))
        shift = self.shift(kind)
        if day in person.absent or (person.id, day, shift.id) in self._absent:
            return Rule.ABSENT
        if not self.able(person, kind, day):
            return Rule.SKILL
        if any(training.day == day for training in person.trainings):
            return Rule.TRAINING
        if person.holidays == "off" and day in self.holidays:
            return Rule.HOLIDAY
        if person.shifts.get(shift.id, 1) == 0:
            return Rule.SHIFT_CAP
        if not self.asked[day, kind]:
            return Rule.PLACE
        if pin is not None and (pin.shift != shift.id or (pin.post is not None and pin.post != self.kinds[kind][1])):
            return Rule.PIN
        return None

    def must_work(self, person: RosterPerson, day: int) -> bool:
        """Whether a pin gives ``person`` a shift on ``day``."""
        pin = self._pins.get((person.id, day))
        return pin is not None and pin.shift is not None

    def day_costs(self, person: RosterPerson, day: int, kind: int) -> dict[Rule, float]:
        """What ``kind`` (`OFF`, `TRAINING`) on ``day`` costs by rule, beside rules over several days."""
        weights, found = self.problem.weights, dict[Rule, float]()
        shift = self.shift(kind) if kind >= 0 else None
        for wish in self._wishes.get(person.id, ()):
            if wish.day == day:
                has = shift is not None and wish.shift in (None, shift.id)
                if has != wish.wanted:
                    found[Rule.WISH] = found.get(Rule.WISH, 0.0) + wish.weight
        if day < self.problem.told_days and kind != TRAINING:
            told = self._told.get((person.id, day))
            now = None if shift is None else (shift.id, self.kinds[kind][1])
            if now != (None if told is None else (told.shift, told.post)):
                found[Rule.ROSTER_CHANGE] = weights.change
        if shift is not None:
            pay = weights.pay * person.hour_price * shift.minutes / 60
            found[Rule.PAY] = pay
            if person.holidays == "double" and day in self.holidays:
                found[Rule.DOUBLE_DAY] = pay + weights.double_day
        return {rule: cost for rule, cost in found.items() if cost}

    def duties(self, rows: list[Row]) -> tuple[RosterDuty, ...]:
        """The duties in ``rows``, one of each person, by day and person."""
        people, shifts = self.problem.people, self.problem.shifts
        found = []
        for day in range(self.days):
            for index, row in enumerate(rows):
                if row[day] >= 0:
                    shift, post = self.kinds[row[day]]
                    found.append(RosterDuty(person=people[index].id, day=day, shift=shifts[shift].id, post=post))
        return tuple(found)

    def rows(self, duties: tuple[RosterDuty, ...]) -> list[Row]:
        """A row of each person from ``duties``; what is not known to this problem is passed over."""
        rows = [np.full(self.days, OFF, dtype=np.int16) for _ in self.problem.people]
        for person, row in zip(self.problem.people, rows, strict=True):
            for training in person.trainings:
                row[training.day] = TRAINING
        for duty in duties:
            kind = self.kind_index.get((self.shift_index.get(duty.shift, -1), duty.post))
            index = self.people.get(duty.person)
            if kind is not None and index is not None and duty.day < self.days and rows[index][duty.day] == OFF:
                rows[index][duty.day] = kind
        return rows

    def cover(self, rows: list[Row]) -> Ints:
        """How many people each (day, kind) has."""
        found = np.zeros(self.asked.shape, dtype=np.int64)
        for row in rows:
            worked = np.flatnonzero(row >= 0)
            found[worked, row[worked]] += 1
        return found

    def places_cost(self, cover: Ints) -> float:
        """What places open, under and over cost."""
        return float(self.place_costs(cover).sum())

    def place_costs(self, cover: Ints) -> Floats:
        """The same for each (day, kind)."""
        costs: Floats = self.problem.weights.open * np.maximum(0, self.minimum - cover)
        costs += self.under * np.maximum(0, self.wanted - cover)
        costs += self.over * np.maximum(0, cover - self.wanted)
        return costs

    def marginal(self, cover: Ints) -> Floats:
        """What one more at each (day, kind) adds to `places_cost`."""
        more: Floats = np.where(cover < self.wanted, -self.under, self.over)
        return more - np.where(cover < self.minimum, self.problem.weights.open, 0.0)
