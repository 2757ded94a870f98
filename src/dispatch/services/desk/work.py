"""A unit of work: the entities one batch of messages touches, folded once, with the events decided on so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from dispatch.decide import (
    home,
    horizon,
    inspection,
    message,
    notice,
    order,
    plan,
    record,
    request,
    roster,
    schedule,
)
from dispatch.decide.folding import Evolve, Folded
from dispatch.decide.outcome import Happened
from dispatch.events.catalogue import Origin
from dispatch.events.catalogue import record as envelopes
from dispatch.events.envelope import Entity, Recorded
from dispatch.services.desk.kept import Kept
from dispatch.store.base import EventStore, Write

EVOLVE: dict[str, Evolve[Any]] = {
    "request": request.evolve,
    "message": message.evolve,
    "order": order.evolve,
    "schedule": schedule.evolve,
    "plan": plan.evolve,
    "home": home.evolve,
    "roster": roster.evolve,
    "horizon": horizon.evolve,
    "inspection": inspection.evolve,
    "notice": notice.evolve,
    **dict.fromkeys(record.KINDS, record.evolve),
}
"""How each kind of entity is folded."""


class Work:
    """Entities loaded for one batch; what is decided is folded in at once, so later messages see it."""

    def __init__(self, store: EventStore, now: dt.datetime, *, trusting: bool = True, kept: Kept | None = None) -> None:
        """``trusting``: what should be new is taken for new without a look at the log. ``kept``: of batches before."""
        self._store = store
        self._kept = kept or Kept()
        self.now = now
        self._trusting = trusting
        self._folded: dict[Entity, Folded[Any]] = {}
        self._events: dict[Entity, list[Recorded]] = {}
        self._order: list[Entity] = []
        self.size = 0
        """Events decided on so far."""

    async def load(self, entities: Iterable[Entity]) -> None:
        """Load those of ``entities`` that are not loaded yet."""
        missing = {entity for entity in entities if entity not in self._folded}
        if not missing:
            return
        known = {entity: one for entity in missing if (one := self._kept.of(entity)) is not None}
        after = {entity: one.position for entity, one in known.items()}
        for entity, (stored, position) in (await self._store.load_many(missing, after=after)).items():
            folded: Folded[Any] = Folded(EVOLVE[entity.kind])
            if entity in known:
                folded.state = known[entity].state
            folded.take_stored(stored)
            folded.position = position
            self._folded[entity] = folded
            # Only what the log says: what this batch decides is not in it yet.
            self._kept.keep(entity, folded.state, position)

    async def get(self, entity: Entity) -> Folded[Any]:
        """The entity as it is after all that was decided in this batch."""
        await self.load((entity,))
        return self._folded[entity]

    async def assume_new(self, entity: Entity) -> None:
        """Take ``entity`` for one without events; if a stranger put something there, the second look finds it."""
        if not self._trusting:
            await self.load((entity,))
        elif entity not in self._folded:
            self._folded[entity] = Folded(EVOLVE[entity.kind])

    def happen(self, happened: Happened, *, by: str, cause: str, correlation: str) -> None:
        """Let events happen to a loaded entity."""
        if not happened.events:
            return
        origin = Origin(happened_at=happened.at, recorded_at=self.now, by=by, cause=cause, correlation=correlation)
        folded = self._folded[happened.entity]
        if happened.entity not in self._events:
            self._events[happened.entity] = []
            self._order.append(happened.entity)
        self._events[happened.entity].extend(envelopes(happened.entity, happened.events, origin))
        self.size += len(happened.events)
        for event in happened.events:
            folded.take(event, happened.at)

    async def append(self) -> dict[Entity, int]:
        """Append all of it or nothing; returns where each entity's last event stands. Raises what the store raises."""
        if not self._events:
            return {}
        writes = [Write(entity, tuple(self._events[entity]), self._folded[entity].position) for entity in self._order]
        positions = iter(await self._store.append(writes))
        return {write.entity: [next(positions) for _ in write.events][-1] for write in writes}
