"""Who works when, for weeks ahead: people, shifts, posts to be covered, agreements, wishes, what was told. Data only.

Days are counted from 0, the first day planned; weeks run from Monday to Sunday, a weekend is a Saturday and a Sunday.
A shift belongs to the day on which it begins. Nobody has more than one shift, or training, that begins on the same day.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=128)]
Level = Annotated[int, Meta(ge=1, le=1000)]
LocalDay = Annotated[int, Meta(ge=-100_000, le=100_000, description="days since 1970-01-01, local")]
DayIndex = Annotated[int, Meta(ge=0, le=400, description="0 = the first day planned")]
Minutes = Annotated[int, Meta(ge=0, le=1_000_000)]
Number = Annotated[int, Meta(ge=0, le=1_000_000)]
People = Annotated[int, Meta(ge=0, le=10_000)]
Weight = Annotated[float, Meta(ge=0, le=1e9)]


class RosterLimit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From ``least`` to ``most``, either of them unset for no limit. Hard, or with a ``price`` per unit beyond it."""

    least: Number | None = None
    most: Number | None = None
    price: Weight | None = None


class RosterSkill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill held at ``level``; its certificate holds from ``first`` to ``last`` (days since 1970-01-01), both in."""

    skill: Name
    level: Level = 1
    first: LocalDay | None = None
    last: LocalDay | None = None


class RosterShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of shift: from minute ``start`` of its day for ``minutes``.

    ``not_before``: shifts that must not begin on the day after it, whatever the rest between. ``in_row``: on how many
    days in a row somebody has this very shift.
    """

    id: Name
    start: Annotated[int, Meta(ge=0, le=1439)] = 0
    minutes: Annotated[int, Meta(ge=1, le=1440)]
    night: bool = False
    not_before: tuple[Name, ...] = ()
    in_row: RosterLimit | None = None


class RosterPost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place to be manned; with ``skill`` only by who holds it at ``level`` or above."""

    id: Name
    skill: Name | None = None
    level: Level = 1


class RosterCover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many people ``post`` takes on ``shift`` of ``day``: at least ``minimum`` while somebody able is free.

    Best are ``wanted``; each one fewer costs ``under``, each one more ``over``.
    """

    day: DayIndex
    shift: Name
    post: Name
    minimum: People = 0
    wanted: People = 0
    under: Weight = 0.0
    over: Weight = 0.0


class RosterRest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``days`` without work in any ``in_any`` days that follow each other."""

    days: Annotated[int, Meta(ge=1, le=4)] = 1
    in_any: Annotated[int, Meta(ge=2, le=14)] = 7


class RosterTraining(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training or briefing that takes somebody's ``day``: work like a shift, for no post."""

    day: DayIndex
    start: Annotated[int, Meta(ge=0, le=1439)] = 540
    minutes: Annotated[int, Meta(ge=1, le=1440)] = 480


class RosterAbsence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An absence that takes so much of ``shift``, as it begins on ``day``, that nobody is given it."""

    day: DayIndex
    shift: Name


class RosterBefore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the log says somebody worked before day 0.

    ``shifts``: the shift of each of the days just before, the latest last, None for none; of days before these nothing
    is known, and the best is taken to be so. ``nights``, ``weekends``, ``holidays``: how many were worked in the months
    over which they are to be equal, and on how many ``days`` of these they were in the roster and not absent.
    ``week_minutes``: worked since the Monday of the week that day 0 is in.
    """

    shifts: tuple[Name | None, ...] = ()
    nights: Number = 0
    weekends: Number = 0
    holidays: Number = 0
    days: Number = 0
    week_minutes: Minutes = 0


class RosterPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may be given shifts, and what is agreed with them. Everything unset means: no such rule.

    ``minutes``, ``duties``, ``weekends`` count over all days planned, ``week_minutes`` over each week (``least`` over
    those that end within them). ``whole_weekends`` is the price of a weekend of which one day is worked. ``shifts``:
    most of a kind, by shift. ``holidays``: worked as any day, off, or worked at ``double`` the ``hour_price``.
    ``absent``: days on which they have nothing; ``absent_from``: shifts that an absence takes too much of.
    """

    id: Name
    skills: tuple[RosterSkill, ...] = ()
    minutes: RosterLimit | None = None
    week_minutes: RosterLimit | None = None
    duties: RosterLimit | None = None
    weekends: RosterLimit | None = None
    whole_weekends: Weight | None = None
    days_in_row: RosterLimit | None = None
    nights_in_row: RosterLimit | None = None
    off_in_row: RosterLimit | None = None
    shifts: dict[Name, Number] = {}
    rest_minutes: Annotated[int, Meta(ge=0, le=2880)] = 660
    rest_days: RosterRest | None = None
    holidays: Literal["work", "off", "double"] = "work"
    hour_price: Weight = 0.0
    absent: tuple[DayIndex, ...] = ()
    absent_from: tuple[RosterAbsence, ...] = ()
    trainings: tuple[RosterTraining, ...] = ()
    before: RosterBefore = RosterBefore()


class RosterDuty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``person`` has ``shift`` on ``day``, at ``post``."""

    person: Name
    day: DayIndex
    shift: Name
    post: Name


class RosterPin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A choice that stays: ``shift`` on ``day`` (at ``post``, if named), or with no shift a day off."""

    person: Name
    day: DayIndex
    shift: Name | None = None
    post: Name | None = None


class RosterWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to have ``shift`` (any, if unset) on ``day``, or not to have it; ``weight`` is paid if it is not met."""

    person: Name
    day: DayIndex
    shift: Name | None = None
    wanted: bool
    weight: Weight = 1.0


class RosterWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices: of a place open below its minimum; of nights, weekends and holidays beyond a fair share (the first 1,
    the second 2 times the price, and so on); of a duty on a holiday at double pay, beside the pay; of a day told and
    changed. ``pay``: what a unit of ``hour_price`` weighs.
    """

    open: Weight = 10_000.0
    fair_nights: Weight = 0.0
    fair_weekends: Weight = 0.0
    fair_holidays: Weight = 0.0
    double_day: Weight = 0.0
    change: Weight = 0.0
    pay: Weight = 0.0


class RosterProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="roster"):
    """Who works when and where on ``days`` days from ``first_day``, so that posts are covered and agreements kept.

    A duty is only on what ``cover`` names. The first ``told_days`` days were told to people as in ``told``: each day of
    somebody that differs is a change. ``holidays`` are day indices.
    """

    area: Name
    first_day: LocalDay
    days: Annotated[int, Meta(ge=1, le=400)]
    shifts: tuple[RosterShift, ...]
    posts: tuple[RosterPost, ...]
    people: tuple[RosterPerson, ...]
    cover: tuple[RosterCover, ...]
    holidays: tuple[DayIndex, ...] = ()
    pins: tuple[RosterPin, ...] = ()
    wishes: tuple[RosterWish, ...] = ()
    told: tuple[RosterDuty, ...] = ()
    told_days: Annotated[int, Meta(ge=0, le=400)] = 0
    weights: RosterWeights = RosterWeights()
