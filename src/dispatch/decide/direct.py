"""What a dispatcher's direction about an order does to it."""

from __future__ import annotations

import datetime as dt

import msgspec
from msgspec import Struct

from dispatch.decide.needs import check_windows
from dispatch.decide.order import ENDED, OrderState, Status, check_here
from dispatch.decide.outcome import Happened, Refused
from dispatch.events.envelope import Entity
from dispatch.events.order import (
    OrderCancelled,
    OrderClosed,
    OrderOpened,
    OrderPinned,
    OrderRescheduled,
    OrderUnpinned,
    Origin,
)
from dispatch.events.personal import remark
from dispatch.model.quoting import quoted
from dispatch.model.time import ceil_minute
from dispatch.model.words import key_of
from dispatch.requests.direction import Assign, Cancel, Direction, FollowUp, Reschedule, Unpin


def decide(direction: Direction, entity: Entity, state: OrderState | None) -> tuple[Happened, ...]:
    """The events ``direction`` makes happen to the order ``entity`` and to the rework it may open.

    Raises `Refused`: ``unknown_order``, ``order_moved``, ``order_ended``, ``not_now``, ``too_few_people``,
    ``window_too_short``.
    """
    if state is None:
        raise Refused(
            f"There is no work order {quoted(entity.id)}.", code="unknown_order", hint="the order was mistyped."
        )
    check_here(entity.id, state)
    if state.status in ENDED:
        raise Refused(
            f"Order {entity.id} is {state.status}.", code="order_ended", hint="a new request opens a new order."
        )
    if isinstance(direction, FollowUp):
        return _follow_up(direction, entity, state)
    if state.status is Status.DONE:
        raise Refused(f"Order {entity.id} is done.", code="not_now", hint="a follow-up call closes or reopens it.")
    events: tuple[Struct, ...] = ()
    match direction:
        case Assign():
            events = _assign(direction, entity, state)
        case Unpin():
            events = (OrderUnpinned(),) if state.pin is not None else ()
        case Cancel():
            events = (OrderCancelled(remark=remark(direction.reason)),)
        case Reschedule():
            if state.status is Status.ARRIVED:
                raise Refused(f"Somebody is on site for {entity.id}.", code="not_now", hint="wait for their report.")
            if state.needs is not None:
                check_windows(direction.windows, state.opened.category, state.needs.minutes)
            events = (OrderRescheduled(windows=tuple(sorted(direction.windows, key=lambda window: window.start))),)
    return (Happened(entity, events, direction.at),) if events else ()


def _assign(direction: Assign, entity: Entity, state: OrderState) -> tuple[Struct, ...]:
    workers = tuple(dict.fromkeys(direction.workers))
    people = state.needs.people if state.needs is not None else 1
    if len(workers) < people:
        raise Refused(
            f"Order {entity.id} needs {people} people at once; {len(workers)} named.",
            code="too_few_people",
            hint=f"name {people} different workers.",
        )
    if state.status in {Status.ARRIVED, Status.COULD_NOT}:
        raise Refused(
            f"Order {entity.id} is {state.status}.", code="not_now", hint="reschedule it first, or wait for the report."
        )
    # Plans are made to the minute.
    start = None if direction.start is None else ceil_minute(direction.start)
    pinned = OrderPinned(workers=workers, start=start)
    return () if state.pin == pinned else (pinned,)


def _follow_up(direction: FollowUp, entity: Entity, state: OrderState) -> tuple[Happened, ...]:
    if state.status is not Status.DONE:
        raise Refused(
            f"Order {entity.id} is {state.status}, not done.", code="not_now", hint="call back once it is done."
        )
    if direction.satisfied:
        return (Happened(entity, (OrderClosed(satisfied=True, remark=remark(direction.note)),), direction.at),)
    rework = Entity(entity.area, "order", key_of("rework", entity.area, entity.id))
    closed = OrderClosed(satisfied=False, rework=rework.id, remark=remark(direction.note))
    return (
        Happened(entity, (closed,), direction.at),
        Happened(rework, (_rework(state, entity.id, direction.at),), direction.at),
    )


def _rework(state: OrderState, first: str, at: dt.datetime) -> OrderOpened:
    """The order that continues a failed one (返修): the same work, no window agreed yet, its promise run out."""
    needs = state.needs
    return msgspec.structs.replace(
        state.opened,
        origin=Origin.REWORK,
        reported_at=at,
        windows=(),
        promised_by=None,
        rework_of=first,
        needs=None if needs is None else msgspec.structs.replace(needs, due=None),
    )
