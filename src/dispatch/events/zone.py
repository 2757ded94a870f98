"""What happened to a zone (片区, 保洁区): registered, changed, retired, given to a helper or left without one."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.order import ReasonGiven
from dispatch.model.places import Zone
from dispatch.model.words import Token


class ZoneRegistered(Struct, frozen=True, kw_only=True):
    """It exists from now on. ``world`` names the file that says so."""

    zone: Zone
    world: str = ""


class ZoneChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    zone: Zone
    world: str = ""
    without: str = ""


class ZoneRetired(Struct, frozen=True, kw_only=True):
    """It is not used any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


class ZoneGiven(Struct, frozen=True, kw_only=True):
    """A helper has it from now on. ``before``: who had it; ``why``: the rule that made it move, in words."""

    helper: Token
    plan: int
    before: Token | None = None
    why: ReasonGiven | None = None


class ZoneUncovered(Struct, frozen=True, kw_only=True):
    """Nobody has it: by which rules, the change that would cover it first. ``before`` and ``why`` as in `ZoneGiven`."""

    reasons: tuple[ReasonGiven, ...]
    plan: int
    before: Token | None = None
    why: ReasonGiven | None = None


class ZoneMoveTold(Struct, frozen=True, kw_only=True):
    """It is to change hands: from the local ``day`` on ``helper`` has it, or nobody (unset) for ``reasons``.

    Until then ``before`` has it, so that its households know whom they will have. ``why`` as in `ZoneGiven`.
    """

    helper: Token | None
    day: dt.date
    plan: int
    before: Token | None = None
    why: ReasonGiven | None = None
    reasons: tuple[ReasonGiven, ...] = ()


class ZoneMoveCalledOff(Struct, frozen=True, kw_only=True):
    """It stays with whoever has it: what was told of it in `ZoneMoveTold` does not come about."""

    plan: int
    why: ReasonGiven | None = None


ZoneEvent = ZoneRegistered | ZoneChanged | ZoneRetired | ZoneGiven | ZoneUncovered | ZoneMoveTold | ZoneMoveCalledOff
EVENTS: tuple[type[Struct], ...] = ZoneEvent.__args__
