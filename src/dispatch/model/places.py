"""Places: sites, units and checkpoints with a position; zones given to helpers; rounds over checkpoints."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.time import ClockTime
from dispatch.model.words import Count, Duration, Latitude, Level, Line, Longitude, Minutes, Token


class PlaceKind(StrEnum):
    """What sort of place: a whole site, a unit in it (building, floor, flat), or a patrol checkpoint."""

    SITE = "site"
    UNIT = "unit"
    CHECKPOINT = "checkpoint"


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registered place. ``within`` names the place it lies in; ``lat``/``lon`` are degrees, WGS 84."""

    id: Token
    kind: PlaceKind
    title: Line = ""
    lat: Latitude
    lon: Longitude
    within: Token | None = None
    household: Token | None = None


class PlaceRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where work is: exactly one of ``unit``, ``site``, ``checkpoint``, or ``lat`` with ``lon``."""

    unit: Token | None = None
    site: Token | None = None
    checkpoint: Token | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None

    @property
    def named(self) -> str | None:
        """The id of the registered place meant, or None when only a position is given."""
        return self.unit or self.site or self.checkpoint


class Zone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somewhere a helper is fixed to (定人、定岗): its households and its measured work a day (工作负荷量).

    ``adjacent`` names neighbouring zones (one naming the other is enough); ``helper`` pins the zone to one person.
    ``minutes_per_week``: its work from Monday to Sunday; ``part``: the part of town (区) it lies in, unset: none, so
    that only who serves everywhere has it. ``only``: its client agreed to these helpers and to nobody else;
    ``never``: not to these. ``team`` does its work (unset: its helper is a team of their own), of ``contractor``
    (unset: our own).
    """

    id: Token
    title: Line = ""
    place: Token
    households: Count = 0
    minutes_per_day: Minutes = 0
    skill: Token = "cleaning"
    level: Level = 0
    adjacent: tuple[Token, ...] = ()
    helper: Token | None = None
    minutes_per_week: Minutes = 0
    part: Token | None = None
    only: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=400)] | None = None
    never: Annotated[tuple[Token, ...], Meta(max_length=400)] = ()
    team: Token | None = None
    contractor: Token | None = None


class Band(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wall-clock band in which a round must start; ``start_to`` before ``start_from`` passes midnight."""

    start_from: ClockTime
    start_to: ClockTime


class Every(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round is due every so many ``minutes``; each start lies at most ``tolerance`` minutes before or after.

    On each local day the first is due at ``start_from``, the last before ``start_to``, which may be past midnight; the
    same time for both: round the clock.
    """

    minutes: Annotated[int, Meta(ge=5, le=1440, description="whole minutes from one to the next")]
    tolerance: Annotated[int, Meta(ge=0, le=720, description="whole minutes")] = 10
    start_from: ClockTime = "00:00"
    start_to: ClockTime = "00:00"


class Scans(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever walks the round scans its checkpoints (巡更打点).

    One not scanned is late ``late_after`` minutes after it was due, and missed ``missed_after`` minutes after the end.
    """

    late_after: Annotated[int, Meta(ge=0, le=1440, description="whole minutes")] = 5
    missed_after: Annotated[int, Meta(ge=0, le=1440, description="whole minutes")] = 30


class Round(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A patrol (巡更) over ``checkpoints``, walked once in each of its daily ``bands``, and once ``every`` interval.

    ``scans``: its checkpoints are scanned, and each that is late or missed is shown. Where the first checkpoint is the
    last as well, every walk begins and ends there; any other that is named again is passed once.
    """

    id: Token
    title: Line = ""
    checkpoints: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=100)]
    minutes: Duration
    bands: Annotated[tuple[Band, ...], Meta(max_length=48)] = ()
    skill: Token = "patrol"
    level: Level = 0
    people: Annotated[int, Meta(ge=1, le=8)] = 1
    every: Every | None = None
    scans: Scans | None = None

    @property
    def way(self) -> tuple[Token, ...]:
        """The checkpoints as they are passed: each once, but the first again last where it stands there."""
        once = tuple(dict.fromkeys(self.checkpoints))
        return (*once, once[0]) if len(once) > 1 and self.checkpoints[-1] == once[0] else once

    def contradiction(self) -> tuple[str, str] | None:
        """What it says that cannot be, and what may help; None if it can."""
        if not self.bands and self.every is None:
            return "has neither bands nor an interval.", "bands = […] or every = { minutes = 60 } was meant."
        if self.every is not None and 2 * self.every.tolerance >= self.every.minutes:
            span = 2 * self.every.tolerance
            return (
                f"is due every {self.every.minutes} minutes, and its starts lie up to {span} minutes apart.",
                "a tolerance of less than half the interval was meant.",
            )
        return None
