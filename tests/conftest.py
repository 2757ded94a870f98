"""Fixtures for every test: a real NATS server per test (it starts in milliseconds), and both stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Store
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.memory import MemoryStore
from dispatch.store.streams import declare

# The same examples on every machine; `--hypothesis-profile=default` looks for others.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    """A server of its own on a free port; a missing binary fails the test."""
    async with EmbeddedServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def nats(nats_server: EmbeddedServer) -> AsyncIterator[Connection]:
    """A connection to a server with the streams declared."""
    connection = await connect(nats_server.url, name="test")
    await declare(connection)
    yield connection
    await connection.close()


@pytest.fixture
def real(nats: Connection) -> JetStreamStore:
    """The store on the real server."""
    return JetStreamStore(nats)


@pytest.fixture(params=["memory", "real"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each store in turn: what holds for one holds for the other."""
    if request.param == "memory":
        return MemoryStore()
    found: JetStreamStore = request.getfixturevalue("real")
    return found
