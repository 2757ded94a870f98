"""Tasks: for each worker the routes of the duties that are not over, in order of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dispatch.events.envelope import Entity, Recorded
from dispatch.events.schedule import RouteChanged
from dispatch.projections.base import Projection, Row

KEEP = dt.timedelta(days=1)


class TasksRow(Row, kw_only=True, omit_defaults=True):
    """The duties of ``worker`` by start, each with its stops."""

    area: str
    worker: str
    duties: tuple[RouteChanged, ...] = ()


class Tasks(Projection[TasksRow]):
    """Rows by ``<area>.<worker>``; a duty leaves the row a day after its end, at the next change."""

    name = "tasks"
    row = TasksRow
    takes = frozenset({"RouteChanged"})

    def apply(self, row: TasksRow | None, entity: Entity, event: Any, recorded: Recorded) -> TasksRow | None:
        """The worker's row after ``event``."""
        kept = {duty.duty: duty for duty in row.duties} if row is not None else {}
        kept[event.duty] = event
        until = recorded.recorded_at - KEEP
        duties = tuple(sorted((duty for duty in kept.values() if duty.end > until), key=lambda duty: duty.start))
        return TasksRow(area=entity.area, worker=entity.id, duties=duties)
