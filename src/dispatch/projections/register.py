"""The register: all master data as it stands, with the world file each record comes from."""

from __future__ import annotations

from typing import Any

import msgspec

from dispatch.events.envelope import Entity, Recorded
from dispatch.model.statements import other_statements
from dispatch.projections.base import Projection, Row

KINDS = ("worker", "place", "zone", "round", "post", "contract", "category", "policy")


class RegisterRow(Row, kw_only=True, omit_defaults=True):
    """A record: its ``kind``, the ``world`` file that states it so, and its content as plain data.

    ``others``: what other world files state it as; the record stays until none states it.
    """

    area: str
    kind: str
    id: str
    world: str = ""
    item: dict[str, Any] = {}
    others: dict[str, dict[str, Any]] = {}

    def stated_by(self, world: str) -> dict[str, Any] | None:
        """What ``world`` states it as; None if it does not."""
        return self.item if world == self.world else self.others.get(world)


class RegisterView(Projection[RegisterRow]):
    """Rows by ``<kind>.<area>.<id>``; a retired record is removed."""

    name = "register"
    version = 4
    row = RegisterRow
    takes = frozenset(
        f"{kind.capitalize()}{what}" for kind in KINDS for what in ("Registered", "Changed", "Retired", "Set")
    )

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the record."""
        return (f"{entity.kind}.{entity.area}.{entity.id}",)

    def apply(self, row: RegisterRow | None, entity: Entity, event: Any, recorded: Recorded) -> RegisterRow | None:
        """The record's row after ``event``."""
        if recorded.type.endswith("Retired"):
            return None
        item = msgspec.to_builtins(getattr(event, entity.kind))
        others: dict[str, dict[str, Any]] = {}
        if row is not None:
            without = getattr(event, "without", "")
            others = other_statements(row.others, row.world, row.item, now=event.world, without=without)
        return RegisterRow(
            area=entity.area, kind=entity.kind, id=entity.id, world=event.world, item=item, others=others
        )
