"""Dated visits of contracts become work orders, each once under a fixed id, as soon as their day is too near to move.

On the day they are visits as any other: the plan chooses when, and sends whom the contract says. One that the contract
does not ask for any more, or that was dated anew, is withdrawn; one that nobody made is closed a day after its day.
"""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from dispatch.decide.contract import order_of
from dispatch.decide.needs import needs_of
from dispatch.decide.order import OPEN_TO_PLAN, OrderState, Status
from dispatch.decide.record import RecordState
from dispatch.events.contract import DatedVisit
from dispatch.events.order import OrderCancelled, OrderClosed, OrderOpened, Origin
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract
from dispatch.model.places import PlaceKind, PlaceRef
from dispatch.model.policy import Policy
from dispatch.model.time import Window, at_clock, local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.contract_ask import notice_of
from dispatch.planning.rounds import MISSED_STAY, kept_from, withdrawal
from dispatch.planning.walk_ask import DAY


def visits_due(state: AreaState, now: dt.datetime) -> Batch:
    """The orders to be opened: of visits on days that stay, which can still be made and were not opened before."""
    today = local_day(now, state.policy.time_zone)
    batch: Batch = {}
    for key, record in sorted(state.contracts.items()):
        if record.retired:
            continue
        last = today + min(max(1, notice_of(state, record.item)), state.policy.horizon_days) * DAY
        for visit in record.dated.visits.values():
            if not today <= visit.day < last:
                continue
            category = state.catalogue.get(visit.category)
            entity = order_of(state.area, key, visit.id)
            if entity.id in state.visit_orders or category is None:
                continue
            opened = _opened(state, record.item, visit, category, now)
            if opened.windows[0].end - dt.timedelta(minutes=visit.minutes) >= now:
                batch[entity] = [opened]
    return batch


def withdrawing_visits(state: AreaState, now: dt.datetime) -> Batch:
    """The end of one order of a visit that its contract does not have any more; empty when there is none.

    What is under way stays.
    """
    for key, order in sorted(state.orders.items()):
        if order.opened.origin is Origin.CONTRACT and order.status in OPEN_TO_PLAN and not _stands(state, order):
            return withdrawal(state, key, OrderCancelled())
    return {}


def closing_visits(state: AreaState, now: dt.datetime) -> Batch:
    """The end of the orders of visits that could not be made, or were not, more than `MISSED_STAY` after their day.

    Each is closed as not satisfied, with what kept it from being made; its contract dates another.
    """
    return {
        order_of(state.area, str(order.opened.contract), str(order.opened.visit)): [
            OrderClosed(satisfied=False, reasons=kept_from(order))
        ]
        for _, order in sorted(state.orders.items())
        if order.opened.origin is Origin.CONTRACT and order.status in {Status.OPENED, Status.COULD_NOT}
        if order.windows and max(window.end for window in order.windows) < now - MISSED_STAY
    }


def _stands(state: AreaState, order: OrderState) -> bool:
    record: RecordState | None = state.contracts.get(str(order.opened.contract))
    return record is not None and not record.retired and order.opened.visit in record.dated.visits


def window_on(item: Contract, day: dt.date, time_zone: str) -> Window:
    """The time within which a visit on ``day`` begins and ends: the hours agreed, or the whole day."""
    if item.hours is None:
        return Window(start=at_clock(day, "00:00", time_zone), end=at_clock(day + DAY, "00:00", time_zone))
    start, end = (at_clock(day, clock, time_zone) for clock in (item.hours.start_from, item.hours.end_by))
    # Clocks that are put forward may leap over all of it.
    return Window(start=start, end=max(end, start + dt.timedelta(minutes=1)))


def _opened(state: AreaState, item: Contract, visit: DatedVisit, category: Category, now: dt.datetime) -> OrderOpened:
    counts = {category.id, *category.counts_as}
    opened = OrderOpened(
        origin=Origin.CONTRACT,
        kind=category.kind,
        category=category.id,
        place=_place(state, item.place),
        reported_at=now,
        windows=(window_on(item, visit.day, state.policy.time_zone),),
        contract=item.id,
        visit=visit.id,
        promises=_promises(item, counts, state.policy),
        helper=visit.helper,
    )
    # The promise is the contract's: nothing runs from when the order was opened.
    needs = needs_of(opened, category, state.policy)
    return replace(opened, needs=replace(needs, minutes=visit.minutes, due=None))


def _promises(item: Contract, counts: set[str], policy: Policy) -> tuple[str, ...]:
    """The promises that a visit which counts as ``counts`` counts for; where it is for none, the reviews."""
    whole = (name for name, category in item.promised().items() if category in counts)
    shared = (one.id for one in item.promises if any(share.category in counts for share in one.of))
    promised = tuple(dict.fromkeys((*whole, *shared)))
    return promised or tuple(one.id for one in policy.contracts.reviews if one.category in counts)


def _place(state: AreaState, place: str) -> PlaceRef:
    record = state.places.get(place)
    return PlaceRef(unit=place) if record is not None and record.item.kind is PlaceKind.UNIT else PlaceRef(site=place)
