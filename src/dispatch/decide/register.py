"""The register: the master data decisions look up (places, categories, policies), folded from the log."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.events.category import CategoryChanged, CategoryRegistered, CategoryRetired
from dispatch.events.envelope import Entity
from dispatch.events.place import PlaceChanged, PlaceRegistered, PlaceRetired
from dispatch.events.policy import PolicySet
from dispatch.model.catalogue import Category
from dispatch.model.places import Place, PlaceRef
from dispatch.model.policy import Policy
from dispatch.model.quoting import quoted

LOOKED_UP = ("place", "category", "policy")
"""The kinds of entity the register is folded from."""
FILTERS = tuple(f"event.*.{kind}.*" for kind in LOOKED_UP)
"""The subjects that hold their events."""

_DEFAULT_POLICY = Policy()


class Register:
    """Places by id and area, categories of work, and each area's policy.

    The id of a place is unique within its area only: two estates may each have a `b1-101`.
    """

    def __init__(self) -> None:
        self.places: defaultdict[str, dict[str, Place]] = defaultdict(dict)
        self.categories: dict[str, Category] = {}
        self.policies: dict[str, Policy] = {}

    def take(self, entity: Entity, event: Struct) -> None:
        """Fold one event of a place, category or policy; all others are passed over."""
        match event:
            case PlaceRegistered() | PlaceChanged():
                self.places[entity.id][entity.area] = event.place
            case PlaceRetired():
                self.places[entity.id].pop(entity.area, None)
            case CategoryRegistered() | CategoryChanged():
                self.categories[entity.id] = event.category
            case CategoryRetired():
                self.categories.pop(entity.id, None)
            case PolicySet():
                self.policies[entity.area] = event.policy

    def home_of(self, place: PlaceRef, hint: str) -> str | None:
        """The area that ``place`` lies in: ``hint`` if that area has it, else the only one that does.

        ``hint`` also where there is nothing to look up: a position, or a place nobody has registered yet. None if
        several other areas have it.
        """
        areas = self.places.get(place.named) if place.named else None
        if not areas or hint in areas:
            return hint
        return next(iter(areas)) if len(areas) == 1 else None

    def area_of(self, place: PlaceRef, hint: str) -> str:
        """See `home_of`; raises `Refused` (``ambiguous_place``) where that is None."""
        home = self.home_of(place, hint)
        if home is None:
            areas = sorted(self.places[place.named or ""])
            raise Refused(
                f"There is no place {quoted(place.named or '')} in area {quoted(hint)}, "
                f"but one each in {', '.join(areas)}.",
                code="ambiguous_place",
                hint=f"request.{areas[0]}.<kind> says that the one in {areas[0]} is meant.",
            )
        return home

    def policy(self, area: str) -> Policy:
        """The policy of ``area``, the default one until it sets its own."""
        return self.policies.get(area, _DEFAULT_POLICY)
