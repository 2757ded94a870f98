"""Contacts: the personal data of each order, apart from everything else, for those who are on their way to it."""

from __future__ import annotations

from typing import Any

import msgspec

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.order import OrderMoved
from dispatch.events.request import Personal, RequestAccepted
from dispatch.projections.base import Projection, Row


class ContactRow(Row, kw_only=True, omit_defaults=True):
    """Whom to reach about an order, now in ``area``, and what they said."""

    area: str
    order: str
    personal: Personal | None = None


class Contacts(Projection[ContactRow]):
    """Rows by order, only for requests that named somebody or said something."""

    name = "contacts"
    row = ContactRow
    version = 2
    takes = frozenset({"RequestAccepted", "OrderMoved"})
    personal = True

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the order the request became, whatever area it moves to."""
        return (event.order if isinstance(event, RequestAccepted) else entity.id,)

    def apply(self, row: ContactRow | None, entity: Entity, event: Any, recorded: Recorded) -> ContactRow | None:
        """The row of the order."""
        if isinstance(event, OrderMoved):
            return None if row is None else msgspec.structs.replace(row, area=event.to)
        if event.personal is None:
            return None
        return ContactRow(area=event.area, order=event.order, personal=event.personal)
