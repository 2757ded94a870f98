"""`dispatch up`: one command, data that survives, a `kill -9` that leaves nothing behind, and a clean end."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from dispatch.services.apply import apply
from dispatch.services.client import Saying, client
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.up import answers
from dispatch.services.world import read_world

from .processes import WORLD, dispatch, environment, free_ports, port_is_free, running

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


STANDING = 100
"""How many of the orders in a log have not ended."""


async def _log_of(orders: int, folder: Path, world: Path) -> None:
    """A log of that many orders, all but the last `STANDING` of them cancelled, as `dispatch up` keeps it."""
    async with (
        EmbeddedServer(folder / "data") as server,
        running(["serve", "desk", "--nats", server.url]),
        running(["serve", "projector", "--nats", server.url]),
        client(server.url) as to,
    ):
        for service in ("desk", "projector"):
            await answers(to, service)
        await apply(read_world(world), to, dt.datetime.now(dt.UTC), run="test")
        asked = [
            Saying("request.east.repair", json.dumps({**REQUEST, "id": f"r-{number}"}).encode())
            for number in range(orders)
        ]
        answered = await to.say(asked)
        head = {"by": "chen", "at": REQUEST["reported_at"], "reason": "sold"}
        cancels = [
            Saying(
                "direct.east.cancel", json.dumps({**head, "id": f"c-{answer.order}", "order": answer.order}).encode()
            )
            for answer in answered[:-STANDING]
        ]
        assert {answer.decision for answer in await to.say(cancels)} == {"noted"}
        await to.shown()


async def _serves_after_s(folder: Path, url: str, http_port: int, orders: int, number: int) -> float:
    """Start on what is there, have it show and decide something new, and kill it: the seconds until it had."""
    nats_port = int(url.rsplit(":", 1)[1])
    began = time.monotonic()
    async with running(_up(folder, nats_port, http_port), ready="Dispatch serves") as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}") as http:
            page = (await http.get("/ledger", params={"limit": 1000, "status": "cancelled"})).json()
            assert len(page["rows"]) == min(1000, orders - STANDING)
            response = await http.post("/requests/east/repair", json={**REQUEST, "id": f"new-{number}"})
            assert response.status_code == 201, response.text
        took_s = time.monotonic() - began
        async with client(url) as to:
            await to.settled()
            status = await to.status()
        assert (status.accepted, status.pending, status.unaccounted) == (orders + number + 1, 0, 0)
        assert status.planned + status.unplanned == STANDING + number + 1
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await _freed(nats_port, http_port)
    return took_s


@pytest.mark.alone
@pytest.mark.parametrize("orders", [500, pytest.param(10_000, marks=pytest.mark.full)])
async def test_a_killed_service_serves_again_within_three_seconds(tmp_path: Path, orders: int) -> None:
    nats_port, http_port = free_ports(2)
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    await _log_of(orders, tmp_path, world)

    took_s = [
        await _serves_after_s(tmp_path, f"nats://127.0.0.1:{nats_port}", http_port, orders, number)
        for number in range(4)
    ]

    # The first start plans what stands.
    assert sorted(took_s[1:])[1] < 3, took_s


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("dispatch.services.up", "faststream"),
        ("dispatch.web.serve", "faststream"),
        ("dispatch.services.planner.planner", "ortools.sat"),
        ("dispatch.cli.start", "litestar"),
    ],
)
def test_what_starts_loads_no_library_it_can_start_without(module: str, library: str) -> None:
    code = f"import sys, {module}; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0


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
    await _freed(nats_port, http_port)


async def test_a_taken_port_and_a_taken_folder_are_named(tmp_path: Path) -> None:
    nats_port, http_port, other = free_ports(3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", nats_port))
        taken.listen()
        code, _, err = await dispatch(*_up(tmp_path, nats_port, http_port))
        assert code == 2
        assert str(nats_port) in err and "Maybe" in err and "Traceback" not in err
        # What another program serves there must not be announced as ours.
        code, _, err = await dispatch(*_up(tmp_path, http_port, nats_port))
        assert code == 2
        assert f"{nats_port} on 127.0.0.1 is not free" in err and "serves" not in err
    async with running(_up(tmp_path, nats_port, http_port), ready="Dispatch serves"):
        code, _, err = await dispatch(*_up(tmp_path, other, other + 1))
        assert code == 2
        assert "in use" in err and "Traceback" not in err
