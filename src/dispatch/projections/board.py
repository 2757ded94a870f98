"""The board: every order that has not ended, who does it, where and when, and how far it has come."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.order import OrderOpened
from dispatch.projections.base import Projection
from dispatch.projections.orders import ORDER_EVENTS, OrderRow, advance, opened_row

_ENDED = frozenset({"closed", "cancelled"})


class BoardRow(OrderRow, kw_only=True, omit_defaults=True):
    """One order on the board."""


class Board(Projection[BoardRow]):
    """Rows by ``<area>.<order>``; an order leaves the board when it is closed or cancelled."""

    name = "board"
    row = BoardRow
    takes = ORDER_EVENTS

    def apply(self, row: BoardRow | None, entity: Entity, event: Any, recorded: Recorded) -> BoardRow | None:
        """The order's row after ``event``."""
        if row is None:
            if not isinstance(event, OrderOpened):
                return None
            return opened_row(BoardRow, entity.area, entity.id, event)
        advance(row, event, recorded)
        return None if row.status in _ENDED else row
