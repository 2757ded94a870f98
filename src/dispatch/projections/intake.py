"""The count of requests: how many became an order, and how often one of those came again."""

from __future__ import annotations

from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.request import RequestAccepted
from dispatch.projections.base import Projection, Row


class IntakeRow(Row, kw_only=True, omit_defaults=True):
    """Distinct requests ``accepted`` and repeats of them (``duplicates``), by the area the order went to."""

    accepted: dict[str, int] = {}
    duplicates: int = 0


class Intake(Projection[IntakeRow]):
    """One row, ``all``."""

    name = "intake"
    row = IntakeRow
    takes = frozenset({"RequestAccepted", "RequestRepeated"})

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """The one row."""
        return ("all",)

    def apply(self, row: IntakeRow | None, entity: Entity, event: Any, recorded: Recorded) -> IntakeRow | None:
        """The counts after ``event``."""
        row = row or IntakeRow(accepted={})
        if isinstance(event, RequestAccepted):
            row.accepted[event.area] = row.accepted.get(event.area, 0) + 1
        else:
            row.duplicates += 1
        return row
