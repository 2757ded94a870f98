"""Working days, counted for deadlines of contracts and re-checks of breaches alike. Dates only, no clock."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.people import WEEKDAYS, Weekday

_LOOK_AHEAD_DAYS = 3660


class WorkCalendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which days are worked: those of ``weekdays`` that are no ``holidays``, and those ``worked`` instead (调休)."""

    weekdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[dt.date, ...] = ()
    worked: tuple[dt.date, ...] = ()

    def is_working(self, day: dt.date) -> bool:
        """Whether ``day`` is a working day."""
        return day in self.worked or (WEEKDAYS[day.weekday()] in self.weekdays and day not in self.holidays)


class BreachNotice(Struct, frozen=True, kw_only=True):
    """The notice of a breach found at an inspection (整改通知): to be put right by and re-checked on ``recheck``."""

    found: dt.date
    recheck: dt.date


def working_day_after(day: dt.date, count: Annotated[int, Meta(ge=0)], calendar: WorkCalendar) -> dt.date:
    """The ``count``-th working day after ``day``; with 0, ``day`` itself or the next working day.

    Raises `ValueError` if there are not so many within ten years.
    """
    left = count
    for ahead in range(0 if count == 0 else 1, _LOOK_AHEAD_DAYS):
        candidate = day + dt.timedelta(days=ahead)
        if calendar.is_working(candidate):
            left -= 1
            if left <= 0:
                return candidate
    raise ValueError(f"There are no {count} working days within ten years after {day}. Maybe no weekday is worked.")


def breach_notice(found: dt.date, working_days: int, calendar: WorkCalendar) -> BreachNotice:
    """The notice for a breach ``found`` on a day: re-checked after ``working_days`` working days (`DOMAIN.md`,
    *Repair*: a breach gets a notice with a date and a re-check). Raises `ValueError` as `working_day_after`.
    """
    return BreachNotice(found=found, recheck=working_day_after(found, working_days, calendar))
