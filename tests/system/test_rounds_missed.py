"""Weeks of rounds nobody can walk: what is not planned stays short, and each of them can still be found."""

from __future__ import annotations

from pathlib import Path

from system.house import log_of
from system.invariants import breaches, unsettled
from system.served_day import ServedDay
from system.voices import HOUR

from dispatch.projections.ledger import LedgerRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.services import audit

DAYS = 5
BANDS = [{"start_from": f"{hour:02}:00", "start_to": f"{hour:02}:30"} for hour in (9, 13, 17)]
PAIR = {"id": "pair", "checkpoints": ["gate"], "minutes": 30, "people": 2, "bands": BANDS}


async def test_rounds_nobody_walked_are_closed_with_the_reason_a_day_after(tmp_path: Path) -> None:
    async with ServedDay.opened(tmp_path) as day:
        await day.register(gate=("checkpoint", 30.0))
        await day.worker("g1", role="guard", skills=[{"skill": "patrol"}])
        await day.direct("register", round=PAIR)
        for number in range(1, DAYS + 1):
            await day.at(number * 24 * HOUR)

        out = [row async for row in day.client.rows("unplanned", UnplannedRow) if not row.planned]
        # Those of yesterday, today and tomorrow.
        assert 2 * len(BANDS) <= len(out) <= 3 * len(BANDS)
        ledger = [row async for row in day.client.rows("ledger", LedgerRow)]
        closed = [row for row in ledger if row.status == "closed"]
        assert len(ledger) == (DAYS + 2) * len(BANDS) and len(closed) == len(ledger) - len(out)
        assert {row.satisfied for row in closed} == {False}
        for row in closed:
            history = await audit.history(day.client.store, row.order)
            (end,) = [line for line in history if line.type == "OrderClosed"]
            assert b"Never are 2 people free for it" in bytes(end.data)

        log = await log_of(day.client.store)
        assert [*breaches(log), *unsettled(log, day.clock.now())] == []
