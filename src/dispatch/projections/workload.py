"""Workload (工作负荷量): per worker and duty the visits, minutes of work and travel; per zone who has it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import Struct

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.order import ReasonGiven
from dispatch.events.zone import EVENTS as ZONE_EVENTS
from dispatch.events.zone import (
    ZoneChanged,
    ZoneGiven,
    ZoneMoveCalledOff,
    ZoneMoveTold,
    ZoneRegistered,
    ZoneRetired,
    ZoneUncovered,
)
from dispatch.projections.base import Projection, Row

KEEP = dt.timedelta(days=35)
"""A month of duties stays in the row, so that monthly shares can be read off it."""


class DutyLoad(Struct, frozen=True, kw_only=True):
    """The load of one duty: ``visits``, minutes of ``work_min`` and ``travel_min``, of ``duty_min`` minutes on duty."""

    start: dt.datetime
    visits: int
    work_min: int
    travel_min: int
    duty_min: int


class ToldMove(Struct, frozen=True, kw_only=True):
    """A zone is ``helper``'s (unset: nobody's) from the local ``day`` on, by the rule in ``why``."""

    day: dt.date
    helper: str | None = None
    why: ReasonGiven | None = None


class WorkloadRow(Row, kw_only=True, omit_defaults=True):
    """The load of a worker (``duties`` by duty id) or the measure of a zone and who has it.

    ``before`` had the zone before it changed hands, or was left to nobody, by the rule in ``why``. ``to_move``: it is
    told to change hands.
    """

    area: str
    of: str
    id: str
    duties: dict[str, DutyLoad] = {}
    helper: str | None = None
    households: int = 0
    minutes_per_day: int = 0
    minutes_per_week: int = 0
    before: str | None = None
    why: ReasonGiven | None = None
    to_move: ToldMove | None = None


class Workload(Projection[WorkloadRow]):
    """Rows by ``<area>.worker-<id>`` and ``<area>.zone-<id>``; a helper's households are the sum over their zones."""

    name = "workload"
    row = WorkloadRow
    version = 2
    takes = frozenset({"RouteChanged", *(event.__name__ for event in ZONE_EVENTS)})

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the worker or zone."""
        return (f"{entity.area}.{'zone' if entity.kind == 'zone' else 'worker'}-{entity.id}",)

    def apply(self, row: WorkloadRow | None, entity: Entity, event: Any, recorded: Recorded) -> WorkloadRow | None:
        """The row after ``event``."""
        if entity.kind == "schedule":
            return _worker(row, entity, event, recorded)
        match event:
            case ZoneRegistered() | ZoneChanged():
                return WorkloadRow(
                    area=entity.area,
                    of="zone",
                    id=entity.id,
                    helper=row.helper if row is not None else None,
                    before=row.before if row is not None else None,
                    why=row.why if row is not None else None,
                    to_move=row.to_move if row is not None else None,
                    households=event.zone.households,
                    minutes_per_day=event.zone.minutes_per_day,
                    minutes_per_week=event.zone.minutes_per_week,
                )
            case ZoneRetired():
                return None
        if row is not None:
            match event:
                case ZoneGiven():
                    row.helper, row.before, row.why, row.to_move = event.helper, event.before, event.why, None
                case ZoneUncovered():
                    row.helper, row.before, row.why, row.to_move = None, event.before, event.why, None
                case ZoneMoveTold():
                    row.to_move = ToldMove(day=event.day, helper=event.helper, why=event.why)
                case ZoneMoveCalledOff():
                    row.to_move = None
        return row


def _worker(row: WorkloadRow | None, entity: Entity, event: Any, recorded: Recorded) -> WorkloadRow:
    minute = dt.timedelta(minutes=1)
    load = DutyLoad(
        start=event.start,
        visits=len(event.stops),
        work_min=sum((stop.end - stop.start) // minute for stop in event.stops),
        travel_min=sum(stop.travel_min for stop in event.stops),
        duty_min=(event.end - event.start) // minute,
    )
    until = recorded.recorded_at - KEEP
    before = row.duties if row is not None else {}
    duties = {key: one for key, one in before.items() if one.start > until}
    return WorkloadRow(area=entity.area, of="worker", id=entity.id, duties={**duties, event.duty: load})
