"""Three servers, three replicas: the same promises, also while one of them is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from dispatch.events.envelope import Entity
from dispatch.model.errors import Conflict, Unavailable, Uncertain
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Write
from dispatch.store.connection import connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.streams import declare, verify_server

Writes = Callable[..., Write]


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[list[EmbeddedServer]]:
    """Three servers of one cluster."""
    ports = _free_ports(3)
    routes = [f"nats://127.0.0.1:{port}" for port in ports]
    servers = [
        EmbeddedServer(tmp_path / f"n{n}", name=f"n{n}", cluster="dispatch", cluster_port=port, routes=routes)
        for n, port in enumerate(ports)
    ]
    async with AsyncExitStack() as stack:
        for server in servers:
            await stack.enter_async_context(server)
        yield servers


async def test_promises_hold_on_three_servers_and_when_one_is_killed(
    cluster: list[EmbeddedServer], order: Entity, worker: Entity, write: Writes
) -> None:
    connection = await connect([server.url for server in cluster], name="test")
    await declare(connection, replicas=3)
    facts = await verify_server(connection, monitor_urls=[server.monitor_url for server in cluster])
    assert facts.fsync_always
    store = JetStreamStore(connection, timeout_s=2.0, patience_s=30.0)
    seen: list[int] = []
    done = asyncio.Event()

    async def follow() -> None:
        async with aclosing(store.events.follow(["event.>"], 0)) as following:
            async for batch in following:
                seen.extend(event.position for event in batch)
                if batch[-1].recorded.cause == "last":
                    done.set()

    following = asyncio.create_task(follow())
    position = 0
    for turn in range(30):
        attempts = [
            store.events.append(
                [write(order, f"t{turn}w{who}", position), write(Entity("east", "x", f"{turn}-{who}"), "r")]
            )
            for who in range(6)
        ]
        results = await asyncio.gather(*attempts, return_exceptions=True)
        won = [result for result in results if isinstance(result, tuple)]
        assert len(won) == 1, results
        assert all(isinstance(result, Conflict | tuple) for result in results), results
        # Refused ids are free again: decided anew, they are accepted.
        position = won[0][0]
        (position,) = await store.events.append([write(order, f"t{turn}w{results.index(won[0]) ^ 1}", position)])

    victim = cluster[2]
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    # For some seconds a count may be given to the lost server, whose silence nobody explains.
    counts = asyncio.gather(*(store.count_said("request.>") for _ in range(20)), store.rejections.count())
    for turn in range(20):
        writes = [write(order, f"k{turn}", position, count=2), write(Entity("east", "y", str(turn)), "r")]
        while True:
            try:
                landed = await store.events.append(writes)
                break
            except (Uncertain, Unavailable):
                continue
        position = landed[1]
    facts = await verify_server(connection, monitor_urls=[server.monitor_url for server in cluster])
    assert facts.fsync_always
    (warning,) = facts.warnings
    assert victim.monitor_url in warning
    assert await counts == [0] * 21
    landed = await store.events.append([write(worker, "last")])
    await asyncio.wait_for(done.wait(), 60)
    following.cancel()
    await asyncio.wait({following})
    assert seen == list(range(1, landed[-1] + 1))

    mark = 0
    for generation in range(1, 6):
        rows = {f"r{number}": str(generation).encode() for number in range(50)}
        mark = await store.views.write("board", 1, rows, generation, mark=mark)
    view = await store.views.read("board", 1)
    assert (view.position, set(view.rows.values()), view.whole) == (5, {b"5"}, True)
    await connection.close()
