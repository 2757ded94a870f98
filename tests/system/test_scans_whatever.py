"""Scans in any order, late, twice, held back, with planners that end in between: what is said is what is so."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from system.house import AREA, T0
from system.scans_judged import misjudged
from system.test_walks import days_pass, happened, patrolled

from dispatch.services.audit import verify
from dispatch.store.memory import MemoryStore

MINUTE = dt.timedelta(minutes=1)
TIMES = {"every": {"minutes": 60, "tolerance": 10, "start_from": "20:30", "start_to": "05:00"},
         "scans": {"late_after": 12, "missed_after": 20}}  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_scanned_and_whoever_ends_each_checkpoint_is_said_to_stand_as_it_does(seed: int) -> None:
    draw = random.Random(seed)
    house = await patrolled(MemoryStore(), "ann", "bob", planners=2, times=TIMES)
    await days_pass(house, 1)
    house.clock.set(T0 + dt.timedelta(days=1, hours=12))
    held: list[dict[str, Any]] = []
    for step in range(90):
        house.clock.set(house.clock.now() + draw.randint(1, 9) * MINUTE)
        body = {"report": "scan", "id": f"s{step}", "checkpoint": draw.choice(["p1", "p2", "p2", "gate"])}
        body["at"] = (house.clock.now() - draw.choice([0, 0, 1, 6]) * MINUTE).isoformat()
        who = draw.choice(["ann", "bob", "bob"])
        if draw.random() < 0.2:
            held.append(body | {"who": who})
        elif draw.random() < 0.7:
            await house.say(f"report.{AREA}.{who}", body)
        if held and draw.random() < 0.15:
            late = held.pop()
            await house.say(f"report.{AREA}.{late.pop('who')}", late)
        if draw.random() < 0.05:
            await house.restart(draw.choice(house.names))
        if draw.random() < 0.03:
            await house.kill_in_append(draw.choice(house.names), draw.choice(["before", "after"]))
        await house.settle()
        assert misjudged(await house.log(), house.clock.now()) == []
    standings = {one["standing"] for one in await happened(house, "CheckpointJudged")}
    assert {"late", "missed"} <= standings, "too little went wrong to show anything"
    assert await happened(house, "CheckpointScanned")
    kept = {one.code for one in await house.store.rejections.list(limit=1000)}
    assert kept & {"no_walk", "scan_too_early", "scan_too_late"} and "unknown_checkpoint" in kept
    assert await house.findings() == []
    for one in await verify(house.store):
        assert one.equal, one
    await house.close()
