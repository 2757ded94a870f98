"""The count of requests: how many became an order, how often one of those came again; and of what is no event."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded, Unreadable
from dispatch.events.request import RequestAccepted
from dispatch.projections.base import Projection, Row


class IntakeRow(Row, kw_only=True, omit_defaults=True):
    """Distinct requests ``accepted`` and repeats of them (``duplicates``), by the area the order went to.

    ``unreadable``: what stands in the log and is no event this release knows.
    """

    accepted: dict[str, int] = {}
    duplicates: int = 0
    unreadable: int = 0


class Intake(Projection[IntakeRow]):
    """One row, ``all``."""

    name = "intake"
    version = 2
    row = IntakeRow
    takes = frozenset({"RequestAccepted", "RequestRepeated"})
    counts_unreadable = True

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """The one row."""
        return ("all",)

    def apply(self, row: IntakeRow | None, entity: Entity, event: Any, recorded: Recorded) -> IntakeRow | None:
        """The counts after ``event``."""
        row = row or IntakeRow(accepted={})
        if isinstance(event, Unreadable):
            row.unreadable += 1
        elif isinstance(event, RequestAccepted):
            row.accepted[event.area] = row.accepted.get(event.area, 0) + 1
        else:
            row.duplicates += 1
        return row
