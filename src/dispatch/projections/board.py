"""The board: every order that has not ended, who does it, where and when, and how far it has come."""

from __future__ import annotations

from dispatch.projections.orders import OrderProjection, OrderRow


class BoardRow(OrderRow, kw_only=True, omit_defaults=True):
    """One order on the board."""


class Board(OrderProjection[BoardRow]):
    """Rows by ``<area>.<order>``; an order leaves the board when it is closed or cancelled."""

    name = "board"
    row = BoardRow
    leaves = frozenset({"closed", "cancelled"})
