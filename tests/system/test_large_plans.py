"""Plans larger than one append: they become current in parts, and at no position of the log does anything break."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from system.estate import WEEK
from system.histories import Histories
from system.house import AREA, T0, House
from system.invariants import breaches, unsettled
from system.test_histories import MORE, play

from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.planner import committing, improving
from dispatch.services.status import INBOX
from dispatch.store.base import BATCH_LIMIT
from dispatch.store.connection import connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.streams import declare

WORKERS = 60
ORDERS = 900
MOVED = 560
"""Each is planned anew and told of, so that it is more than a thousand events."""


class AsItComes(EmbeddedServer):
    """A server whose batches are left at the limit it comes with."""

    def _config(self) -> str:
        return "\n".join(line for line in super()._config().splitlines() if "limits" not in line)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The service over a server of somebody else's."""
    async with AsItComes(tmp_path) as server:
        connection = await connect(server.url, name="large")
        await declare(connection)
        # Were an append larger than the server takes, it is the server that would say so.
        house = House(JetStreamStore(connection, batch_limit=10 * BATCH_LIMIT))
        await house.start()
        yield house
        await house.close()
        await connection.close()


async def _register(house: House, number: int, **record: Any) -> None:
    head = {"id": f"reg-{number}", "by": "chen", "at": T0.isoformat()}
    await house.say(f"direct.{'all' if 'category' in record else AREA}.register", head | record)


async def _open(house: House) -> None:
    """One district: everybody can do everything, and all of today is to be told of at once."""
    shift = {"start": "08:00", "end": "18:00", "days": WEEK}
    await _register(house, 0, category={"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 20})
    await _register(house, 1, policy={"plan_budget": 0, "horizon_days": 1, "tell_ahead_min": 1440, "freeze_min": 0})
    await _register(house, 2, place={"id": "s1", "kind": "site", "lat": 30.0, "lon": 120.0})
    await _register(house, 3, place={"id": "b1", "kind": "unit", "lat": 30.001, "lon": 120.001})
    for number in range(WORKERS):
        worker = {"id": f"w{number}", "role": "technician", "base": "s1", "shifts": [shift]}
        await _register(house, 10 + number, worker=worker | {"skills": [{"skill": "plumbing"}]})
    for number in range(ORDERS):
        body = {"id": f"r{number}", "category": "tap", "place": {"unit": "b1"}, "reported_at": T0.isoformat()}
        await house.say(f"request.{AREA}.repair", body)
    await house.settle()


async def test_more_than_a_thousand_changes_on_a_server_left_at_its_limit(house: House) -> None:
    await _open(house)
    before = {order.order: order.workers for order in house.projector.rows["board"].rows.values()}
    assert len(before) == ORDERS and all(before.values())
    start = await house.store.events.position()
    # Those who have most of the work are away all at once, before the planner looks again.
    await house.end("planner0")
    work = Counter(worker for workers in before.values() for worker in workers)
    left = 0
    for name, visits in work.most_common():
        if left < MOVED:
            left += visits
            away = {"worker": name, "start": T0.isoformat(), "end": "2026-11-23T00:00:00Z"}
            head = {"id": f"x-{name}", "by": "chen", "at": T0.isoformat()}
            await house.say(f"direct.{AREA}.absence", head | away)
    inbox = await house.store.inbox(INBOX)
    while await inbox.undecided():
        await asyncio.sleep(0.01)
    house.begin("planner0")
    await house.settle()

    log = await house.log()
    changes = [one for one in log if one.position > start and one.recorded.by == "planner"]
    parts = Counter(one.recorded.cause for one in changes)
    whys = [msgspec.json.decode(one.recorded.data)["why"] for one in changes if one.recorded.type == "PlanCommitted"]
    assert len(changes) > BATCH_LIMIT, "nothing was too large here"
    assert max(parts.values()) <= BATCH_LIMIT
    assert any(" part 2 of " in why for why in whys), whys
    assert breaches(log) == []
    assert unsettled(log, house.clock.now()) == []
    assert await house.findings() == []


@pytest.mark.timeout(3600)
def test_histories_of_which_every_plan_is_in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (committing, improving):
        monkeypatch.setattr(module, "BATCH_LIMIT", 6)
    play(Histories, examples=20 * MORE, steps=30)
