"""One search: aims at ends that cost less than the best plan it knows, and tries to meet them as deadlines."""

from __future__ import annotations

import random

import numpy as np

from dispatch.solver.teams.desk import new_desk
from dispatch.solver.teams.first import Scene
from dispatch.solver.teams.kernel import draw_together, drop_late, search, set_deadlines
from dispatch.solver.teams.state import HANDED, State, assign, copies_for, copy_of

STEPS = 400
"""Ruin-and-recreate steps of one round."""

HEAT = 0.03
"""In mean out-prices; 0.3 found a tenth of what this finds, 0 two thirds (five instances, 10,000 steps)."""

LOOSE = 0.1
"""How often an aim lets jobs end too late for successors that contractors could take."""

DAYS_LATER = 3
"""By how many days at most an aim lets other grades end later."""

AIMS_TRIED = 24
"""Aims drawn until one does not contradict the order of jobs."""

ROUNDS_PER_JOB = 0.1
"""Rounds given to one aim at most, per job of the problem; the first try gets one."""


class Lane:
    """Searches from ``state``; the same scene, state and seed go the same way. ``best`` costs ``cost``."""

    def __init__(self, scene: Scene, state: State, seed: int) -> None:
        self.scene = scene
        self.draw = random.Random(seed)
        self.desk = new_desk(scene.facts, self.draw.randrange(2**32))
        self.best = copy_of(state)
        self.cost = scene.cost(state)
        self._state = copy_of(state)
        self._copies = copies_for(state)
        grades = len(scene.weights)
        self._step = np.full(grades, float(scene.facts.day_ticks))
        self._misses = np.zeros(grades)
        self._rounds_max = max(1, int(ROUNDS_PER_JOB * len(scene.facts.ticks)))
        self._aim = -1
        self._rounds_left = 0
        work = scene.facts.work
        self._prices = 0.5 + 0.5 * work / max(1.0, float(work.mean()) if len(work) else 1.0)

    def adopt(self, other: Lane) -> None:
        """Go on from what ``other`` found."""
        assign(self.best, other.best)
        self.cost = other.cost
        self._rounds_left = 0

    def run(self, rounds: int) -> None:
        """``rounds`` rounds of `STEPS` steps at most."""
        for _ in range(rounds):
            self._round()

    def _round(self) -> None:
        if self._rounds_left == 0 and not any(self._take_aim() for _ in range(AIMS_TRIED)):
            return
        facts, aim = self.scene.facts, self._aim
        if search(facts, self._state, self._copies, self.desk, STEPS, HEAT) >= 0:
            draw_together(facts, self._state, self._copies, self.desk)
            self._rounds_left = 0
            self._step[aim] = min(2 * self._step[aim], facts.day_ticks)
            cost = self.scene.cost(self._state)
            if cost < self.cost:
                self.cost = cost
                assign(self.best, self._state)
                self._misses *= 0.5
            return
        self._rounds_left -= 1
        if self._rounds_left == 0:
            self._miss()

    def _miss(self) -> None:
        aim = self._aim
        self._misses[aim] += 0.5
        day = self.scene.facts.day_ticks
        # Most lengths of work divide a day by 2, 4 or 8, and so do the ends worth aiming at.
        self._step[aim] = self._step[aim] / 2 if self._step[aim] > 1 else day / self.draw.choice((1, 2, 4, 8, day))

    def _take_aim(self) -> bool:
        """Choose ends to aim at, and take out of the best plan what ends later; False if they cannot be met."""
        scene, facts = self.scene, self.scene.facts
        ends = scene.ends(self.best)
        worth = [float(weight) ** 0.5 if end > 0 else 0.0 for weight, end in zip(scene.weights, ends, strict=True)]
        if not any(worth):
            return False
        shares = [one / (1.0 + miss) for one, miss in zip(worth, self._misses, strict=True)]
        self._aim = self.draw.choices(range(len(worth)), shares)[0]
        limits = self._limits(ends)
        last = limits[-1]
        by_grade = np.where(scene.weights[:-1] > 0, np.minimum(limits[:-1], last), last)
        loose = facts.budget > 0 and self.draw.random() < LOOSE
        self.desk.aim[0] = limits[self._aim]
        set_deadlines(facts, self.best, self.desk, by_grade, scene.sequence, loose)
        wanted = self.best.day >= 0
        if bool(np.any(wanted & (facts.head + facts.ticks > self.desk.deadline))) and not self._may_hand_out():
            self._miss()
            return False
        assign(self._state, self.best)
        assign(self._copies.old, self.best)
        self._copies.touched[:] = 0
        drop_late(facts, self._state, self._copies, self.desk)
        self.desk.out_price[:] = self._prices
        self._rounds_left = min(self._rounds_max, 1 + int(self._misses[self._aim]))
        return True

    def _may_hand_out(self) -> bool:
        return self.scene.facts.budget > 0 or bool(np.any(self.best.day == HANDED))

    def _limits(self, ends: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Ends by grade that cost less than ``ends``: one grade earlier, others later by what that saves."""
        weights, aim, draw = self.scene.weights, self._aim, self.draw
        limits = ends.astype(np.float64)
        limits[aim] -= max(1.0, self._step[aim])
        saved = weights[aim] * (ends[aim] - limits[aim]) - 1e-6
        last = len(weights) - 1
        kind, share = draw.random(), 0.0
        others = [grade for grade in range(last) if grade != aim and weights[grade] > 0]
        if 0.5 <= kind < 0.9 and others:
            other = draw.choice(others)
            share = 1.0 if aim == last else draw.random()
            limits[other] += saved * share / weights[other]
        if kind < 0.9 and aim != last and weights[last] > 0:
            limits[last] += saved * (1.0 - share) / weights[last]
        day = self.scene.facts.day_ticks
        # More room than this is filled with work spread thin, which later aims must gather again.
        limits = np.minimum(limits, ends + DAYS_LATER * day)
        return np.minimum(np.floor(limits), self.scene.days * day).astype(np.int64)
