"""The topology of compose.yaml as processes: three NATS servers, replicas 3, each service apart; a server is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

from dispatch.services.apply import apply
from dispatch.services.client import Client, Saying, client
from dispatch.services.clock import SystemClock
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.up import SERVICES, answers
from dispatch.services.world import read_world

from .processes import WORLD, dispatch, free_ports, running


async def _servers(stack: AsyncExitStack, folder: Path) -> list[EmbeddedServer]:
    ports = free_ports(3)
    routes = [f"nats://127.0.0.1:{port}" for port in ports]
    servers = [
        EmbeddedServer(folder / f"n{n}", name=f"n{n}", cluster="dispatch", cluster_port=port, routes=routes)
        for n, port in enumerate(ports)
    ]
    await asyncio.gather(*(server.start() for server in servers))
    for server in servers:
        stack.push_async_callback(server.stop)
    return servers


def _requests(first: int, count: int) -> list[Saying]:
    return [
        Saying(
            "request.east.repair",
            json.dumps(
                {
                    "id": f"r-{number}",
                    "category": "water-leak",
                    "place": {"unit": "b3-1202"},
                    "reported_at": "2026-01-05T08:00:00+08:00",
                }
            ).encode(),
        )
        for number in range(first, first + count)
    ]


async def test_three_servers_lose_one_and_nothing_else(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    async with AsyncExitStack() as stack:
        servers = await _servers(stack, tmp_path)
        url = ",".join(server.url for server in servers)
        common = ("--nats", url, "--replicas", "3")
        for service in ("desk", "planner", "projector"):
            await stack.enter_async_context(running(["serve", service, *common]))
        to = await stack.enter_async_context(client(url))
        await _all_answer(to)
        await apply(read_world(world), to, SystemClock().now(), run="test")
        first = await to.say(_requests(0, 100))

        os.kill(servers[1].pid or 0, signal.SIGKILL)
        again = await to.say(_requests(0, 200))

        assert [answer.decision for answer in again] == ["accepted"] * 200
        assert again[:100] == first
        await to.settled()
        status = await to.status()
        # A message whose ack was lost with the server was sent again, and shows as one more repeat.
        assert status.requests == status.accepted + status.duplicates >= 300
        assert (status.accepted, status.pending, status.unaccounted) == (200, 0, 0)
        assert status.planned + status.unplanned == 200
        code, out, err = await dispatch("verify", "--nats", url, "--json")
        assert code == 0, out + err


async def _all_answer(to: Client) -> None:
    async with asyncio.timeout(60):
        for service in SERVICES:
            await answers(to, service)
