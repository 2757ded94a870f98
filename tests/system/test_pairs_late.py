"""Visits that take two: who is late, silent, overruled or on another duty when somebody cannot come any more."""

from __future__ import annotations

import pytest
from system.day import Day
from system.estate import WEEK
from system.house import T0
from system.test_pairs import estate, lose, under_way
from system.voices import HOUR, MINUTE

from dispatch.decide.order import Status

__all__ = ["estate"]


async def test_who_was_short_and_says_nothing_until_their_duty_is_over_is_not_waited_for(estate: Day) -> None:
    order, one, other = await under_way(estate, "on_the_way", last=30 * HOUR)
    await lose(estate, "refused", other, order)
    await estate.worker("w3", shifts=[{"start": "08:00", "end": "20:00", "on": ["2026-11-23"]}])
    assert estate.order(order).short
    # Twelve hours of duty, and the hour it was to take.
    estate.pass_time(13 * HOUR)
    await estate.house.settle()
    now = estate.order(order)
    assert now.start is not None and now.start >= T0 + 24 * HOUR
    assert (now.workers, now.status, now.short) == (tuple(sorted((one, "w3"))), Status.TOLD, False)
    assert await estate.house.findings() == []


async def test_who_is_late_and_then_absent_is_not_waited_for_past_the_planned_end(estate: Day) -> None:
    order, _, other = await under_way(estate, "arrived")
    await estate.report(other, "on_the_way", order)
    await estate.worker("w3")
    estate.pass_time(70 * MINUTE)
    await lose(estate, "absent", other, order)
    assert "w3" in estate.order(order).workers and other not in estate.order(order).workers
    assert await estate.house.findings() == []


async def test_who_was_sent_for_in_vain_after_their_duty_is_not_waited_for(estate: Day) -> None:
    await estate.worker("w2", shifts=[{"start": "08:00", "end": "09:00", "days": WEEK}])
    order, _, _ = await under_way(estate, "arrived")
    assert estate.order(order).workers == ("w1", "w2")
    await estate.worker("w3")
    estate.pass_time(62 * MINUTE)
    await lose(estate, "refused", "w2", order)
    assert estate.order(order).workers == ("w1", "w3")
    assert await estate.house.findings() == []


async def test_nobody_joins_today_on_the_duty_of_tomorrow(estate: Day) -> None:
    tomorrow = [{"start": "08:00", "end": "20:00", "on": ["2026-11-23"]}]
    await estate.worker("w2", shifts=tomorrow)
    order = await estate.ask(HOUR, 40 * HOUR, category="boiler")
    estate.pass_time(70 * MINUTE)
    await estate.report("w1", "arrived", order)
    await lose(estate, "retired", "w2", order)
    await estate.worker("w3")
    start, _ = estate.on_schedules(order)["w1"]
    assert start >= T0 + 24 * HOUR
    assert await estate.house.findings() == []


@pytest.mark.parametrize("stage", ["told", "on_the_way"])
async def test_whom_a_dispatcher_names_goes_though_others_have_set_out(estate: Day, stage: str) -> None:
    for name in ("w3", "w4"):
        await estate.worker(name)
    order = await estate.ask(category="boiler")
    crew = estate.order(order).workers
    others = sorted({"w1", "w2", "w3", "w4"} - set(crew))
    estate.pass_time(2 * MINUTE)
    if stage == "on_the_way":
        await estate.report(crew[0], stage, order)
    await estate.direct("assign", order=order, workers=others)
    now = estate.order(order)
    assert now.told is not None and now.workers == now.told.workers == tuple(others)
    assert now.status is Status.TOLD
    assert await estate.house.findings() == []


@pytest.mark.parametrize("stage", ["arrived", "on_the_way"])
async def test_who_comes_later_has_time_until_then_however_early_the_other_is(estate: Day, stage: str) -> None:
    order = await estate.ask(6 * HOUR, 10 * HOUR, category="boiler")
    crew = estate.order(order).workers
    estate.pass_time(90 * MINUTE)
    await estate.report(crew[0], stage, order)
    before = len(await estate.house.log())
    tap = await estate.ask(2 * HOUR, 5 * HOUR)
    assert estate.order(tap).workers == (crew[1],)
    after = estate.order(order)
    assert (after.workers, after.start, after.status) == (crew, T0 + 6 * HOUR, Status(stage))
    assert not [
        one.recorded.type
        for one in (await estate.house.log())[before:]
        if one.entity.id == order and one.recorded.type != "PlanCommitted"
    ]
    estate.pass_time(150 * MINUTE)
    await estate.report(crew[1], "arrived", order)
    assert estate.order(order).workers == crew
    assert await estate.house.findings() == []
