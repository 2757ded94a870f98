"""Whom a contract sends on the day: who is dated for a visit, and who alone may go."""

from __future__ import annotations

from dispatch.decide.order import OrderState
from dispatch.planning.area import AreaState


def dated_helper(state: AreaState, order: OrderState) -> str | None:
    """Who is dated for the visit that ``order`` is of; None if it is of none."""
    record = state.contracts.get(order.opened.contract or "")
    visit = None if record is None else record.dated.visits.get(order.opened.visit or "")
    return order.opened.helper if visit is None else visit.helper


def among(state: AreaState, order: OrderState, people: int) -> tuple[str, ...] | None:
    """Who alone may go where ``people`` are needed; None: everybody able.

    A dispatcher who names somebody overrules who is dated, not whom the client agreed to.
    """
    record = state.contracts.get(order.opened.contract or "")
    if record is None or record.retired:
        return None
    dated = dated_helper(state, order)
    if record.item.firm and dated is not None and order.pin is None and people == 1:
        return (dated,)
    only: tuple[str, ...] | None = record.item.only
    return only
