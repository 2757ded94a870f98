"""The ledger (报修台账): every order ever opened, from the report to the follow-up call."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.order import OrderOpened, OrderRescheduled
from dispatch.model.time import Window
from dispatch.projections.orders import OrderProjection, OrderRow


class LedgerRow(OrderRow, kw_only=True, omit_defaults=True):
    """One order in the ledger. ``windows``: when somebody is at home, as asked for or agreed since."""

    windows: tuple[Window, ...] = ()


class Ledger(OrderProjection[LedgerRow]):
    """Rows by ``<area>.<order>``; none is ever lost: one that moves to another area goes on there."""

    name = "ledger"
    version = 4
    row = LedgerRow

    def apply(self, row: LedgerRow | None, entity: Entity, event: Any, recorded: Recorded) -> LedgerRow | None:
        """The order's row after ``event``."""
        found = super().apply(row, entity, event, recorded)
        if found is not None and isinstance(event, OrderOpened | OrderRescheduled):
            found.windows = event.windows
        return found
