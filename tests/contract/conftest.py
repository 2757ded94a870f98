"""Builders of events and writes, and a TCP proxy that loses what it is told to lose."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from dispatch.events.envelope import Entity, Recorded
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Write

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def _write(entity: Entity, cause: str, expected: int = 0, count: int = 1, note: str = "") -> Write:
    events = tuple(
        Recorded(
            id=f"{entity.area}/{entity.kind}/{entity.id}/{cause}/{number}",
            type="opened",
            happened_at=NOON,
            recorded_at=NOON,
            by="desk",
            cause=cause,
            correlation=entity.id,
            data=msgspec.Raw(msgspec.json.encode({"number": number, "note": note})),
        )
        for number in range(count)
    )
    return Write(entity, events, expected)


@pytest.fixture
def write() -> Callable[..., Write]:
    """``write(entity, cause, expected=0, count=1, note="")``: a write of ``count`` events with ids from ``cause``."""
    return _write


@pytest.fixture
def order() -> Entity:
    """A work order."""
    return Entity("east", "order", "o1")


@pytest.fixture
def worker() -> Entity:
    """A worker's schedule."""
    return Entity("east", "schedule", "w1")


class Proxy:
    """Passes bytes between clients and a server until told otherwise.

    While ``muted``, what the server sends goes into ``lost`` instead, and ``asked_while_muted`` is set when the
    client sends something.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._until_cut: int | None = None
        self._cut_for_good = False
        self.muted = False
        self.asked_while_muted = asyncio.Event()
        self.lost = asyncio.Queue[bytes]()

    @property
    def url(self) -> str:
        """Where clients connect."""
        assert self._server is not None
        return f"nats://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        """Listens on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Ends all connections."""
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()

    def cut(self) -> None:
        """Breaks every connection that is open now, without a farewell."""
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()

    def cut_after(self, count: int, *, for_good: bool = False) -> None:
        """Lets ``count`` more bytes through to the server, then breaks the connection, perhaps ``for_good``."""
        self._until_cut = count
        self._cut_for_good = for_good

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._address.hostname is not None
        try:
            up_reader, up_writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        for start in (self._up(reader, up_writer), self._down(up_reader, writer)):
            task = asyncio.create_task(start)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.muted:
                    self.asked_while_muted.set()
                if self._until_cut is not None:
                    data, self._until_cut = data[: self._until_cut], self._until_cut - len(data)
                    if self._until_cut <= 0:
                        self._until_cut = None
                        if self._cut_for_good and self._server is not None:
                            self._server.close()
                        writer.write(data)
                        await writer.drain()
                        # The server reads to the end what was sent before a close; an abort would lose it.
                        writer.close()
                        self._writers.discard(writer)
                        self.cut()
                        return
                writer.write(data)
                await writer.drain()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.muted:
                    self.lost.put_nowait(data)
                    continue
                writer.write(data)
                await writer.drain()


@pytest.fixture
async def proxy(nats_server: EmbeddedServer) -> AsyncIterator[Proxy]:
    """A proxy before the test's server."""
    made = Proxy(nats_server.url)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def restarted(tmp_path: Path) -> Callable[[EmbeddedServer], EmbeddedServer]:
    """A second server on the address and directory of a first one that has ended."""

    def make(server: EmbeddedServer) -> EmbeddedServer:
        port = urlsplit(server.url).port
        assert port is not None
        return EmbeddedServer(server.data_dir, port=port)

    return make
