"""`calendar propose`: public holidays and days worked instead, in the form of a policy; what is not known is said."""

from __future__ import annotations

import datetime as dt
import json

import msgspec
import pytest

from dispatch.cli.calendar import proposal
from dispatch.model.errors import SettingError
from dispatch.model.policy import Policy
from dispatch.model.working_days import WorkCalendar, working_day_after

from .processes import dispatch


def test_days_worked_instead_of_others_are_proposed_with_the_holidays() -> None:
    """The State Council's notice for 2026: the Saturday 10 October is worked for the Wednesday before it."""
    found = proposal("cn", 2026)
    assert dt.date(2026, 10, 1) in found.policy.holidays and dt.date(2026, 10, 10) in found.policy.workdays
    assert {day.year for day in (*found.policy.holidays, *found.policy.workdays)} == {2026}
    assert all(day.weekday() > 4 for day in found.policy.workdays)
    assert len(found.names) == len(found.policy.holidays) == len(set(found.policy.holidays))
    calendar = WorkCalendar(holidays=found.policy.holidays, worked=found.policy.workdays)
    assert working_day_after(dt.date(2026, 9, 30), 3, calendar) == dt.date(2026, 10, 10), "8 and 9 October, and that"


async def test_what_is_printed_is_a_part_of_a_policy() -> None:
    code, out, _ = await dispatch("calendar", "propose", "--country", "CN", "--year", "2027", "--json")
    told = json.loads(out)
    policy = msgspec.convert(told["policy"], Policy)
    assert code == 0 and dt.date(2027, 10, 1) in policy.holidays
    assert (told["country"], told["year"], len(told["names"])) == ("CN", 2027, len(policy.holidays))
    code, out, _ = await dispatch("calendar", "propose", "--country", "CN", "--year", "2027")
    assert code == 0 and "[policy]\nholidays = [2027-01-01, " in out and "National Day" in out


@pytest.mark.parametrize(
    ("country", "year", "words"),
    [("XX", 2027, "country 'XX'"), ("", 2027, "country ''"), ("CN", 1900, "1950 to 2100"), ("CN", -1, "1950 to 2100")],
)
def test_a_country_or_year_nothing_is_known_of_is_refused(country: str, year: int, words: str) -> None:
    with pytest.raises(SettingError) as error:
        proposal(country, year)
    assert words in str(error.value)
