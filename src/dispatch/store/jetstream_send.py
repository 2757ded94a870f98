"""Sending what is guarded: one publish or one atomic batch, repeated until there is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from dispatch.model.errors import Conflict, StoreError, Unavailable, Uncertain
from dispatch.store.jetstream_api import PAUSE_LONGEST_S, PAUSE_S, Ack, Api
from dispatch.store.server_errors import (
    ConnectionClosed,
    Disconnected,
    DuplicateId,
    NoAnswer,
    Passing,
    StoreFailed,
    error_of,
)

GUARD = "Nats-Expected-Last-Subject-Sequence"
MESSAGE_ID = "Nats-Msg-Id"

SILENCES = 3
"""Unanswered attempts after which it is left open whether something landed."""
BATCHES_AT_ONCE = 16
"""Batches a store has open on the server, which takes 50 per stream from everybody together."""

_BATCH_HEADERS = {"Nats-Batch-Id": "x" * 24, "Nats-Batch-Sequence": "1000", "Nats-Batch-Commit": "1"}


class Outgoing(Struct, frozen=True):
    """One message to be sent."""

    subject: str
    body: bytes
    headers: Mapping[str, str] = {}


class Sender:
    """Sends guarded messages exactly once.

    A message that got no answer may have landed, or land later. Sending it again under the same guard is safe
    either way: only one of them can find its subject as expected. So it is repeated until there is an answer,
    and after a refusal the stream itself says whether it was our own that came first.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._batch_names = f"{api.connection.new_inbox()[-12:]}-"
        self._batches = 0
        self._room = asyncio.Semaphore(BATCHES_AT_ONCE)

    async def send(self, messages: Sequence[Outgoing], *, landed: Callable[[], Awaitable[int | None]]) -> int:
        """Position of the last of ``messages``, all of which are stored.

        ``landed`` reads whether they are in the stream already and gives that position. Raises the server's
        `Conflict` if they are not, `Uncertain` after silence, `Unavailable` after refusals, and `StoreError`
        for what never can be stored.
        """
        for message in messages:
            self._api.check_size(message.subject, message.body, {**message.headers, **_BATCH_HEADERS})
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._api.patience_s
        silences, pause = 0, PAUSE_S
        while True:
            try:
                return await self._once(messages)
            except Conflict as error:
                return await self._first(messages, landed, error)
            except (NoAnswer, Disconnected, StoreFailed) as error:
                silences += 1
                refusal: StoreError = error
                if silences == SILENCES:
                    break
            except Passing as error:
                refusal = error
                if loop.time() + pause > give_up_at:
                    break
            except ConnectionClosed as error:
                refusal = error
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_LONGEST_S)
        if silences:
            raise _uncertain(messages, refusal) from refusal
        raise Unavailable(
            f"{_named(messages)} could not be stored: {refusal.message}", code=refusal.code, hint=refusal.hint
        ) from refusal

    async def _first(
        self, messages: Sequence[Outgoing], landed: Callable[[], Awaitable[int | None]], error: Conflict
    ) -> int:
        try:
            position = await landed()
        except Unavailable as unread:
            raise _uncertain(messages, unread) from unread
        if position is None:
            raise error
        return position

    async def _once(self, messages: Sequence[Outgoing]) -> int:
        if len(messages) == 1:
            ack = await self._api.publish(messages[0].subject, messages[0].body, messages[0].headers)
        else:
            async with self._room:
                ack = await self._batch(messages)
        if ack.duplicate:
            raise DuplicateId(f"{_named(messages)} is stored already.", code="conflict")
        return ack.seq

    async def _batch(self, messages: Sequence[Outgoing]) -> Ack:
        about = f"a batch of {len(messages)} messages beginning on {messages[0].subject}"
        self._batches += 1
        batch = {"Nats-Batch-Id": f"{self._batch_names}{self._batches}"}
        async with self._api.translated(about):
            connection = self._api.connection
            for number, message in enumerate(messages[:-1], start=1):
                headers = {**batch, "Nats-Batch-Sequence": str(number), **message.headers}
                await connection.publish(message.subject, message.body, headers=headers)
            last = messages[-1]
            headers = {**batch, "Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1", **last.headers}
            answer = await connection.request(last.subject, last.body, timeout=self._api.timeout_s, headers=headers)
        decoded = msgspec.json.decode(answer.data)
        if "error" in decoded:
            raise error_of(decoded["error"], about=about)
        return msgspec.convert(decoded, Ack)


def _named(messages: Sequence[Outgoing]) -> str:
    more = f" and {len(messages) - 1} more" if len(messages) > 1 else ""
    return f"The message on {messages[0].subject}{more}"


def _uncertain(messages: Sequence[Outgoing], cause: StoreError) -> Uncertain:
    return Uncertain(
        f"{_named(messages)} may or may not be stored: {cause.message}",
        code="uncertain",
        hint="it should be tried again as it is: it cannot be stored twice.",
    )
