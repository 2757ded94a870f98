"""What happened to a place (小区, 楼栋, 单元, 巡更点): registered, changed, retired."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.places import Place
from dispatch.model.words import Token


class PlaceRegistered(Struct, frozen=True, kw_only=True):
    """It exists from now on. ``world`` names the file that says so."""

    place: Place
    world: str = ""


class PlaceChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    place: Place
    world: str = ""
    without: str = ""


class PlaceRetired(Struct, frozen=True, kw_only=True):
    """It is not used any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


PlaceEvent = PlaceRegistered | PlaceChanged | PlaceRetired
EVENTS: tuple[type[Struct], ...] = PlaceEvent.__args__
