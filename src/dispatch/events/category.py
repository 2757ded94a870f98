"""What happened to a line of the work catalogue: registered, changed, retired."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.catalogue import Category
from dispatch.model.words import Token


class CategoryRegistered(Struct, frozen=True, kw_only=True):
    """It exists from now on. ``world`` names the file that says so."""

    category: Category
    world: str = ""


class CategoryChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    category: Category
    world: str = ""
    without: str = ""


class CategoryRetired(Struct, frozen=True, kw_only=True):
    """It is not used any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


CategoryEvent = CategoryRegistered | CategoryChanged | CategoryRetired
EVENTS: tuple[type[Struct], ...] = CategoryEvent.__args__
