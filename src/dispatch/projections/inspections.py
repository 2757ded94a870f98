"""Inspections (三级检查) of each zone, what they came to; and notices of breaches (整改通知) with their re-checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import Struct

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.inspection import InspectionMarked, InspectionMissed, InspectionsPublished
from dispatch.events.notice import NoticeIssued, NoticeRechecked, RecheckMissed
from dispatch.model.places import PlaceRef
from dispatch.projections.base import Projection, Row

KEEP = dt.timedelta(days=400)
"""How long an inspection stays in the row: a year's scores can be read off it."""


class InspectionRow(Struct, kw_only=True, omit_defaults=True):
    """``inspector`` re-checks ``work`` for ``level`` on ``day``.

    ``points`` once it is marked; ``missed``: the day passed without.
    """

    level: str
    work: str
    inspector: str
    day: dt.date
    team: str
    contractor: str | None = None
    points: float | None = None
    marked_at: dt.datetime | None = None
    missed: bool = False


class InspectionsRow(Row, kw_only=True, omit_defaults=True):
    """``of`` a zone its ``inspections`` in order of days; ``of`` a notice ``place``, days, and how it stands."""

    area: str
    of: str
    id: str
    inspections: tuple[InspectionRow, ...] = ()
    place: PlaceRef | None = None
    found: dt.date | None = None
    recheck: dt.date | None = None
    rechecks: int = 0
    put_right: bool = False
    missed: bool = False


class Inspections(Projection[InspectionsRow]):
    """Rows by ``<area>.zone-<id>`` and ``<area>.notice-<id>``; a notice stays once what it is about was put right."""

    name = "inspections"
    row = InspectionsRow
    takes = frozenset(
        {
            "InspectionsPublished",
            "InspectionMarked",
            "InspectionMissed",
            "NoticeIssued",
            "NoticeRechecked",
            "RecheckMissed",
        }
    )

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the zone or notice."""
        return (f"{entity.area}.{'notice' if entity.kind == 'notice' else 'zone'}-{entity.id}",)

    def apply(
        self, row: InspectionsRow | None, entity: Entity, event: Any, recorded: Recorded
    ) -> InspectionsRow | None:
        """The row after ``event``."""
        if entity.kind == "notice":
            return _notice(row, entity, event)
        row = row or InspectionsRow(area=entity.area, of="zone", id=entity.id)
        if isinstance(event, InspectionsPublished):
            row.inspections = _published(row.inspections, event, (recorded.recorded_at - KEEP).date())
            return row
        for one in row.inspections:
            if (one.level, one.work) == (event.level, event.work):
                match event:
                    case InspectionMarked():
                        one.points, one.marked_at = event.points, recorded.happened_at
                    case InspectionMissed():
                        one.missed = True
        return row


def _published(
    known: tuple[InspectionRow, ...], event: InspectionsPublished, since: dt.date
) -> tuple[InspectionRow, ...]:
    """What was drawn again takes the place of what was missed or lies ahead; what was marked stays."""
    new = {(one.level, one.work) for one in event.inspections}
    marked = {(one.level, one.work): one for one in known if one.points is not None}
    kept = [
        one
        for one in known
        if one.day >= since and not event.start <= one.day < event.until and (one.level, one.work) not in new
    ]
    made = [
        marked.get((one.level, one.work))
        or InspectionRow(
            level=one.level,
            work=one.work,
            inspector=one.inspector,
            day=one.day,
            team=one.team,
            contractor=one.contractor,
        )
        for one in event.inspections
    ]
    return tuple(sorted((*kept, *made), key=lambda one: (one.day, one.level, one.work)))


def _notice(row: InspectionsRow | None, entity: Entity, event: Any) -> InspectionsRow | None:
    if isinstance(event, NoticeIssued):
        return InspectionsRow(
            area=entity.area, of="notice", id=entity.id, place=event.place, found=event.found, recheck=event.recheck
        )
    if row is None:
        return None
    match event:
        case NoticeRechecked():
            row.put_right, row.missed, row.rechecks = event.put_right, False, row.rechecks + 1
            row.recheck = event.recheck or row.recheck
        case RecheckMissed():
            row.missed = True
    return row
