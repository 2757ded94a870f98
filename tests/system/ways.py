"""Whether people have the time to come to where they are sent, from where they are by all that was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from system.log_state import MINUTE, Data, Key, LogState, Order, Said, instant, position_of, way_min

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass
class From:
    """A place somebody may set out from, where they are, or will be, until ``at``; unset if that is anybody's guess."""

    at: dt.datetime
    place: Data | None


def busy_until(state: LogState, area: str, stop: Data) -> dt.datetime:
    """Until when a stop keeps somebody busy."""
    order = state.orders.get((area, stop["order"]))
    end = instant(stop["end"])
    return end if order is None or order.free_at is None else min(end, order.free_at)


def the_way(
    state: LogState, key: Key, route: Data, stop: Data, record: Data, saw: int, at: dt.datetime
) -> Iterator[str]:
    """Whether somebody sets out for a stop, new on their route ``at`` a time, free and early enough."""
    index = route["stops"].index(stop)
    given = stop.get("travel_min", 0)
    if index and instant(stop["arrive"]) - given * MINUTE < busy_until(state, key[0], route["stops"][index - 1]):
        yield f"{key[1]} sets out for {stop['order']} before being free"
    there = position_of(state, key[0], stop["place"])
    if there is None:
        return
    needed = []
    for place in _from_where(state, key, route, stop, record, saw, at):
        here = None if place is None else position_of(state, key[0], place)
        if here is None:
            return
        needed.append(way_min(state, key[0], record.get("mode", "walk"), here, there))
    if given < min(needed):
        yield f"{key[1]} has {given} minutes to {stop['order']}; the way takes {min(needed)}"


def _from_where(
    state: LogState, key: Key, route: Data, stop: Data, record: Data, saw: int, at: dt.datetime
) -> list[Data | None]:
    """Where somebody sets out for a stop; several where they said of two places at one moment that they are there.

    At the last they said, unless they are to be somewhere else by the plan before the stop; at first at the base.
    """
    said = [one for one in state.said.get(key, ()) if one.position <= saw]
    first = instant(route["start"])
    last = _last_said(state, route, said, first)
    came = max((one.came for one in said if one.place), default=_NEVER)
    # Of two places at one moment nobody can tell which came first.
    free = max((_free_at(state, key, one, at) for one in last), default=_NEVER)
    found = [
        *(From(free, one.place) for one in last),
        *_to_come(state, key, route, stop, said, came, saw, at),
        *_left(state, key, saw, first),
    ]
    if not found:
        return [{"site": record["base"]}]
    latest = max(one.at for one in found)
    places = [one.place for one in found if one.at == latest]
    # Who was somewhere before their duty began may have gone to their base.
    return [*places, {"site": record["base"]}] if latest <= first else places


def _last_said(state: LogState, route: Data, said: list[Said], first: dt.datetime) -> list[Said]:
    """The last somebody said of where they are, on the duty or of a stop of it."""
    own = {stop["order"] for stop in route["stops"]}
    of_duty = [one for one in said if one.at > first or one.order[1] in own]
    latest = max((one.at for one in of_duty), default=_NEVER)
    return [one for one in of_duty if one.at == latest]


def _free_at(state: LogState, key: Key, one: Said, at: dt.datetime) -> dt.datetime:
    """From when on somebody can leave where they said they are."""
    order = state.orders[one.order]
    if not one.there or one.off or _is_over(order) or order.free_at is None:
        return one.at
    # Those of a crew wait for one another.
    waits = bool(set(order.workers) - order.there) and order.end is not None
    return max(at, order.free_at, order.end if waits and order.end is not None else order.free_at)


def _to_come(
    state: LogState,
    key: Key,
    route: Data,
    stop: Data,
    said: list[Said],
    came: dt.datetime,
    saw: int,
    at: dt.datetime,
) -> Iterator[From]:
    """Where somebody is to be before a stop though they said nothing of being there: on the way, or by the plan."""
    there = {one.order for one in said if not one.off}
    before = route["stops"][: route["stops"].index(stop)]
    for other in state.routes[key].values():
        own = other["duty"] == route["duty"]
        for one in other["stops"] if own or other["end"] >= route["start"] else ():
            order = state.orders.get((key[0], one["order"]))
            if (key[0], one["order"]) in there or order is None or _is_over(order):
                continue
            if one not in before if own else one["start"] >= stop["start"]:
                continue
            start, end = instant(one["start"]), instant(one["end"])
            under_way = 0 < order.under_way <= saw and key[1] in order.workers
            if (under_way or own or _is_begun(state, key[0], one["order"], order, at)) and (
                key[1] in order.set_out or start >= came
            ):
                yield From(max(end, at + (end - start)) if under_way and start < at else end, one["place"])


def _is_begun(state: LogState, area: str, name: str, order: Order, at: dt.datetime) -> bool:
    """Whether one of its crew has set out by the plan: then all go, also on duties that are theirs no more."""
    stops = (
        stop
        for worker in order.workers
        for route in state.routes.get((area, worker), {}).values()
        for stop in route["stops"]
    )
    return any(
        stop["order"] == name and instant(stop["arrive"]) - stop.get("travel_min", 0) * MINUTE < at for stop in stops
    )


def _is_over(order: Order) -> bool:
    return bool(order.done or order.failed or order.ended)


def _left(state: LogState, key: Key, saw: int, first: dt.datetime) -> Iterator[From]:
    """Where something came off the plan with somebody there; where nobody said that they came, it is a guess."""
    left = [one for one in state.left.get(key, ()) if one.position <= saw and first < one.at]
    if left:
        latest = max(one.at for one in left)
        last = left[-1]
        yield From(latest, last.place if last.since and last.at == latest else None)
