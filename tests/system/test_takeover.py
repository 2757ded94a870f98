"""A desk killed with work in its hands: the next one has all of it decided within seconds, and nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from system.house import T0, log_of
from system.processes import running

from dispatch.model.errors import DispatchError
from dispatch.services.client import Client, client
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.questions import Health
from dispatch.services.status import INBOX
from dispatch.store.subjects import SAID

REQUESTS = 3000
WITHIN_S = 5.0


def _request(number: int) -> bytes:
    body = {"id": f"r{number}", "category": "tap", "place": {"unit": "b1"}, "reported_at": T0.isoformat()}
    return msgspec.json.encode(body)


async def _health(to: Client) -> None:
    while True:
        try:
            await to.ask("ask.desk.health", None, Health, timeout_s=1.0)
        except DispatchError:
            await asyncio.sleep(0.02)
        else:
            return


async def _in_hand(to: Client) -> int:
    """How many messages a desk has taken and not acknowledged."""
    answer = await to.connection.request(f"$JS.API.CONSUMER.INFO.{SAID}.{INBOX}")
    found: dict[str, Any] = msgspec.json.decode(answer.data)
    return int(found["num_ack_pending"])


async def _stopped_with_work_in_hand(to: Client, pid: int) -> int:
    """Freeze the desk in the midst of it; returns how many messages it holds."""
    inbox = await to.store.inbox(INBOX)
    while await inbox.undecided() > REQUESTS * 2 // 3:
        await asyncio.sleep(0)
    os.kill(pid, signal.SIGSTOP)
    return await _in_hand(to)


@pytest.mark.alone
async def test_what_a_killed_desk_had_taken_is_decided_within_seconds_of_its_return(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(EmbeddedServer(tmp_path))
        desk = ["serve", "desk", "--nats", server.url]
        to = await stack.enter_async_context(client(server.url))
        async with running(desk) as process:
            await _health(to)
            # It is not to be done before all is said.
            process.send_signal(signal.SIGSTOP)
            for first in range(0, REQUESTS, 250):
                said = (to.store.say("request.east.repair", _request(first + number)) for number in range(250))
                await asyncio.gather(*said)
            process.send_signal(signal.SIGCONT)
            held = await _stopped_with_work_in_hand(to, process.pid)
            assert held, "it had nothing in its hands"
            process.kill()
            await process.wait()
        inbox = await to.store.inbox(INBOX)
        assert await inbox.undecided() >= held
        async with running(desk):
            await _health(to)
            back_at = time.monotonic()
            async with asyncio.timeout(60):
                while await inbox.undecided():
                    await asyncio.sleep(0.02)
            took_s = time.monotonic() - back_at
        assert took_s <= WITHIN_S, f"{held} messages lay for {took_s:.1f} s"
        log = await log_of(to.store)
        accepted = [one for one in log if one.recorded.type == "RequestAccepted"]
        assert len(accepted) == len({one.entity.id for one in accepted}) == REQUESTS
        assert not [one for one in log if one.recorded.type == "RequestRepeated"]
