"""How long each worker is at a visit, where not all take the same time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Visit, Worker

Spans = tuple[tuple[int, int], ...]
"""Spans of ticks, both ends included, apart and in order."""


class Paces:
    """For the visits (by index) at which some take longer or shorter: the ticks on every duty (``of``), and ``least``,
    what it takes at least of those who may go; of a crew, until the last of the quickest is done.
    """

    def __init__(self, workers: Sequence[Worker], duties_of: Sequence[Sequence[int]]) -> None:
        self._workers = workers
        self._duties_of = duties_of
        self.of: dict[int, NDArray[np.int64]] = {}
        self.least: dict[int, int] = {}

    def add(self, index: int, visit: Visit) -> int:
        """One more visit; what it takes at least."""
        if not visit.ticks_by:
            return visit.ticks
        own = np.full(sum(map(len, self._duties_of)), visit.ticks, dtype=np.int64)
        may_go = []
        for worker, duties in zip(self._workers, self._duties_of, strict=True):
            ticks = visit.ticks_by.get(worker.id, visit.ticks)
            own[list(duties)] = ticks
            if worker.id not in visit.never and (visit.among is None or worker.id in visit.among):
                may_go.append(ticks)
        may_go = sorted(may_go)[: visit.people] or [visit.ticks]
        if not np.all(own == visit.ticks):
            self.of[index], self.least[index] = own, may_go[-1]
        return self.least.get(index, visit.ticks)

    def forget(self, index: int) -> None:
        """All take the same time at this visit."""
        self.of.pop(index, None)
        self.least.pop(index, None)


def without(spans: Spans, barred: Spans) -> Spans:
    """``spans`` less all that lies in ``barred``."""
    for first, last in barred:
        before = [(opens, min(closes, first - 1)) for opens, closes in spans]
        parts = sorted([*before, *((max(opens, last + 1), closes) for opens, closes in spans)])
        spans = tuple((opens, closes) for opens, closes in parts if opens <= closes)
    return spans
