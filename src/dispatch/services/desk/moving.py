"""People who come, go and move: one home for each, and what of their day they bring along from another area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from dispatch.decide import home, record
from dispatch.decide.order import OrderState
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.record import RecordState
from dispatch.decide.register import Register
from dispatch.decide.schedule import ScheduleState, worked
from dispatch.events.envelope import Entity
from dispatch.events.home import HomeTaken
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerBrought, WorkerRetired
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
    events = record.register(message, state)
    where = home.entity_of(entity.id)
    lived: home.HomeState | None = (await work.get(where)).state
    taken = home.take(entity.id, entity.area, lived)
    if taken and lived is not None and lived.last not in {None, entity.area}:
        events += await _brought(entity, str(lived.last), message.at, work, register)
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
    """Left here, joined there, in one batch."""
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
    joined = () if other is not None and not other.retired else record.moved(message.kind, state)
    homed: tuple[Happened, ...] = ()
    if message.kind == "worker":
        joined += await _brought(there, entity.area, message.at, work, register)
        homed = (Happened(home.entity_of(entity.id), (HomeTaken(area=message.to),), message.at),)
    # Whoever follows the log must never see them in two areas, not even between two events of one batch.
    return (Happened(entity, gone, message.at), Happened(there, joined, message.at), *homed)


async def _brought(
    there: Entity, source: str, at: dt.datetime, work: Work, register: Register
) -> tuple[WorkerBrought, ...]:
    """That the worker ``there``, who worked in ``source``, brings what they did on the day up to ``at``.

    What they brought to ``source`` themselves comes along; what they did in the area they come to is known there.
    """
    worker, target = there.id, there.area
    schedule_entity, record_entity = Entity(source, "schedule", worker), Entity(source, "worker", worker)
    await work.load((schedule_entity, record_entity))
    schedule: ScheduleState | None = (await work.get(schedule_entity)).state
    record: RecordState | None = (await work.get(record_entity)).state
    recent = [route for route in (schedule.routes.values() if schedule else ()) if at - _DAY < route.end]
    recent = [route for route in recent if route.start < at + _DAY]
    entities = {stop.order: Entity(source, "order", stop.order) for route in recent for stop in route.stops}
    await work.load(entities.values())
    orders: dict[str, OrderState | None] = {order: (await work.get(one)).state for order, one in entities.items()}
    routes = [
        RouteChanged(
            duty=f"{source}-{route.duty}"[:64],
            start=route.start,
            end=route.end,
            stops=tuple(_at_position(stop, source, register) for stop in stops),
            plan=route.plan,
        )
        for route in recent
        if (stops := worked(route, orders, worker, at))
    ]
    earlier = record.brought if record is not None else ()
    routes += [one for one in earlier if at - _DAY < one.end and not one.duty.startswith(f"{target}-")]
    return (WorkerBrought(routes=tuple(routes)),) if routes else ()


def _at_position(stop: ScheduledStop, area: str, register: Register) -> ScheduledStop:
    """``stop`` with its position instead of a name that only ``area`` knows; as it is if nobody knows it."""
    known = register.places.get(stop.place.named or "", {}).get(area)
    place = stop.place if known is None else PlaceRef(lat=known.lat, lon=known.lon)
    return ScheduledStop(
        order=stop.order,
        category=stop.category,
        place=place,
        arrive=stop.arrive,
        start=stop.start,
        end=stop.end,
        travel_min=stop.travel_min,
    )
