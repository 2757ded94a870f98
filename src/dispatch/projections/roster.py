"""The roster (排班): per worker the duties published, day by day; per kind of horizon what is published, and what open.

Duties of the month behind stay in the row, so that who worked how much can be read off it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.horizon import (
    HorizonDirected,
    HorizonPublished,
    HorizonRefused,
    LeftOpen,
    Shortage,
    open_after,
)
from dispatch.events.order import ReasonGiven
from dispatch.events.plan import FindingRecorded
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty
from dispatch.projections.base import Projection, Row

KEEP = dt.timedelta(days=35)


class RosterRow(Row, kw_only=True, omit_defaults=True):
    """``of`` a worker their ``duties`` in order of days; ``of`` a horizon what is published of its kind.

    That is: its ``number``, the local days from ``start`` to before ``until``, what stays ``open``, in numbers why
    (``shortage``), whose terms ``gave_way``, the ``cost`` by rule, the log position it was made of (``saw``), and of a
    newer plan that was refused the findings.
    """

    area: str
    of: str
    id: str
    duties: tuple[RosteredDuty, ...] = ()
    number: int = 0
    start: dt.date | None = None
    until: dt.date | None = None
    frozen: dt.date | None = None
    why: str = ""
    open: tuple[LeftOpen, ...] = ()
    shortage: Shortage | None = None
    gave_way: tuple[ReasonGiven, ...] = ()
    cost: dict[str, float] = {}
    saw: int = 0
    refused: tuple[FindingRecorded, ...] = ()


class Roster(Projection[RosterRow]):
    """Rows by ``<area>.worker-<id>`` and ``<area>.horizon-<kind>``."""

    name = "roster"
    version = 2
    row = RosterRow
    takes = frozenset({"DutiesPublished", "DutyDirected", "HorizonPublished", "HorizonDirected", "HorizonRefused"})

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the worker or horizon."""
        return (f"{entity.area}.{'horizon' if entity.kind == 'horizon' else 'worker'}-{entity.id}",)

    def apply(self, row: RosterRow | None, entity: Entity, event: Any, recorded: Recorded) -> RosterRow | None:
        """The row after ``event``."""
        if entity.kind == "horizon":
            return _horizon(row or RosterRow(area=entity.area, of="horizon", id=entity.id), event)
        duties = {duty.day: duty for duty in row.duties} if row is not None else {}
        match event:
            case DutiesPublished():
                duties = {day: duty for day, duty in duties.items() if not event.start <= day < event.until}
                duties |= {duty.day: duty for duty in event.duties}
            case DutyDirected():
                duties.pop(event.day, None)
                duties |= {} if event.duty is None else {event.day: event.duty}
        since = (recorded.recorded_at - KEEP).date()
        kept = tuple(duties[day] for day in sorted(duties) if day >= since)
        return RosterRow(area=entity.area, of="worker", id=entity.id, duties=kept)


def _horizon(row: RosterRow, event: Any) -> RosterRow:
    match event:
        case HorizonPublished():
            return RosterRow(
                area=row.area,
                of=row.of,
                id=row.id,
                number=event.number,
                start=event.start,
                until=event.until,
                frozen=event.frozen,
                why=event.why,
                open=event.open,
                shortage=event.shortage,
                gave_way=event.gave_way,
                cost=event.cost,
                saw=event.saw,
            )
        case HorizonDirected():
            row.number, row.open = event.number, open_after(row.open, event)
        case HorizonRefused():
            row.refused = event.findings
    return row
