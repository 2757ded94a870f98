"""What a row of one person costs and breaks: by day, by what follows what, by what adds up, by caps on shifts."""

from __future__ import annotations

import numpy as np

from dispatch.solver.roster_problem import RosterPerson
from dispatch.solver.rosters.automaton import Automaton, caps_of
from dispatch.solver.rosters.counters import counters_of, steps_of
from dispatch.solver.rosters.facts import OFF, SUNDAY, TRAINING, Floats, Ints, RosterFacts, Row, Singles


class RowCosts:
    """Everything about one person that does not change while others do.

    ``own[day, kind]`` and ``off_cost[day]``: what a day alone costs, infinite for what must not be. ``caps``: the most
    of a kind of shift, by place; ``cap_of[kind]``: its place, one behind the last where it is not capped.
    """

    def __init__(self, facts: RosterFacts, person: RosterPerson) -> None:
        self.facts, self.person = facts, person
        self.automaton = Automaton(facts, person)
        self.counters = counters_of(facts, person, self.automaton.works)
        self.steps = [steps_of(facts, one, self.automaton.lead) for one in self.counters]
        self.days: Ints = np.arange(facts.days)
        self._price_days()
        self._fill_caps()
        self.split = self._splits()
        self._follow_list, self._price_list = self.automaton.follow.tolist(), self.automaton.price.tolist()

    def _price_days(self) -> None:
        facts, person, group_of = self.facts, self.person, self.automaton.group_of
        shifts = len(facts.problem.shifts)
        self.own: Floats = np.full((facts.days, max(1, len(facts.kinds))), np.inf)
        self.off_cost: Floats = np.zeros(facts.days)
        self.training_group: Ints = np.full(facts.days, -1)
        for day in range(facts.days):
            for kind in range(len(facts.kinds)):
                if facts.barred(person, kind, day) is None:
                    self.own[day, kind] = sum(facts.day_costs(person, day, kind).values())
            self.off_cost[day] = sum(facts.day_costs(person, day, OFF).values())
            if facts.must_work(person, day):
                self.off_cost[day] = np.inf
        for index, training in enumerate(person.trainings):
            self.training_group[training.day] = group_of[1 + shifts + index]
            self.off_cost[training.day] = sum(facts.day_costs(person, training.day, TRAINING).values())
        of_kind: Ints = np.array([group_of[1 + shift] for shift, _ in facts.kinds], dtype=np.int64)
        self.kinds_of_group = [np.flatnonzero(of_kind == group) for group in range(len(self.automaton.lead))]
        # Where nothing is to be covered there is still one column, which nobody may have.
        self.group_of_kind: Ints = of_kind if len(of_kind) else np.zeros(1, dtype=np.int64)

    def _fill_caps(self) -> None:
        caps = caps_of(self.person, self.automaton.works)
        self.caps = list(caps.items())
        self.most: Ints = np.array(list(caps.values()), dtype=np.int64)
        places = {shift: at for at, shift in enumerate(caps)}
        ids = [shift.id for shift in self.facts.problem.shifts]
        of_kind = [places.get(ids[one], len(caps)) for one in self.facts.shift_of]
        self.cap_of: Ints = np.array(of_kind or [len(caps)], dtype=np.int64)

    def _splits(self) -> Singles:
        """The price of half a weekend, on Sundays: by whether Saturday was worked, and what Sunday brings."""
        facts, lead = self.facts, self.automaton.lead
        split: Singles = np.zeros((facts.days, 2, len(lead)), dtype=np.float32)
        price = self.person.whole_weekends
        for day in range(facts.days) if price else ():
            if facts.weekday(day) == SUNDAY and (day > 0 or self.person.before.shifts):
                for group, work in enumerate(lead):
                    split[day, 0, group] = price if work.minutes else 0.0
                    split[day, 1, group] = 0.0 if work.minutes else price
        return split

    def counts(self, row: Row) -> Ints:
        """How many of each capped kind ``row`` has."""
        return np.bincount(self.cap_of[row[row >= 0]], minlength=len(self.caps) + 1)[: len(self.caps)]

    def over(self, row: Row) -> list[int]:
        """The caps that ``row`` breaks."""
        return np.flatnonzero(self.counts(row) > self.most).tolist() if self.caps else []

    def groups(self, row: Row) -> tuple[Ints, Ints]:
        """The group of each day, and whether the day before was worked."""
        groups = np.where(row >= 0, self.group_of_kind[np.maximum(row, 0)], 0)
        groups = np.where(row == TRAINING, self.training_group, groups)
        worked: Ints = np.concatenate(([self.automaton.worked[0]], (row[:-1] != OFF).astype(np.int64)))
        return groups, worked

    def counted(self, index: int, row: Row) -> float:
        """What one counter costs over ``row``."""
        groups, worked = self.groups(row)
        counter = self.counters[index]
        steps = self.steps[index][self.days, worked, groups]
        if not counter.weekly:
            return counter.cost(counter.begin + int(steps.sum()))
        total, value = 0.0, counter.begin
        for day in range(self.facts.days):
            value += int(steps[day])
            if self.facts.weekday(day) == SUNDAY:
                total += counter.cost(value)
                value = 0
        return total + (counter.open_cost(value) if counter.open_cost is not None else 0.0)

    def cost(self, row: Row) -> float:
        """What ``row`` costs without its places; infinite if it breaks a rule about this person."""
        groups, worked = self.groups(row)
        at = np.flatnonzero(row >= 0)
        total = float(self.own[at, row[at]].sum() + self.off_cost[row < 0].sum())
        total += float(self.split[self.days, worked, groups].sum())
        state = 0
        for group in groups.tolist():
            total += self._price_list[state][group]
            state = self._follow_list[state][group]
            if state < 0:
                return float("inf")
        if self.over(row):
            return float("inf")
        return total + sum(self.counted(index, row) for index in range(len(self.counters)))
