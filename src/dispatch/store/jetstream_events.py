"""The event log on the stream ``EVENTS``: `EventStore` over nats-py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial

from nats.aio.msg import Msg

from dispatch.events.envelope import Entity, Stored
from dispatch.model.errors import LogWentBackwards
from dispatch.store.base import BATCH_LIMIT, Write
from dispatch.store.codec import stored
from dispatch.store.jetstream_api import Api, Kept
from dispatch.store.jetstream_append import Appender
from dispatch.store.jetstream_pull import Lost, Reader
from dispatch.store.jetstream_send import Sender
from dispatch.store.server_errors import StreamMissing
from dispatch.store.subjects import EVENTS

READ_BATCH = 1000
ASK_AT_ONCE = 1000
"""Subjects asked for in one request; the server answers at most 1,024."""
LOADS_AT_ONCE = 64
FOLLOW_PATIENCE_S = 90.0
"""A follower waits longer than the connection keeps trying, so it is the connection that gives up first."""


class JetStreamEvents:
    """`EventStore` on a NATS server; ``limit`` is the server's own for the messages of a batch."""

    def __init__(self, api: Api, sender: Sender, *, limit: int = BATCH_LIMIT) -> None:
        self._api = api
        self._appender = Appender(api, sender, limit=limit)
        self._loads = asyncio.Semaphore(LOADS_AT_ONCE)

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """See `EventStore.append`."""
        return await self._appender.append(writes)

    async def load(self, entity: Entity, *, after: int = 0) -> tuple[list[Stored], int]:
        """See `EventStore.load`."""
        found: list[Stored] = []
        position = after
        left = 1
        while left:
            query = {"next_by_subj": entity.subject, "seq": position + 1, "batch": READ_BATCH}
            kept, left = await self._api.read_direct(EVENTS, query)
            if not kept:
                break
            position = kept[-1].position
            found.extend(map(_stored, kept))
        return found, position

    async def load_many(
        self, entities: Iterable[Entity], *, after: Mapping[Entity, int] | None = None
    ) -> dict[Entity, tuple[list[Stored], int]]:
        """See `EventStore.load_many`."""
        known = after or {}
        wanted = {entity.subject: entity for entity in entities}
        subjects = list(wanted)
        asked = [subjects[at : at + ASK_AT_ONCE] for at in range(0, len(subjects), ASK_AT_ONCE)]
        answers = await asyncio.gather(*map(self._lasts, asked))
        loaded: dict[Entity, tuple[list[Stored], int]] = {
            entity: ([], known.get(entity, 0)) for entity in wanted.values()
        }
        moved = [
            wanted[last.subject]
            for lasts in answers
            for last in lasts
            if last.position > known.get(wanted[last.subject], 0)
        ]
        loads = await asyncio.gather(*(self._load_in_turn(entity, known.get(entity, 0)) for entity in moved))
        loaded.update(zip(moved, loads, strict=True))
        return loaded

    async def _lasts(self, subjects: Sequence[str]) -> list[Kept]:
        kept, _ = await self._api.read_direct(EVENTS, {"multi_last": list(subjects), "batch": ASK_AT_ONCE})
        return kept

    async def _load_in_turn(self, entity: Entity, after: int) -> tuple[list[Stored], int]:
        async with self._loads:
            return await self.load(entity, after=after)

    async def last(self, pattern: str) -> Stored | None:
        """See `EventStore.last`."""
        kept, _ = await self._api.read_direct(EVENTS, {"last_by_subj": pattern})
        return _stored(kept[0]) if kept else None

    async def position(self) -> int:
        """See `EventStore.position`."""
        return (await self._log())[1]

    async def _log(self, patience_s: float | None = None) -> tuple[str, int]:
        info = await self._api.repeated(lambda: self._api.call(f"STREAM.INFO.{EVENTS}"), patience_s=patience_s)
        return info["created"], int(info["state"]["last_seq"])

    async def follow(
        self, filters: Sequence[str], after: int, *, until: int | None = None
    ) -> AsyncIterator[list[Stored]]:
        """See `EventStore.follow`."""
        position, created = after, ""
        reader = Reader(self._api, EVENTS, filters)
        end = _End(self._api, self.position, filters, until)
        try:
            while True:
                created = await self._same_log(position, created)
                if await end.reached(position):
                    return
                await self._api.repeated(partial(reader.open, position), patience_s=FOLLOW_PATIENCE_S)
                try:
                    while True:
                        messages = await reader.take()
                        if messages:
                            position = messages[-1][0]
                            events = _in_order(messages, until)
                            if events:
                                yield events
                        if until is not None and await end.reached(position):
                            return
                except Lost:
                    continue
        finally:
            await reader.close()

    async def _same_log(self, position: int, created: str) -> str:
        try:
            now_created, last = await self._log(FOLLOW_PATIENCE_S)
        except StreamMissing:
            if not position:
                raise
            now_created, last = "", 0
        if last < position or created not in ("", now_created):
            raise LogWentBackwards(
                f"The log ends at position {last}, and position {position} was seen already.",
                code="log_went_backwards",
                hint="the server was given another data directory, or an old backup.",
            )
        return now_created


class _End:
    """Whether everything that matches up to ``until`` was seen, also if the last such message is before it."""

    def __init__(
        self, api: Api, position: Callable[[], Awaitable[int]], filters: Sequence[str], until: int | None
    ) -> None:
        self._api = api
        self._position = position
        self._filters = filters
        self._until = until
        self._last: int | None = None

    async def reached(self, position: int) -> bool:
        if self._until is None:
            return False
        if position >= self._until:
            return True
        if self._last is None:
            if await self._position() < self._until:
                return False
            lasts = [await self._api.read_leader(EVENTS, {"last_by_subj": pattern}) for pattern in self._filters]
            self._last = min(self._until, max((last.position for last in lasts if last), default=0))
        return position >= self._last


def _in_order(messages: Sequence[tuple[int, Msg]], until: int | None) -> list[Stored]:
    events = []
    for position, message in messages:
        if until is not None and position > until:
            break
        events.append(stored(position, message.subject, message.data))
    return events


def _stored(kept: Kept) -> Stored:
    return stored(kept.position, kept.subject, kept.body)
