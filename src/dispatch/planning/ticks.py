"""Between instants and the ticks (minutes) of a problem."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.model.time import floor_minute

_MINUTE = dt.timedelta(minutes=1)
_EPOCH_DAY = dt.date(1970, 1, 1)


class Ticks(Struct, frozen=True):
    """Minutes since ``origin``, an instant on a whole minute."""

    origin: dt.datetime

    @staticmethod
    def around(now: dt.datetime) -> Ticks:
        """Ticks that count from one day before ``now``, so that what is under way has small positive numbers."""
        return Ticks(floor_minute(now) - dt.timedelta(days=1))

    def up(self, instant: dt.datetime) -> int:
        """The first tick at or after ``instant``."""
        return -((self.origin - instant) // _MINUTE)

    def down(self, instant: dt.datetime) -> int:
        """The last tick at or before ``instant``."""
        return (instant - self.origin) // _MINUTE

    def at(self, tick: int) -> dt.datetime:
        """The instant of ``tick``."""
        return self.origin + tick * _MINUTE


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH_DAY).days
