"""Appending to the log: the writes as one guarded message or batch, and whose events were first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from dispatch.events.envelope import Entity
from dispatch.model.errors import Conflict
from dispatch.store.base import Write
from dispatch.store.codec import Line, lines_of
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_send import GUARD, MESSAGE_ID, Outgoing, Sender
from dispatch.store.subjects import EVENTS


class Appender:
    """Appends writes exactly once; ``limit``: events per append."""

    def __init__(self, api: Api, sender: Sender, *, limit: int) -> None:
        self._api = api
        self._sender = sender
        self._limit = limit

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """See `EventStore.append`."""
        lines = lines_of(writes, limit=self._limit)
        try:
            last = await self._sender.send(list(map(_outgoing, lines)), landed=partial(self._landed, lines))
        except Conflict as error:
            raise await self._conflict(writes, error) from error
        return tuple(range(last - len(lines) + 1, last + 1))

    async def _landed(self, lines: Sequence[Line]) -> int | None:
        """The last position of ``lines`` if exactly they stand, together, behind what their writer expected."""
        first = lines[0]
        found = await self._api.read_leader(EVENTS, {"seq": (first.expected or 0) + 1, "next_by_subj": first.subject})
        if found is None or found.headers.get(MESSAGE_ID) != first.id:
            return None
        positions = range(found.position, found.position + len(lines))
        others = await asyncio.gather(*(self._api.read_leader(EVENTS, {"seq": at}) for at in positions[1:]))
        for line, other in zip(lines[1:], others, strict=True):
            if other is None or other.headers.get(MESSAGE_ID) != line.id:
                return None
        return positions[-1]

    async def _conflict(self, writes: Sequence[Write], error: Conflict) -> Conflict:
        lasts = await asyncio.gather(*(self._last(write.entity) for write in writes))
        for write, last in zip(writes, lasts, strict=True):
            if last != write.expected:
                return Conflict(
                    f"{write.entity.subject} was expected at position {write.expected} and stands at {last}.",
                    code="conflict",
                    hint="somebody else was first: load it and decide again.",
                )
        return Conflict(error.message, code="conflict", hint="somebody else was first: load and decide again.")

    async def _last(self, entity: Entity) -> int:
        found = await self._api.read_leader(EVENTS, {"last_by_subj": entity.subject})
        return found.position if found else 0


def _outgoing(line: Line) -> Outgoing:
    guard = {} if line.expected is None else {GUARD: str(line.expected)}
    return Outgoing(line.subject, line.body, {MESSAGE_ID: line.id, **guard})
