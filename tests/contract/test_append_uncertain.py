"""Silence, broken connections and a stopped server: an append still lands exactly once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from dispatch.events.envelope import Entity
from dispatch.model.errors import Unavailable, Uncertain
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Write
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore

Writes = Callable[..., Write]


@pytest.fixture
async def shaky(nats: Connection, proxy: Any) -> AsyncIterator[JetStreamStore]:
    """A store behind the proxy, with little patience."""
    connection = await connect(proxy.url, name="shaky")
    yield JetStreamStore(connection, timeout_s=0.4, patience_s=2.0)
    await connection.close()


@pytest.mark.parametrize("count", [1, 40])
async def test_a_lost_answer_is_read_back_from_the_log(
    shaky: JetStreamStore, real: JetStreamStore, proxy: Any, order: Entity, write: Writes, count: int
) -> None:
    await shaky.events.append([write(order, "r0")])
    landed = asyncio.create_task(anext(aiter(real.events.follow(["event.>"], 1))))
    proxy.muted = True
    appending = asyncio.create_task(shaky.events.append([write(order, "r1", 1, count=count)]))
    await landed
    proxy.muted = False
    proxy.cut()
    assert await appending == tuple(range(2, 2 + count))
    assert await real.events.position() == 1 + count


async def test_a_server_that_stays_silent_makes_it_uncertain_and_trying_again_is_safe(
    shaky: JetStreamStore, real: JetStreamStore, proxy: Any, order: Entity, worker: Entity, write: Writes
) -> None:
    writes = [write(order, "r1", count=2), write(worker, "r1")]
    proxy.muted = True
    with pytest.raises(Uncertain, match=r"event\.east\.order\.o1"):
        await shaky.events.append(writes)
    proxy.muted = False
    assert await shaky.events.append(writes) == (1, 2, 3)
    assert await real.events.position() == 3


@pytest.mark.parametrize("through", [10, 700, 4000, 12000])
async def test_a_connection_broken_in_the_middle_of_a_batch_leaves_all_or_nothing_then_all(
    shaky: JetStreamStore, real: JetStreamStore, proxy: Any, order: Entity, worker: Entity, write: Writes, through: int
) -> None:
    await shaky.events.append([write(order, "r0")])
    proxy.cut_after(through)
    landed = await shaky.events.append([write(order, "r1", 1, count=40), write(worker, "r1", count=5)])
    assert landed == tuple(range(2, 47))
    assert await real.events.position() == 46


@pytest.mark.parametrize("count", [1, 40])
async def test_a_server_stopped_and_resumed_has_it_once(
    nats_server: EmbeddedServer, nats: Connection, order: Entity, write: Writes, count: int
) -> None:
    store = JetStreamStore(nats, timeout_s=1.0)
    assert nats_server.pid is not None
    os.kill(nats_server.pid, signal.SIGSTOP)
    # The signal has been sent when kill returns; the server has stopped when the kernel says so.
    await asyncio.to_thread(os.waitpid, nats_server.pid, os.WUNTRACED)
    try:
        appending = asyncio.create_task(store.events.append([write(order, "r1", count=count)]))
        done, _ = await asyncio.wait({appending}, timeout=1.2)
        assert not done
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    assert await appending == tuple(range(1, 1 + count))
    assert await store.events.position() == count


async def test_a_closed_connection_is_unavailable(
    real: JetStreamStore, nats: Connection, order: Entity, write: Writes
) -> None:
    await nats.close()
    with pytest.raises(Unavailable):
        await real.events.append([write(order, "r1")])
    with pytest.raises(Unavailable):
        await real.events.load(order)
    with pytest.raises(Unavailable):
        await anext(aiter(real.events.follow(["event.>"], 0)))
