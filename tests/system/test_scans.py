"""Scans of checkpoints in the running service: what is late or missed is said when its time passes, unasked."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from system.house import AREA, T0, log_of
from system.invariants import breaches, unsettled
from system.log_state import plain
from system.processes import dispatch
from system.served_day import ServedDay
from system.voices import HOUR, MINUTE

from dispatch.projections.ledger import LedgerRow
from dispatch.services.audit import verify

POINTS = ("gate", "roof", "pump")
BANDS = [{"start_from": "09:00", "start_to": "09:10"}, {"start_from": "12:00", "start_to": "12:10"}]
ROUND = {"id": "day", "checkpoints": list(POINTS), "minutes": 30, "bands": BANDS, "scans": {"late_after": 5}}


async def told(day: ServedDay, name: str) -> list[dict[str, Any]]:
    """What is in the log of one type of events."""
    return [plain(one).data | {"order": one.entity.id} for one in await log_of(day.client.store)
            if one.recorded.type == name]  # fmt: skip


async def walks(day: ServedDay) -> list[LedgerRow]:
    """The walks of today, in order of time, as the ledger has them."""
    rows = [row async for row in day.client.rows("ledger", LedgerRow) if row.walk]
    today = day.clock.now().date()
    return sorted((row for row in rows if row.walk[0].due.date() == today), key=lambda row: row.walk[0].due)


async def test_a_walk_is_covered_by_its_scans_and_of_another_each_checkpoint_is_late_as_its_time_passes(
    tmp_path: Path,
) -> None:
    async with ServedDay.opened(tmp_path) as day:
        await day.register(**{name: ("checkpoint", 30.0 + n / 2000) for n, name in enumerate(POINTS)})
        await day.worker("g1", role="guard", skills=[{"skill": "patrol"}])
        await day.direct("register", round=ROUND)
        first, second = await walks(day)
        answer = await day.hear(f"report.{AREA}.g1", report="scan", checkpoint="gate")
        assert (answer.decision, answer.code) == ("rejected", "scan_too_early")
        for one in first.walk:
            await day.at(one.due - T0 + MINUTE, "g1", "scan", checkpoint=one.checkpoint)
        (covered, _) = await walks(day)
        assert (covered.status, covered.satisfied) == ("closed", True)
        assert [one.seen for one in covered.walk] == [one.due + MINUTE for one in covered.walk]
        assert await told(day, "CheckpointJudged") == []

        # Of the second only the first and the last checkpoint are scanned.
        begin = second.walk[0].due - T0
        await day.at(begin, "g1", "scan", checkpoint="gate")
        late = second.walk[1].due + 5 * MINUTE
        await day.at(late - T0 - MINUTE)
        assert await told(day, "CheckpointJudged") == []
        await day.at(late - T0)
        (said,) = await told(day, "CheckpointJudged")
        assert (said["checkpoint"], said["standing"]) == ("roof", "late")
        assert dt.datetime.fromisoformat(said["since"]) == late
        (shown,) = [row for row in (await day.rows()).values() if row.order == second.order]
        assert shown.standing == "arrived 1/3 scanned, 1 AMISS"
        await day.at(second.walk[2].due - T0, "g1", "scan", checkpoint="pump")
        await day.at(second.walk[2].due - T0 + 2 * HOUR)
        (_, missed) = await walks(day)
        assert (missed.status, missed.satisfied) == ("closed", False)
        assert [(one.checkpoint, one.standing) for one in missed.walk if one.amiss] == [("roof", "missed")]
        assert [one.rule for one in missed.reasons] == ["checkpoint_missed"]
        # A scan that was held back says that they were there in time after all.
        at = (second.walk[1].due + MINUTE).isoformat()
        await day.report("g1", "scan", checkpoint="roof", at=at)
        (_, mended) = await walks(day)
        assert [one.standing for one in mended.walk] == [None, "in_time", None]

        where = ("--area", AREA, "--nats", day.url)
        code, out, err = await dispatch("rounds", "show", *where, "--json")
        assert code == 0, err
        assert {row["order"] for row in json.loads(out)["scanned"]} >= {first.order, second.order}
        code, out, err = await dispatch("rounds", "watch", *where, "--json")
        assert (code, json.loads(out)) == (0, {"amiss": []}), err
        for one in await verify(day.client.store):
            assert one.equal, one
        log = await log_of(day.client.store)
        assert [*breaches(log), *unsettled(log, day.clock.now())] == []
