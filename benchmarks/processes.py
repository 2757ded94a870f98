"""A server and services as processes of their own, to be started, killed and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from nats.errors import NoRespondersError

from dispatch.model.errors import Unavailable
from dispatch.services.client import Client
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.questions import Reached, Wait
from dispatch.services.status import INBOX
from dispatch.store.connection import connect
from dispatch.store.streams import declare, verify_server
from dispatch.store.subjects import SAID

ALL = ("desk", "planner", "projector")
ROOT = Path(__file__).resolve().parent.parent
STOP_WITHIN_S = 10.0
READY_WITHIN_S = 60.0
POLL_S = 0.02


class Services:
    """Services against ``server``, each a process; ``clock`` is theirs."""

    def __init__(self, server: EmbeddedServer, *, clock: str = "system") -> None:
        self._reached = ["--nats", server.url, "--monitor", server.monitor_url]
        self._clock = clock
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, *names: str) -> None:
        """Start services; they serve within a second."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DISPATCH_")}
        environment = {**kept, "PYTHONPATH": str(ROOT / "src"), "DISPATCH_LOG": "ERROR"}
        for name in names:
            command = [sys.executable, "-m", "dispatch", "serve", name, *self._reached, "--clock", self._clock]
            self._running[name] = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)

    async def kill(self, name: str) -> None:
        """``kill -9`` a service, wherever it is in its work."""
        process = self._running.pop(name)
        process.kill()
        await process.wait()

    def pid(self, name: str) -> int:
        """The process id of a running service."""
        return self._running[name].pid

    async def stop(self) -> None:
        """End all that run, by force those that do not listen."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        self._running.clear()


async def ready(client: Client, names: Sequence[str]) -> None:
    """Return once the services ``names`` serve; raises `TimeoutError` after `READY_WITHIN_S`."""
    async with asyncio.timeout(READY_WITHIN_S):
        for name in names:
            while not await _serves(client, name):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)


async def _serves(client: Client, name: str) -> bool:
    if name == "desk":
        # A desk serves when it has asked its inbox for messages; nothing tells but the consumer's own count.
        try:
            message = await client.connection.request(f"$JS.API.CONSUMER.INFO.{SAID}.{INBOX}", b"", timeout=5)
        except NoRespondersError:
            return False
        return bool(msgspec.json.decode(message.data).get("num_waiting", 0))
    try:
        await client.ask(f"ask.{name}.settled", Wait(position=0), Reached)
    except Unavailable:
        return False
    return True


class Bench(Struct, frozen=True):
    """A server with fsync always in a directory of its own, a client, and services not started yet."""

    server: EmbeddedServer
    client: Client
    services: Services


@asynccontextmanager
async def bench(*, clock: str = "system", start: Sequence[str] = ()) -> AsyncIterator[Bench]:
    """A bench with the streams declared and the services ``start`` running; leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="dispatch-bench-") as directory:
        async with EmbeddedServer(Path(directory)) as server:
            connection = await connect(server.url, name="bench")
            services = Services(server, clock=clock)
            try:
                facts = await verify_server(connection, monitor_urls=[server.monitor_url])
                if not facts.fsync_always:
                    raise SystemExit("The server does not fsync every write; its figures would not count.")
                await declare(connection)
                client = Client(connection)
                await services.start(*start)
                await ready(client, start)
                yield Bench(server, client, services)
            finally:
                await services.stop()
                await connection.close()
