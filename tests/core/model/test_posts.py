"""Posts: how long a shift is by the clock, when it counts as a night, on which days it falls."""

from __future__ import annotations

import datetime as dt

import pytest

from dispatch.model.posts import PostShift, is_night, minutes_of, start_minute


def shift(start: str, end: str, **more: object) -> PostShift:
    return PostShift(id="one", start=start, end=end, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "minutes", "night"),
    [
        ("08:00", "16:00", 480, False),
        ("16:00", "00:00", 480, False),
        ("00:00", "08:00", 480, True),
        ("22:00", "06:00", 480, True),
        ("18:00", "01:00", 420, True),
        ("18:00", "00:59", 419, False),
        ("03:01", "11:00", 479, False),
        ("03:00", "11:00", 480, True),
        ("08:00", "08:00", 1440, True),
        ("23:59", "00:01", 2, False),
    ],
)
def test_a_shift_is_as_long_as_clocks_say_and_a_night_with_three_hours_of_it(
    start: str, end: str, minutes: int, night: bool
) -> None:
    one = shift(start, end)
    assert minutes_of(one) == minutes
    assert is_night(start_minute(one), minutes) is night


def test_it_falls_on_every_day_unless_it_says_on_which() -> None:
    monday = dt.date(2026, 11, 23)
    week = [monday + dt.timedelta(days=number) for number in range(7)]
    assert all(shift("08:00", "16:00").falls_on(day) for day in week)
    some = shift("08:00", "16:00", days=("tue",), on=(week[5],))
    assert [day.isoweekday() for day in week if some.falls_on(day)] == [2, 6]
