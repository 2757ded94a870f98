"""Appends a batch of planned events under the guards of the state it was planned on, and folds it in at once."""

from __future__ import annotations

import datetime as dt
import itertools

from dispatch.events.catalogue import Origin, record
from dispatch.model.words import key_of
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.services.planner.areas import Areas
from dispatch.store.base import EventStore, Write


class Committer:
    """Writes on behalf of one planner, called ``name``; event ids of two planners never meet."""

    def __init__(self, store: EventStore, areas: Areas, name: str) -> None:
        self._store = store
        self._areas = areas
        self._name = name
        self._count = itertools.count(1)

    async def commit(
        self, area: AreaState, batch: Batch, now: dt.datetime, *, happened_at: dt.datetime | None = None
    ) -> None:
        """Append all of ``batch`` or nothing, guarded by what was folded; raises what the store raises."""
        if not batch:
            return
        cause = f"plan/{self._name}/{next(self._count)}"
        correlation = f"plan/{area.area}/{area.head.number + 1}"
        origin = Origin(
            happened_at=happened_at or now, recorded_at=now, by="planner", cause=cause, correlation=correlation
        )
        writes = [
            Write(entity, record(entity, events, origin), area.position_of(entity)) for entity, events in batch.items()
        ]
        positions = iter(await self._store.append(writes))
        for entity, events in batch.items():
            for event in events:
                self._areas.take_one(next(positions), entity, event, origin.happened_at)


def planner_name(*parts: str) -> str:
    """A token that names one run of a planner."""
    return key_of("planner", *parts)
