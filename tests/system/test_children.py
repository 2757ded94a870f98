"""The services `up` starts: started again whoever kills them, given up when they cannot run."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from dispatch.model.errors import Unavailable
from dispatch.services.client import client
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.up import SHORT_LIVES, Child, answers

from .processes import free_ports


async def test_a_service_that_is_killed_again_and_again_is_started_again(nats_server: EmbeddedServer) -> None:
    child = Child("desk", ["--nats", nats_server.url])
    running = asyncio.create_task(child.run())
    try:
        async with asyncio.timeout(60), client(nats_server.url) as to:
            killed: set[int | None] = {None}
            for _ in range(SHORT_LIVES + 1):
                await answers(to, "desk")
                assert child.pid is not None and child.pid not in killed
                killed.add(child.pid)
                os.kill(child.pid, signal.SIGKILL)
                while child.pid in killed and not running.done():
                    await asyncio.sleep(0.01)
            await answers(to, "desk")
        assert not running.done()
    finally:
        await child.stop()
    await running


async def test_a_service_that_cannot_run_is_given_up() -> None:
    (port,) = free_ports(1)
    child = Child("desk", ["--nats", f"nats://127.0.0.1:{port}"])
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable, match=rf"^The desk ended {SHORT_LIVES} times right after its start, last with"):
            await child.run()
