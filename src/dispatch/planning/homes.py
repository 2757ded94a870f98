"""Orders that belong to another area: their place became known there, or moved there. They go along in one batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import OPEN_TO_PLAN, OrderState
from dispatch.decide.plan import head_of
from dispatch.decide.register import Register
from dispatch.decide.schedule import without
from dispatch.events.envelope import Entity
from dispatch.events.order import OrderMoved, OrderPinned, Origin, PromiseMissed, VisitRefused
from dispatch.events.plan import PlanDirected
from dispatch.model.time import Window
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch

_STAYS = frozenset({Origin.ROUND, Origin.CONTRACT})


def strays(state: AreaState, register: Register, among: Iterable[str]) -> dict[str, str]:
    """Which orders ``among`` those of the area belong to another, by id: the area that has their place.

    The same rule as for a request that comes in now (`Register.home_of`). What somebody is under way to stays until
    they have reported; so does a round, which is walked by those who have it, and a visit of a contract of this area.
    """
    found: dict[str, str] = {}
    for order_id in among:
        order = state.orders.get(order_id)
        if order is None or order.status not in OPEN_TO_PLAN or order.opened.origin in _STAYS:
            continue
        place = order.opened.place
        asked_in = order.opened.asked_in or state.area
        home = register.home_of(place, asked_in)
        if home is not None and home != state.area and home in register.places.get(place.named or "", ()):
            found[order_id] = home
    return found


def moving(state: AreaState, there: AreaState, order_id: str) -> Batch:
    """The events by which an order leaves the area for ``there``: one order with one id, its windows and its promise.

    It comes off every schedule here. Who refused it, and whom it was pinned to, goes along if they did.
    """
    order = state.orders[order_id]
    number = state.head.number + 1
    routes: Batch = {
        Entity(state.area, "schedule", worker): list(changed)
        for worker, schedule in state.schedules.items()
        if (changed := without(schedule, order_id, number))
    }
    batch: Batch = {}
    if routes or order.workers:
        left = PlanDirected(number=number, parent=state.head.number, verb="moved", order=order_id)
        batch[head_of(state.area)] = [left]
    batch[Entity(state.area, "order", order_id)] = [OrderMoved(to=there.area)]
    batch[Entity(there.area, "order", order_id)] = _goes_on(state, there, order)
    return batch | routes


def _goes_on(state: AreaState, there: AreaState, order: OrderState) -> list[Struct]:
    asked_in = order.opened.asked_in or state.area
    here, others = state.active_workers(), there.active_workers()

    def came_along(worker: str) -> bool:
        return worker in others and worker not in here

    pin = order.pin
    kept = pin is not None and all(map(came_along, pin.workers))
    windows = order.windows
    if pin is not None and pin.start is not None and not kept and order.needs is not None:
        # Those it is pinned to are not there; the hour that was promised is.
        windows = (Window(pin.start, pin.start + dt.timedelta(minutes=order.needs.minutes)),)
    events: list[Struct] = [
        replace(
            order.opened,
            needs=order.needs,
            windows=windows,
            asked_in=None if asked_in == there.area else asked_in,
        )
    ]
    events += [VisitRefused(worker=worker) for worker in sorted(order.refused_by) if came_along(worker)]
    if pin is not None and kept:
        events.append(OrderPinned(workers=pin.workers, start=pin.start))
    if order.missed and order.needs is not None and order.needs.due is not None:
        events.append(PromiseMissed(due=order.needs.due))
    return events
