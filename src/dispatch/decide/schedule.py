"""A worker's schedule: the routes of their duties, taking an order off them, and what of them was worked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import ENDED, OrderState, Status
from dispatch.events.envelope import Entity
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import RouteBrought


class ScheduleState(Struct, frozen=True):
    """The newest route of each duty by duty id."""

    routes: dict[str, RouteChanged]


def evolve(state: ScheduleState | None, event: Struct, at: dt.datetime) -> ScheduleState | None:
    """Fold one event of a schedule."""
    if not isinstance(event, RouteChanged):
        return state
    return ScheduleState({**(state.routes if state else {}), event.duty: event})


def without(state: ScheduleState | None, order: str, plan: int) -> tuple[RouteChanged, ...]:
    """The routes of ``state`` that hold ``order``, as they are without it; times of the other stops stay."""
    if state is None:
        return ()
    return tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.order != order), plan=plan)
        for route in state.routes.values()
        if any(stop.order == order for stop in route.stops)
    )


def worked_off(
    state: ScheduleState | None, entity: Entity, order: OrderState, worker: str, at: dt.datetime
) -> tuple[RouteBrought, ...]:
    """What ``worker`` did for the order ``entity`` up to ``at``, when it comes off their schedule: work of that day.

    One route for each duty it stood on, with this stop only; empty if they were not there.
    """
    there = order.status is Status.COULD_NOT or order.stages.get(worker) is Status.ARRIVED
    if state is None or not there or worker not in order.workers:
        return ()
    return tuple(
        RouteBrought(area=entity.area, start=route.start, end=route.end, stops=(_until(stop, order, at),), off=True)
        for route in state.routes.values()
        for stop in route.stops
        if stop.order == entity.id
    )


def _until(stop: ScheduledStop, order: OrderState, at: dt.datetime) -> ScheduledStop:
    """``stop`` as it was: from when they came, for as long as it was to last at most."""
    came = order.arrived_at or stop.start
    return _spent(stop, came, min(at, came + (stop.end - stop.start)))


def _spent(stop: ScheduledStop, start: dt.datetime, end: dt.datetime) -> ScheduledStop:
    """``stop`` as it took ``[start, end)``; one that was over before it was to begin took as long as it was to."""
    if end <= start:
        start = end - (stop.end - stop.start)
    return replace(stop, arrive=min(stop.arrive, start), start=start, end=end)


def worked(
    route: RouteChanged, orders: Mapping[str, OrderState | None], worker: str, now: dt.datetime
) -> tuple[ScheduledStop, ...]:
    """The stops of ``route`` that ``worker`` is at or was at by ``now``, each until when they are there at most.

    Who is on site stays as long as the visit was to last from when they came.
    """
    found = []
    for stop in route.stops:
        order = orders.get(stop.order)
        if order is None or worker not in order.workers:
            continue
        end = min(stop.end, now)
        if order.stages.get(worker) is Status.ARRIVED and order.status is Status.ARRIVED:
            came = [order.arrivals[one] for one in order.workers if one in order.arrivals]
            if len(came) < len(order.workers):
                # Who is there waits for the others, who come as planned.
                came.append(stop.start)
            end = max(now, max(came) + (stop.end - stop.start))
        elif order.done_at is not None:
            end = min(stop.end, order.done_at)
        elif order.status is not Status.COULD_NOT and not (order.status in ENDED and stop.start <= now):
            continue
        found.append(_spent(stop, stop.start, end))
    return tuple(found)
