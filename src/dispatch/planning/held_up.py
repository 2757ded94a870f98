"""Who is on site somewhere by their own word, and what of their routes cannot be as it was told because of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from dispatch.decide.order import OPEN_TO_PLAN, Status
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.planning.area import AreaState

_MINUTE = dt.timedelta(minutes=1)
_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
LATE = 5 * _MINUTE
"""How long after somebody should have set out it is taken for sure that they did not; telling anew costs something."""
AGAIN = 15 * _MINUTE
"""How much longer a visit is expected to take at first once it takes longer than it was to."""


class OnSite(Struct, frozen=True):
    """The order somebody is at, by the last they said, and since when."""

    order: str
    since: dt.datetime


def last_seen(state: AreaState) -> dict[str, dt.datetime]:
    """By worker, when they last came to an order, or were through with one, that is still theirs; by reports."""
    seen: dict[str, dt.datetime] = {}
    for order in chain(state.orders.values(), state.closed.values()):
        if order.arrived_at is None and order.done_at is None and order.failed_at is None:
            continue
        for worker in order.workers:
            # Who is not there yet does not come because others did.
            came = order.arrived_at if order.stages.get(worker) is Status.ARRIVED else None
            # That a visit could not be says where somebody was only if they came there.
            failed = order.failed_at if worker in order.arrivals else None
            for at in (came, order.done_at, failed):
                if at is not None:
                    seen[worker] = max(at, seen.get(worker, at))
    return seen


def on_site(state: AreaState, seen: Mapping[str, dt.datetime] | None = None) -> dict[str, OnSite]:
    """Where everybody is who came somewhere and said nothing since of being done there or of being elsewhere.

    ``seen``: when each was `last_seen`, for whoever has looked already.
    """
    there = {
        (worker, key): order.arrived_at
        for key, order in state.orders.items()
        if order.status is Status.ARRIVED and order.arrived_at is not None
        for worker in order.workers
        if order.stages.get(worker) is Status.ARRIVED
    }
    if not there:
        return {}
    last = last_seen(state) if seen is None else seen
    return {worker: OnSite(key, since) for (worker, key), since in there.items() if since >= last[worker]}


def held_up(state: AreaState, now: dt.datetime) -> frozenset[str]:
    """The orders one of whose crew cannot begin them as told: they are on site elsewhere.

    Such are those that stand before the one they are at and begin after they came there, and those that they should
    have set out for by now, `LATE` ago or longer. Not those anybody is under way to, nor those that a dispatcher wants
    them to begin at that moment: that is not for the plan to give up.
    """
    found: set[str] = set()
    for worker, site in on_site(state).items():
        for route in _open_routes(state, worker, now):
            orders = [stop.order for stop in route.stops]
            turn = orders.index(site.order) if site.order in orders else 0
            for index, stop in enumerate(route.stops):
                if not _is_to_come(state, stop) or stop.order == site.order or stop.start < site.since:
                    continue
                if _is_wanted_then(state, stop, worker):
                    continue
                if index < turn or late_at(stop) <= now:
                    found.add(stop.order)
    return frozenset(found)


def late_at(stop: ScheduledStop) -> dt.datetime:
    """When it is sure that somebody who has not set out for ``stop`` cannot begin as told."""
    return stop.latest_leave + LATE


def next_wanted(state: AreaState, workers: Collection[str], now: dt.datetime) -> dt.datetime | None:
    """When one of ``workers`` is to set out for what a dispatcher wants at its moment, from ``now`` on."""
    times = (
        stop.latest_leave
        for worker in workers
        for route in _open_routes(state, worker, now)
        for stop in route.stops
        if _is_to_come(state, stop) and _is_wanted_then(state, stop, worker) and stop.latest_leave >= now
    )
    return min(times, default=None)


def given_up_at(route: RouteChanged, stop: ScheduledStop) -> dt.datetime:
    """When it is taken that somebody who set out for ``stop``, and said nothing since, is not at it any more."""
    return route.end + (stop.end - stop.start)


def next_late(state: AreaState, now: dt.datetime) -> dt.datetime | None:
    """When to look next for who is held up, or went home: the first `late_at`, or end of a duty, after ``now``.

    Of duties that begin within a day, and of what is still to come on them.
    """
    times = (
        at
        for worker in state.schedules
        for route in state.schedules[worker].routes.values()
        if now - _DAY < route.end and route.start <= now + _DAY
        for stop in route.stops
        for at in _moments(state, route, stop)
        if at > now
    )
    return min(times, default=None)


def _moments(state: AreaState, route: RouteChanged, stop: ScheduledStop) -> tuple[dt.datetime, ...]:
    if _is_to_come(state, stop):
        return late_at(stop), route.end
    order = state.orders.get(stop.order)
    return (given_up_at(route, stop),) if order is not None and order.status is Status.ON_THE_WAY else ()


def is_left_over(state: AreaState, now: dt.datetime) -> bool:
    """Whether some duty is over and a visit stands on it that nobody comes to any more: somebody else may do it yet."""
    return any(
        worker in state.orders[stop.order].workers and max(_moments(state, route, stop), default=now) <= now
        for worker, route in state.routes()
        if route.end <= now
        for stop in route.stops
        if stop.order in state.orders and state.orders[stop.order].status in (*OPEN_TO_PLAN, Status.ON_THE_WAY)
    )


def overrun_end(end: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When a visit that was to end at ``end`` is expected to by ``now``, while somebody is known to be at it.

    Until `LATE` after its end at any moment; then it is expected to take `AGAIN` longer, twice that once that is over,
    and at last another hour each time, so that what comes after it is not told anew every minute.
    """
    if now < end + LATE:
        return max(end, now)
    longer = AGAIN
    while end + longer <= now:
        longer += min(longer, _HOUR)
    return end + longer


def _open_routes(state: AreaState, worker: str, now: dt.datetime) -> Iterator[RouteChanged]:
    schedule = state.schedules.get(worker)
    return (route for route in (schedule.routes.values() if schedule else ()) if route.end > now)


def _is_wanted_then(state: AreaState, stop: ScheduledStop, worker: str) -> bool:
    pin = state.orders[stop.order].pin
    return pin is not None and pin.start == stop.start and worker in pin.workers


def _is_to_come(state: AreaState, stop: ScheduledStop) -> bool:
    order = state.orders.get(stop.order)
    return order is not None and order.status in OPEN_TO_PLAN
