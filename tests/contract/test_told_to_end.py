"""Whoever is told to end while it waits for the server ends, also if the answer comes at that very moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dispatch.events.envelope import Entity
from dispatch.store.connection import Connection
from dispatch.store.jetstream import JetStreamStore

READS: dict[str, Callable[[JetStreamStore], Awaitable[object]]] = {
    "a direct read": lambda store: store.events.last("event.>"),
    "a read of the leader": lambda store: store.said(1),
    "a count": lambda store: store.count_said("request.>"),
    "a publish": lambda store: store.say("request.east.repair", b"{}"),
    "many entities": lambda store: store.events.load_many([Entity("east", "order", "o-1")]),
}


@pytest.mark.parametrize("name", READS)
async def test_an_answer_does_not_swallow_the_order_to_end(
    real: JetStreamStore, nats: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[asyncio.Task[object]] = []
    process = Connection._process_msg

    async def answered(self: Connection, *arguments: object) -> None:
        """The answer, and in the same turn of the loop the order to end."""
        await process(self, *arguments)  # type: ignore[arg-type]
        # Whoever takes it apart in a task of its own does so in the next turn.
        asyncio.get_running_loop().call_soon(waiting[0].cancel)

    async def read() -> object:
        return await READS[name](real)

    await read()
    monkeypatch.setattr(Connection, "_process_msg", answered)
    waiting.append(asyncio.create_task(read()))
    await asyncio.wait(waiting, timeout=10)
    assert waiting[0].cancelled()
