"""Instants are UTC, wall clocks belong to a zone, and the two meet where the clocks are changed, too."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.model.errors import FormError
from dispatch.model.time import (
    EARLIEST,
    LATEST,
    UTC,
    at_clock,
    ceil_minute,
    floor_minute,
    local_day,
    minutes_between,
    to_utc,
    zone,
)

ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Europe/Berlin", "Pacific/Chatham", "UTC")
DAY = dt.timedelta(days=1)
FIRST, LAST = (EARLIEST + DAY).replace(tzinfo=None), (LATEST - DAY).replace(tzinfo=None)
instants = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
SECOND = dt.timedelta(seconds=1)


@given(instants, offsets)
def test_an_instant_is_the_same_whatever_zone_it_was_told_in(instant: dt.datetime, offset: dt.timezone) -> None:
    found = to_utc(instant.astimezone(offset))
    assert (found, found.tzinfo) == (instant, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "1969-12-31T23:59:59+00:00",
        "1970-01-01T07:59:59+08:00",
        "2100-01-01T00:00:00+00:00",
        "2099-12-31T23:30:00-01:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_an_instant_out_of_range_is_refused_by_name(text: str) -> None:
    with pytest.raises(FormError) as error:
        to_utc(dt.datetime.fromisoformat(text))
    assert error.value.code == "instant_out_of_range"
    assert text in error.value.message


@pytest.mark.parametrize("instant", [EARLIEST, LATEST - SECOND])
def test_the_first_and_the_last_instant_are_in_range(instant: dt.datetime) -> None:
    assert to_utc(instant) == instant


@given(instants)
@example(dt.datetime(2026, 1, 1, 8, 0, tzinfo=UTC))
@example(dt.datetime(2026, 1, 1, 8, 0, 0, 1, tzinfo=UTC))
def test_a_minute_is_rounded_to_the_nearest_whole_one_on_its_side(instant: dt.datetime) -> None:
    floor, ceil = floor_minute(instant), ceil_minute(instant)
    assert floor <= instant <= ceil
    assert ceil - floor == (dt.timedelta(0) if floor == instant else dt.timedelta(minutes=1))
    assert (floor.second, floor.microsecond, ceil.second, ceil.microsecond) == (0, 0, 0, 0)


@given(instants, st.timedeltas(dt.timedelta(days=-400), dt.timedelta(days=400)))
def test_minutes_between_are_rounded_down_in_both_directions(start: dt.datetime, span: dt.timedelta) -> None:
    minutes = minutes_between(start, start + span)
    assert dt.timedelta(minutes=minutes) <= span < dt.timedelta(minutes=minutes + 1)


@given(st.dates(dt.date(1971, 1, 1), dt.date(2099, 1, 1)), st.times(), st.sampled_from(ZONES))
def test_a_wall_clock_shows_what_was_asked_unless_it_skips_that_hour(day: dt.date, time: dt.time, name: str) -> None:
    clock = f"{time:%H:%M}"
    instant = at_clock(day, clock, name)
    assert instant.tzinfo is UTC
    shown = instant.astimezone(zone(name))
    exists = dt.datetime.combine(day, dt.time.fromisoformat(clock), zone(name))
    if exists.astimezone(UTC).astimezone(zone(name)).replace(tzinfo=None) == exists.replace(tzinfo=None):
        assert (shown.date(), f"{shown:%H:%M}") == (day, clock)
        assert local_day(instant, name) == day
    else:
        assert abs(shown.replace(tzinfo=None) - exists.replace(tzinfo=None)) <= dt.timedelta(days=1)


def test_clocks_put_forward_and_back() -> None:
    forward, back = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
    assert at_clock(forward, "01:59", "Europe/Berlin") == dt.datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert at_clock(forward, "03:00", "Europe/Berlin") == dt.datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert at_clock(back, "02:30", "Europe/Berlin") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at_clock(back, "03:00", "Europe/Berlin") == dt.datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


def test_one_instant_falls_on_different_days_in_different_zones() -> None:
    instant = dt.datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    days = {name: local_day(instant, name).day for name in ("Asia/Shanghai", "UTC", "America/Los_Angeles")}
    assert days == {"Asia/Shanghai": 23, "UTC": 22, "America/Los_Angeles": 22}


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Asia", "a\0b", "x" * 5000])
def test_a_time_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(FormError) as error:
        zone(name)
    assert error.value.code == "bad_time_zone"
