"""Who could have been at a place nobody is at: able, agreed and free by the records and the roster alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from msgspec import Struct

from dispatch.demo.judging.facts import MINUTE, Facts, Span
from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Terms
from dispatch.model.posts import Post, PostShift
from dispatch.model.time import at_clock, local_day

_DAY = dt.timedelta(days=1)
_WEEK = 7
_NIGHT_HOURS = (22, 6)
_NIGHT_MIN = 180
"""A duty with so many minutes between ten in the evening and six in the morning is a night."""


class Vacancy(Struct, frozen=True):
    """A shift of a post on a local day, ``[start, end)``, for one more person."""

    post: Post
    day: dt.date
    span: Span


def vacancy(facts: Facts, post: Post, shift: PostShift, day: dt.date) -> Vacancy:
    """The shift of ``post`` that begins on ``day``; past midnight if it ends by the clock before it begins."""
    start = at_clock(day, shift.start, facts.zone)
    end = at_clock(day if shift.end > shift.start else day + _DAY, shift.end, facts.zone)
    return Vacancy(post, day, Span(start, end))


def somebody_free(facts: Facts, wanted: Vacancy) -> str | None:
    """Somebody who could take ``wanted`` without breaking anything agreed with them; None if there is nobody.

    They work by roster, hold the skill on every day of it, are not away meanwhile, have no duty or training that day,
    and with it keep their rest, days of rest, minutes of the week, days and nights in a row, and their holidays.
    """
    return next((worker for worker in sorted(facts.workers) if could_take(facts, worker, wanted)), None)


def could_take(facts: Facts, worker: str, wanted: Vacancy) -> bool:
    """Whether ``worker`` could take ``wanted``; see `somebody_free`."""
    terms = facts.workers[worker].terms
    if terms is None or not _holds(facts, worker, wanted):
        return False
    away = [span for _, span in facts.absences(worker)]
    if any(one.meets(wanted.span.start, wanted.span.end) for one in away):
        return False
    duties = facts.rostered(worker)
    if wanted.day in duties or (terms.holidays == "off" and wanted.day in facts.policy.holidays):
        return False
    worked = {day: Span(duty.start, duty.end) for day, duty in duties.items() if not _missed(duty, away)}
    return _rests(terms, worked, wanted) and _within(terms, worked | {wanted.day: wanted.span}, wanted.day, facts.zone)


def _holds(facts: Facts, worker: str, wanted: Vacancy) -> bool:
    last = local_day(wanted.span.end - MINUTE, facts.zone)
    days = [wanted.day + ahead * _DAY for ahead in range((last - wanted.day).days + 1)]
    post = wanted.post
    return post.skill is None or all(facts.workers[worker].holds(post.skill, post.level, day) for day in days)


def _missed(duty: RosteredDuty, away: list[Span]) -> bool:
    """Whether somebody was away for more than half of a duty."""
    lost = sum((min(one.end, duty.end) - max(one.start, duty.start)) / MINUTE for one in away if _meets(one, duty))
    return lost * 2 > (duty.end - duty.start) / MINUTE


def _meets(one: Span, duty: RosteredDuty) -> bool:
    return one.meets(duty.start, duty.end)


def _rests(terms: Terms, worked: dict[dt.date, Span], wanted: Vacancy) -> bool:
    """Whether there is the rest agreed between ``wanted`` and every duty before and behind it."""
    rest = terms.rest_min * MINUTE
    return not any(
        one.meets(wanted.span.start - rest, wanted.span.end + rest) for day, one in worked.items() if day != wanted.day
    )


def _within(terms: Terms, worked: dict[dt.date, Span], day: dt.date, zone: str) -> bool:
    """Whether somebody who has ``worked`` these days keeps what is agreed over several days around ``day``."""
    windows = (range(first, first + terms.rest_days_in) for first in range(1 - terms.rest_days_in, 1))
    if any(sum(day + ahead * _DAY not in worked for ahead in window) < terms.rest_days for window in windows):
        return False
    monday = day - day.weekday() * _DAY
    week = [worked[one] for one in (monday + ahead * _DAY for ahead in range(_WEEK)) if one in worked]
    minutes = sum((one.end - one.start) / MINUTE for one in week)
    if terms.week_minutes is not None and minutes > terms.week_minutes:
        return False
    nights = {one for one, span in worked.items() if _is_night(span, one, zone)}
    if terms.nights_in_row is not None and _in_row(nights, day) > terms.nights_in_row:
        return False
    return terms.days_in_row is None or _in_row(worked, day) <= terms.days_in_row


def _in_row(days: Collection[dt.date], day: dt.date) -> int:
    """How many of ``days`` follow each other round ``day``; 0 if it is none of them."""
    if day not in days:
        return 0
    first = last = day
    while first - _DAY in days:
        first -= _DAY
    while last + _DAY in days:
        last += _DAY
    return (last - first).days + 1


def _is_night(span: Span, day: dt.date, zone: str) -> bool:
    begins, ends = (f"{hour:02}:00" for hour in _NIGHT_HOURS)
    found = 0.0
    for evening in (day - _DAY, day, day + _DAY):
        first, last = at_clock(evening, begins, zone), at_clock(evening + _DAY, ends, zone)
        found += max(0.0, (min(span.end, last) - max(span.start, first)) / MINUTE)
    return found >= _NIGHT_MIN
