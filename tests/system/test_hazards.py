"""A hazard found on a round: what the guard says becomes a repair order that the planner gives to somebody able."""

from __future__ import annotations

from pathlib import Path

from system.house import log_of
from system.invariants import breaches, unsettled
from system.served_day import ServedDay
from system.voices import HOUR, MINUTE

from dispatch.services import audit

BANDS = [{"start_from": "09:00", "start_to": "09:30"}]
NIGHT = {"id": "morning", "checkpoints": ["gate"], "minutes": 30, "bands": BANDS}
LAMP = {"id": "lamp", "kind": "repair", "skill": "electric", "minutes": 20, "urgency": "urgent"}


async def test_what_a_guard_reports_is_repaired_by_somebody_else_and_both_orders_know_of_each_other(
    tmp_path: Path,
) -> None:
    async with ServedDay.opened(tmp_path) as day:
        await day.register(gate=("checkpoint", 30.0))
        await day.direct("register", "all", category=LAMP)
        await day.worker("g1", role="guard", skills=[{"skill": "patrol"}])
        await day.worker("w1", skills=[{"skill": "electric"}])
        await day.direct("register", round=NIGHT)
        await day.at(HOUR + 30 * MINUTE)
        (walk,) = [row for row in (await day.rows()).values() if row.origin == "round" and row.start is not None
                   and row.start.date() == day.clock.now().date()]  # fmt: skip
        assert walk.workers == ("g1",)
        await day.report("g1", "arrived", order=walk.order)
        await day.report("g1", "hazard", order=walk.order, checkpoint="gate", category="lamp", note="live wire")
        await day.settle()

        (repair,) = [row for row in (await day.rows()).values() if row.origin == "hazard"]
        assert (repair.workers, repair.place.checkpoint, repair.category) == (("w1",), "gate", "lamp")
        assert repair.due == day.clock.now() + 30 * MINUTE
        opened = next(one for one in await audit.history(day.client.store, repair.order) if one.type == "OrderOpened")
        assert f'"found_on":"{walk.order}"'.encode() in bytes(opened.data)
        (told,) = [one for one in await audit.history(day.client.store, walk.order) if one.type == "HazardReported"]
        assert repair.order.encode() in bytes(told.data)

        log = await log_of(day.client.store)
        assert [*breaches(log), *unsettled(log, day.clock.now())] == []
