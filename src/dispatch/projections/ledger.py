"""The ledger (报修台账): every order ever opened, from the report to the follow-up call."""

from __future__ import annotations

from dispatch.projections.orders import OrderProjection, OrderRow


class LedgerRow(OrderRow, kw_only=True, omit_defaults=True):
    """One order in the ledger."""


class Ledger(OrderProjection[LedgerRow]):
    """Rows by ``<area>.<order>``; none is ever removed."""

    name = "ledger"
    row = LedgerRow
