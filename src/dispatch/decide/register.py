"""The register: the master data decisions look up (places, categories, policies), folded from the log."""

from __future__ import annotations

from msgspec import Struct

from dispatch.events.category import CategoryChanged, CategoryRegistered, CategoryRetired
from dispatch.events.envelope import Entity
from dispatch.events.place import PlaceChanged, PlaceRegistered, PlaceRetired
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerChanged, WorkerRegistered, WorkerRetired
from dispatch.model.catalogue import Category
from dispatch.model.places import Place, PlaceRef
from dispatch.model.policy import Policy

LOOKED_UP = ("place", "category", "policy", "worker")
"""The kinds of entity the register is folded from."""
FILTERS = tuple(f"event.*.{kind}.*" for kind in LOOKED_UP)
"""The subjects that hold their events."""

_DEFAULT_POLICY = Policy()


class Register:
    """Places with their area, categories of work, and each area's policy."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[str, Place]] = {}
        self.categories: dict[str, Category] = {}
        self.policies: dict[str, Policy] = {}
        self.workers: dict[str, str] = {}
        """The area each worker works in."""

    def take(self, entity: Entity, event: Struct) -> None:
        """Fold one event of a place, category, policy or worker; all others are passed over."""
        match event:
            case PlaceRegistered() | PlaceChanged():
                self.places[entity.id] = (entity.area, event.place)
            case PlaceRetired():
                # A place that moved is already there under its new area when the old one lets go.
                if self.places.get(entity.id, ("", None))[0] == entity.area:
                    del self.places[entity.id]
            case CategoryRegistered() | CategoryChanged():
                self.categories[entity.id] = event.category
            case CategoryRetired():
                self.categories.pop(entity.id, None)
            case PolicySet():
                self.policies[entity.area] = event.policy
            case WorkerRegistered() | WorkerChanged():
                self.workers[entity.id] = entity.area
            case WorkerRetired() if self.workers.get(entity.id) == entity.area:
                del self.workers[entity.id]

    def area_of(self, place: PlaceRef, hint: str) -> str:
        """The area that ``place`` lies in if it is registered, else the one the sender named."""
        known = self.places.get(place.named) if place.named else None
        return hint if known is None else known[0]

    def policy(self, area: str) -> Policy:
        """The policy of ``area``, the default one until it sets its own."""
        return self.policies.get(area, _DEFAULT_POLICY)
