"""The web service as a process of its own: started, stopped, and told apart from what cannot work."""

from __future__ import annotations

import asyncio
import signal
import socket
import time

import httpx
import pytest

from dispatch.model.errors import SettingError, Unavailable
from dispatch.services.nats_server import EmbeddedServer
from dispatch.web.serve import serving

from .processes import dispatch, free_ports, running


async def _answers(url: str) -> httpx.Response:
    """The first answer of a process that has just been started."""
    async with httpx.AsyncClient() as http, asyncio.timeout(30):
        while True:
            try:
                return await http.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


@pytest.mark.alone
async def test_it_serves_until_told_to_stop_and_then_ends_at_once_with_readers_on_the_stream(
    nats_server: EmbeddedServer,
) -> None:
    (port,) = free_ports(1)
    arguments = ["serve", "web", "--nats", nats_server.url, "--port", str(port)]
    async with running(arguments) as process, httpx.AsyncClient(timeout=20) as http:
        assert (await _answers(f"http://127.0.0.1:{port}/")).status_code == 200
        async with http.stream("GET", f"http://127.0.0.1:{port}/stream") as response:
            assert response.status_code == 200
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
            assert time.monotonic() - began < 4


async def test_a_port_that_is_taken_is_named(nats_server: EmbeddedServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = await dispatch("serve", "web", "--nats", nats_server.url, "--port", str(port))
        assert code == 2
        assert f"port {port} on 127.0.0.1" in err
        assert "Traceback" not in err
        with pytest.raises(SettingError, match=str(port)):
            async with serving(nats_server.url, port=port):
                pass


async def test_without_nats_it_does_not_start_and_says_why() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match="No NATS server answers"):
        async with serving(f"nats://127.0.0.1:{port}"):
            pass


async def test_a_part_of_a_larger_process_frees_its_port_when_it_ends(nats_server: EmbeddedServer) -> None:
    for _ in range(2):
        (port,) = free_ports(1)
        async with serving(nats_server.url, port=port) as web, httpx.AsyncClient() as http:
            assert web.address == f"http://127.0.0.1:{port}"
            assert (await http.get(f"{web.address}/openapi.json")).status_code == 200
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
