"""Visits that take several: when all of them are there, and what becomes of one to which somebody cannot come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import OrderState, Status
from dispatch.decide.record import RecordState
from dispatch.events.order import ReasonGiven
from dispatch.events.schedule import ScheduledStop
from dispatch.model.time import local_day

_MINUTE = dt.timedelta(minutes=1)


class Gathered(Struct, frozen=True, kw_only=True):
    """What becomes of an order some of whose crew are there, or under way (``there``), and one or more cannot come.

    ``joiners``: who is sent after them; the visit is ``[start, end)``, when all are there. None of them: why, in
    ``reasons``. ``asked``: it is still being asked who could join; those there are free for it from ``start``.
    """

    there: tuple[str, ...]
    start: dt.datetime
    end: dt.datetime
    joiners: tuple[str, ...] = ()
    reasons: tuple[ReasonGiven, ...] = ()
    asked: bool = False


def is_off(gathered: Mapping[str, Gathered], stop: ScheduledStop, worker: str) -> bool:
    """Whether ``worker`` is not to come to ``stop`` any more, where others are."""
    there = gathered.get(stop.order)
    return there is not None and worker not in there.there


def gather(gathered: Mapping[str, Gathered], stop: ScheduledStop, worker: str) -> ScheduledStop:
    """``stop`` with who else comes to it now, and when all are there."""
    one = gathered.get(stop.order)
    if one is None:
        return stop
    crew = tuple(sorted({*one.there, *one.joiners} - {worker}))
    arrive = min(stop.arrive, one.start)
    return replace(stop, arrive=arrive, start=one.start, end=one.end, crew=crew)


def lacks(order: OrderState, stop: ScheduledStop, worker: RecordState, zone: str) -> bool:
    """Whether ``worker`` holds no certificate for ``stop`` on the day, as one who was sent did then."""
    needs = order.needs
    return needs is not None and not all(
        worker.item.holds(needs.skill, needs.level, local_day(at, zone)) for at in {stop.start, stop.end - _MINUTE}
    )


def is_overruled(order: OrderState, worker: str) -> bool:
    """Whether a dispatcher named a whole crew for ``order`` without ``worker``."""
    people = order.needs.people if order.needs is not None else 1
    return order.pin is not None and len(order.pin.workers) >= people and worker not in order.pin.workers


def all_there(order: OrderState, stop: ScheduledStop, now: dt.datetime) -> dt.datetime:
    """When the visit began, or will: when all of its crew are there. The others wait for who is still on the way.

    Of who said nothing it is taken that they come as planned.
    """
    begins = [order.arrivals[worker] for worker in order.workers if worker in order.arrivals]
    others = [worker for worker in order.workers if order.stages.get(worker) is not Status.ARRIVED]
    if others:
        begins.append(stop.start)
    if any(order.stages.get(worker) is Status.ON_THE_WAY for worker in others):
        begins.append(now)
    assert order.arrived_at is not None
    return max(begins, default=order.arrived_at)
