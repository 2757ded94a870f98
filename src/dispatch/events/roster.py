"""What happened to somebody's roster (排班): their duties were published, a dispatcher changed one.

An event holds all duties of the days it speaks of, so that whoever follows ``feed.<area>.roster.<worker>`` knows when
they work without anything else.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.model.words import Minutes, Token


class RosteredDuty(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``shift`` of ``post`` on the local ``day``: ``[start, end)``, each break within ``[from, to)`` for minutes.

    ``bound``: they stay at the post. ``directed``: a dispatcher's choice, which the planner follows. ``training``: it
    takes the day like a shift, and is for no post.
    """

    day: dt.date
    post: Token
    shift: Token
    start: dt.datetime
    end: dt.datetime
    breaks: tuple[tuple[dt.datetime, dt.datetime, Minutes], ...] = ()
    night: bool = False
    bound: bool = False
    directed: bool = False
    training: bool = False


class DutiesPublished(Struct, frozen=True, kw_only=True):
    """These are all their duties on the local days from ``start`` to before ``until``; ``number`` of the horizon."""

    number: int
    start: dt.date
    until: dt.date
    duties: tuple[RosteredDuty, ...]


class DutyDirected(Struct, frozen=True, kw_only=True):
    """A dispatcher gave them ``duty`` on ``day``, or with none took theirs; ``other`` had it, or has it now.

    Of a place that nobody had, ``other`` is themselves.
    """

    number: int
    day: dt.date
    duty: RosteredDuty | None
    other: Token


RosterEvent = DutiesPublished | DutyDirected
EVENTS: tuple[type[Struct], ...] = RosterEvent.__args__
