"""Appending: a guarded publish for one event, an atomic batch for more, and the truth after silence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from dispatch.events.envelope import Entity
from dispatch.model.errors import Conflict, StoreError, Unavailable, Uncertain
from dispatch.store.base import Write
from dispatch.store.codec import Line, lines_of
from dispatch.store.jetstream_api import PAUSE_S, Ack, Api
from dispatch.store.server_errors import (
    ConnectionClosed,
    Disconnected,
    DuplicateId,
    NoAnswer,
    Passing,
    StoreFailed,
    error_of,
)
from dispatch.store.subjects import EVENTS

ATTEMPTS = 3
BATCHES_AT_ONCE = 16
"""Batches a store has open on the server, which takes 50 per stream from everybody together."""

_GUARD = "Nats-Expected-Last-Subject-Sequence"
_ID = "Nats-Msg-Id"


class Appender:
    """Appends writes exactly once.

    A publish that got no answer may have landed, or land later. Sending it again under the same guards is safe
    either way: only one of them can find the entities at their expected positions. So an append is repeated
    until there is an answer, and after a refusal the events behind the expected positions say whether it was
    our own that came first.
    """

    def __init__(self, api: Api, *, limit: int) -> None:
        self._api = api
        self._limit = limit
        self._batch_names = f"{api.connection.new_inbox()[-12:]}-"
        self._batches = 0
        self._room = asyncio.Semaphore(BATCHES_AT_ONCE)

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """See `EventStore.append`."""
        lines = lines_of(writes, limit=self._limit)
        for line in lines:
            self._api.check_size(line.subject, line.body, _headers(line))
        refusal: StoreError | None = None
        silent = False
        for attempt in range(ATTEMPTS):
            await asyncio.sleep(attempt and PAUSE_S * 4**attempt)
            try:
                return await self._send(lines)
            except Conflict as error:
                return await self._resolved(writes, lines, error)
            except (NoAnswer, Disconnected, StoreFailed) as error:
                refusal, silent = error, True
            except Passing as error:
                refusal = error
            except ConnectionClosed as error:
                refusal = error
                break
        subjects = ", ".join(sorted({line.subject for line in lines})[:3])
        if silent:
            raise Uncertain(
                f"The append to {subjects} may or may not have landed: {refusal}",
                code="uncertain",
                hint="it should be tried again with the same events, which cannot land twice.",
            ) from refusal
        raise Unavailable(f"The append to {subjects} was refused: {refusal}", code="unavailable") from refusal

    async def _resolved(self, writes: Sequence[Write], lines: Sequence[Line], error: StoreError) -> tuple[int, ...]:
        """Whether it was our own append that came first; raises `Conflict` if it was not."""
        try:
            landed = await self._landed(lines)
        except Unavailable as unread:
            raise Uncertain(
                f"The append to {lines[0].subject} was refused, perhaps because it had landed: {unread}",
                code="uncertain",
                hint="it should be tried again with the same events, which cannot land twice.",
            ) from unread
        if landed is None:
            raise await self._conflict(writes, error) from error
        return landed

    async def _send(self, lines: Sequence[Line]) -> tuple[int, ...]:
        if len(lines) == 1:
            ack = await self._api.publish(lines[0].subject, lines[0].body, _headers(lines[0]))
        else:
            ack = await self._send_batch(lines)
        if ack.duplicate:
            raise DuplicateId(f"The event {lines[0].id!r} is in the log already.", code="conflict")
        return tuple(range(ack.seq - len(lines) + 1, ack.seq + 1))

    async def _send_batch(self, lines: Sequence[Line]) -> Ack:
        async with self._room, self._api.translated(f"a batch of {len(lines)} events"):
            self._batches += 1
            batch = {"Nats-Batch-Id": f"{self._batch_names}{self._batches}"}
            connection = self._api.connection
            for number, line in enumerate(lines[:-1], start=1):
                headers = batch | {"Nats-Batch-Sequence": str(number)} | _headers(line)
                await connection.publish(line.subject, line.body, headers=headers)
            last = lines[-1]
            headers = batch | {"Nats-Batch-Sequence": str(len(lines)), "Nats-Batch-Commit": "1"} | _headers(last)
            message = await connection.request(last.subject, last.body, timeout=self._api.timeout_s, headers=headers)
        answer = msgspec.json.decode(message.data)
        if "error" in answer:
            raise error_of(answer["error"], about=f"a batch of {len(lines)} events beginning on {lines[0].subject}")
        return msgspec.convert(answer, Ack)

    async def _landed(self, lines: Sequence[Line]) -> tuple[int, ...] | None:
        """The positions of ``lines`` if exactly they stand, together, behind what their writer expected."""
        first = lines[0]
        found = await self._api.read_leader(EVENTS, {"seq": (first.expected or 0) + 1, "next_by_subj": first.subject})
        if found is None or found.headers.get(_ID) != first.id:
            return None
        positions = range(found.position, found.position + len(lines))
        others = await asyncio.gather(*(self._api.read_leader(EVENTS, {"seq": at}) for at in positions[1:]))
        for line, other in zip(lines[1:], others, strict=True):
            if other is None or other.headers.get(_ID) != line.id:
                return None
        return tuple(positions)

    async def _conflict(self, writes: Sequence[Write], error: StoreError) -> Conflict:
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


def _headers(line: Line) -> dict[str, str]:
    headers = {_ID: line.id}
    if line.expected is not None:
        headers[_GUARD] = str(line.expected)
    return headers
