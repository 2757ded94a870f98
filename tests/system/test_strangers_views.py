"""Whatever somebody puts straight onto ``view.>``: the views are built again from the log, and nothing stops.

And what helps where the views are of another log: to start with ``--rebuild``.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from system.estate import registrations
from system.house import AREA, T0
from system.processes import dispatch, free_ports, running

from dispatch.projections.all import PROJECTIONS
from dispatch.projections.board import Board
from dispatch.services import audit
from dispatch.services.client import Client, Saying, client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.planner import snapshot
from dispatch.store.base import Store
from dispatch.store.jetstream_views import Checkpoint
from dispatch.store.subjects import view_active, view_checkpoint, view_row

NO_CHECKPOINT = (b"garbage", b'{"position":-5}', b"\xff", b"[" * 5000)


def asked(number: int) -> Saying:
    """A request."""
    body = {"id": f"r{number}", "category": "tap", "place": {"unit": "b1"}, "reported_at": T0.isoformat()}
    return Saying(f"request.{AREA}.repair", msgspec.json.encode(body))


def estate() -> list[Saying]:
    """Everything there is, and the first two requests."""
    said = [Saying(subject, msgspec.json.encode(body)) for subject, body in registrations()]
    return [*said, asked(0), asked(1)]


async def unequal(store: Store) -> list[str]:
    """The views that are not what the log gives."""
    return [one.name for one in await audit.verify(store) if not one.equal]


async def test_views_nobody_can_read_are_built_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "EVERY", 5)
    caplog.set_level(logging.ERROR, logger="dispatch")
    clock = ManualClock(T0)
    others = [one for one in PROJECTIONS if one.name != Board.name]
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, clock, executor=pool) as house:
            to = Client(house.to.connection)
            await to.say(estate())
            await to.settled()
            shown = {name: rows.digest() for name, rows in house.projector.rows.items()}
            row = view_row(Board.name, Board.version, min(house.projector.rows[Board.name].rows))
            jetstream = house.to.connection.jetstream()
            for number, one in enumerate(others):
                await jetstream.publish(view_checkpoint(one.name, one.version), NO_CHECKPOINT[number % 4])
            await jetstream.publish(view_checkpoint(snapshot.NAME, snapshot.version()), b"garbage")
            await jetstream.publish(view_active(Board.name), b"abc")
            await jetstream.publish(row, b"\xff garbage")
            assert set(await unequal(house.to.store)) == {one.name for one in PROJECTIONS}
            code, out, err = await dispatch("verify", "--nats", house.url)
            assert (code, "Traceback" in err, "--rebuild" in err) == (1, False, True), out + err

        async with local(tmp_path, clock, executor=pool) as house:
            await asyncio.wait_for(Client(house.to.connection).settled(), 30)
            assert {name: rows.digest() for name, rows in house.projector.rows.items()} == shown
            assert await unequal(house.to.store) == []
            said = "\n".join(record.getMessage() for record in caplog.records)
            for name in (*(one.name for one in PROJECTIONS), "the planner's snapshot"):
                assert f"{name} is dropped" in said
            # While it runs, too: the next write notices.
            checkpoint = view_checkpoint(Board.name, Board.version)
            await house.to.connection.jetstream().publish(checkpoint, b"garbage")
            to = Client(house.to.connection)
            (third,) = await to.say([asked(2)])
            assert third.decision == "accepted"
            await asyncio.wait_for(to.settled(), 30)
            assert await unequal(house.to.store) == []


async def test_views_of_another_log_are_said_to_be_and_removed_by_rebuild(tmp_path: Path) -> None:
    nats_port, http_port = free_ports(2)
    url = f"nats://127.0.0.1:{nats_port}"
    start = ("up", "--data", str(tmp_path / "data"), "--nats-port", str(nats_port), "--http-port", str(http_port))
    async with running(start, ready="Dispatch serves"), client(url) as to:
        await to.say(estate())
        await to.settled()
        ahead = msgspec.json.encode(Checkpoint(10**6, last="another/log"))
        await to.connection.jetstream().publish(view_checkpoint(Board.name, Board.version), ahead)
    code, _, err = await dispatch(*start)
    assert code == 2
    assert "board reflect log position 1000000, but the log ends at" in " ".join(err.split())
    assert "--rebuild" in err and "Traceback" not in err
    async with running((*start, "--rebuild"), ready="Dispatch serves"), client(url) as to:
        await to.settled()
        assert await unequal(to.store) == []
        assert (await to.status()).accepted == 2


async def test_only_the_projector_rebuilds() -> None:
    code, _, err = await dispatch("serve", "desk", "--rebuild")
    assert (code, "is for the projector" in err) == (2, True)
