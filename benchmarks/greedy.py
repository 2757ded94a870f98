"""A baseline anybody would write: each order, as it is reported, goes to the nearest crew that is free.

Same crews, same hard rules (skill, shift, break, travel, no overlap, windows, caps) and the same days ahead as the
service; nothing already given is ever moved. Works on a `Book`, with none of the service's planning code.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from msgspec import Struct

from benchmarks.audit import _holds
from benchmarks.book import MINUTE, Book, Key, Plain, Shift, instant


class Crew(Struct):
    """A worker on the baseline's day: shifts not over yet, when and where they are free."""

    key: Key
    mode: str
    skills: list[Plain]
    shifts: list[Shift]
    caps: Plain
    base: tuple[float, float]
    free: dt.datetime
    here: tuple[float, float]
    day: dt.date | None = None
    load: Counter[tuple[dt.date, str]] = Counter()


class Offer(Struct, frozen=True):
    """When a crew could work on an order, and how long it is under way."""

    start: dt.datetime
    travel: int
    shift: Shift


def plan(book: Book, *, first: dt.date, last: dt.date) -> dict[Key, dt.datetime]:
    """The start of every order the baseline places on duties of the local days ``first`` to ``last``."""
    crews = [_crew(book, key, first, last) for key in sorted(book.workers)]
    starts: dict[Key, dt.datetime] = {}
    for key in sorted(book.orders, key=lambda one: (instant(book.orders[one]["opened"]["reported_at"]), one)):
        opened = book.orders[key]["opened"]
        category = book.categories.get(opened["category"])
        there = book.position(key[0], opened["place"])
        needs = (opened.get("needs") or {}).get("people", 1)
        if category is None or there is None or needs != 1:
            continue
        reported = instant(opened["reported_at"])
        offers = [
            (_rank(crew, offer, reported), crew, offer)
            for crew in crews
            if crew.key[0] == key[0] and (offer := _offer(book, crew, opened, category, there)) is not None
        ]
        if offers:
            _, crew, offer = min(offers, key=lambda one: one[0])
            _give(crew, offer, category, there)
            starts[key] = offer.start
    return starts


def _rank(crew: Crew, offer: Offer, reported: dt.datetime) -> tuple[bool, float, float, Key]:
    """Free crews first, the nearest of them; else whoever can start first."""
    free = crew.free <= reported and offer.shift.start <= reported
    start = offer.start.timestamp()
    return (not free, offer.travel if free else start, start if free else offer.travel, crew.key)


def _crew(book: Book, key: Key, first: dt.date, last: dt.date) -> Crew:
    person = book.workers[key]
    base = book.position(key[0], {"site": person["base"]})
    if base is None:
        raise ValueError(f"{key} starts from {person['base']}, which nobody registered")
    shifts = book.shifts(key, first, last)
    free = dt.datetime.min.replace(tzinfo=dt.UTC)
    return Crew(key, person["mode"], person["skills"], shifts, person.get("caps", {}), base, free, base, load=Counter())


def _offer(book: Book, crew: Crew, opened: Plain, category: Plain, there: tuple[float, float]) -> Offer | None:
    """The earliest time at which ``crew`` can do the work, behind all it has to do already."""
    reported = instant(opened["reported_at"])
    for shift in crew.shifts:
        if shift.end <= max(crew.free, reported) or not any(_holds(held, category, shift.day) for held in crew.skills):
            continue
        if _capped(crew, shift, category):
            continue
        here = crew.here if crew.day == shift.day else crew.base
        travel = book.minutes(crew.key[0], crew.mode, here, there)
        leave = _ceil(max(crew.free, shift.start, reported))
        start = _start(leave, travel, category["minutes"], opened.get("windows", []), shift)
        if start is not None:
            return Offer(start, travel, shift)
    return None


def _start(leave: dt.datetime, travel: int, minutes: int, windows: list[Plain], shift: Shift) -> dt.datetime | None:
    """The first start for which way and work lie in the shift, in a window, and not in the break."""
    for first, last, rest in shift.breaks:
        if leave + (travel + minutes) * MINUTE > last - rest * MINUTE and leave < last:
            # The break is taken as soon as it may be, before what would not leave room for it.
            leave = max(leave, first) + rest * MINUTE if leave < last - rest * MINUTE + MINUTE else leave
    start = leave + travel * MINUTE
    spans = [(instant(one["from"]), instant(one["to"])) for one in windows] or [(start, shift.end)]
    for opens, closes in sorted(spans):
        at = max(start, opens)
        if at + minutes * MINUTE <= min(closes, shift.end):
            return at
    return None


def _capped(crew: Crew, shift: Shift, category: Plain) -> bool:
    visits, minutes = crew.caps.get("visits_per_day"), crew.caps.get("minutes_per_day")
    full = visits is not None and crew.load[shift.day, "visits"] >= visits
    return full or (minutes is not None and crew.load[shift.day, "minutes"] + category["minutes"] > minutes)


def _give(crew: Crew, offer: Offer, category: Plain, there: tuple[float, float]) -> None:
    crew.free, crew.here, crew.day = offer.start + category["minutes"] * MINUTE, there, offer.shift.day
    crew.load[offer.shift.day, "visits"] += 1
    crew.load[offer.shift.day, "minutes"] += category["minutes"]


def _ceil(at: dt.datetime) -> dt.datetime:
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE
