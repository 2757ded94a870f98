"""What stays out of the plan, with the reasons: orders nobody or too few are planned for, and zones nobody has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dispatch.events import order as happened
from dispatch.events.envelope import Entity, Recorded
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneRegistered, ZoneRetired, ZoneUncovered
from dispatch.model.places import PlaceRef
from dispatch.projections.base import Projection, Row

NOT_YET = happened.ReasonGiven(rule="not_yet", message="The planner has not looked at it yet.")
AWAITS_DESK = "awaits_desk"
_COULD_NOT = "Somebody was sent, and it could not be done."
"""The words of whoever was there stay in the event: they may be about somebody."""


class UnplannedRow(Row, kw_only=True, omit_defaults=True):
    """An order or zone that is not in the plan, since when, and why."""

    area: str
    id: str
    of: str
    category: str = ""
    place: PlaceRef = PlaceRef()
    since: dt.datetime
    reported_at: dt.datetime | None = None
    due: dt.datetime | None = None
    planned: bool = False
    origin: str = ""
    reasons: tuple[happened.ReasonGiven, ...] = ()


class Unplanned(Projection[UnplannedRow]):
    """Rows by ``<area>.<order>`` and ``<area>.zone-<zone>``.

    While an order is planned its row is kept with ``planned`` set, for the case that it falls out again: the row must
    not look anything up elsewhere. Readers pass over such rows.
    """

    name = "unplanned"
    version = 2
    row = UnplannedRow
    takes = frozenset(
        {
            "OrderOpened",
            "OrderPlanned",
            "OrderUnplanned",
            "OrderShort",
            "OrderSpecified",
            "OrderRescheduled",
            "VisitFailed",
            "VisitDone",
            "OrderClosed",
            "OrderCancelled",
            "OrderMoved",
            "ZoneRegistered",
            "ZoneChanged",
            "ZoneRetired",
            "ZoneGiven",
            "ZoneUncovered",
        }
    )

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the order or zone."""
        return (f"{entity.area}.zone-{entity.id}" if entity.kind == "zone" else f"{entity.area}.{entity.id}",)

    def apply(self, row: UnplannedRow | None, entity: Entity, event: Any, recorded: Recorded) -> UnplannedRow | None:
        """The row after ``event``."""
        if entity.kind == "zone":
            return self._zone(row, entity, event, recorded)
        if isinstance(event, happened.OrderOpened):
            return UnplannedRow(
                area=entity.area,
                id=entity.id,
                of="order",
                category=event.category,
                place=event.place,
                since=recorded.recorded_at,
                reported_at=event.reported_at,
                due=event.needs.due if event.needs else event.promised_by,
                origin=event.origin,
                reasons=(NOT_YET,),
            )
        if row is None:
            return None
        match event:
            case happened.OrderPlanned():
                row.planned, row.reasons = True, ()
            case happened.OrderUnplanned() | happened.OrderShort():
                row.since = recorded.recorded_at if row.planned else row.since
                row.planned, row.reasons = False, event.reasons
            case happened.OrderRescheduled():
                row.planned, row.reasons = False, (NOT_YET,)
                row.due = None if event.windows else row.due
            case happened.OrderSpecified():
                row.due = event.needs.due
            case happened.VisitFailed():
                reason = happened.ReasonGiven(
                    rule=AWAITS_DESK, message=_COULD_NOT, hint="agree a new time; its history says why."
                )
                row.planned, row.since, row.reasons = False, recorded.recorded_at, (reason,)
            case _:
                return None
        return row

    @staticmethod
    def _zone(row: UnplannedRow | None, entity: Entity, event: Any, recorded: Recorded) -> UnplannedRow | None:
        match event:
            case ZoneRegistered() | ZoneChanged():
                if row is not None:
                    return row
                return UnplannedRow(
                    area=entity.area,
                    id=entity.id,
                    of="zone",
                    category=event.zone.skill,
                    place=PlaceRef(site=event.zone.place),
                    since=recorded.recorded_at,
                    reasons=(NOT_YET,),
                )
            case ZoneRetired():
                return None
        if row is None:
            return None
        match event:
            case ZoneGiven():
                row.planned, row.reasons = True, ()
            case ZoneUncovered():
                row.since = recorded.recorded_at if row.planned else row.since
                row.planned, row.reasons = False, event.reasons
        return row
