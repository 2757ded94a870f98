"""Who is able to take what: the duties of every task, what each person costs there and when they may set out."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Visit
from dispatch.solver.routes.compiled import NO_FLOOR, Compiled
from dispatch.solver.routes.people import price_each
from dispatch.solver.search.facts import NEVER, Able, Floats, Ints, record


class Ability:
    """The duties able to take a visit, each with the price of the person, the moment before which not to set out, and
    the ticks it takes.
    """

    def __init__(self, compiled: Compiled, out_of_reach: Set[int] = frozenset()) -> None:
        self._compiled = compiled
        # What one person must do in a way the search cannot plan is left to others.
        self._out_of_reach = out_of_reach

    def of(self, index: int, person: int) -> tuple[Ints, Floats, Floats, Floats]:
        """Duties, prices, moments and ticks for the ``person``-th sent to the visit ``index``."""
        compiled = self._compiled
        visit = compiled.visits[index]
        duties = self._duties(index, visit, person)
        weights = compiled.problem.weights
        floors = compiled.floors(index)[duties]
        depart = np.where(floors == NO_FLOOR, -NEVER, floors.astype(np.float64))
        price = price_each(compiled, visit)[duties]
        over = compiled.ticks_over(index)
        if isinstance(over, int):
            return duties, price, depart, np.full(len(duties), float(over))
        ticks = over[duties].astype(np.float64)
        # The quicker they are, the lower is the mean that fair shares are held against; the price of leaving the visit
        # out has the most that it can be.
        price += weights.fair / max(1, len(compiled.duties)) * (longest(visit) - ticks)
        return duties, price, depart, ticks

    def _duties(self, index: int, visit: Visit, person: int) -> Ints:
        compiled = self._compiled
        if index in self._out_of_reach:
            return np.zeros(0, dtype=np.int32)
        mask, ticks = compiled.eligible(visit), compiled.ticks_over(index)
        open_then = np.zeros(len(mask), dtype=bool)
        for first, last in compiled.windows[index]:
            open_then |= np.maximum(compiled.duty_start, first) <= np.minimum(compiled.duty_end - ticks, last)
        named = () if visit.pin is None else tuple(dict.fromkeys(visit.pin.workers))
        if len(named) > visit.people or not compiled.worker_index.keys() >= set(named):
            # Nobody can follow such a pin, so nobody is sent: it is named as unplanned, with that for a reason.
            return np.zeros(0, dtype=np.int32)
        if person < len(named):
            mask &= compiled.duties_mask((named[person],))
        return np.flatnonzero(mask & open_then).astype(np.int32)


def longest(visit: Visit) -> int:
    """The most ticks that ``visit`` may take somebody."""
    return max(visit.ticks, *visit.ticks_by.values()) if visit.ticks_by else visit.ticks


class Entries:
    """The lists of able duties of all tasks, one behind the other."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Floats, Floats, Floats, Ints]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, duties: Ints, price: Floats, depart: Floats, ticks: Floats, windows: Ints) -> None:
        """The list of one more task; ``windows`` has a row for each of ``duties``: where its own begin and end."""
        self._parts.append((duties, price, depart, ticks, windows))
        self._count += len(duties)

    def records(self) -> NDArray[np.void]:
        """All lists as one array of `Able`."""
        found = np.zeros(self._count, dtype=record(Able))
        if self._parts:
            found["duty"], found["fixed"], found["depart"], found["ticks"] = (
                np.concatenate([part[column] for part in self._parts]) for column in range(4)
            )
            windows = np.concatenate([part[4] for part in self._parts])
            found["window_from"], found["window_to"] = windows[:, 0], windows[:, 1]
        return found

    def by_duty(self, duties: int) -> NDArray[np.int32]:
        """For every task and duty its place among the able, -1 where it is not able."""
        found = np.full((len(self._parts), duties), -1, dtype=np.int32)
        owner = np.repeat(np.arange(len(self._parts)), [len(part[0]) for part in self._parts])
        able: Any = self.records()
        found[owner, able["duty"]] = np.arange(self._count)
        return found
