"""Contacts: the personal data of each order, apart from everything else, for those who are on their way to it."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.request import Personal
from dispatch.projections.base import Projection, Row


class ContactRow(Row, kw_only=True, omit_defaults=True):
    """Whom to reach about an order, and what they said."""

    area: str
    order: str
    personal: Personal | None = None


class Contacts(Projection[ContactRow]):
    """Rows by ``<area>.<order>``, only for requests that named somebody or said something."""

    name = "contacts"
    row = ContactRow
    takes = frozenset({"RequestAccepted"})
    personal = True

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the order the request became."""
        return (f"{event.area}.{event.order}",)

    def apply(self, row: ContactRow | None, entity: Entity, event: Any, recorded: Recorded) -> ContactRow | None:
        """The row of the order."""
        if event.personal is None:
            return None
        return ContactRow(area=event.area, order=event.order, personal=event.personal)
