"""A worker's schedule: the routes of their duties, and taking an order off them."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.schedule import RouteChanged


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
