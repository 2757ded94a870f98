"""Questions to running services: they are answered, and no stranger's message keeps them from being answered."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dispatch.model.errors import Unavailable
from dispatch.model.time import UTC
from dispatch.services.client import client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.questions import Health, Page, Wait


async def test_broken_headers_and_bodies_do_not_silence_a_service(tmp_path: Path) -> None:
    clock = ManualClock(dt.datetime(2026, 11, 22, tzinfo=UTC))
    async with local(tmp_path, clock) as service, client(service.url) as to:
        before = await to.status()
        address = urlsplit(service.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        await reader.readline()
        broken = b"NATS/1.0\r\n\xff\xfe no header\r\n\r\n"
        writer.write(b'CONNECT {"verbose":false,"headers":true}\r\n')
        for subject in (b"ask.status", b"ask.view.board", b"ask.planner.settled", b"ask.projector.settled"):
            writer.write(b"HPUB %s %d %d\r\n%s{}\r\n" % (subject, len(broken), len(broken) + 2, broken))
            writer.write(b"PUB %s 3\r\n\xff[{\r\n" % subject)
        writer.write(b"PING\r\n")
        await writer.drain()
        while b"PONG" not in await reader.readline():
            pass
        writer.close()
        assert await to.status() == before
        assert (await to.settled()).position == before.log_position


async def test_who_asks_is_told_at_once_why_there_is_no_answer(tmp_path: Path) -> None:
    clock = ManualClock(dt.datetime(2026, 11, 22, tzinfo=UTC))
    async with local(tmp_path, clock) as service, client(service.url) as to:
        with pytest.raises(Unavailable, match=r"^The projector cannot answer ask\.view\.board: .* form") as refused:
            await to.ask("ask.view.board", Wait(position=7), Page, timeout_s=5)
        assert refused.value.code == "bad_question"
        deep = await to.connection.request("ask.view.board", b"[" * 3000, timeout=5)
        assert b"bad_question" in deep.data
        await to.connection.request("$JS.API.STREAM.DELETE.REJECTED")
        with pytest.raises(Unavailable, match=r"^The projector cannot answer ask\.status: .*REJECTED.* not found"):
            await to.status()


async def test_a_service_that_is_there_but_does_not_answer_is_not_said_to_be_away(tmp_path: Path) -> None:
    async with (
        local(tmp_path, ManualClock(dt.datetime(2026, 11, 22, tzinfo=UTC))) as service,
        client(service.url) as to,
    ):
        with pytest.raises(Unavailable, match=r"^Nobody answers ask\.desk\.nothing\."):
            await to.ask("ask.desk.nothing", None, Health)
        await to.connection.subscribe("ask.desk.nothing")
        await to.connection.flush()
        with pytest.raises(Unavailable, match=r"^The desk did not answer ask\.desk\.nothing within 0\.2 s\."):
            await to.ask("ask.desk.nothing", None, Health, timeout_s=0.2)
