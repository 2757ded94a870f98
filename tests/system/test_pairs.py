"""Visits that take two: one is there, or on the way, and the other cannot come any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import msgspec
import pytest
from msgspec.structs import replace
from system.day import Day
from system.estate import WEEK
from system.house import T0
from system.invariants import breaches, unsettled
from system.voices import HOUR, MINUTE

from dispatch.decide.order import Status
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.people import absent_not_sent

FAR_MIN = 36
"""Minutes on foot from the base ``far`` to the rest: two kilometres and a bit, with the detour."""


@pytest.fixture
async def estate() -> AsyncIterator[Day]:
    """Two plumbers at the very place, on duty from eight."""
    async with Day.opened("w1", "w2", far=("site", 30.018)) as day:
        yield day


async def under_way(estate: Day, stage: str = "arrived", last: dt.timedelta = 4 * HOUR) -> tuple[str, str, str]:
    """A job for two that one of them is at, or on the way to: the order, who is, and who is not."""
    order = await estate.ask(last=last, category="boiler")
    one, other = estate.order(order).workers
    await estate.at(2 * MINUTE, one, stage, order=order)
    return order, one, other


async def lose(estate: Day, how: str, name: str, order: str) -> None:
    """``name`` cannot come to ``order`` any more."""
    until = (T0 + 9 * HOUR).isoformat()
    match how:
        case "absent":
            await estate.report(name, "absent", until=until)
        case "refused":
            await estate.report(name, "refused", order)
        case "could_not":
            await estate.report(name, "could_not", order, reason="the bike broke down")
        case "absence":
            await estate.direct("absence", worker=name, start=T0.isoformat(), end=until)
        case "retired":
            await estate.direct("retire", kind="worker", target=name)
        case "unskilled":
            await estate.worker(name, skills=[{"skill": "painting"}])


WAYS = ["absent", "refused", "could_not", "absence", "retired", "unskilled"]


@pytest.mark.parametrize("stage", ["arrived", "on_the_way"])
@pytest.mark.parametrize("how", WAYS)
async def test_somebody_else_is_sent_to_join_them(estate: Day, how: str, stage: str) -> None:
    await estate.worker("w3")
    order, one, other = await under_way(estate, stage)
    (free,) = {"w1", "w2", "w3"} - {one, other}
    await lose(estate, how, other, order)
    now = estate.order(order)
    assert now.workers == tuple(sorted((one, free))) and now.status == Status(stage)
    assert now.told is not None and now.told.workers == now.workers
    span = (T0 + 2 * MINUTE, T0 + 62 * MINUTE)
    assert estate.on_schedules(order) == {one: span, free: span}
    assert estate.listed() == {}
    assert await estate.house.findings() == []


@pytest.mark.parametrize("stage", ["arrived", "on_the_way"])
@pytest.mark.parametrize("how", WAYS)
async def test_where_nobody_can_join_it_is_listed_with_the_reason(estate: Day, how: str, stage: str) -> None:
    await estate.worker("w3", skills=[{"skill": "painting"}])
    order, one, other = await under_way(estate, stage)
    await lose(estate, how, other, order)
    assert estate.order(order).workers == (one,) and set(estate.on_schedules(order)) == {one}
    row = estate.listed()[order]
    assert row.reasons[0].rule == "crew" and row.reasons[0].message.startswith(f"{one} is there or on the way; 2 are")
    assert "skill" in {reason.rule for reason in row.reasons}
    assert await estate.house.findings() == []

    # It is not said again until something changes; and somebody who can is sent as soon as there is somebody.
    before = len(await estate.house.log())
    estate.pass_time(4 * MINUTE)
    await estate.house.settle()
    assert len(await estate.house.log()) == before
    await estate.worker("w4")
    assert set(estate.order(order).workers) == {one, "w4"}
    assert estate.listed() == {}
    assert await estate.house.findings() == []


async def test_who_is_alone_may_finish_it(estate: Day) -> None:
    order, one, other = await under_way(estate)
    await lose(estate, "absent", other, order)
    estate.pass_time(40 * MINUTE)
    await estate.report(one, "done", order)
    done = estate.order(order)
    assert done.status is Status.DONE and done.workers == (one,) and set(done.arrivals) == {one}
    assert estate.listed() == {}
    assert await estate.house.findings() == []


async def test_the_visit_begins_when_the_one_from_far_is_there_and_what_comes_next_moves(estate: Day) -> None:
    order, one, other = await under_way(estate)
    await estate.worker("w3", base="far")
    later = await estate.ask(HOUR, 10 * HOUR)
    await lose(estate, "absent", other, order)
    begins = T0 + (2 + FAR_MIN) * MINUTE
    assert estate.on_schedules(order) == {one: (begins, begins + HOUR), "w3": (begins, begins + HOUR)}
    assert all(start >= begins + HOUR for start, _ in estate.on_schedules(later).values())
    assert await estate.house.findings() == []

    # They are late by another ten minutes: until they are there nobody is free of it.
    await estate.report("w3", "on_the_way", order)
    estate.pass_time((2 + FAR_MIN + 10) * MINUTE)
    await estate.report("w3", "arrived", order)
    starts = [start for start, _ in estate.on_schedules(later).values()]
    assert starts and all(start >= begins + HOUR + 10 * MINUTE for start in starts)
    estate.pass_time((2 + FAR_MIN + 70) * MINUTE)
    await estate.report(one, "done", order)
    assert await estate.house.findings() == []


async def test_nobody_is_sent_who_could_only_be_there_after_the_window(estate: Day) -> None:
    order = await estate.ask(last=90 * MINUTE, category="boiler")
    one, other = estate.order(order).workers
    estate.pass_time(2 * MINUTE)
    await estate.report(one, "arrived", order)
    await estate.worker("w3", base="far")
    await lose(estate, "refused", other, order)
    assert estate.order(order).workers == (one,)
    assert order in estate.listed()
    assert await estate.house.findings() == []


async def test_nobody_waits_until_the_next_day(estate: Day) -> None:
    order = await estate.ask(last=3 * 24 * HOUR, category="boiler")
    one, other = estate.order(order).workers
    estate.pass_time(2 * MINUTE)
    await estate.report(one, "arrived", order)
    tomorrow = (T0 + 24 * HOUR).date().isoformat()
    await estate.worker("w3", shifts=[{"start": "08:00", "end": "20:00", "on": [tomorrow]}])
    await lose(estate, "refused", other, order)
    assert estate.order(order).workers == (one,)
    assert estate.listed()[order].reasons[0].rule == "crew"
    assert await estate.house.findings() == []


async def test_who_was_sent_to_join_falls_ill_too(estate: Day) -> None:
    for name in ("w3", "w4"):
        await estate.worker(name)
    order, one, other = await under_way(estate)
    for _ in range(2):
        await lose(estate, "absent", other, order)
        crew = set(estate.order(order).workers)
        assert one in crew and other not in crew and len(crew) == 2
        (other,) = crew - {one}
    await lose(estate, "absent", other, order)
    assert estate.order(order).workers == (one,)
    estate.pass_time(5 * MINUTE)
    await estate.report(other, "back")
    assert set(estate.order(order).workers) == {one, other}
    assert await estate.house.findings() == []


async def test_of_three_the_two_who_are_there_stay(estate: Day) -> None:
    for name in ("w3", "w4"):
        await estate.worker(name)
    order = await estate.ask(category="lift")
    first, second, third = estate.order(order).workers
    estate.pass_time(1 * MINUTE)
    await estate.report(first, "arrived", order)
    await estate.report(second, "on_the_way", order)
    await lose(estate, "could_not", third, order)
    (free,) = {"w1", "w2", "w3", "w4"} - {first, second, third}
    assert set(estate.order(order).workers) == {first, second, free}
    assert await estate.house.findings() == []


async def test_who_is_there_and_says_it_cannot_be_done_speaks_for_the_visit(estate: Day) -> None:
    order, one, _ = await under_way(estate)
    await estate.report(one, "could_not", order, reason="nobody in")
    assert estate.order(order).status is Status.COULD_NOT


async def test_a_dispatchers_pin_is_kept_and_named(estate: Day) -> None:
    await estate.worker("w3")
    order = await estate.ask(category="boiler")
    await estate.direct("assign", order=order, workers=["w1", "w2"])
    estate.pass_time(2 * MINUTE)
    await estate.report("w1", "arrived", order)
    await lose(estate, "absent", "w2", order)
    assert estate.order(order).workers == ("w1",)
    assert "pin" in {reason.rule for reason in estate.listed()[order].reasons}
    await estate.direct("unpin", order=order)
    assert estate.order(order).workers == ("w1", "w3")
    assert await estate.house.findings() == []


@pytest.mark.parametrize("how", ["absent", "refused"])
async def test_the_judges_find_one_who_cannot_come_and_stays_on_the_visit(estate: Day, how: str) -> None:
    await estate.worker("w3")
    order, one, other = await under_way(estate)
    before = len(await estate.house.log())
    await lose(estate, how, other, order)
    log = await estate.house.log()
    # As if no plan had followed what they said.
    said = [stored for stored in log[before:] if not stored.recorded.by.startswith("planner")]
    now = estate.clock.now()
    found = unsettled([*log[:before], *said], now)
    assert found == [f"order {order} is still {other}'s, who cannot come, and {one} waits"]
    evidence = await estate.evidence()
    assert absent_not_sent(Facts(evidence)).broken == []
    if how == "absent":
        assert len(absent_not_sent(Facts(replace(evidence, events=(*log[:before], *said)))).broken) == 1


async def test_the_judge_finds_too_few_without_a_word(estate: Day) -> None:
    order, one, other = await under_way(estate)
    await lose(estate, "refused", other, order)
    log = await estate.house.log()
    (at,) = (index for index, stored in enumerate(log) if stored.recorded.type == "OrderShort")
    data = msgspec.Raw(msgspec.json.encode(msgspec.json.decode(log[at].recorded.data) | {"reasons": []}))
    log[at] = replace(log[at], recorded=replace(log[at].recorded, data=data))
    assert any("has too few without a reason" in found for found in breaches(log))
    found = unsettled(log, estate.clock.now())
    assert found == [f"order {order} needs 2 people, has {one}, and it is not said why"]


async def test_who_goes_to_work_elsewhere_comes_off_and_brings_nothing_of_it_along(estate: Day) -> None:
    await estate.worker("w3")
    for key in ("base", "u1"):
        await estate.direct("register", area="west", place={"id": key, "kind": "unit", "lat": 30.0, "lon": 120.0})
    order, one, other = await under_way(estate)
    await estate.direct("move", kind="worker", target=other, to="west")
    assert set(estate.order(order).workers) == {one, "w3"}
    assert set(estate.on_schedules(order)) == {one, "w3"}
    west = estate.house.planners["planner0"].areas.areas["west"]
    assert west.workers[other].brought == ()
    assert await estate.house.findings() == []


async def test_the_hours_of_the_one_who_is_there_change_meanwhile(estate: Day) -> None:
    await estate.worker("w3")
    order, one, other = await under_way(estate)
    await estate.worker(one, shifts=[{"start": "07:30", "end": "19:00", "days": WEEK}])
    await lose(estate, "absent", other, order)
    assert estate.order(order).workers == (one,)
    assert "shift" in {reason.rule for reason in estate.listed()[order].reasons}
    assert await estate.house.findings() == []
    await estate.report(one, "done", order)
    assert estate.order(order).status is Status.DONE
    assert await estate.house.findings() == []


@pytest.mark.parametrize("how", ["break", "absence"])
async def test_who_is_in_a_break_or_away_joins_right_after_it(estate: Day, how: str) -> None:
    breaks = [{"start_from": "08:10", "end_by": "08:50", "minutes": 40}] if how == "break" else []
    order, one, other = await under_way(estate)
    await estate.worker("w3", shifts=[{"start": "08:00", "end": "20:00", "days": WEEK, "breaks": breaks}])
    if how == "absence":
        until = (T0 + 50 * MINUTE).isoformat()
        await estate.direct("absence", worker="w3", start=(T0 + 10 * MINUTE).isoformat(), end=until)
    await lose(estate, "refused", other, order)
    begins = T0 + 50 * MINUTE
    assert estate.on_schedules(order) == {one: (begins, begins + HOUR), "w3": (begins, begins + HOUR)}
    assert await estate.house.findings() == []


async def test_a_planner_that_starts_anew_sees_the_same(estate: Day) -> None:
    await estate.worker("w3", skills=[{"skill": "painting"}])
    order, one, other = await under_way(estate)
    await lose(estate, "absent", other, order)
    before = await estate.house.store.events.position()
    await estate.house.restart("planner0")
    await estate.house.settle()
    assert await estate.house.store.events.position() == before
    assert estate.order(order).short and estate.order(order).workers == (one,)
