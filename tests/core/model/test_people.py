"""Certificates hold on their days, shifts fall on theirs, and nobody is on two duties at once."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.model.people import WEEKDAYS, Break, Role, Shift, SkillHeld, Worker, duties
from dispatch.model.time import zone
from dispatch.model.words import is_token

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
CLOCKS_FORWARD, CLOCKS_BACK = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
"""In Berlin: the hours from 2 to 3 are missing, and there twice."""
clocks = st.times().map(lambda time: f"{time:%H:%M}")
shifts = st.builds(
    Shift,
    start=clocks,
    end=clocks,
    days=st.lists(st.sampled_from(WEEKDAYS), max_size=7).map(tuple),
    on=st.lists(st.dates(MONDAY, MONDAY + 9 * DAY), max_size=3).map(tuple),
)
rosters = st.lists(shifts, max_size=4).map(tuple)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Los_Angeles"])


def somebody(*shifts: Shift, skills: tuple[SkillHeld, ...] = ()) -> Worker:
    return Worker(id="w1", role=Role.GUARD, base="s1", shifts=shifts, skills=skills)


@pytest.mark.parametrize(
    ("held", "holds"),
    [
        (SkillHeld(skill="gas"), True),
        (SkillHeld(skill="gas", level=3), True),
        (SkillHeld(skill="gas", level=1), False),
        (SkillHeld(skill="water", level=9), False),
        (SkillHeld(skill="gas", level=2, expires=MONDAY), True),
        (SkillHeld(skill="gas", level=2, expires=MONDAY - DAY), False),
        (SkillHeld(skill="gas", level=2, valid_from=MONDAY), True),
        (SkillHeld(skill="gas", level=2, valid_from=MONDAY + DAY), False),
    ],
)
def test_a_certificate_proves_its_skill_up_to_its_level_from_its_first_to_its_last_day(
    held: SkillHeld, holds: bool
) -> None:
    level = 2 if held.level else 0
    assert held.covers("gas", level, MONDAY) is holds
    assert somebody(skills=(SkillHeld(skill="fire"), held)).holds("gas", level, MONDAY) is holds


@given(rosters, ZONES, st.sampled_from([MONDAY, CLOCKS_FORWARD - DAY, CLOCKS_BACK - DAY]), st.integers(0, 8))
@example((Shift(start="02:30", end="03:00", on=(CLOCKS_FORWARD,)),), "Europe/Berlin", CLOCKS_FORWARD, 0)
def test_duties_come_in_order_apart_and_under_ids_of_their_own(
    roster: tuple[Shift, ...], zone_name: str, first: dt.date, days: int
) -> None:
    found = duties(somebody(*roster), first, first + days * DAY, zone_name)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert len({duty.id for duty in found}) == len(found)
    for duty in found:
        assert is_token(duty.id)
        assert first <= duty.day <= first + days * DAY
        assert dt.timedelta(0) < duty.end - duty.start <= dt.timedelta(hours=25)
        assert duty.start.astimezone(zone(zone_name)).date() == duty.day


@given(rosters, ZONES)
def test_a_day_more_changes_nothing_about_the_days_before(roster: tuple[Shift, ...], zone_name: str) -> None:
    worker = somebody(*roster)
    short, long = (duties(worker, MONDAY, MONDAY + days * DAY, zone_name) for days in (3, 4))
    assert long[: len(short)] == short


def test_a_shift_that_ends_when_or_before_it_starts_goes_past_midnight() -> None:
    night = Shift(
        start="22:00", end="06:00", days=("mon",), breaks=(Break(start_from="01:00", end_by="03:00", minutes=30),)
    )
    whole_day = Shift(start="06:00", end="06:00", days=("tue",))
    first, second = duties(somebody(night, whole_day), MONDAY, MONDAY + DAY, "Asia/Shanghai")
    hour = dt.timedelta(hours=1)
    midnight = dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)
    assert (first.start, first.end, first.day) == (midnight - 2 * hour, midnight + 6 * hour, MONDAY)
    assert first.breaks == ((midnight + hour, midnight + 3 * hour, 30),)
    assert (second.start, second.end - second.start) == (first.end, 24 * hour)


def test_of_two_shifts_that_overlap_the_one_that_starts_first_is_worked() -> None:
    early, late = Shift(start="08:00", end="12:00", days=("mon",)), Shift(start="11:00", end="15:00", days=("mon",))
    (found,) = duties(somebody(late, early), MONDAY, MONDAY, "UTC")
    assert found.end.hour == 12


def test_a_date_named_is_worked_whatever_the_day_of_the_week() -> None:
    shift = Shift(start="08:00", end="12:00", days=("mon",), on=(MONDAY + 2 * DAY,))
    assert [duty.day for duty in duties(somebody(shift), MONDAY, MONDAY + 6 * DAY, "UTC")] == [MONDAY, MONDAY + 2 * DAY]


def test_what_clocks_put_forward_leave_no_room_for_is_neither_worked_nor_rested() -> None:
    gap = Break(start_from="01:45", end_by="03:00", minutes=45)
    night = Shift(start="00:00", end="06:00", on=(CLOCKS_FORWARD, CLOCKS_FORWARD + DAY), breaks=(gap,))
    short, usual = duties(somebody(night), CLOCKS_FORWARD, CLOCKS_FORWARD + DAY, "Europe/Berlin")
    assert (short.end - short.start, usual.end - usual.start) == (dt.timedelta(hours=5), dt.timedelta(hours=6))
    assert (len(short.breaks), len(usual.breaks)) == (0, 1)
