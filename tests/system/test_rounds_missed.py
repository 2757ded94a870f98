"""Weeks of rounds nobody can walk: what is not planned stays short, and each of them can still be found."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from system.estate import WEEK
from system.house import AREA, T0, log_of
from system.invariants import breaches, unsettled

from dispatch.projections.ledger import LedgerRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.services import audit
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import local

DAYS = 5
BANDS = [{"start_from": f"{hour:02}:00", "start_to": f"{hour:02}:30"} for hour in (9, 13, 17)]
GUARD = {
    "id": "g1", "role": "guard", "base": "base", "skills": [{"skill": "patrol"}],
    "shifts": [{"start": "08:00", "end": "20:00", "days": WEEK}],
}  # fmt: skip

PAIR = {"id": "pair", "checkpoints": ["gate"], "minutes": 30, "people": 2, "bands": BANDS}
HERE = {"lat": 30.0, "lon": 120.0}
RECORDS: tuple[dict[str, Any], ...] = (
    {"place": {"id": "base", "kind": "site", **HERE}},
    {"place": {"id": "gate", "kind": "checkpoint", **HERE}},
    {"worker": GUARD},
    {"round": PAIR},
)


async def register(client: Client, at: dt.datetime, record: dict[str, Any]) -> None:
    """Register a record and wait until it is planned with."""
    (item,) = record.values()
    head = {"id": item["id"], "by": "chen", "at": at.isoformat()}
    (answer,) = await client.say([Saying(f"direct.{AREA}.register", msgspec.json.encode(head | record))])
    assert answer.decision == "noted", answer
    await client.settled()


async def test_rounds_nobody_walked_are_closed_with_the_reason_a_day_after(tmp_path: Path) -> None:
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, clock, executor=pool) as house:
            client = Client(house.to.connection)
            for record in RECORDS:
                await register(client, T0, record)
            for day in range(1, DAYS + 1):
                clock.set(T0 + dt.timedelta(days=day))
                await client.settled()

            out = [row async for row in client.rows("unplanned", UnplannedRow) if not row.planned]
            # Those of yesterday, today and tomorrow.
            assert 2 * len(BANDS) <= len(out) <= 3 * len(BANDS)
            ledger = [row async for row in client.rows("ledger", LedgerRow)]
            closed = [row for row in ledger if row.status == "closed"]
            assert len(ledger) == (DAYS + 2) * len(BANDS) and len(closed) == len(ledger) - len(out)
            assert {row.satisfied for row in closed} == {False}
            for row in closed:
                history = await audit.history(client.store, row.order)
                (end,) = [line for line in history if line.type == "OrderClosed"]
                assert b"Never are 2 people free for it" in bytes(end.data)

            log = await log_of(client.store)
            assert [*breaches(log), *unsettled(log, clock.now())] == []
