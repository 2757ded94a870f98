"""Days, months and working days: what a period is, in whole local days since 1970-01-01."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

_EPOCH = dt.date(1970, 1, 1).toordinal()
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def date_of(day: int) -> dt.date:
    """The date of a day."""
    return dt.date.fromordinal(day + _EPOCH)


def day_of(date: dt.date) -> int:
    """The day of a date."""
    return date.toordinal() - _EPOCH


def weekday(day: int) -> int:
    """1 for Monday to 7 for Sunday."""
    return (day + 3) % 7 + 1


def months_later(day: int, months: int) -> int:
    """The same day of the month so many months later, or the last of that month where it is shorter."""
    date = date_of(day)
    month = date.year * 12 + date.month - 1 + months
    year, number = divmod(month, 12)
    length = calendar.monthrange(year, number + 1)[1]
    return day_of(dt.date(year, number + 1, min(date.day, length)))


def quarter_name(day: int) -> str:
    """The calendar quarter that holds ``day``, as 2026Q1."""
    date = date_of(day)
    return f"{date.year}Q{(date.month + 2) // 3}"


def calendar_periods(each: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last day of every calendar period that has a day within ``first`` to ``last``."""
    if each == "week":
        start = first - weekday(first) + 1
        while start <= last:
            yield start, start + 6
            start += 7
        return
    months = MONTHS[each]
    date = date_of(first)
    start = day_of(dt.date(date.year, (date.month - 1) // months * months + 1, 1))
    while start <= last:
        end = months_later(start, months)
        yield start, end - 1
        start = end


def counted_periods(each: str, anchor: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """As `calendar_periods`, for periods that follow each other from the day ``anchor`` on."""
    number = 0
    while True:
        if each == "week":
            start, end = anchor + 7 * number, anchor + 7 * number + 7
        else:
            start, end = (months_later(anchor, MONTHS[each] * (number + one)) for one in (0, 1))
        if start > last:
            return
        if end > first:
            yield start, end - 1
        number += 1
