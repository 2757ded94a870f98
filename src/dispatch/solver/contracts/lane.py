"""The search in one part of the problem: what was told first, then what promises lack, then what is cheaper."""

from __future__ import annotations

import math

import numpy as np

from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contracts.facts import (
    CALLED_OFF,
    CHANGE_DAY,
    CHANGE_WORKER,
    CONTINUITY,
    EVEN,
    NEAR,
    PACE,
    SHORT,
    WORK,
    Facts,
    Ints,
    Scene,
)
from dispatch.solver.contracts.kernel import fill_all, lay, search
from dispatch.solver.contracts.state import State, empty_state, in_order, new_desk, visits_of

HEAT_FIRST = 40.0
HEAT_LAST = 0.5
"""Minutes by which a new state may be dearer, on average, at the beginning and at the end."""

BLOCK = 100
"""Rounds in one turn of mending."""

MEND_HEAT = 30.0
"""The same while promises are mended, at the beginning."""

FULL = -0.25
"""Weight of even load while promises are mended: below 0 days are filled up before others are begun."""

UNCHANGED = 20.0
"""What is told counts so many times its price while only promises are mended."""


class Lane:
    """One part. ``rows`` are the visits of the best plan known, ``cost`` its cost; the same seed goes the same way."""

    def __init__(self, scene: Scene, seed: int, start: ContractPlan | None) -> None:
        self.scene = scene
        self.facts = scene.facts
        self.draw = seed
        self._state: State | None = None
        self._calm: tuple[Facts, State] | None = None
        self._begin(start)

    def _begin(self, start: ContractPlan | None) -> None:
        scene, facts = self.scene, self.facts
        self.fixed, others = self._told()
        first = others if start is None else _rows_of(scene, start)
        state = self._laid(np.concatenate([self.fixed, first]))
        if start is not None:
            self._put_in(state, others)
        order = _by_room(facts)
        fill_all(facts, state, new_desk(facts, state, self.draw), order)
        self.rows, self.cost = visits_of(state), float(state.cost[0])

    def _told(self) -> tuple[Ints, Ints]:
        """Told visits as rows: those that stay, pins first, and the others."""
        scene, facts = self.scene, self.facts
        fixed: list[tuple[bool, list[int]]] = []
        others = []
        for place, index in enumerate(scene.told):
            one = scene.problem.told[index]
            helper = int(facts.told_helper[place])
            row = [scene.contract_index[one.contract], int(facts.told_kind[place]), int(facts.told_day[place]), helper]
            if helper < 0:
                continue
            if scene.fixed(index):
                fixed.append((not one.pin, [*row, place, 1]))
            else:
                others.append([*row, place, 0])
        fixed.sort(key=lambda one: one[0])
        return _table([row for _, row in fixed]), _table(others)

    def _laid(self, rows: Ints) -> State:
        state = empty_state(self.facts)
        self._put_in(state, rows)
        return state

    def _put_in(self, state: State, rows: Ints) -> None:
        lay(self.facts, state, new_desk(self.facts, state, self.draw), rows, np.zeros(len(rows), dtype=np.int64))

    def state(self) -> State:
        """The best plan known, as a state."""
        return self._laid(self.rows)

    def kept(self) -> list[bool]:
        """Whether the best plan keeps each period; of those that go on, whether it is on pace."""
        short = self._laid(self.rows).short
        return [index >= len(short) or bool(short[index] == 0) for index in range(len(self.scene.periods))]

    def broken(self) -> int:
        """How many promises the best plan breaks."""
        return sum(period.hard and not kept for period, kept in zip(self.scene.periods, self.kept(), strict=True))

    def standing(self) -> Ints:
        """The fixed visits that stand, as rows."""
        fixed: Ints = self.rows[self.rows[:, 5] == 1]
        return fixed

    def take_over(self, rows: Ints) -> None:
        """Go on from these visits if that costs less."""
        state = self._laid(in_order(rows))
        fill_all(self.facts, state, new_desk(self.facts, state, self.draw), _by_room(self.facts))
        if state.cost[0] < self.cost - 1e-9:
            self.rows, self.cost = visits_of(state), float(state.cost[0])

    def mend(self, progress: float) -> None:
        """One turn at the search for a plan that breaks fewer promises and leaves what is told as it is if it can.

        Here nothing counts but whole promises, told dates, and full days, so that room is left on others. ``progress``
        from 0 to 1 cools the search.
        """
        if self._calm is None:
            self._calm = self._calmed()
        self._search(*self._calm, BLOCK, MEND_HEAT * (1 - progress), whole=True)

    def _calmed(self) -> tuple[Facts, State]:
        """The part as it is while promises are mended, with the visits that count for them."""
        facts = self.facts
        weights = facts.weights.copy()
        weights[[CHANGE_DAY, CHANGE_WORKER, CALLED_OFF]] *= UNCHANGED
        weights[[SHORT, PACE, NEAR, CONTINUITY]] = 0.0
        weights[[WORK, EVEN]] = 1.0, FULL
        calm = facts._replace(weights=weights, row_need=np.where(facts.row_hard, facts.row_need, 0))
        state = empty_state(calm)
        lay(calm, state, new_desk(calm, state, self.draw), self._needed(), np.zeros(len(self.rows), dtype=np.int64))
        return calm, state

    def _needed(self) -> Ints:
        """The visits that count for promises the plan keeps or breaks, or were told."""
        facts = self.facts
        hard = np.flatnonzero(facts.row_hard)
        useful = np.zeros(facts.minutes.shape, dtype=np.bool_)
        for row in hard.tolist():
            useful[facts.row_contract[row]] |= facts.counts[:, facts.row_kind[row]]
        needed: Ints = self.rows[useful[self.rows[:, 0], self.rows[:, 1]] | (self.rows[:, 4] >= 0)]
        return needed

    def improve(self, rounds: int, progress: float) -> None:
        """Go on for ``rounds``; ``progress`` from 0 to 1 cools the search."""
        if self._state is None:
            self._state = self._laid(self.rows)
        heat = HEAT_FIRST * math.pow(HEAT_LAST / HEAT_FIRST, progress)
        self._search(self.facts, self._state, rounds, heat, whole=False)

    def _search(self, facts: Facts, state: State, rounds: int, heat: float, *, whole: bool) -> None:
        if not len(facts.row_need):
            return
        desk = new_desk(facts, state, self.draw)
        best = np.zeros((len(state.contract), 6), dtype=np.int64)
        search(facts, state, desk, rounds, heat, whole, best)
        self.draw = int(desk.seed[0] >> np.uint64(1)) + 1
        self.take_over(best)


def _table(rows: list[list[int]]) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), 6)


def _by_room(facts: Facts) -> Ints:
    """Contracts with the fewest days they may be visited on for each visit they need first."""
    needs = np.zeros(len(facts.minutes), dtype=np.int64)
    np.add.at(needs, facts.row_contract, facts.row_need)
    room = facts.new.sum(axis=1) * np.maximum(1, facts.may.sum(axis=1)) / np.maximum(1, needs)
    return np.argsort(room, kind="stable").astype(np.int64)


def _rows_of(scene: Scene, plan: ContractPlan) -> Ints:
    """The visits of a plan as rows, those that are not of this part or these days left out."""
    places = {scene.problem.told[index].id: place for place, index in enumerate(scene.told)}
    rows = []
    for visit in plan.visits:
        day = visit.day - scene.problem.day
        known = visit.contract in scene.contract_index and visit.helper in scene.helper_index
        if known and visit.kind in scene.kind_index and 0 <= day < scene.days:
            contract, helper = scene.contract_index[visit.contract], scene.helper_index[visit.helper]
            kind = scene.kind_index[visit.kind]
            place = places.get(visit.told or "", -1)
            stays = place >= 0 and scene.facts.told_day[place] == day
            rows.append([contract, kind, day, helper, place if stays else -1, 0])
    return _table(rows)
