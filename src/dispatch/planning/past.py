"""What of a route was done, and on which day it counts."""

from __future__ import annotations

import datetime as dt

from dispatch.decide.order import Status
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import RouteBrought
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState

_WAS_THERE = frozenset({Status.ARRIVED, Status.DONE, Status.COULD_NOT})


def stops_of_day(state: AreaState, route: RouteChanged) -> tuple[ScheduledStop, ...]:
    """The stops of ``route`` but those done on a day before it begins: moved there while the report was on its way.

    What was done on the same day, before a shift that has changed since, counts for the caps of that day.
    """
    day = local_day(route.start, state.policy.time_zone)
    return tuple(stop for stop in route.stops if day_of(state, route, stop) == day)


def day_of(state: AreaState, route: RouteChanged | RouteBrought, stop: ScheduledStop) -> dt.date:
    """The local day that ``stop`` counts for: the one ``route`` begins on, or the one it was done on before that."""
    done = done_at(state, stop)
    return local_day(route.start if done is None else min(done, route.start), state.policy.time_zone)


def done_at(state: AreaState, stop: ScheduledStop) -> dt.datetime | None:
    """When ``stop`` was done; None if it is not."""
    order = state.order_of(stop)
    return order.done_at if order is not None and order.status is Status.DONE else None


def was_there(state: AreaState, stop: ScheduledStop) -> bool:
    """Whether somebody came to ``stop``, or it is closed or cancelled since."""
    order = state.order_of(stop)
    return order is None or order.status in _WAS_THERE
