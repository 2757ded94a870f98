"""In which periods a visit under a contract counts, and how many visits they ask for: by contract and calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from msgspec import Struct

from dispatch.demo.judging.samples import months_later, quarter_of
from dispatch.model.contracts import Contract, Deadline, Promise

_DAY = dt.timedelta(days=1)
_WEEK = 7
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
WorkingDay = Callable[[dt.date, int], dt.date]


class Period(Struct, frozen=True):
    """From ``first`` to ``last``, both included, what ``promise`` asks for: so many visits by ``category``.

    The first of ``asked`` is the promise's own category.
    """

    promise: str
    first: dt.date
    last: dt.date
    asked: tuple[tuple[str, int], ...]


def periods_of(contract: Contract, day: dt.date, working_day: WorkingDay) -> Iterator[Period]:
    """The periods of ``contract`` that ``day`` lies in. ``working_day``: so many working days after a day."""
    for promise in contract.promises:
        if (period := _of_promise(contract, promise, day)) is not None:
            yield period
    for deadline in contract.deadlines:
        if (period := _of_deadline(contract, deadline, day, working_day)) is not None:
            yield period


def _of_promise(contract: Contract, promise: Promise, day: dt.date) -> Period | None:
    if day < contract.first or (contract.end is not None and day > contract.end):
        return None
    first, last = _span(promise, contract.first, day)
    begun, over = max(first, contract.first), last if contract.end is None else min(last, contract.end)
    whole, held = (last - first).days + 1, (over - begun).days + 1
    asked = [(promise.category, promise.least), *((share.category, share.least) for share in promise.of)]
    if held < whole:
        asked = [
            (category, {"whole": least, "none": 0, "share": least * held // whole}[promise.partial])
            for category, least in asked
        ]
    return Period(promise.id, begun, over, tuple(asked))


def _span(promise: Promise, start: dt.date, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the period of ``promise`` that ``day`` lies in."""
    if promise.counted_from == "start":
        return _since(promise.each, start, day)
    if promise.each == "week":
        monday = day - day.weekday() * _DAY
        return monday, monday + (_WEEK - 1) * _DAY
    if promise.each == "quarter":
        return quarter_of(day)[1:]
    first = day.replace(day=1) if promise.each == "month" else day.replace(month=1, day=1)
    return first, months_later(first, _MONTHS[promise.each]) - _DAY


def _since(each: str, start: dt.date, day: dt.date) -> tuple[dt.date, dt.date]:
    """As `_span`, counted from ``start`` on."""
    if each == "week":
        first = start + (day - start).days // _WEEK * _WEEK * _DAY
        return first, first + (_WEEK - 1) * _DAY
    number = 0
    while months_later(start, (number + 1) * _MONTHS[each]) <= day:
        number += 1
    return months_later(start, number * _MONTHS[each]), months_later(start, (number + 1) * _MONTHS[each]) - _DAY


def _of_deadline(contract: Contract, deadline: Deadline, day: dt.date, working_day: WorkingDay) -> Period | None:
    base = deadline.by or working_day(contract.signed, deadline.working_days or 0)
    number, before = 0, contract.signed - _DAY
    while (last := months_later(base, number * (deadline.every_months or 0))) < day:
        if deadline.every_months is None:
            return None
        number, before = number + 1, last
    first = before + _DAY if deadline.opens is None else last - deadline.opens * _DAY
    first = max(first, contract.signed)
    return Period(deadline.id, first, last, ((deadline.category, deadline.least),)) if first <= day else None
