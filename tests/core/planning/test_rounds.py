"""Rounds become orders once for each of their bands: today's and tomorrow's, past midnight, clocks changed or not."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, on
from core.decide.sample import ESTATE, HOUR, MINUTE, ROUND, entity
from core.planning.folded import add, commit, folded
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.events.order import OrderOpened, Origin
from dispatch.events.policy import PolicySet
from dispatch.events.round import RoundChanged, RoundRegistered, RoundRetired
from dispatch.model.places import Band, Round
from dispatch.model.policy import Policy
from dispatch.model.words import is_token
from dispatch.planning.commit import Batch
from dispatch.planning.rounds import DAYS_AHEAD, occurrence_id, rounds_due

CLOCKS_FORWARD = dt.datetime(2027, 3, 28, 0, 0, tzinfo=dt.UTC)
"""The night in which the hours from 2 to 3 are missing in Berlin."""
REGISTERED = on(entity("round", "night"), RoundRegistered(round=ROUND))
clocks = st.times().map(lambda time: f"{time:%H:%M}")
bands = st.lists(st.builds(Band, start_from=clocks, start_to=clocks), min_size=1, max_size=4, unique=True).map(tuple)


def opened(batch: Batch) -> list[OrderOpened]:
    """The orders a batch opens, by their windows."""
    found = [event for events in batch.values() for event in events if isinstance(event, OrderOpened)]
    return sorted(found, key=lambda one: one.windows[0].start)


def test_each_band_of_today_and_tomorrow_is_opened_once() -> None:
    state = folded(ESTATE, REGISTERED)
    first = rounds_due(state, NOW)
    assert len(first) == DAYS_AHEAD
    for one in opened(first):
        assert (one.origin, one.round, one.place.checkpoint) == (Origin.ROUND, "night", "s1")
        assert one.needs is not None
        assert (one.needs.minutes, one.needs.people, one.needs.skill) == (30, 1, "patrol")
    commit(state, first)
    assert rounds_due(state, NOW) == {}
    assert len(rounds_due(state, NOW + 24 * HOUR)) == 1


def test_a_band_whose_latest_start_has_passed_is_not_opened_any_more() -> None:
    state = folded(ESTATE, REGISTERED)
    closes = NOW.replace(hour=15)  # 23:00 where the area is
    assert len(rounds_due(state, closes - MINUTE)) == DAYS_AHEAD
    assert len(rounds_due(state, closes)) == DAYS_AHEAD - 1


def test_a_round_that_was_retired_is_not_opened_and_one_that_was_changed_is_opened_as_it_is() -> None:
    state = folded(ESTATE, REGISTERED)
    add(state, on(entity("round", "night"), RoundChanged(round=replace(ROUND, minutes=55, people=2))))
    assert {(one.needs.minutes, one.needs.people) for one in opened(rounds_due(state, NOW)) if one.needs} == {(55, 2)}
    add(state, on(entity("round", "night"), RoundRetired()))
    assert rounds_due(state, NOW) == {}


def test_a_band_past_midnight_belongs_to_the_day_it_opens_on() -> None:
    late = replace(ROUND, bands=(Band(start_from="23:30", start_to="00:30"),))
    state = folded(ESTATE, on(entity("round", "night"), RoundRegistered(round=late)))
    midnight = NOW.replace(hour=16)
    windows = [one.windows[0] for one in opened(rounds_due(state, midnight + 10 * MINUTE))]
    assert [window.end - window.start for window in windows] == [90 * MINUTE] * 3
    assert windows[0].start == midnight - 30 * MINUTE


@given(bands, st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOW + minutes * MINUTE), st.integers(1, 90))
@example((Band(start_from="02:30", start_to="03:00"),), CLOCKS_FORWARD, 30)
def test_whenever_it_is_asked_every_window_holds_its_round_and_no_id_comes_twice(
    several: tuple[Band, ...], now: dt.datetime, minutes: int
) -> None:
    item = Round(id="r", checkpoints=("s1",), minutes=minutes, bands=several)
    berlin = on(entity("policy", "current"), PolicySet(policy=Policy(time_zone="Europe/Berlin")))
    state = folded(ESTATE, berlin, on(entity("round", "r"), RoundRegistered(round=item)))
    first = rounds_due(state, now)
    for one in opened(first):
        (window,) = one.windows
        assert window.end - window.start >= minutes * MINUTE
        assert window.end - minutes * MINUTE > now
    commit(state, first, now)
    assert rounds_due(state, now) == {}
    again = rounds_due(state, now + 24 * HOUR)
    assert not again.keys() & first.keys()


@pytest.mark.parametrize("name", ["r", "x" * 50, "x" * 51, "x" * 64])
def test_an_occurrence_has_one_id_that_is_a_token(name: str) -> None:
    ids = {occurrence_id(name, NOW + hours * HOUR) for hours in range(48)}
    assert len(ids) == 48
    assert all(map(is_token, ids))
    assert occurrence_id("patrol-a", NOW) == "patrol-a-20261122t0100"
