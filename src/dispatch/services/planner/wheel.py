"""The wheel of timers: promises that run out, visits that are to be told of or late, checkpoints that
were to be scanned, days that begin.

Rebuilt from the log.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from enum import StrEnum

from msgspec import Struct


class Timer(StrEnum):
    """What is due."""

    PROMISE = "promise"
    TELL = "tell"
    LOOK_AGAIN = "look_again"
    LATE = "late"
    NEW_DAY = "new_day"
    WATCH = "watch"


class Due(Struct, frozen=True):
    """A timer that ran out: of which area, and of which order if it is about one."""

    at: dt.datetime
    timer: Timer
    area: str
    order: str = ""


class Wheel:
    """Timers by instant. Setting one twice, or one that no longer matters, does no harm: whoever is called looks."""

    def __init__(self) -> None:
        self._heap: list[tuple[dt.datetime, int, Due]] = []
        self._set: set[Due] = set()
        self._order = itertools.count()

    def set(self, due: Due) -> None:
        """Set a timer."""
        if due not in self._set:
            self._set.add(due)
            heapq.heappush(self._heap, (due.at, next(self._order), due))

    def next_at(self) -> dt.datetime | None:
        """The instant of the earliest timer."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now: dt.datetime) -> list[Due]:
        """The timers that ran out by ``now``, earliest first."""
        ran_out = []
        while self._heap and self._heap[0][0] <= now:
            due = heapq.heappop(self._heap)[2]
            self._set.discard(due)
            ran_out.append(due)
        return ran_out
