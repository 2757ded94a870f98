"""Clocks. Nothing else in the package asks what time it is; every service is given one of these."""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import itertools
from typing import Protocol

from dispatch.model.errors import SettingError
from dispatch.model.time import EARLIEST, UTC

_LONGEST_SLEEP_S = 60.0
"""A system clock can be set; nobody sleeps longer without looking at it again."""


class Clock(Protocol):
    """What time it is, and waiting for an instant."""

    def now(self) -> dt.datetime:
        """The instant, in UTC."""

    def saw(self, instant: dt.datetime) -> None:
        """A message or event of ``instant`` was met; only a following clock minds."""

    async def wait_until(self, instant: dt.datetime) -> None:
        """Return once it is ``instant`` or later."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        return dt.datetime.now(UTC)

    def saw(self, instant: dt.datetime) -> None:
        """Nothing: the machine's clock needs no telling."""

    async def wait_until(self, instant: dt.datetime) -> None:
        """Return once it is ``instant`` or later."""
        while (left := (instant - self.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _LONGEST_SLEEP_S))


class ManualClock:
    """A clock that stands still until it is set: for simulated days and for tests."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start.astimezone(UTC)
        self._waiting: list[tuple[dt.datetime, int, asyncio.Event]] = []
        self._order = itertools.count()

    def now(self) -> dt.datetime:
        """The instant it was last set to, in UTC."""
        return self._now

    def saw(self, instant: dt.datetime) -> None:
        """Nothing: only `set` moves it."""

    def set(self, instant: dt.datetime) -> None:
        """Move forward to ``instant`` and wake who waits for it or for an earlier one; never moves back."""
        self._now = max(self._now, instant.astimezone(UTC))
        while self._waiting and self._waiting[0][0] <= self._now:
            heapq.heappop(self._waiting)[2].set()

    async def wait_until(self, instant: dt.datetime) -> None:
        """Return once the clock was set to ``instant`` or later."""
        if instant <= self._now:
            return
        reached = asyncio.Event()
        heapq.heappush(self._waiting, (instant, next(self._order), reached))
        await reached.wait()


class FollowingClock(ManualClock):
    """A clock that is as late as the latest message or event met: for importing what happened years ago.

    It does not follow a leap of more than `LEAP` once it runs, so that one mistyped year does not move it for good.
    """

    LEAP = dt.timedelta(days=31)

    def __init__(self) -> None:
        super().__init__(EARLIEST)

    def saw(self, instant: dt.datetime) -> None:
        """Move forward to ``instant``."""
        if self.now() == EARLIEST or instant - self.now() <= self.LEAP:
            self.set(instant)


def clock_named(name: str) -> Clock:
    """The clock ``system`` or ``follow``; raises `SettingError` for any other name."""
    match name:
        case "system":
            return SystemClock()
        case "follow":
            return FollowingClock()
    raise SettingError(f"There is no clock {name!r}.", hint='"system" or "follow" was meant.')
