"""Workers: skills with certificates, shifts with breaks, where they start from, how they travel, their caps."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.time import ClockTime, at_clock, local_day
from dispatch.model.words import Count, Duration, Level, Line, Minutes, Token, Weight

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Role(StrEnum):
    """What a worker is employed as (维修工, 保洁员, 保安, 服务员)."""

    TECHNICIAN = "technician"
    CLEANER = "cleaner"
    GUARD = "guard"
    HELPER = "helper"


HELPING = frozenset({Role.CLEANER, Role.HELPER})
"""Who is given zones."""


class Mode(StrEnum):
    """How somebody travels."""

    WALK = "walk"
    BIKE = "bike"
    CAR = "car"


class SkillHeld(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill at a level, proven by a certificate (证) from ``valid_from`` up to and including ``expires``.

    Unset dates do not limit. The certificate must hold on the local day of the work.
    """

    skill: Token
    level: Level = 0
    valid_from: dt.date | None = None
    expires: dt.date | None = None

    def covers(self, skill: str, level: int, day: dt.date) -> bool:
        """Whether this proves ``skill`` at ``level`` or above on ``day``."""
        if self.skill != skill or self.level < level:
            return False
        if self.valid_from is not None and day < self.valid_from:
            return False
        return self.expires is None or day <= self.expires


class Break(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rest of ``minutes`` taken somewhere between two wall-clock times of the shift (fixed if they just fit)."""

    start_from: ClockTime
    end_by: ClockTime
    minutes: Duration


class Shift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Working time (班) on ``days`` of the week and the dates ``on``; past midnight if ``end`` ≤ ``start``."""

    start: ClockTime
    end: ClockTime
    days: tuple[Weekday, ...] = ()
    on: tuple[dt.date, ...] = ()
    breaks: Annotated[tuple[Break, ...], Meta(max_length=6)] = ()

    def falls_on(self, day: dt.date) -> bool:
        """Whether a shift of this pattern starts on the local ``day``."""
        return WEEKDAYS[day.weekday()] in self.days or day in self.on


class Caps(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Workload limits: visits and minutes of work per worker and day, households over all zones; unset: no limit.

    ``zone_minutes_per_week``: minutes a week that all their zones take together. ``contracts``: contracts they visit
    (unset: the policy's), ``contract_minutes_per_day`` and ``_per_week``: minutes of visits under contracts.
    """

    visits_per_day: Count | None = None
    minutes_per_day: Minutes | None = None
    households: Count | None = None
    zone_minutes_per_week: Minutes | None = None
    contracts: Count | None = None
    contract_minutes_per_day: Minutes | None = None
    contract_minutes_per_week: Minutes | None = None


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is agreed with somebody who works by roster (排班); what is unset is not limited.

    ``rest_days`` without work in any ``rest_days_in`` days that follow each other, ``rest_min`` between two duties,
    ``week_minutes`` of duty from Monday to Sunday at most; ``holidays`` are worked as any day, off, or worked at double
    the ``hour_price``.
    """

    rest_days: Annotated[int, Meta(ge=0, le=4)] = 1
    rest_days_in: Annotated[int, Meta(ge=5, le=14)] = 7
    rest_min: Annotated[int, Meta(ge=0, le=1440)] = 660
    week_minutes: Minutes | None = None
    days_in_row: Count | None = None
    nights_in_row: Count | None = None
    holidays: Literal["work", "off", "double"] = "work"
    hour_price: Weight = 0.0


class Training(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training or briefing (培训) that takes somebody's ``day`` in the roster: work like a shift, for no post."""

    day: dt.date
    start: ClockTime = "09:00"
    minutes: Duration = 480


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to work on a ``day``, or not to; ``weight`` is what a roster that does not meet it pays, in minutes."""

    day: dt.date
    wanted: bool = False
    weight: Weight = 10.0


class Worker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who does the work (人员). ``base`` is the registered place they start from.

    Who has ``terms`` works what the roster gives them, everybody else their ``shifts``; ``trainings`` and ``wishes``
    are for the roster. ``serves`` names the parts of town (`Zone.part`) they have zones in; unset: everywhere.
    """

    id: Token
    name: Line = ""
    role: Role
    base: Token
    mode: Mode = Mode.WALK
    skills: Annotated[tuple[SkillHeld, ...], Meta(max_length=64)] = ()
    shifts: Annotated[tuple[Shift, ...], Meta(max_length=64)] = ()
    caps: Caps = Caps()
    terms: Terms | None = None
    trainings: Annotated[tuple[Training, ...], Meta(max_length=400)] = ()
    wishes: Annotated[tuple[Wish, ...], Meta(max_length=400)] = ()
    serves: Annotated[tuple[Token, ...], Meta(max_length=64)] | None = None

    def holds(self, skill: str, level: int, day: dt.date) -> bool:
        """Whether any certificate of this worker covers ``skill`` at ``level`` on ``day``."""
        return any(held.covers(skill, level, day) for held in self.skills)


class Duty(Struct, frozen=True, kw_only=True):
    """One worker's shift on one date: ``[start, end)`` with its breaks, all UTC. ``id`` is its start, to the minute."""

    worker: Token
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    breaks: tuple[tuple[dt.datetime, dt.datetime, int], ...] = ()

    @property
    def id(self) -> str:
        """The start as ``YYYYMMDDtHHMM`` in UTC, a subject token."""
        return duty_id(self.start)


@lru_cache(maxsize=65536)
def duty_id(start: dt.datetime) -> str:
    """The id of the duty that starts at ``start`` (UTC)."""
    return start.strftime("%Y%m%dt%H%M")


@lru_cache(maxsize=4096)
def duties(worker: Worker, first: dt.date, last: dt.date, time_zone: str) -> tuple[Duty, ...]:
    """The duties of ``worker`` that start on the local days ``first`` to ``last``, in order of time.

    Nobody works two shifts at once: a duty that starts before the one before has ended is passed over. So is one that
    lies within the hour that clocks skip when they are put forward.
    """
    found: list[Duty] = []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        for shift in worker.shifts:
            if shift.falls_on(day):
                duty = duty_on(worker.id, shift, day, time_zone)
                # Where clocks leap over a whole shift nobody can work it.
                found += [duty] if duty.start < duty.end else []
    apart: list[Duty] = []
    for duty in sorted(found, key=lambda duty: (duty.start, duty.end)):
        if not apart or apart[-1].end <= duty.start:
            apart.append(duty)
    return tuple(apart)


def duty_on(worker: str, shift: Shift, day: dt.date, time_zone: str) -> Duty:
    """The duty of ``worker`` on a ``shift`` that starts on the local ``day``; of no length where clocks leap it."""
    start = at_clock(day, shift.start, time_zone)
    next_day = day + dt.timedelta(days=1)
    end = at_clock(day if shift.end > shift.start else next_day, shift.end, time_zone)

    def on_shift(clock: str) -> dt.datetime:
        return at_clock(day if clock >= shift.start else next_day, clock, time_zone)

    def span(taken: Break) -> tuple[dt.datetime, dt.datetime, int]:
        first, last = on_shift(taken.start_from), on_shift(taken.end_by)
        if taken.minutes <= _minutes_shown(taken.start_from, taken.end_by):
            # A break the clocks leap over is taken right after.
            last = max(last, min(end, first + dt.timedelta(minutes=taken.minutes)))
        return first, last, taken.minutes

    breaks = tuple(map(span, shift.breaks))
    return Duty(worker=worker, day=local_day(start, time_zone), start=start, end=end, breaks=breaks)


def _minutes_shown(first: str, last: str) -> int:
    """Minutes from one wall-clock time to the next time clocks usually show another."""
    (hour, minute), (last_hour, last_minute) = (map(int, clock.split(":")) for clock in (first, last))
    return ((last_hour - hour) * 60 + last_minute - minute) % (24 * 60)
