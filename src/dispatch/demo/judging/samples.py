"""The sample of a quarterly review, drawn again from the recorded seed as `Review` documents it."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib

from dispatch.model.contracts import Contract, Review

_QUARTER = 3


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def quarter_of(day: dt.date) -> tuple[str, dt.date, dt.date]:
    """The calendar quarter of ``day``: its name, as 2026Q4, its first day and its last."""
    number = (day.month - 1) // _QUARTER
    first = dt.date(day.year, number * _QUARTER + 1, 1)
    return f"{day.year}Q{number + 1}", first, months_later(first, _QUARTER) - dt.timedelta(days=1)


def sample_of(review: Review, contracts: dict[str, Contract], day: dt.date) -> set[str]:
    """The contracts drawn for ``review`` in the quarter of ``day``.

    Drawn are clients whose contract holds as the quarter begins and was signed more than the review's months before it,
    in the order of the SHA-256 of ``seed/quarter/client``.
    """
    name, first, _ = quarter_of(day)
    before = months_later(first, -review.months)
    able: dict[str, str] = {}
    for key, one in sorted(contracts.items()):
        holds = one.first <= first and (one.end is None or one.end >= first)
        if one.signed < before and holds:
            able.setdefault(one.client or one.place, key)

    def lot(client: str) -> tuple[str, str]:
        return hashlib.sha256(f"{review.seed}/{name}/{client}".encode()).hexdigest(), client

    return {able[client] for client in sorted(able, key=lot)[: review.size]}
