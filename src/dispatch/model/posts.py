"""Posts (岗位): what is to be manned, in which shifts, by how many; a roster says by whom."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.people import WEEKDAYS, Shift, Weekday
from dispatch.model.words import Count, Level, Line, Token

NIGHT_HOURS = (22, 6)
"""The hours of the local clock that are night (夜班)."""
NIGHT_MIN = 180
"""A shift with at least so many minutes of night is a night."""


class PostShift(Shift, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shift (班) of a post, every day unless ``days`` say otherwise: ``minimum`` people, best are ``wanted``."""

    id: Token
    days: tuple[Weekday, ...] = WEEKDAYS
    minimum: Count = 1
    wanted: Count = 0

    def meets(self, other: PostShift) -> bool:
        """Whether both begin on one day, some day."""
        dates = (*self.on, *other.on)
        return bool({*self.days} & {*other.days}) or any(self.falls_on(day) and other.falls_on(day) for day in dates)


class Post(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somewhere to be manned (岗位) at a registered ``place``, by who holds ``skill`` at ``level``, if it is set.

    ``bound``: whoever is on it stays there and goes to no visit meanwhile.
    """

    id: Token
    title: Line = ""
    place: Token
    skill: Token | None = None
    level: Level = 0
    bound: bool = False
    shifts: Annotated[tuple[PostShift, ...], Meta(min_length=1, max_length=24)]

    def contradiction(self) -> tuple[str, str] | None:
        """What it says that cannot be, and what may help; None if it can.

        On one day a roster knows a shift of the post by its id, and by its clocks.
        """
        for one, other in combinations(self.shifts, 2):
            if one.meets(other):
                if one.id == other.id:
                    return f"has two shifts {one.id!r} on one day.", "give one of them another id, or other days."
                if (one.start, one.end) == (other.start, other.end):
                    return (
                        f"has two shifts from {one.start} to {one.end} on one day, {one.id!r} and {other.id!r}.",
                        f"one shift with a minimum of {one.minimum + other.minimum} was meant, or a post for each.",
                    )
        return None


def minutes_of(shift: Shift) -> int:
    """How long a shift takes by the clock, 1 to 1,440 minutes."""
    return (minute_of(shift.end) - minute_of(shift.start)) % 1440 or 1440


def start_minute(shift: Shift) -> int:
    """The minute of the day at which a shift starts by the clock."""
    return minute_of(shift.start)


def is_night(start: int, minutes: int) -> bool:
    """Whether a shift from minute ``start`` of its day for ``minutes`` counts as a night."""
    begins, ends = (hour * 60 for hour in NIGHT_HOURS)
    spans = ((day * 1440 + begins, (day + 1) * 1440 + ends) for day in (-1, 0, 1))
    return sum(max(0, min(start + minutes, last) - max(start, first)) for first, last in spans) >= NIGHT_MIN


def minute_of(clock: str) -> int:
    """The minute of the day at which clocks show ``clock``."""
    at = dt.time.fromisoformat(clock)
    return at.hour * 60 + at.minute
