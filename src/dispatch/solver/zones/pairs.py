"""Which helper may have which zone, and what each pair costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Skill, ZoneProblem
from dispatch.solver.travel import Globe

Ints = NDArray[np.int64]

SCALE = 100
"""Cost units per minute inside the models."""

NEAREST_KEPT = 12
PAIRS_MAX = 60_000
"""Pairs up to which every able helper is offered to every zone; beyond, the nearest `NEAREST_KEPT` and today's."""


class Pairs:
    """For every zone (by index) the helpers (by index) who may have it, and the scaled cost of giving it to each."""

    def __init__(self, problem: ZoneProblem, *, all_pairs: bool = False) -> None:
        self.problem = problem
        self.helper_index = {helper.id: index for index, helper in enumerate(problem.helpers)}
        self._able: dict[tuple[str, int], NDArray[np.bool_]] = {}
        self.ways = self._ways()
        few = len(problem.zones) * len(problem.helpers) <= PAIRS_MAX
        self.complete = few or all_pairs
        self.helpers: list[Ints] = [self._offered(index) for index in range(len(problem.zones))]

    def _ways(self) -> Ints:
        """Minutes from the base of every helper (column) to every zone (row)."""
        problem = self.problem
        globe = Globe(problem.spots)
        spots = [zone.spot for zone in problem.zones]
        columns = [globe.row(problem.speeds, helper.mode, helper.spot)[spots] for helper in problem.helpers]
        return np.stack(columns, axis=1) if columns else np.zeros((len(spots), 0), dtype=np.int64)

    def able(self, skill: str | None, level: int) -> NDArray[np.bool_]:
        """For every helper, whether they hold ``skill`` at ``level`` on the problem's day."""
        key = ("", -1) if skill is None else (skill, level)
        known = self._able.get(key)
        if known is None:
            day = self.problem.day
            known = np.array(
                [
                    skill is None or any(_covers(held, skill, level, day) for held in helper.skills)
                    for helper in self.problem.helpers
                ],
                dtype=bool,
            )
            self._able[key] = known
        return known

    def _offered(self, index: int) -> Ints:
        zone = self.problem.zones[index]
        mask = self.able(zone.skill, zone.level)
        if zone.pin is not None:
            pinned = self.helper_index.get(zone.pin)
            able = pinned is not None and bool(mask[pinned])
            return np.array([pinned] if able else [], dtype=np.int64)
        helpers = np.flatnonzero(mask)
        if self.complete or len(helpers) <= NEAREST_KEPT:
            return helpers
        nearest = helpers[np.argsort(self.ways[index, helpers], kind="stable")[:NEAREST_KEPT]]
        today = self.helper_index.get(zone.helper or "")
        if today is not None and mask[today]:
            nearest = np.append(nearest, today)
        return np.unique(nearest)

    def costs(self, index: int) -> Ints:
        """Scaled cost of giving the zone to each of its ``helpers``: the way, and the move if it is one."""
        weights, zone = self.problem.weights, self.problem.zones[index]
        helpers = self.helpers[index]
        cost = weights.distance * self.ways[index, helpers].astype(np.float64)
        if zone.helper is not None:
            cost += np.where(helpers == self.helper_index.get(zone.helper, -1), 0.0, weights.moved)
        scaled: Ints = np.rint(cost * SCALE).astype(np.int64)
        return scaled

    def leaving_out(self, index: int) -> int:
        """Scaled cost of giving the zone to nobody; a pinned zone goes out last."""
        zone = self.problem.zones[index]
        return round((self.problem.weights.uncovered + zone.households) * SCALE) * (1000 if zone.pin is not None else 1)

    def total(self, given: Sequence[int | None]) -> int:
        """Scaled cost of a whole choice of helpers, balance included."""
        loads = [0] * len(self.problem.helpers)
        total = 0
        for index, helper in enumerate(given):
            if helper is None:
                total += self.leaving_out(index)
                continue
            loads[helper] += self.problem.zones[index].minutes
            total += int(self.costs(index)[self.helpers[index].tolist().index(helper)])
        return total + round(self.problem.weights.balance * SCALE) * max(loads, default=0)


def _covers(skill: Skill, wanted: str, level: int, day: int) -> bool:
    if skill.skill != wanted or skill.level < level:
        return False
    return (skill.first is None or skill.first <= day) and (skill.last is None or day <= skill.last)
