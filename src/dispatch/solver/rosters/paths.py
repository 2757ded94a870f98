"""The cheapest row of one person as a path, and all rows that cost little more, from the same numbers."""

from __future__ import annotations

import numpy as np

from dispatch.solver.rosters.automaton import FAR
from dispatch.solver.rosters.counters import Cells, cap_counter, steps_of
from dispatch.solver.rosters.facts import OFF, SUNDAY, TRAINING, Floats, Ints, Row, Singles
from dispatch.solver.rosters.kernel import cheapest, near, walk_back
from dispatch.solver.rosters.row_costs import RowCosts

ROOM_MAX = 12_000_000
"""Numbers in the scratch room of one path at most."""
TRIES = 200_000
"""Steps at most in looking for rows about the cheapest."""
NO_CAP = 1_000_000


class Paths:
    """Paths through days, states and cells. ``cells``: what adds up, as far as there is room, without caps."""

    def __init__(self, costs: RowCosts) -> None:
        self.costs, self.facts = costs, costs.facts
        self._states = len(costs.automaton.worked)
        self._cells_max = ROOM_MAX // ((self.facts.days + 1) * self._states)
        self._cells: dict[tuple[int, ...], Cells] = {}
        self.cells = self.counting(())
        self._price: Singles = costs.automaton.price.astype(np.float32)
        sundays = [self.cells.has_weeks and self.facts.weekday(day) == SUNDAY for day in range(self.facts.days)]
        self._week_ends: Ints = np.array(sundays, dtype=np.int64)
        self._fill_options()
        self._fill_origins()

    def counting(self, caps: tuple[int, ...]) -> Cells:
        """The cells that count the shifts of ``caps``, too, as far as there is room; without any, all that is kept."""
        if caps not in self._cells:
            costs, lead = self.costs, self.costs.automaton.lead
            more = [cap_counter(*costs.caps[at]) for at in caps]
            steps = [steps_of(self.facts, one, lead) for one in more]
            kept = costs.counters if not caps else self.cells.kept
            steps = [*costs.steps[: len(kept)], *steps]
            self._cells[caps] = Cells(self.facts, [*kept, *more], steps, self._cells_max, len(lead))
        return self._cells[caps]

    def room(self, caps: tuple[int, ...]) -> tuple[int, int]:
        """How many times the cells are needed to count ``caps``, and how many numbers that makes."""
        times = 1
        for at in caps:
            times *= self.costs.caps[at][1] + 2
        return times, times * (self.facts.days + 1) * self._states * self.cells.size

    def _fill_options(self) -> None:
        """What a day may bring: a kind, a day off, one of the groups of trainings."""
        costs = self.costs
        kinds = len(costs.group_of_kind)
        trainings = sorted({int(one) for one in costs.training_group if one >= 0})
        self._what: Row = np.array([*range(kinds), OFF, *[TRAINING] * len(trainings)], dtype=np.int16)
        self._group_of: Ints = np.array([*costs.group_of_kind.tolist(), 0, *trainings], dtype=np.int64)
        self._cap_of: Ints = np.append(costs.cap_of, np.full(1 + len(trainings), len(costs.caps)))
        self._cap_most: Ints = np.append(costs.most, NO_CAP)
        self._trained: Ints = np.flatnonzero(costs.training_group >= 0)
        places = [kinds + 1 + trainings.index(int(costs.training_group[day])) for day in self._trained]
        self._training: Ints = np.array(places, dtype=np.int64)

    def _fill_origins(self) -> None:
        """Of each state the states and options that lead there."""
        follow = self.costs.automaton.follow
        pairs: list[list[tuple[int, int]]] = [[] for _ in range(self._states)]
        for state in range(self._states):
            for option, group in enumerate(self._group_of.tolist()):
                if follow[state, group] >= 0:
                    pairs[follow[state, group]].append((state, option))
        flat = [one for some in pairs for one in some]
        at: Ints = np.cumsum([0, *(len(some) for some in pairs)])
        states: Ints = np.array([state for state, _ in flat], dtype=np.int64)
        options: Ints = np.array([option for _, option in flat], dtype=np.int64)
        self._origins = at.astype(np.int64), states, options

    def _scratch(self, cells: Cells, scratch: Singles) -> Singles:
        shape = (self.facts.days + 1, self._states, cells.size)
        return scratch[: int(np.prod(shape))].reshape(shape)

    def cheapest(self, total: Floats, cells: Cells, scratch: Singles) -> tuple[float, Row] | None:
        """The cheapest row where (day, kind) costs ``total``, by what ``cells`` count; None if there is none.

        What it filled ``scratch`` (`ROOM_MAX` numbers) with is what `near` looks at.
        """
        costs, days, groups = self.costs, self.facts.days, len(self.costs.automaton.lead)
        by_group: Floats = np.full((days, groups), np.inf)
        chosen: Ints = np.full((days, groups), OFF)
        for group, kinds in enumerate(costs.kinds_of_group):
            if len(kinds):
                at = total[:, kinds].argmin(axis=1)
                chosen[:, group] = kinds[at]
                by_group[:, group] = total[costs.days, kinds[at]]
        by_group[:, 0] = costs.off_cost
        taken = self._trained
        by_group[taken] = np.inf
        by_group[taken, costs.training_group[taken]] = costs.off_cost[taken]
        chosen[taken] = TRAINING
        day_price = np.minimum(by_group, FAR).astype(np.float32)
        room, path = self._scratch(cells, scratch), np.zeros(days, dtype=np.int64)
        automaton = costs.automaton
        same = room, automaton.follow, self._price, automaton.worked, day_price, costs.split, cells.moves
        closed, weeks = cells.far_closed, (self._week_ends, cells.anew, cells.far_weekly)
        cheapest(*same, closed, cells.begin, *weeks, cells.inner, cells.from_to)
        value = walk_back(*same, closed, cells.far_ends, *weeks, path)
        if value >= FAR:
            return None
        return float(value), chosen[costs.days, path].astype(np.int16)

    def near(
        self, total: Floats, cells: Cells, scratch: Singles, limit: float, most: int
    ) -> tuple[bool, list[Row], Floats]:
        """Rows that cost ``limit`` or less and keep the caps, ``most`` at most: whether these are all, and their costs.

        ``scratch`` is as `cheapest` left it for the same ``total`` and ``cells``.
        """
        costs, days, kinds, taken = self.costs, self.facts.days, total.shape[1], self._trained
        price: Floats = np.full((days, len(self._what)), np.inf)
        price[:, :kinds] = total
        price[:, kinds] = costs.off_cost
        price[taken] = np.inf
        price[taken, self._training] = costs.off_cost[taken]
        found, values = np.empty((most, days), dtype=np.int16), np.empty(most)
        count = near(
            self._scratch(cells, scratch), self._price, costs.automaton.worked,
            np.minimum(price, FAR).astype(np.float32), self._group_of, costs.split, cells.moves, cells.far_closed,
            cells.far_ends, self._week_ends, cells.anew, cells.far_weekly, *self._origins, self._cap_of,
            self._cap_most, limit + 1e-3, TRIES, found, values, np.zeros((days + 2, 5), dtype=np.int64),
            np.zeros(days + 1), np.zeros(len(self._cap_most), dtype=np.int64),
        )  # fmt: skip
        have = count if count >= 0 else -count - 1
        return count >= 0, list(self._what[found[:have]]), values[:have]
