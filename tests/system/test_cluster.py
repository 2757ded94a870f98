"""The topology of compose.yaml as processes: three NATS servers, replicas 3, each service apart; a server is killed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from dispatch.services.apply import apply
from dispatch.services.client import Client, Saying, client
from dispatch.services.clock import SystemClock
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.up import SERVICES, ready
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


def test_compose_names_every_server_to_every_service() -> None:
    text = (Path(__file__).parents[2] / "compose.yaml").read_text(encoding="utf-8")
    servers = set(re.findall(r'"--name", "(nats-\d)"', text))
    assert len(servers) == 3
    for variable in ("DISPATCH_NATS", "DISPATCH_MONITOR"):
        (value,) = re.findall(rf"{variable}: (.+)", text)
        assert {urlsplit(one).hostname for one in value.split(",")} == servers


@asynccontextmanager
async def _services(servers: list[EmbeddedServer]) -> AsyncIterator[tuple[Client, httpx.AsyncClient]]:
    """Each service of compose.yaml as a process, told of all ``servers``; a client of them, and one of the web."""
    (port,) = free_ports(1)
    url = ",".join(server.url for server in servers)
    common = ("--nats", url, "--replicas", "3", "--monitor", ",".join(server.monitor_url for server in servers))
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            await stack.enter_async_context(running(["serve", service, *common]))
        await stack.enter_async_context(running(["serve", "web", *common, "--port", str(port)]))
        to = await stack.enter_async_context(client(url))
        await ready(url, "127.0.0.1", port)
        yield to, await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}"))


async def _orders_seen(http: httpx.AsyncClient) -> set[str]:
    response = await http.get("/board", params={"limit": 1000})
    assert response.status_code == 200, response.text
    return {row["order"] for row in response.json()["rows"]}


async def test_three_servers_lose_one_and_nothing_else(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    async with AsyncExitStack() as stack:
        servers = await _servers(stack, tmp_path)
        async with _services(servers) as (to, http):
            await apply(read_world(world), to, SystemClock().now(), run="test")
            first = await to.say(_requests(0, 100))

            os.kill(servers[0].pid or 0, signal.SIGKILL)
            again = await to.say(_requests(0, 200))

            assert [answer.decision for answer in again] == ["accepted"] * 200
            assert again[:100] == first
            await to.settled()
            status = await to.status()
            # A message whose ack was lost with the server was sent again, and shows as one more repeat.
            assert status.requests == status.accepted + status.duplicates >= 300
            assert (status.accepted, status.pending, status.unaccounted) == (200, 0, 0)
            assert status.planned + status.unplanned == 200
            assert await _orders_seen(http) == {answer.order for answer in again}

        # The server that is named first everywhere is still down when all services start anew.
        async with _services(servers) as (to, http):
            more = await to.say(_requests(200, 20))
            assert [answer.decision for answer in more] == ["accepted"] * 20
            await to.settled()
            assert await _orders_seen(http) == {answer.order for answer in (*again, *more)}
            sent = await http.post("/requests/east/repair", json=json.loads(_requests(220, 1)[0].body))
            assert sent.status_code == 201, sent.text
            code, out, err = await dispatch("verify", "--nats", ",".join(one.url for one in servers), "--json")
            assert code == 0, out + err
