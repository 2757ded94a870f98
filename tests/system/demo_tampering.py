"""Tampering with a played day: events of its log changed, left out, put in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts, Happening
from dispatch.events import order as happened
from dispatch.events.catalogue import VERSIONS
from dispatch.events.envelope import Entity, Recorded, Stored
from dispatch.events.schedule import RouteChanged
from dispatch.events.worker import WorkerAbsent, WorkerRegistered

MINUTE = dt.timedelta(minutes=1)
REASON = (happened.ReasonGiven(rule="shift", message="Nobody was on duty."),)
Breach = Callable[[Evidence], Iterator[Evidence]]
BREACHES: dict[str, Breach] = {}


def breach(name: str) -> Callable[[Breach], Breach]:
    """The function that follows breaks the promise ``name``."""

    def keep(function: Breach) -> Breach:
        BREACHES[name] = function
        return function

    return keep


def edited(
    evidence: Evidence, position: int, change: Callable[[Any], Struct] | None = None, **envelope: object
) -> Evidence:
    """The evidence with one event changed, or fields of its envelope."""

    def edit(stored: Stored) -> Stored:
        recorded = replace(stored.recorded, **envelope)
        if change is not None:
            event = change(msgspec.json.decode(recorded.data, type=type(_event(stored))))
            recorded = replace(recorded, type=type(event).__name__, data=msgspec.Raw(msgspec.json.encode(event)))
        return replace(stored, recorded=recorded)

    events = tuple(edit(stored) if stored.position == position else stored for stored in evidence.events)
    return replace(evidence, events=events)


def without(evidence: Evidence, *positions: int) -> Evidence:
    """The evidence less some events."""
    return replace(evidence, events=tuple(one for one in evidence.events if one.position not in positions))


def put_in(evidence: Evidence, after: int, entity: Entity, event: Struct, at: dt.datetime) -> Evidence:
    """The evidence with one more event behind position ``after``; what follows moves up by one."""
    recorded = Recorded(
        id="tampered", type=type(event).__name__, version=VERSIONS[type(event).__name__], happened_at=at,
        recorded_at=at, by="nobody", cause="tampered",
        correlation="", data=msgspec.Raw(msgspec.json.encode(event)),
    )  # fmt: skip
    before = [one for one in evidence.events if one.position <= after]
    behind = [replace(one, position=one.position + 1) for one in evidence.events if one.position > after]
    return replace(evidence, events=(*before, Stored(position=after + 1, entity=entity, recorded=recorded), *behind))


def at_end(evidence: Evidence, entity: Entity, event: Struct) -> Evidence:
    """The evidence with one more event at the end."""
    return put_in(evidence, evidence.events[-1].position, entity, event, evidence.until)


def _event(stored: Stored) -> Struct:
    from dispatch.events.catalogue import event_of

    return event_of(stored.recorded)


def order_entity(evidence: Evidence, order: str) -> Entity:
    return Entity(evidence.area, "order", order)


def first_of(facts: Facts, order: str, of: type[Struct]) -> Happening | None:
    return next((one for one, _ in facts.events(order, of)), None)


def _registered(facts: Facts, worker: str) -> int:
    return next(one.position for one in facts.by_kind["worker"][worker] if isinstance(one.event, WorkerRegistered))


def another_worker(evidence: Evidence, facts: Facts, worker: str, **changes: object) -> Evidence:
    """The evidence with another record of a worker."""
    return edited(
        evidence, _registered(facts, worker), lambda event: replace(event, worker=replace(event.worker, **changes))
    )


def away(evidence: Evidence, facts: Facts, worker: str, start: dt.datetime, end: dt.datetime) -> Evidence:
    """The evidence with a worker known to be away from the beginning on."""
    last = max(_registered(facts, one) for one in facts.workers)
    return put_in(
        evidence, last, Entity(evidence.area, "worker", worker), WorkerAbsent(start=start, end=end), evidence.start
    )


def newest_routes(facts: Facts) -> Iterator[tuple[str, Happening, RouteChanged]]:
    """The last route of each duty that had any stop."""
    for worker in sorted(facts.schedules):
        for sent, route in {route.duty: (sent, route) for sent, route in facts.routes(worker)}.values():
            if route.stops:
                yield worker, sent, route


def changed_stop(route: RouteChanged, index: int, **changes: object) -> Callable[[Any], Struct]:
    stops = list(route.stops)
    stops[index] = replace(stops[index], **changes)
    return lambda event: replace(event, stops=tuple(stops))


def newest_of(facts: Facts, worker: str) -> Iterator[tuple[str, Happening, RouteChanged]]:
    return (one for one in newest_routes(facts) if one[0] == worker)


def widened(evidence: Evidence, facts: Facts, order: str) -> Evidence:
    """The evidence with the hours agreed for an order six hours wider, so that they are not what is broken."""
    hours = dt.timedelta(hours=6)
    windows = tuple(
        replace(window, start=window.start - hours, end=window.end + hours) for window in facts.opened(order).windows
    )
    return edited(evidence, facts.orders[order][0].position, lambda event: replace(event, windows=windows))
