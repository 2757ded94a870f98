"""People who come, go and move: one home for each, and what of their day they bring along from another area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide import home, record
from dispatch.decide.order import OrderState
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.record import RecordState
from dispatch.decide.register import Register
from dispatch.decide.schedule import ScheduleState, worked
from dispatch.events.envelope import Entity
from dispatch.events.home import HomeTaken
from dispatch.events.schedule import ScheduledStop
from dispatch.events.worker import RouteBrought, WorkerBrought, WorkerRetired
from dispatch.model.places import PlaceRef
from dispatch.model.quoting import quoted
from dispatch.model.words import EVERYWHERE, is_token
from dispatch.requests import direction as directed
from dispatch.services.desk.work import Work

_DAY = dt.timedelta(days=1)


async def registered(
    message: directed.Register, entity: Entity, state: RecordState | None, work: Work, register: Register
) -> tuple[Happened, ...]:
    """Somebody can be sent in this area, and only here. Raises `Refused` (``works_elsewhere``)."""
    events = record.register(message, state, register.policy(entity.area))
    where = home.entity_of(entity.id)
    lived: home.HomeState | None = (await work.get(where)).state
    taken = home.take(entity.id, entity.area, lived)
    if taken and lived is not None and lived.last not in {None, entity.area}:
        events += await _brought(entity, state, str(lived.last), message.at, work, register)
    return (Happened(entity, events, message.at), Happened(where, taken, message.at))


async def left(entity: Entity, retired: Sequence[Struct], at: dt.datetime, work: Work) -> tuple[Happened, ...]:
    """What follows if the events ``retired`` took somebody off the people of an area."""
    if not any(isinstance(event, WorkerRetired) for event in retired):
        return ()
    where = home.entity_of(entity.id)
    return (Happened(where, home.leave(entity.area, (await work.get(where)).state), at),)


async def moved(
    message: directed.Move, entity: Entity, state: RecordState | None, work: Work, register: Register
) -> tuple[Happened, ...]:
    """Left here, joined there, in one batch. Raises `Refused`: ``bad_value``, ``known_there``, ``unknown_record``."""
    if message.to in {entity.area, EVERYWHERE} or not is_token(message.to):
        raise Refused(
            f"{quoted(message.target)} cannot move to {quoted(message.to)}.",
            code="bad_value",
            hint="name another area.",
        )
    gone = record.retire(message.kind, message.target, state, moved_to=message.to)
    if not gone or state is None:
        return ()
    there = Entity(message.to, message.kind, message.target)
    other: RecordState | None = (await work.get(there)).state
    if other is not None and not other.retired and not _is_same(message.kind, state, other):
        raise Refused(
            f"Area {quoted(message.to)} has a {message.kind} {quoted(message.target)} of its own, which is another.",
            code="known_there",
            hint="register one of the two under another id.",
        )
    joined = () if other is not None and not other.retired else record.moved(message.kind, state)
    homed: tuple[Happened, ...] = ()
    if message.kind == "worker":
        joined += await _brought(there, other, entity.area, message.at, work, register)
        homed = (Happened(home.entity_of(entity.id), (HomeTaken(area=message.to),), message.at),)
    # Whoever follows the log must never see them in two areas, not even between two events of one batch.
    return (Happened(entity, gone, message.at), Happened(there, joined, message.at), *homed)


def _is_same(kind: str, one: RecordState, other: RecordState) -> bool:
    """Whether two areas mean the same by a record: a place that lies where the other does, else all of it."""
    if kind == "place":
        return bool((one.item.lat, one.item.lon) == (other.item.lat, other.item.lon))
    return kind == "worker" or bool(one.item == other.item)


async def _brought(
    there: Entity, known: RecordState | None, source: str, at: dt.datetime, work: Work, register: Register
) -> tuple[WorkerBrought, ...]:
    """That the worker ``there``, who worked in ``source``, brings what they did on the day up to ``at``.

    What they brought to ``source`` themselves comes along. What they did in the area they come to stands on their
    schedule there, or, if it came off the plan, with the record there, which is ``known``.
    """
    schedule_entity, record_entity = Entity(source, "schedule", there.id), Entity(source, "worker", there.id)
    await work.load((schedule_entity, record_entity))
    schedule: ScheduleState | None = (await work.get(schedule_entity)).state
    left: RecordState | None = (await work.get(record_entity)).state
    stands = known.brought if known is not None else ()
    routes = [one for one in stands if one.area == there.area]
    for one in (*await _worked(schedule, there.id, source, at, work), *(left.brought if left is not None else ())):
        if one.area != there.area:
            routes.append(replace(one, stops=tuple(_at_position(stop, one.area, register) for stop in one.stops)))
    recent = tuple(one for one in routes if at - _DAY < one.end)
    return (WorkerBrought(routes=recent),) if recent != stands else ()


async def _worked(
    schedule: ScheduleState | None, worker: str, area: str, at: dt.datetime, work: Work
) -> list[RouteBrought]:
    """What ``worker`` is at, or did by ``at``, on the routes in ``area`` of that day."""
    recent = [route for route in (schedule.routes.values() if schedule else ()) if at - _DAY < route.end]
    recent = [route for route in recent if route.start < at + _DAY]
    entities = {stop.order: Entity(area, "order", stop.order) for route in recent for stop in route.stops}
    await work.load(entities.values())
    orders: dict[str, OrderState | None] = {order: (await work.get(one)).state for order, one in entities.items()}
    return [
        RouteBrought(area=area, start=route.start, end=route.end, stops=stops)
        for route in recent
        if (stops := worked(route, orders, worker, at))
    ]


def _at_position(stop: ScheduledStop, area: str, register: Register) -> ScheduledStop:
    """``stop`` with its position instead of a name that only ``area`` knows; as it is if nobody knows it.

    Who went there with them stays behind.
    """
    known = register.places.get(stop.place.named or "", {}).get(area)
    place = stop.place if known is None else PlaceRef(lat=known.lat, lon=known.lon)
    return replace(stop, place=place, crew=())
