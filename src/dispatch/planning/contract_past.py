"""What came of the visits dated under contracts: those still to be made, those nobody planned, those made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Literal

from msgspec.structs import replace

from dispatch.decide.contract import order_of
from dispatch.events.contract import DatedVisit
from dispatch.model.contracts import Contract
from dispatch.planning.area import AreaState
from dispatch.planning.ticks import day_number
from dispatch.planning.visit_orders import VisitOrder
from dispatch.solver import contract_problem as ask


def standing_visits(state: AreaState, contract: str) -> Iterator[tuple[DatedVisit, VisitOrder | None]]:
    """The dated visits of ``contract`` that are still to be made, on the day agreed by now, with their order if any."""
    for visit in state.contracts[contract].dated.visits.values():
        order = state.visit_orders.get(order_of(state.area, contract, visit.id).id)
        if order is None:
            yield visit, None
        elif order.outcome == "open":
            yield replace(visit, day=order.day), order


def history(
    state: AreaState, contracts: dict[str, Contract], kinds: Collection[str], first: dt.date
) -> Iterator[ask.PastVisit]:
    """What came of visits before the day ``first``. Of who has said nothing yet it is believed that they came."""
    for key, item in contracts.items():
        for made in item.made:
            if made.day < first and made.category in kinds:
                yield ask.PastVisit(contract=key, kind=made.category, day=day_number(made.day))
        for visit in unopened(state, key, first):
            yield ask.PastVisit(contract=key, kind=visit.category, day=day_number(visit.day), outcome="missed")
    for _, order in sorted(state.visit_orders.items()):
        if order.contract in contracts and order.category in kinds and order.day < first:
            if order.outcome == "withdrawn":
                continue
            outcome: Literal["done", "missed", "failed"] = "done" if order.outcome == "open" else order.outcome
            yield ask.PastVisit(
                contract=order.contract,
                kind=order.category,
                day=day_number(order.day),
                helper=order.helper or None,
                outcome=outcome,
            )


def unopened(state: AreaState, contract: str, before: dt.date) -> list[DatedVisit]:
    """The dated visits whose day passed without a work order: nobody planned that day."""
    return [visit for visit, order in standing_visits(state, contract) if order is None and visit.day < before]
