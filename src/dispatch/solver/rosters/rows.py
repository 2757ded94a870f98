"""The best row of each person at given prices of places, within all rules about that person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispatch.solver.roster_problem import RosterPerson
from dispatch.solver.rosters.automaton import Automaton, caps_of
from dispatch.solver.rosters.counters import Cells, cap_counter, counters_of, steps_of
from dispatch.solver.rosters.facts import OFF, SUNDAY, TRAINING, Floats, Ints, RosterFacts, Row, Singles
from dispatch.solver.rosters.kernel import FAR, cheapest, walk_back

REPAIRS = 30
"""Times that a row with too much of something is tried again with one more day forbidden."""
ROOM_MAX = 12_000_000
"""Numbers in the scratch room of one path at most."""


@dataclass(frozen=True)
class Best:
    """A row and its ``cost`` with the prices of its places; no row costs less than ``bound``."""

    row: Row
    cost: float
    bound: float


class Rower:
    """Everything about one person that does not change while others do."""

    def __init__(self, facts: RosterFacts, person: RosterPerson) -> None:
        self.facts, self.person = facts, person
        self.automaton = Automaton(facts, person)
        lead = self.automaton.lead
        self.counters = counters_of(facts, person, self.automaton.works)
        self.steps = [steps_of(facts, one, lead) for one in self.counters]
        states = len(self.automaton.worked)
        self._cells_max = ROOM_MAX // ((facts.days + 1) * states)
        self._cells: dict[tuple[int, ...], Cells] = {}
        self.cells = self._cells_with(())
        self.shape = (facts.days + 1, states, self.cells.size)
        self._days: Ints = np.arange(facts.days)
        self._caps: list[tuple[str, int]] = []
        self._price_days()
        self._split = self._splits()
        self._fill_kernel()
        self._follow_list, self._price_list = self.automaton.follow.tolist(), self.automaton.price.tolist()

    def _price_days(self) -> None:
        """``own[day, kind]`` and ``off_cost[day]``: what a day alone costs, infinite for what must not be."""
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
        self._kinds = [np.flatnonzero(of_kind == group) for group in range(len(self.automaton.lead))]
        # Where nothing is to be covered there is still one column, which nobody may have.
        self.group_of_kind: Ints = of_kind if len(of_kind) else np.zeros(1, dtype=np.int64)
        caps = caps_of(person, self.automaton.works)
        self._caps = list(caps.items())
        self._most: Ints = np.array(list(caps.values()), dtype=np.int64)
        places = {shift: at for at, shift in enumerate(caps)}
        shift_ids = [shift.id for shift in facts.problem.shifts]
        # Of a kind that is not capped the last place, one behind all caps.
        self._cap_of: Ints = np.array([places.get(shift_ids[one], len(caps)) for one in facts.shift_of], dtype=np.int64)

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

    def _cells_with(self, caps: tuple[int, ...]) -> Cells:
        """The cells that count the shifts of ``caps``, too, as far as there is room; without any, all that is kept."""
        if caps not in self._cells:
            lead = self.automaton.lead
            more = [cap_counter(*self._caps[at]) for at in caps]
            steps = [steps_of(self.facts, one, lead) for one in more]
            kept = self.counters if not caps else self.cells.kept
            self._cells[caps] = Cells(
                self.facts, [*kept, *more], [*self.steps[: len(kept)], *steps], self._cells_max, len(lead)
            )
        return self._cells[caps]

    def _fill_kernel(self) -> None:
        """What the kernel reads in single precision."""
        self._price = self.automaton.price.astype(np.float32)
        sundays = [self.cells.has_weeks and self.facts.weekday(day) == SUNDAY for day in range(self.facts.days)]
        self._week_ends: Ints = np.array(sundays, dtype=np.int64)

    def best(self, prices: Floats, scratch: Singles, *, exact: bool = True) -> Best | None:
        """The cheapest row where a place (day, kind) costs ``prices``; None if there is none.

        A cap on a kind of shift is counted where a row breaks it. What there is no room to count, and caps unless
        ``exact``, are kept by forbidding days where a row has too much: then it may not be the cheapest, and ``bound``
        says by how much at most. ``scratch``: `ROOM_MAX` numbers.
        """
        total = self.own + prices
        bound, counted, free = -float("inf"), tuple[int, ...](), True
        for _ in range(REPAIRS):
            found = self._path(total, self._cells_with(counted), scratch)
            if found is None:
                return None
            value, row = found
            bound = max(bound, value) if free else bound
            over = self._over(row)
            more = tuple(sorted({*counted, *over}))
            if exact and free and more != counted and not self._cells_with(more).left_out:
                counted = more
                continue
            if not self._forbid(total, row, over):
                worked = np.flatnonzero(row >= 0)
                cost = self.cost(row) + float(prices[worked, row[worked]].sum())
                return Best(row, cost, min(cost, bound)) if cost < float("inf") else None
            free = False
        return None

    def _path(self, total: Floats, cells: Cells, scratch: Singles) -> tuple[float, Row] | None:
        days, groups = self.facts.days, len(self.automaton.lead)
        by_group: Floats = np.full((days, groups), np.inf)
        chosen: Ints = np.full((days, groups), OFF)
        for group, kinds in enumerate(self._kinds):
            if len(kinds):
                at = total[:, kinds].argmin(axis=1)
                chosen[:, group] = kinds[at]
                by_group[:, group] = total[self._days, kinds[at]]
        by_group[:, 0] = self.off_cost
        taken = np.flatnonzero(self.training_group >= 0)
        by_group[taken] = np.inf
        by_group[taken, self.training_group[taken]] = self.off_cost[taken]
        chosen[taken] = TRAINING
        day_price = np.minimum(by_group, FAR).astype(np.float32)
        shape = (days + 1, len(self.automaton.worked), cells.size)
        room = scratch[: int(np.prod(shape))].reshape(shape)
        path: Ints = np.zeros(days, dtype=np.int64)
        follow, worked = self.automaton.follow, self.automaton.worked
        same = (room, follow, self._price, worked, day_price, self._split, cells.moves, cells.far_closed)
        cheapest(*same, cells.begin, self._week_ends, cells.anew, cells.far_weekly, cells.inner, cells.from_to)
        value = walk_back(*same, cells.far_ends, self._week_ends, cells.anew, cells.far_weekly, path)
        if value >= FAR:
            return None
        return float(value), chosen[self._days, path].astype(np.int16)

    def _forbid(self, total: Floats, row: Row, over: list[int]) -> bool:
        """Whether ``row`` has too much of something; then it is forbidden in ``total`` where it is missed least."""
        for at in over:
            kinds = np.flatnonzero(self._cap_of == at)
            days = np.flatnonzero((row >= 0) & (self._cap_of[row] == at))
            self._forbid_some(total, row, days, kinds, len(days) - int(self._most[at]))
        if over:
            return True
        for index in self.cells.left_out:
            counter = self.counters[index]
            if self._counted(index, row) == float("inf"):
                groups, worked = self.groups(row)
                days = np.flatnonzero((self.steps[index][self._days, worked, groups] > 0) & (row >= 0))
                if len(days) == 0 or counter.weekly:
                    continue
                self._forbid_some(total, row, days, np.arange(total.shape[1]), 1)
                return True
        return False

    def _over(self, row: Row) -> list[int]:
        """The caps that ``row`` breaks."""
        counts = np.bincount(self._cap_of[row[row >= 0]], minlength=len(self._caps))[: len(self._caps)]
        return np.flatnonzero(counts > self._most).tolist() if self._caps else []

    def _forbid_some(self, total: Floats, row: Row, days: Ints, kinds: Ints, count: int) -> None:
        others = total[days].copy()
        others[:, kinds] = np.inf
        instead = np.minimum(others.min(axis=1), np.minimum(self.off_cost[days], FAR))
        least = days[np.argsort(instead - total[days, row[days]], kind="stable")[:count]]
        total[np.ix_(least, kinds)] = np.inf

    def groups(self, row: Row) -> tuple[Ints, Ints]:
        """The group of each day, and whether the day before was worked."""
        groups = np.where(row >= 0, self.group_of_kind[np.maximum(row, 0)], 0)
        groups = np.where(row == TRAINING, self.training_group, groups)
        worked: Ints = np.concatenate(([self.automaton.worked[0]], (row[:-1] != OFF).astype(np.int64)))
        return groups, worked

    def _counted(self, index: int, row: Row) -> float:
        """What one counter costs over ``row``."""
        groups, worked = self.groups(row)
        counter = self.counters[index]
        steps = self.steps[index][self._days, worked, groups]
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
        total += float(self._split[self._days, worked, groups].sum())
        state = 0
        for group in groups.tolist():
            total += self._price_list[state][group]
            state = self._follow_list[state][group]
            if state < 0:
                return float("inf")
        if self._over(row):
            return float("inf")
        return total + sum(self._counted(index, row) for index in range(len(self.counters)))
