"""The caps of a worker's day: one duty of it may use what the others leave."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import RouteProblem
from dispatch.solver.within.caps import keeps

Ints = NDArray[np.int64]

UNCAPPED = 2**60
"""No cap."""


class DayCaps:
    """The duties of a problem, by index, grouped by worker and day, with the caps of each group.

    ``others[duty]`` are the further duties under the same cap; empty for a duty that has a day's cap to itself or none.
    """

    def __init__(self, problem: RouteProblem) -> None:
        groups: dict[tuple[str, int], list[int]] = {}
        count = 0
        for worker in problem.workers:
            for duty in worker.duties:
                groups.setdefault((worker.id, duty.day), []).append(count)
                count += 1
        caps = {(worker.id, cap.day): cap for worker in problem.workers for cap in worker.caps}
        self.group: Ints = np.zeros(count, dtype=np.int64)
        self.max_visits: Ints = np.full(len(groups), UNCAPPED, dtype=np.int64)
        self.max_ticks: Ints = np.full(len(groups), UNCAPPED, dtype=np.int64)
        self.others: list[tuple[int, ...]] = [()] * count
        self._any = False
        for index, (key, members) in enumerate(groups.items()):
            self.group[members] = index
            cap = caps.get(key)
            if cap is None:
                continue
            self._any = True
            if cap.max_visits is not None:
                self.max_visits[index] = cap.max_visits
            if cap.max_ticks is not None:
                self.max_ticks[index] = cap.max_ticks
            for member in members:
                self.others[member] = tuple(other for other in members if other != member)

    def of(self, duty: int) -> tuple[int, int]:
        """The caps of the day of ``duty``, in visits and ticks of work."""
        group = int(self.group[duty])
        return int(self.max_visits[group]), int(self.max_ticks[group])

    def left(self, visits: Ints, ticks: Ints, count: Ints, work: Ints) -> tuple[Ints, Ints]:
        """What there is still room for on each duty, in visits and in ticks of work.

        ``visits`` and ``ticks`` are the caps of each duty alone, ``count`` and ``work`` what stands on it.
        """
        visits_left, ticks_left = visits - count, ticks - work
        if not self._any:
            return visits_left, ticks_left
        of_day = self._left_of_day(self.max_visits, count), self._left_of_day(self.max_ticks, work)
        return np.minimum(visits_left, of_day[0]), np.minimum(ticks_left, of_day[1])

    def _left_of_day(self, caps: Ints, used: Ints) -> Ints:
        totals = np.zeros(len(caps), dtype=np.int64)
        np.add.at(totals, self.group, used)
        left: Ints = (caps - totals)[self.group]
        return left

    def keeps(self, duty: int, visits: int, work: int, beside: Callable[[int], tuple[int, int]]) -> bool:
        """Whether ``duty`` may hold so many ``visits`` and ticks of ``work`` as far as its day goes.

        ``beside`` says how many visits and how much work another duty holds.
        """
        max_visits, max_ticks = self.of(duty)
        held = [beside(other) for other in self.others[duty]]
        visits += sum(one[0] for one in held)
        work += sum(one[1] for one in held)
        return bool(keeps(visits, work, max_visits, max_ticks))
