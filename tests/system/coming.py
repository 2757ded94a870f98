"""Whether those planned for a visit can come to it by all that is known: who is held up, who left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from system.log_state import MINUTE, Data, Key, LogState, Order, holds, instant

_LATE = 6 * MINUTE


def held_up(state: LogState, area: str, key: str, order: Order, now: dt.datetime) -> Iterator[str]:
    """Whether somebody who is on site elsewhere by their own word still has what they cannot begin as told."""
    for name in order.workers:
        seen, leaves = state.seen.get((area, name)), _leaves(state, (area, name), key)
        if seen is None or not seen.there or seen.order == (area, key) or leaves is None or order.start is None:
            continue
        if order.pin and name in order.pin["workers"] and order.pin.get("start"):
            # A dispatcher wants them there at that moment.
            continue
        site = state.orders[seen.order]
        if site.done or site.failed or site.ended or seen.at > order.start or site.free_at is None:
            continue
        if leaves > now and site.free_at > order.start:
            yield f"order {key} is planned at {order.start} for {name}, who is at {seen.order[1]} until {site.free_at}"
        if leaves + _LATE < now and order.end is not None and now < order.end:
            yield f"order {key} is planned at {order.start} for {name}, who is still at {seen.order[1]} at {now}"


def _leaves(state: LogState, worker: Key, order: str) -> dt.datetime | None:
    """When somebody is to set out for an order at the latest, so that they can begin it as planned."""
    stops = [stop for route in state.routes.get(worker, {}).values() for stop in route["stops"]]
    return next(
        (instant(one["start"]) - one.get("travel_min", 0) * MINUTE for one in stops if one["order"] == order), None
    )


def left_alone(state: LogState, key: Key, order: Order, now: dt.datetime) -> Iterator[str]:
    """Of a visit that some of its crew are at, or on the way to: that the others can come, or that it is said why not.

    Only while it is still to be: of one whose end has passed nobody knows what became of it.
    """
    area, name = key
    there = [one for one in order.workers if one in order.set_out and not _is_lost(state, area, one, order, now)]
    if not there or order.end is None or order.start is None:
        return
    for one in order.workers:
        if _is_lost(state, area, one, order, now):
            yield f"order {name} is still {one}'s, who cannot come, and {', '.join(there)} waits"
    people = order.needs["people"] if order.needs else 1
    if len(order.workers) < people and not order.told_why_not:
        yield f"order {name} needs {people} people, has {', '.join(order.workers)}, and it is not said why"


def _is_lost(state: LogState, area: str, name: str, order: Order, now: dt.datetime) -> bool:
    """Whether somebody who is not at a visit yet cannot come to it, by all that is known."""
    if name in order.there or order.start is None or order.end is None:
        return False
    worker = state.worker((area, name), 2**62)
    if worker is None or worker.retired or name in order.refused:
        return True
    if order.needs and not can_do(state, area, worker.record, order.needs, (order.start, order.end)):
        return True
    return any(start < order.end and end > max(order.start, now) for start, end in worker.away)


def can_do(state: LogState, area: str, record: Data, needs: Data, span: tuple[dt.datetime, dt.datetime]) -> bool:
    """Whether a worker's certificates hold on every local day of the work, whatever day their shift began on."""
    first, last = day_of(state, area, span[0]), day_of(state, area, span[1] - dt.timedelta(seconds=1))
    days = [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]
    return all(holds(record, needs["skill"], needs["level"], day) for day in days)


def day_of(state: LogState, area: str, at: dt.datetime) -> dt.date:
    return at.astimezone(state.time_zone(area)).date()
