"""Contracts (服务合同): which visits are promised to whom, how often, by when; and the reviews that draw a sample."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.people import Weekday
from dispatch.model.time import ClockTime
from dispatch.model.words import Duration, Line, Token

Times = Annotated[int, Meta(ge=1, le=1000)]
DayCount = Annotated[int, Meta(ge=0, le=10_000)]
Months = Annotated[int, Meta(ge=1, le=120)]


class PromiseShare(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` of the visits promised count as ``category``."""

    category: Token
    least: Times


class Promise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` visits that count as ``category`` in every period, on days ``apart`` or more days apart.

    Periods are calendar weeks, months, quarters or years, or with ``counted_from`` "start" as long from the first day
    of the contract on. Of a period that the contract's first or last day cuts short, "whole" asks for all, "none" for
    nothing, "share" for the part by days, rounded down.
    """

    id: Token
    category: Token
    least: Times
    each: Literal["week", "month", "quarter", "year"] = "month"
    counted_from: Literal["calendar", "start"] = "calendar"
    partial: Literal["whole", "share", "none"] = "share"
    of: Annotated[tuple[PromiseShare, ...], Meta(max_length=20)] = ()
    apart: DayCount = 0


class Deadline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` visits that count as ``category`` by a day: ``by``, or ``working_days`` after signing.

    A visit more than ``opens`` days before that day does not count (unset: any from the day of signing on does). With
    ``every_months`` it is due again so many months later each time (a yearly certificate: ``by`` is the last day on
    which the present one holds, ``every_months`` 12).
    """

    id: Token
    category: Token
    least: Times = 1
    by: dt.date | None = None
    working_days: Annotated[int, Meta(ge=1, le=1000)] | None = None
    opens: DayCount | None = None
    every_months: Months | None = None


class VisitMade(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A visit of ``category`` made on ``day``, before this service kept the contract."""

    category: Token
    day: dt.date


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hours of a day within which a visit begins and ends."""

    start_from: ClockTime
    end_by: ClockTime


class Contract(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was agreed with ``client`` (unset: the place's own) about the registered ``place``.

    It holds from ``start`` (unset: ``signed``) up to and including ``end`` (unset: for ever). ``weekdays`` and
    ``hours`` are those agreed (none: any). ``helper`` is who is used to it; ``firm``: on the day nobody else comes.
    ``only``: the client agreed to these helpers and to nobody else. ``notice_days``: from today on dates stay so many
    days (unset: the policy's). ``minutes``: by category, of visits that take longer or shorter here. ``made``: visits
    before all this.
    """

    id: Token
    title: Line = ""
    client: Token | None = None
    place: Token
    signed: dt.date
    start: dt.date | None = None
    end: dt.date | None = None
    promises: Annotated[tuple[Promise, ...], Meta(max_length=50)] = ()
    deadlines: Annotated[tuple[Deadline, ...], Meta(max_length=50)] = ()
    weekdays: tuple[Weekday, ...] = ()
    hours: Hours | None = None
    helper: Token | None = None
    firm: bool = False
    only: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=400)] | None = None
    notice_days: Annotated[int, Meta(ge=0, le=366)] | None = None
    minutes: dict[Token, Duration] = {}
    made: Annotated[tuple[VisitMade, ...], Meta(max_length=400)] = ()

    @property
    def first(self) -> dt.date:
        """The first day on which it holds."""
        return self.start or self.signed

    def categories(self) -> set[str]:
        """Every category it names."""
        shares = (share.category for promise in self.promises for share in promise.of)
        named = {*(one.category for one in self.promises), *(one.category for one in self.deadlines)}
        return {*named, *shares, *self.minutes}

    def promised(self) -> dict[str, str]:
        """The category of every promise and deadline by its id."""
        found = {one.id: one.category for one in self.promises}
        return found | {one.id: one.category for one in self.deadlines}

    def allows(self, helper: str) -> bool:
        """Whether ``helper`` may go there."""
        return self.only is None or helper in self.only


class Review(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In every calendar quarter one visit of ``category`` to each of ``size`` clients drawn by ``seed``.

    Drawn are clients with a contract signed more than ``months`` months before the quarter (`DOMAIN.md`, *Periodic
    visits under a contract*), so that nobody can choose them and anybody can prove who was drawn.
    """

    id: Token
    category: Token
    size: Times
    seed: Annotated[int, Meta(ge=0, le=2**53)]
    months: Annotated[int, Meta(ge=0, le=120)] = 2


def fault_of(contract: Contract) -> tuple[str, str] | None:
    """What a contract says that cannot be, and what may help; None if it can."""
    if contract.end is not None and contract.end < contract.first:
        return f"ends on {contract.end}, before it begins on {contract.first}.", "the year was mistyped."
    if contract.hours is not None and contract.hours.end_by <= contract.hours.start_from:
        return "has hours that end before they begin.", "start_from and end_by of one day were meant."
    if contract.helper is not None and not contract.allows(contract.helper):
        return f"is {contract.helper}'s, to whom its client did not agree.", "change helper or only."
    if contract.firm and contract.helper is None:
        return "is firm, but names no helper.", "name the helper, or leave firm out."
    names = [*(one.id for one in contract.promises), *(one.id for one in contract.deadlines)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return f"has two promises {twice[0]!r}.", "give one of them another id."
    for promise in contract.promises:
        kinds = [promise.category, *(share.category for share in promise.of)]
        if len(set(kinds)) < len(kinds):
            return f"promises a category twice in {promise.id!r}.", "say each category once, with the larger number."
    for deadline in contract.deadlines:
        if (deadline.by is None) == (deadline.working_days is None):
            return f"has a deadline {deadline.id!r} without a day.", "give either by or working_days."
    return None
