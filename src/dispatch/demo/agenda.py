"""What the people of the simulated day mean to do, in order of time."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Awaitable, Callable

from dispatch.services.client import Saying

Act = Callable[[dt.datetime], list[Saying] | Awaitable[list[Saying]]]
"""What somebody does at an instant: the messages it takes, perhaps after a question; none if it no longer matters."""


class Agenda:
    """Acts by instant; those of one instant in the order they were put down."""

    def __init__(self) -> None:
        self._heap: list[tuple[dt.datetime, int, Act]] = []
        self._order = itertools.count()

    def put(self, at: dt.datetime, act: Act) -> None:
        """Mean to do ``act`` at ``at``."""
        heapq.heappush(self._heap, (at, next(self._order), act))

    def next_at(self) -> dt.datetime | None:
        """The instant of the next act."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now: dt.datetime) -> Act | None:
        """The next act that is due by ``now``."""
        return heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None
