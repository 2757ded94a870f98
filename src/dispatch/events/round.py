"""What happened to a patrol round (巡更): registered, changed, retired."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.places import Round
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


RoundEvent = RoundRegistered | RoundChanged | RoundRetired
EVENTS: tuple[type[Struct], ...] = RoundEvent.__args__
