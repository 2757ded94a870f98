"""What happened to a patrol round (巡更): registered, changed, retired; its walks were planned ahead."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.model.places import Round
from dispatch.model.watching import PlannedPass
from dispatch.model.words import Token


class RoundRegistered(Struct, frozen=True, kw_only=True):
    """It exists from now on. ``world`` names the file that says so."""

    round: Round
    world: str = ""


class RoundChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    round: Round
    world: str = ""
    without: str = ""


class RoundRetired(Struct, frozen=True, kw_only=True):
    """It is not used any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


class PlannedWalk(Struct, frozen=True, kw_only=True):
    """The time of a round that is due at ``nominal`` on the local ``day``: walked by ``guards`` in ``[start, end)``.

    ``rank``: how manieth of the drawn starts it is; 0 unless nobody could walk it at those before.
    """

    day: dt.date
    nominal: dt.datetime
    start: dt.datetime
    end: dt.datetime
    guards: tuple[Token, ...]
    passes: tuple[PlannedPass, ...]
    rank: int = 0


class WalksPublished(Struct, frozen=True, kw_only=True):
    """These are all its walks due on the local days from ``start`` to before ``until``; ``number`` of the horizon.

    A time that is not among them has nobody to walk it.
    """

    number: int
    start: dt.date
    until: dt.date
    walks: tuple[PlannedWalk, ...]


RoundEvent = RoundRegistered | RoundChanged | RoundRetired | WalksPublished
EVENTS: tuple[type[Struct], ...] = RoundEvent.__args__
