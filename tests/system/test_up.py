"""`dispatch up`: one command, data that survives, a `kill -9` that leaves nothing behind, and a clean end."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from pathlib import Path

import httpx

from .processes import WORLD, dispatch, free_ports, port_is_free, running

REQUEST = {
    "id": "r-1",
    "source": "test",
    "category": "water-leak",
    "place": {"unit": "b3-1202"},
    "reported_at": "2026-01-05T08:00:00+08:00",
}


def _up(folder: Path, nats_port: int, http_port: int) -> list[str]:
    return ["up", "--data", str(folder / "data"), "--nats-port", str(nats_port), "--http-port", str(http_port)]


async def _freed(*ports: int) -> None:
    """Wait until nobody holds ``ports``."""
    async with asyncio.timeout(10):
        while not all(map(port_is_free, ports)):
            await asyncio.sleep(0.02)


async def _killed_once_it_serves(folder: Path, nats_port: int, http_port: int) -> float:
    """Start on what is there, kill it once it serves; returns the seconds until it served."""
    began = time.monotonic()
    async with running(_up(folder, nats_port, http_port), ready="Dispatch serves") as process:
        took_s = time.monotonic() - began
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await _freed(nats_port, http_port)
    return took_s


async def test_a_killed_service_leaves_nothing_behind_and_serves_again_with_its_data(tmp_path: Path) -> None:
    nats_port, http_port = free_ports(2)
    url, world = f"nats://127.0.0.1:{nats_port}", tmp_path / "world.toml"
    world.write_text(WORLD)
    async with running(_up(tmp_path, nats_port, http_port), ready="Dispatch serves") as process:
        code, out, err = await dispatch("apply", str(world), "--nats", url)
        assert code == 0, out + err
        code, out, err = await dispatch("send", "request.east.repair", json.dumps(REQUEST), "--nats", url, "--json")
        assert code == 0, out + err
        first = json.loads(out)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await _freed(nats_port, http_port)

    took_s = [await _killed_once_it_serves(tmp_path, nats_port, http_port) for _ in range(3)]
    async with running(_up(tmp_path, nats_port, http_port), ready="Dispatch serves"):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}") as http:
            assert (await http.get("/health")).status_code == 200
            assert (await http.get("/board")).status_code == 200
        code, out, _ = await dispatch("send", "request.east.repair", json.dumps(REQUEST), "--nats", url, "--json")
        assert (code, json.loads(out)) == (0, first)
        code, out, _ = await dispatch("status", "--nats", url, "--json")
        status = json.loads(out)
        assert (status["requests"], status["accepted"], status["duplicates"], status["unaccounted"]) == (2, 1, 1, 0)
        code, out, err = await dispatch("verify", "--nats", url)
        assert code == 0, out + err
    assert sorted(took_s)[1] < 3, took_s
    await _freed(nats_port, http_port)


async def test_a_taken_port_and_a_taken_folder_are_named(tmp_path: Path) -> None:
    nats_port, http_port, other = free_ports(3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", nats_port))
        taken.listen()
        code, _, err = await dispatch(*_up(tmp_path, nats_port, http_port))
        assert code == 2
        assert str(nats_port) in err and "Maybe" in err and "Traceback" not in err
    async with running(_up(tmp_path, nats_port, http_port), ready="Dispatch serves"):
        code, _, err = await dispatch(*_up(tmp_path, other, other + 1))
        assert code == 2
        assert "in use" in err and "Traceback" not in err
