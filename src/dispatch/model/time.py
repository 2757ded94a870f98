"""Instants, windows and local days. Instants are UTC; wall-clock rules use the area's time zone."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from dispatch.model.errors import FormError
from dispatch.model.quoting import may_quote, quoted

UTC = dt.UTC
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=UTC)

Instant = Annotated[dt.datetime, Meta(tz=True, description="instant with a zone, 1970 to 2099")]
ClockTime = Annotated[
    str,
    Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="wall-clock time HH:MM, 00:00 to 23:59"),
]


class Window(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """A half-open span of time ``[from, to)``; both instants with a zone, ``from`` before ``to``."""

    start: Instant
    end: Instant

    @property
    def minutes(self) -> int:
        """The whole minutes of the clock that lie in it; visits begin and end on these."""
        return minutes_between(ceil_minute(self.start), floor_minute(self.end))


def to_utc(instant: dt.datetime) -> dt.datetime:
    """``instant`` in UTC; raises `FormError` (``instant_out_of_range``) outside 1970 to 2099."""
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        utc = None
    if utc is None or not EARLIEST <= utc < LATEST:
        raise FormError(
            f"The instant {instant.isoformat()} lies outside the years 1970 to 2099.",
            code="instant_out_of_range",
            hint="the year was mistyped.",
        )
    return utc


def floor_minute(instant: dt.datetime) -> dt.datetime:
    """``instant`` without its seconds."""
    return instant.replace(second=0, microsecond=0)


def ceil_minute(instant: dt.datetime) -> dt.datetime:
    """The first whole minute at or after ``instant``."""
    floor = floor_minute(instant)
    return floor if floor == instant else floor + dt.timedelta(minutes=1)


def minutes_between(start: dt.datetime, end: dt.datetime) -> int:
    """Whole minutes from ``start`` to ``end``, rounded down; negative when ``end`` is earlier."""
    return int((end - start).total_seconds() // 60)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone called ``name`` (IANA); raises `FormError` (``bad_time_zone``) if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        shown = repr(name) if all(map(may_quote, name.split("/"))) else quoted(name)
        raise FormError(
            f"There is no time zone {shown}.",
            code="bad_time_zone",
            hint='an IANA name such as "Asia/Shanghai" was meant.',
        ) from error


def at_clock(day: dt.date, clock: str, zone_name: str) -> dt.datetime:
    """The UTC instant at which wall clocks in ``zone_name`` show ``clock`` (HH:MM) on ``day``.

    Where clocks show it twice, the first time; where they leap over it, the moment they leap. So a later ``clock``
    is never an earlier instant.
    """
    hours, minutes = clock.split(":")
    local = dt.datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=zone(zone_name))
    utc = local.astimezone(UTC)
    shown = utc.astimezone(local.tzinfo)
    return utc if shown.replace(tzinfo=None) == local.replace(tzinfo=None) else _leap(local, utc)


def _leap(local: dt.datetime, after: dt.datetime) -> dt.datetime:
    """The instant at which the clocks leap over ``local``, by halving the time between its two readings."""
    before = local.replace(fold=1).astimezone(UTC)
    offset = before.astimezone(local.tzinfo).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) // 2 // dt.timedelta(seconds=1) * dt.timedelta(seconds=1)
        if middle.astimezone(local.tzinfo).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def midnights(day: dt.date, until: dt.datetime, zone_name: str) -> list[dt.datetime]:
    """Where the local days after ``day`` begin, as far as they begin before ``until``."""
    found: list[dt.datetime] = []
    while (following := at_clock(day + (len(found) + 1) * dt.timedelta(days=1), "00:00", zone_name)) < until:
        found.append(following)
    return found


def local_day(instant: dt.datetime, zone_name: str) -> dt.date:
    """The calendar day ``instant`` falls on in ``zone_name``."""
    return instant.astimezone(zone(zone_name)).date()
