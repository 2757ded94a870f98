"""Visits that take two: one is there, or on the way, and the other cannot come any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from system.estate import WEEK
from system.house import AREA, T0, House
from system.invariants import breaches, unsettled

from dispatch.decide.order import OrderState, Status
from dispatch.demo.evidence import gather
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.people import absent_not_sent
from dispatch.projections.unplanned import UnplannedRow
from dispatch.store.memory import MemoryStore

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
FAR_MIN = 36
"""Minutes on foot from the base ``far`` to the rest: two kilometres and a bit, with the detour."""


class Estate:
    """A few plumbers with the same base, a job for two of an hour, and what is said of and by them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._count = 0

    async def say(self, subject: str, **body: Any) -> str:
        """Say something now and wait until it is planned; returns the order it is about, if it opened one."""
        self._count += 1
        time = "reported_at" if subject.startswith("request") else "at"
        head = {"id": f"m{self._count}", time: self.house.clock.now().isoformat()}
        if subject.startswith("direct"):
            head["by"] = "chen"
        await self.house.say(subject, {**head, **body})
        await self.house.settle()
        (answer,) = (answer for _, answer in self.house.answers if answer.id == head["id"])
        assert answer.decision != "rejected", answer
        return answer.order

    async def direct(self, verb: str, area: str = AREA, **body: Any) -> None:
        await self.say(f"direct.{area}.{verb}", **body)

    async def report(self, who: str, what: str, order: str = "", **body: Any) -> None:
        await self.say(f"report.{AREA}.{who}", report=what, **({"order": order} if order else {}), **body)

    async def worker(self, name: str, **more: Any) -> None:
        record = {
            "id": name, "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}],
            "shifts": [{"start": "08:00", "end": "20:00", "days": WEEK}],
        }  # fmt: skip
        await self.direct("register", worker=record | more)

    async def ask(self, category: str = "boiler", first: int = 0, last: int = 4 * 60) -> str:
        """Somebody wants it between these minutes of the day."""
        window = {"from": (T0 + first * MINUTE).isoformat(), "to": (T0 + last * MINUTE).isoformat()}
        return await self.say(f"request.{AREA}.repair", category=category, place={"unit": "u1"}, window=window)

    def pass_time(self, minutes: int) -> None:
        self.house.clock.set(T0 + minutes * MINUTE)

    def order(self, key: str) -> OrderState:
        return self.house.planners["planner0"].areas.areas[AREA].orders[key]

    def on_schedules(self, key: str) -> dict[str, tuple[dt.datetime, dt.datetime]]:
        """By worker, when the order stands on their routes."""
        routes = self.house.planners["planner0"].areas.areas[AREA].routes()
        return {worker: (stop.start, stop.end) for worker, route in routes for stop in route.stops if stop.order == key}

    def listed(self) -> dict[str, UnplannedRow]:
        """What is shown as unplanned."""
        return {row.id: row for row in self.house.projector.rows["unplanned"].rows.values() if not row.planned}

    async def under_way(
        self, stage: str = "arrived", category: str = "boiler", last: int = 4 * 60
    ) -> tuple[str, str, str]:
        """A job for two that one of them is at, or on the way to: the order, who is, and who is not."""
        order = await self.ask(category, last=last)
        one, other = self.order(order).workers[:2]
        self.pass_time(2)
        await self.report(one, stage, order)
        return order, one, other


@pytest.fixture
async def estate() -> AsyncIterator[Estate]:
    """Two plumbers at the very place, on duty from eight."""
    house = House(MemoryStore())
    await house.start()
    found = Estate(house)
    await found.direct("register", policy={"title": "The estate", "horizon_days": 2})
    for key, kind, lat in (("base", "site", 30.0), ("u1", "unit", 30.0), ("far", "site", 30.018)):
        await found.direct("register", place={"id": key, "kind": kind, "lat": lat, "lon": 120.0})
    for key, people in (("tap", 1), ("boiler", 2), ("lift", 3)):
        category = {"id": key, "kind": "repair", "skill": "plumbing", "minutes": 60, "people": people}
        await found.direct("register", area="all", category=category)
    for name in ("w1", "w2"):
        await found.worker(name)
    yield found
    await house.close()


async def lose(estate: Estate, how: str, name: str, order: str) -> None:
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
async def test_somebody_else_is_sent_to_join_them(estate: Estate, how: str, stage: str) -> None:
    await estate.worker("w3")
    order, one, other = await estate.under_way(stage)
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
async def test_where_nobody_can_join_it_is_listed_with_the_reason(estate: Estate, how: str, stage: str) -> None:
    await estate.worker("w3", skills=[{"skill": "painting"}])
    order, one, other = await estate.under_way(stage)
    await lose(estate, how, other, order)
    assert estate.order(order).workers == (one,) and set(estate.on_schedules(order)) == {one}
    row = estate.listed()[order]
    assert row.reasons[0].rule == "crew" and row.reasons[0].message.startswith(f"{one} is there or on the way; 2 are")
    assert "skill" in {reason.rule for reason in row.reasons}
    assert await estate.house.findings() == []

    # It is not said again until something changes; and somebody who can is sent as soon as there is somebody.
    before = len(await estate.house.log())
    estate.pass_time(4)
    await estate.house.settle()
    assert len(await estate.house.log()) == before
    await estate.worker("w4")
    assert set(estate.order(order).workers) == {one, "w4"}
    assert estate.listed() == {}
    assert await estate.house.findings() == []


async def test_who_is_alone_may_finish_it(estate: Estate) -> None:
    order, one, other = await estate.under_way()
    await lose(estate, "absent", other, order)
    estate.pass_time(40)
    await estate.report(one, "done", order)
    done = estate.order(order)
    assert done.status is Status.DONE and done.workers == (one,) and set(done.arrivals) == {one}
    assert estate.listed() == {}
    assert await estate.house.findings() == []


async def test_the_visit_begins_when_the_one_from_far_is_there_and_what_comes_next_moves(estate: Estate) -> None:
    order, one, other = await estate.under_way()
    await estate.worker("w3", base="far")
    later = await estate.ask("tap", first=60, last=10 * 60)
    await lose(estate, "absent", other, order)
    begins = T0 + (2 + FAR_MIN) * MINUTE
    assert estate.on_schedules(order) == {one: (begins, begins + HOUR), "w3": (begins, begins + HOUR)}
    assert all(start >= begins + HOUR for start, _ in estate.on_schedules(later).values())
    assert await estate.house.findings() == []

    # They are late by another ten minutes: until they are there nobody is free of it.
    await estate.report("w3", "on_the_way", order)
    estate.pass_time(2 + FAR_MIN + 10)
    await estate.report("w3", "arrived", order)
    starts = [start for start, _ in estate.on_schedules(later).values()]
    assert starts and all(start >= begins + HOUR + 10 * MINUTE for start in starts)
    estate.pass_time(2 + FAR_MIN + 70)
    await estate.report(one, "done", order)
    assert await estate.house.findings() == []


async def test_nobody_is_sent_who_could_only_be_there_after_the_window(estate: Estate) -> None:
    order = await estate.ask(last=90)
    one, other = estate.order(order).workers
    estate.pass_time(2)
    await estate.report(one, "arrived", order)
    await estate.worker("w3", base="far")
    await lose(estate, "refused", other, order)
    assert estate.order(order).workers == (one,)
    assert order in estate.listed()
    assert await estate.house.findings() == []


async def test_nobody_waits_until_the_next_day(estate: Estate) -> None:
    order = await estate.ask(last=3 * 24 * 60)
    one, other = estate.order(order).workers
    estate.pass_time(2)
    await estate.report(one, "arrived", order)
    tomorrow = (T0 + 24 * HOUR).date().isoformat()
    await estate.worker("w3", shifts=[{"start": "08:00", "end": "20:00", "on": [tomorrow]}])
    await lose(estate, "refused", other, order)
    assert estate.order(order).workers == (one,)
    assert estate.listed()[order].reasons[0].rule == "crew"
    assert await estate.house.findings() == []


async def test_who_was_sent_to_join_falls_ill_too(estate: Estate) -> None:
    for name in ("w3", "w4"):
        await estate.worker(name)
    order, one, other = await estate.under_way()
    for _ in range(2):
        await lose(estate, "absent", other, order)
        crew = set(estate.order(order).workers)
        assert one in crew and other not in crew and len(crew) == 2
        (other,) = crew - {one}
    await lose(estate, "absent", other, order)
    assert estate.order(order).workers == (one,)
    estate.pass_time(5)
    await estate.report(other, "back")
    assert set(estate.order(order).workers) == {one, other}
    assert await estate.house.findings() == []


async def test_of_three_the_two_who_are_there_stay(estate: Estate) -> None:
    for name in ("w3", "w4"):
        await estate.worker(name)
    order = await estate.ask("lift")
    first, second, third = estate.order(order).workers
    estate.pass_time(1)
    await estate.report(first, "arrived", order)
    await estate.report(second, "on_the_way", order)
    await lose(estate, "could_not", third, order)
    (free,) = {"w1", "w2", "w3", "w4"} - {first, second, third}
    assert set(estate.order(order).workers) == {first, second, free}
    assert await estate.house.findings() == []


async def test_who_is_there_and_says_it_cannot_be_done_speaks_for_the_visit(estate: Estate) -> None:
    order, one, _ = await estate.under_way()
    await estate.report(one, "could_not", order, reason="nobody in")
    assert estate.order(order).status is Status.COULD_NOT


async def test_a_dispatchers_pin_is_kept_and_named(estate: Estate) -> None:
    await estate.worker("w3")
    order = await estate.ask()
    await estate.direct("assign", order=order, workers=["w1", "w2"])
    estate.pass_time(2)
    await estate.report("w1", "arrived", order)
    await lose(estate, "absent", "w2", order)
    assert estate.order(order).workers == ("w1",)
    assert "pin" in {reason.rule for reason in estate.listed()[order].reasons}
    await estate.direct("unpin", order=order)
    assert estate.order(order).workers == ("w1", "w3")
    assert await estate.house.findings() == []


@pytest.mark.parametrize("how", ["absent", "refused"])
async def test_the_judges_find_one_who_cannot_come_and_stays_on_the_visit(estate: Estate, how: str) -> None:
    await estate.worker("w3")
    order, one, other = await estate.under_way()
    before = len(await estate.house.log())
    await lose(estate, how, other, order)
    log = await estate.house.log()
    # As if no plan had followed what they said.
    said = [stored for stored in log[before:] if not stored.recorded.by.startswith("planner")]
    now = estate.house.clock.now()
    found = unsettled([*log[:before], *said], now)
    assert found == [f"order {order} is still {other}'s, who cannot come, and {one} waits"]
    evidence = await gather(
        estate.house.store, area=AREA, time_zone="Asia/Shanghai", start=T0, end=T0 + 16 * HOUR, until=now
    )
    assert absent_not_sent(Facts(evidence)).broken == []
    if how == "absent":
        assert len(absent_not_sent(Facts(replace(evidence, events=(*log[:before], *said)))).broken) == 1


async def test_the_judge_finds_too_few_without_a_word(estate: Estate) -> None:
    order, one, other = await estate.under_way()
    await lose(estate, "refused", other, order)
    log = await estate.house.log()
    (at,) = (index for index, stored in enumerate(log) if stored.recorded.type == "OrderShort")
    data = msgspec.Raw(msgspec.json.encode(msgspec.json.decode(log[at].recorded.data) | {"reasons": []}))
    log[at] = replace(log[at], recorded=replace(log[at].recorded, data=data))
    assert any("has too few without a reason" in found for found in breaches(log))
    found = unsettled(log, estate.house.clock.now())
    assert found == [f"order {order} needs 2 people, has {one}, and it is not said why"]


async def test_who_goes_to_work_elsewhere_comes_off_and_brings_nothing_of_it_along(estate: Estate) -> None:
    await estate.worker("w3")
    for key in ("base", "u1"):
        await estate.direct("register", area="west", place={"id": key, "kind": "unit", "lat": 30.0, "lon": 120.0})
    order, one, other = await estate.under_way()
    await estate.direct("move", kind="worker", target=other, to="west")
    assert set(estate.order(order).workers) == {one, "w3"}
    assert set(estate.on_schedules(order)) == {one, "w3"}
    west = estate.house.planners["planner0"].areas.areas["west"]
    assert west.workers[other].brought == ()
    assert await estate.house.findings() == []


async def test_the_hours_of_the_one_who_is_there_change_meanwhile(estate: Estate) -> None:
    await estate.worker("w3")
    order, one, other = await estate.under_way()
    await estate.worker(one, shifts=[{"start": "07:30", "end": "19:00", "days": WEEK}])
    await lose(estate, "absent", other, order)
    assert estate.order(order).workers == (one,)
    assert "shift" in {reason.rule for reason in estate.listed()[order].reasons}
    assert await estate.house.findings() == []
    await estate.report(one, "done", order)
    assert estate.order(order).status is Status.DONE
    assert await estate.house.findings() == []


@pytest.mark.parametrize("how", ["break", "absence"])
async def test_who_is_in_a_break_or_away_joins_right_after_it(estate: Estate, how: str) -> None:
    breaks = [{"start_from": "08:10", "end_by": "08:50", "minutes": 40}] if how == "break" else []
    order, one, other = await estate.under_way()
    await estate.worker("w3", shifts=[{"start": "08:00", "end": "20:00", "days": WEEK, "breaks": breaks}])
    if how == "absence":
        until = (T0 + 50 * MINUTE).isoformat()
        await estate.direct("absence", worker="w3", start=(T0 + 10 * MINUTE).isoformat(), end=until)
    await lose(estate, "refused", other, order)
    begins = T0 + 50 * MINUTE
    assert estate.on_schedules(order) == {one: (begins, begins + HOUR), "w3": (begins, begins + HOUR)}
    assert await estate.house.findings() == []


async def test_a_planner_that_starts_anew_sees_the_same(estate: Estate) -> None:
    await estate.worker("w3", skills=[{"skill": "painting"}])
    order, one, other = await estate.under_way()
    await lose(estate, "absent", other, order)
    before = await estate.house.store.events.position()
    await estate.house.restart("planner0")
    await estate.house.settle()
    assert await estate.house.store.events.position() == before
    assert estate.order(order).short and estate.order(order).workers == (one,)
