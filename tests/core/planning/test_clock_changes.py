"""The days clocks are put forward or back: no shift, break or round ends before it begins, and none is lost."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from core.decide.given import on
from core.decide.sample import ROUND, entity
from core.planning.folded import add, folded, planned
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.events.place import PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.round import RoundChanged, RoundRegistered
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Break, Duty, Role, Shift, SkillHeld, Worker, duties
from dispatch.model.places import Band, Place, PlaceKind
from dispatch.model.policy import Policy
from dispatch.model.time import at_clock, midnights
from dispatch.planning.area import AreaState
from dispatch.planning.rounds import rounds_due, withdrawing

ANGELES = "America/Los_Angeles"
FORWARD, BACK = dt.date(2026, 3, 8), dt.date(2026, 11, 1)
LEAP = dt.datetime(2026, 3, 8, 10, tzinfo=dt.UTC)
"""02:00 there, when clocks show 03:00."""
NIGHT = Shift(start="22:00", end="06:00", days=("sat", "sun"))
EVENING = dt.datetime(2027, 3, 27, 12, tzinfo=dt.UTC)
"""The day before clocks are put forward in Berlin, at 01:00 UTC."""
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "clock, minutes", [("01:59", -1), ("02:00", 0), ("02:30", 0), ("02:59", 0), ("03:00", 0), ("03:01", 1)]
)
def test_what_clocks_leap_over_is_the_moment_they_leap(clock: str, minutes: int) -> None:
    assert at_clock(FORWARD, clock, ANGELES) == LEAP + minutes * MINUTE


def test_what_clocks_show_twice_is_the_first_time() -> None:
    assert at_clock(BACK, "01:30", ANGELES) == dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC)
    assert at_clock(BACK, "02:00", ANGELES) == dt.datetime(2026, 11, 1, 10, tzinfo=dt.UTC)


def test_a_day_whose_midnight_is_leapt_over_begins_with_the_leap() -> None:
    day = dt.date(2026, 4, 24)
    (begins,) = midnights(day - dt.timedelta(days=1), at_clock(day, "12:00", "Africa/Cairo"), "Africa/Cairo")
    local = begins.astimezone(ZoneInfo("Africa/Cairo"))
    assert (local.date(), local.hour) == (day, 1)
    assert (begins - dt.timedelta(seconds=1)).astimezone(ZoneInfo("Africa/Cairo")).date() < day


CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02d}:{at[1]:02d}")


@given(
    st.sampled_from([ANGELES, "Africa/Cairo", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia"]),
    st.dates(dt.date(2011, 12, 1), dt.date(2012, 12, 31)) | st.sampled_from([FORWARD, BACK]),
    CLOCKS,
    CLOCKS,
)
def test_a_later_clock_is_never_an_earlier_moment(zone: str, day: dt.date, one: str, other: str) -> None:
    first, last = sorted((one, other))
    assert at_clock(day, first, zone) <= at_clock(day, last, zone) <= at_clock(day + dt.timedelta(days=1), first, zone)


def guard(*shifts: Shift) -> Worker:
    return Worker(id="g1", role=Role.GUARD, base="s1", skills=(SkillHeld(skill="patrol"),), shifts=shifts)


def on_duty(day: dt.date, *shifts: Shift) -> tuple[Duty, ...]:
    return duties(guard(*shifts), day, day, ANGELES)


def test_a_shift_keeps_what_the_leap_leaves_of_it() -> None:
    (duty,) = on_duty(FORWARD, Shift(start="02:30", end="03:15", on=(FORWARD,)))
    assert (duty.start, duty.end, duty.day) == (LEAP, LEAP + 15 * MINUTE, FORWARD)
    assert on_duty(FORWARD, Shift(start="02:10", end="02:50", on=(FORWARD,))) == ()


@pytest.mark.parametrize("minutes, until", [(30, 30), (61, 0)])
def test_a_break_the_clocks_leap_over_is_taken_right_after(minutes: int, until: int) -> None:
    rest = Break(start_from="02:00", end_by="03:00", minutes=minutes)
    saturday = FORWARD - dt.timedelta(days=1)
    (duty,) = on_duty(saturday, Shift(start="22:00", end="06:00", on=(saturday,), breaks=(rest,)))
    assert duty.breaks == ((LEAP, LEAP + until * MINUTE, minutes),)
    assert duty.end - duty.start == 7 * HOUR


@pytest.mark.parametrize("band", [("02:30", "03:00"), ("02:00", "02:30"), ("01:30", "02:30"), ("02:30", "03:30")])
@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_a_round_of_that_night_is_opened_and_covered(band: tuple[str, str], day: dt.date) -> None:
    nightly = replace(ROUND, skill="patrol", bands=(Band(start_from=band[0], start_to=band[1]),))
    watch = guard(Shift(start="00:00", end="08:00", days=("sun",)))
    state = folded(
        on(entity("policy", "current"), PolicySet(policy=Policy(time_zone=ANGELES))),
        on(entity("place", "s1"), PlaceRegistered(place=Place(id="s1", kind=PlaceKind.SITE, lat=34.0, lon=-118.0))),
        on(entity("worker", "g1"), WorkerRegistered(worker=watch)),
        on(entity("round", "night"), RoundRegistered(round=nightly)),
    )
    now = at_clock(day, "00:30", ANGELES)
    due = rounds_due(state, now)
    add(state, tuple((order, event) for order, events in due.items() for event in events))
    tonight = [order for order in state.orders.values() if order.windows[0].start < now + 8 * HOUR]
    assert [one.windows[0].end - one.windows[0].start >= 30 * MINUTE for one in tonight] == [True]
    _, plan = planned(state, now)
    assert sum(len(route.stops) for route in plan.routes) == 1


def two_bands(*bands: tuple[str, str]) -> AreaState:
    """A round of half an hour, and two guards, the night clocks are put forward in Berlin."""
    made = tuple(Band(start_from=start, start_to=end) for start, end in bands)
    state = folded(
        on(entity("policy", "current"), PolicySet(policy=Policy(time_zone="Europe/Berlin"))),
        on(entity("place", "s1"), PlaceRegistered(place=Place(id="s1", kind=PlaceKind.SITE, lat=52.5, lon=13.4))),
        *(on(entity("worker", key), WorkerRegistered(worker=replace(guard(NIGHT), id=key))) for key in ("g1", "g2")),
        on(entity("round", "night"), RoundRegistered(round=replace(ROUND, skill="patrol", bands=made))),
    )
    opened_by(state)
    return state


def opened_by(state: AreaState) -> list[str]:
    """What is opened as of the evening before; it happens."""
    due = rounds_due(state, EVENING)
    add(state, tuple((order, event) for order, events in due.items() for event in events))
    return sorted(order.id for order in due)


@pytest.mark.parametrize(
    "bands",
    [
        (("02:15", "02:45"), ("03:00", "03:15")),
        (("02:15", "02:45"), ("02:30", "03:00")),
        (("02:15", "03:15"), ("03:00", "03:15")),
    ],
)
def test_two_bands_that_fall_on_one_moment_are_two_rounds(bands: tuple[tuple[str, str], ...]) -> None:
    state = two_bands(*bands)
    tonight = [f"night-20270328t0100{end}" for end in ("", "-2")]
    assert [key for key in sorted(state.orders) if key.startswith("night-20270328")] == tonight
    assert opened_by(state) == []
    assert withdrawing(state, EVENING) == {}
    _, plan = planned(state, EVENING)
    assert {stop.visit for route in plan.routes for stop in route.stops} >= set(tonight)


def test_of_two_bands_that_fell_on_one_moment_one_goes_with_its_band() -> None:
    state = two_bands(("02:15", "02:45"), ("02:30", "03:00"))
    kept = replace(ROUND, skill="patrol", bands=(Band(start_from="02:15", start_to="02:45"),))
    add(state, on(entity("round", "night"), RoundChanged(round=kept)))
    gone = []
    while events := withdrawing(state, EVENING):
        gone += [one.id for one in events if one.kind == "order"]
        add(state, tuple((one, event) for one, several in events.items() for event in several))
    assert [key for key in gone if key.startswith("night-20270328")] == ["night-20270328t0100-2"]
    assert opened_by(state) == []
    assert "night-20270328t0100" in state.orders
