"""The ledger (报修台账): every order ever opened, from the report to the follow-up call."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.order import OrderOpened
from dispatch.projections.base import Projection
from dispatch.projections.orders import ORDER_EVENTS, OrderRow, advance, opened_row


class LedgerRow(OrderRow, kw_only=True, omit_defaults=True):
    """One order in the ledger."""


class Ledger(Projection[LedgerRow]):
    """Rows by ``<area>.<order>``; none is ever removed."""

    name = "ledger"
    row = LedgerRow
    takes = ORDER_EVENTS

    def apply(self, row: LedgerRow | None, entity: Entity, event: Any, recorded: Recorded) -> LedgerRow | None:
        """The order's row after ``event``."""
        if row is None:
            if not isinstance(event, OrderOpened):
                return None
            return opened_row(LedgerRow, entity.area, entity.id, event)
        advance(row, event, recorded)
        return row
