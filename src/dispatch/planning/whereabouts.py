"""Until when somebody is kept by a stop, and where they are then: as planned unless somebody's word says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from dispatch.decide.order import OrderState, Status
from dispatch.events.schedule import ScheduledStop
from dispatch.planning.area import AreaState
from dispatch.planning.crews import all_there
from dispatch.planning.held_up import LATE, OnSite, last_seen, next_wanted, on_site, overrun_end


class Word(Struct, frozen=True):
    """What people said of where they are. ``sites``: who is still where; ``seen``: when each was last seen.

    ``came``: when each last came anywhere. ``at_work``: the orders that somebody is known to be at still.
    """

    sites: dict[str, OnSite]
    seen: dict[str, dt.datetime]
    came: dict[str, dt.datetime]
    at_work: frozenset[str]


def heard(state: AreaState) -> Word:
    """All that people said of where they are."""
    seen = last_seen(state)
    sites = on_site(state, seen)
    return Word(sites, seen, _last_came(state), frozenset(site.order for site in sites.values()))


def _last_came(state: AreaState) -> dict[str, dt.datetime]:
    """By worker, when they last came to an order that is still theirs.

    Who said only that it was done came there as long before as it was to take.
    """
    came: dict[str, dt.datetime] = {}
    for order in chain(state.orders.values(), state.closed.values()):
        for worker in order.workers:
            at = order.arrivals.get(worker)
            if at is None and order.done_at is not None and order.start is not None and order.end is not None:
                at = order.done_at - (order.end - order.start)
            if at is not None:
                came[worker] = max(at, came.get(worker, at))
    return came


def over_at(order: OrderState | None) -> dt.datetime | None:
    """When somebody said that an order was done, or could not be; None if neither is so."""
    if order is None:
        return None
    return order.done_at if order.status is Status.DONE else order.failed_at


def expected_end(state: AreaState, stop: ScheduledStop, word: Word, now: dt.datetime) -> dt.datetime:
    """When the worker will be free of ``stop``: as planned unless reports say otherwise."""
    order = state.order_of(stop)
    if order is None:
        return min(stop.end, now)
    over = over_at(order)
    if over is not None:
        return min(over, stop.end) if over <= now else stop.end
    if order.status is Status.ARRIVED and order.arrived_at is not None:
        end = all_there(order, stop, now) + (stop.end - stop.start)
        if stop.order not in word.at_work:
            return max(now, end)
        until = overrun_end(end, now)
        # How long it takes is a guess; a dispatcher's word to be elsewhere is not given up for it, or for few minutes.
        leaves = next_wanted(state, [worker for worker, site in word.sites.items() if site.order == stop.order], now)
        return until if leaves is None or end > leaves + LATE else min(until, leaves)
    if order.status is Status.ON_THE_WAY:
        return max(stop.end, now + (stop.end - stop.start)) if stop.start < now else stop.end
    return stop.end


def last_there(
    state: AreaState, worker: str, stops: list[tuple[ScheduledStop, dt.datetime]], word: Word
) -> Iterator[tuple[dt.datetime, bool, ScheduledStop]]:
    """The ``stops`` that ``worker`` may be last at, each with when they are free of it, to be compared.

    Who came elsewhere is not at what they said nothing of, nor where they forgot to say that they were done. Where they
    are still to be comes after where they are.
    """
    site, came = word.sites.get(worker), word.came.get(worker)
    kept = max((end for stop, end in stops if site is not None and stop.order == site.order), default=None)
    for stop, end in stops:
        order = state.order_of(stop)
        over = over_at(order)
        stage = None if order is None else order.stages.get(worker)
        if order is None or over is not None:
            yield end if over is None else max(over, end), False, stop
        elif stage is Status.ARRIVED:
            if site is not None and site.order == stop.order:
                yield end, False, stop
        elif came is None or came <= stop.start:
            yield end if kept is None else max(end, kept), kept is not None, stop
        elif stage is Status.ON_THE_WAY:
            yield end, False, stop
