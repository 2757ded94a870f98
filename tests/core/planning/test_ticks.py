"""Instants become whole minutes and come back: never earlier than asked going up, never later going down."""

from __future__ import annotations

import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.planning.ticks import Ticks, day_number

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
spans = st.timedeltas(dt.timedelta(days=-800), dt.timedelta(days=800))


@given(st.integers(-(10**6), 10**6))
def test_a_tick_comes_back_as_itself(tick: int) -> None:
    ticks = Ticks(NOON)
    assert ticks.up(ticks.at(tick)) == ticks.down(ticks.at(tick)) == tick


@given(spans)
@example(dt.timedelta(microseconds=1))
@example(dt.timedelta(microseconds=-1))
def test_an_instant_lies_between_the_ticks_below_and_above_it(span: dt.timedelta) -> None:
    ticks, instant = Ticks(NOON), NOON + span
    below, above = ticks.down(instant), ticks.up(instant)
    assert ticks.at(below) <= instant <= ticks.at(above)
    assert above - below == (0 if instant == ticks.at(below) else 1)


@given(spans)
def test_what_is_under_way_has_small_positive_numbers(span: dt.timedelta) -> None:
    now = NOON + span
    ticks = Ticks.around(now)
    assert ticks.down(now) == 24 * 60
    assert ticks.origin.second == ticks.origin.microsecond == 0


@given(st.dates(), st.integers(0, 400))
def test_days_are_counted_one_by_one(day: dt.date, more: int) -> None:
    if day <= dt.date.max - dt.timedelta(days=more):
        assert day_number(day + dt.timedelta(days=more)) == day_number(day) + more
    assert day_number(dt.date(1970, 1, 2)) == 1
