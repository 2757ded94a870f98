"""Appends planned events under the guards of the state they were planned on, and folds them in at once."""

from __future__ import annotations

import datetime as dt
import itertools

from dispatch.events.catalogue import Origin, record
from dispatch.events.envelope import Entity
from dispatch.model.errors import Conflict, Unavailable, Uncertain
from dispatch.model.words import key_of
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import Batch
from dispatch.planning.parts import parts_of
from dispatch.services.planner.areas import Areas
from dispatch.store.base import BATCH_LIMIT, EventStore, Write


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
        """Append ``batch``, guarded by what was folded when this was called; raises what the store raises.

        All of it or nothing, unless it is more than any server takes at once: then in parts, each of which stands by
        itself (see `planning.parts`). If a later part fails, the area is marked to be planned anew.
        """
        if not batch:
            return
        parts = parts_of(area, batch, BATCH_LIMIT) or []
        # What is folded in between parts was not seen when they were made, so it must not move their guards.
        expected = {entity: self._areas.position_of(entity) for part in parts for entity in part}
        for done, part in enumerate(parts):
            try:
                await self._append(area, part, expected, now, happened_at or now)
            except (Conflict, Uncertain, Unavailable):
                if done:
                    self._areas.mark(area.area, Dirt.ALL | Dirt.HORIZONS)
                raise

    async def _append(
        self, area: AreaState, part: Batch, expected: dict[Entity, int], now: dt.datetime, happened_at: dt.datetime
    ) -> None:
        cause = f"plan/{self._name}/{next(self._count)}"
        correlation = f"plan/{area.area}/{area.head.number + 1}"
        origin = Origin(happened_at=happened_at, recorded_at=now, by="planner", cause=cause, correlation=correlation)
        writes = [Write(entity, record(entity, events, origin), expected[entity]) for entity, events in part.items()]
        positions = iter(await self._store.append(writes))
        for entity, events in part.items():
            for event in events:
                expected[entity] = next(positions)
                self._areas.take_one(expected[entity], entity, event, origin.happened_at)


def planner_name(*parts: str) -> str:
    """A token that names one run of a planner."""
    return key_of("planner", *parts)
