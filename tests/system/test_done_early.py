"""What was done early, and closed since: it counts for its day, and is where somebody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from system.estate import WEEK
from system.house import AREA, T0, House

from dispatch.demo.evidence import gather
from dispatch.demo.judging import people
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.tally import Tally
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.duties import open_duties
from dispatch.store.memory import MemoryStore

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


class Day:
    """One guard or plumber, and what is said of and by them."""

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

    async def direct(self, verb: str, **body: Any) -> None:
        await self.say(f"direct.{AREA}.{verb}", **body)

    async def ask(self, first: dt.timedelta, last: dt.timedelta) -> str:
        """Somebody wants an hour of work within a span of today."""
        window = {"from": (T0 + first).isoformat(), "to": (T0 + last).isoformat()}
        return await self.say(f"request.{AREA}.repair", category="tap", place={"unit": "u1"}, window=window)

    async def work(self, order: str, at: dt.timedelta) -> None:
        """The worker is there at a time, and done a quarter of an hour later."""
        self.house.clock.set(T0 + at)
        await self.say(f"report.{AREA}.w1", report="arrived", order=order)
        self.house.clock.set(T0 + at + 15 * MINUTE)
        await self.say(f"report.{AREA}.w1", report="done", order=order)

    async def worker(self, **more: Any) -> None:
        hours = {"start": "08:00", "end": "20:00", "days": WEEK}
        skills = [{"skill": "plumbing"}, {"skill": "patrol"}]
        record = {"id": "w1", "role": "technician", "base": "s1", "skills": skills, "shifts": [hours]}
        await self.direct("register", worker={**record, **more})

    async def rounds(self, *bands: tuple[str, str], at: str = "s1") -> list[str]:
        """Half an hour's round for each band; the orders of today."""
        for index, (start, end) in enumerate(bands):
            band = {"start_from": start, "start_to": end}
            item = {"id": f"r{index}", "checkpoints": [at], "minutes": 30, "bands": [band]}
            await self.direct("register", round=item)
        return [key for key, order in sorted(self.area.orders.items()) if order.windows[0].start < T0 + 16 * HOUR]

    @property
    def area(self) -> AreaState:
        return self.house.planners["planner0"].areas.areas[AREA]

    async def judged(self) -> tuple[Tally, Tally]:
        """What the judges of the demo say of the caps."""
        until = self.house.clock.now()
        zone = "Asia/Shanghai"
        store = self.house.store
        facts = Facts(await gather(store, area=AREA, time_zone=zone, start=T0, end=T0 + 16 * HOUR, until=until))
        return people.visits_cap(facts), people.minutes_cap(facts)


@pytest.fixture
async def day() -> AsyncIterator[Day]:
    house = House(MemoryStore())
    await house.start()
    made = Day(house)
    await made.direct("register", policy={"title": "The estate", "horizon_days": 2})
    for key, kind, lat in (("s1", "site", 30.0), ("u1", "unit", 30.0), ("far", "checkpoint", 30.04)):
        await made.direct("register", place={"id": key, "kind": kind, "lat": lat, "lon": 120.0})
    tap = {"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 60, "people": 1}
    await made.say("direct.all.register", category=tap)
    try:
        yield made
    finally:
        await house.close()


async def two_done_early(day: Day) -> str:
    """Two visits of the afternoon are done in the morning and closed with a call; the third somebody asks for."""
    await day.worker(caps={"visits_per_day": 2})
    early = [await day.ask(6 * HOUR, 8 * HOUR), await day.ask(8 * HOUR, 10 * HOUR)]
    for index, order in enumerate(early):
        await day.work(order, (10 + 30 * index) * MINUTE)
    for order in early:
        await day.direct("follow-up", order=order, satisfied=True)
    return await day.ask(3 * HOUR, 11 * HOUR)


async def test_visits_done_early_and_closed_since_count_for_the_cap_of_the_day(day: Day) -> None:
    third = await two_done_early(day)
    assert day.area.orders[third].workers == ()
    assert day.area.orders[third].reasons[0].rule == "visits_cap"
    assert await day.house.findings() == []
    assert [tally.broken for tally in await day.judged()] == [[], []]


async def test_rounds_done_early_count_for_the_minutes_of_the_day_though_they_close_at_once(day: Day) -> None:
    await day.worker(caps={"minutes_per_day": 60})
    *early, late = await day.rounds(("13:00", "18:00"), ("13:00", "18:00"), ("18:30", "19:00"))
    for index, order in enumerate(early):
        await day.work(order, (300 + 20 * index) * MINUTE)
    assert day.area.orders[late].workers == ()
    assert day.area.orders[late].reasons[0].rule == "minutes_cap"
    assert await day.house.findings() == []


async def test_who_did_a_visit_of_their_second_duty_in_the_first_sets_out_from_there(day: Day) -> None:
    hours = [{"start": start, "end": end, "days": WEEK} for start, end in (("08:00", "12:00"), ("14:00", "19:00"))]
    await day.worker(shifts=hours)
    far = {"category": "tap", "place": {"unit": "far"}}
    window = {"from": (T0 + 6 * HOUR).isoformat(), "to": (T0 + 11 * HOUR).isoformat()}
    order = await day.say(f"request.{AREA}.repair", **far, window=window)
    await day.work(order, HOUR)
    near = await day.ask(HOUR, 4 * HOUR)
    start = day.area.orders[near].start
    assert start is not None and start >= T0 + 135 * MINUTE
    assert await day.house.findings() == []


async def far_round_done_early(day: Day) -> str:
    """A round an hour away is done long before it is planned; then somebody asks for work at the base."""
    await day.worker()
    (order,) = await day.rounds(("11:00", "18:00"), at="far")
    await day.direct("assign", order=order, workers=["w1"], start=(T0 + 8 * HOUR).isoformat())
    await day.work(order, 5 * HOUR)
    day.house.clock.set(T0 + 5 * HOUR + 16 * MINUTE)
    return await day.ask(5 * HOUR, 11 * HOUR)


async def test_who_was_done_early_sets_out_from_where_they_are(day: Day) -> None:
    order = await far_round_done_early(day)
    start = day.area.orders[order].start
    assert start is not None and start > T0 + 6 * HOUR
    assert await day.house.findings() == []


async def test_what_is_done_on_a_day_before_its_own_counts_for_the_day_it_was_done_on(day: Day) -> None:
    await day.worker(caps={"visits_per_day": 1})
    tomorrow = await day.ask(26 * HOUR, 30 * HOUR)
    assert day.area.orders[tomorrow].workers == ("w1",)
    await day.work(tomorrow, 10 * MINUTE)
    today, next_day = await day.ask(1 * HOUR, 11 * HOUR), await day.ask(26 * HOUR, 30 * HOUR)
    assert (day.area.orders[today].workers, day.area.orders[next_day].workers) == ((), ("w1",))
    (duty, *_) = open_duties(day.area, day.house.clock.now())["w1"]
    assert [stop.order for stop in duty.gone] == [tomorrow]
    assert await day.house.findings() == []


def forgetful(patch: pytest.MonkeyPatch) -> None:
    """The planner knows nothing of an order once it is closed."""
    take = AreaState.take

    def taken(state: AreaState, *args: Any) -> Dirt:
        dirt = take(state, *args)
        state.closed.clear()
        return dirt

    patch.setattr(AreaState, "take", taken)


async def test_a_planner_that_forgets_what_was_done_is_found_out_by_all_judges(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful(monkeypatch)
    third = await two_done_early(day)
    assert day.area.orders[third].workers == ("w1",)
    assert [one for one in await day.house.findings() if "3 visits" in one and "the cap is 2" in one]
    visits, minutes = await day.judged()
    assert [one for one in visits.broken if "3 visits" in one]
    assert minutes.broken == []


async def test_a_planner_that_forgets_where_somebody_was_is_found_out(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful(monkeypatch)
    await far_round_done_early(day)
    assert [one for one in await day.house.findings() if "has 0 minutes" in one and "the way takes" in one]
