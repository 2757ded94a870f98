"""What was done early, and closed since: it counts for its day, and is where somebody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from system.day import Day
from system.estate import WEEK
from system.house import T0
from system.voices import HOUR, MINUTE

from dispatch.demo.judging import people
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.tally import Tally
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.duties import open_duties


@pytest.fixture
async def day() -> AsyncIterator[Day]:
    async with Day.opened(far=("checkpoint", 30.04)) as day:
        yield day


async def work(day: Day, order: str, at: dt.timedelta) -> None:
    """The worker is there at a time, and done a quarter of an hour later."""
    await day.at(at, "w1", "arrived", order=order)
    await day.at(at + 15 * MINUTE, "w1", "done", order=order)


async def rounds(day: Day, *bands: tuple[str, str], at: str = "base") -> list[str]:
    """Half an hour's round for each band; the orders of today."""
    for index, (start, end) in enumerate(bands):
        band = {"start_from": start, "start_to": end}
        item = {"id": f"r{index}", "checkpoints": [at], "minutes": 30, "bands": [band]}
        await day.direct("register", round=item)
    return [key for key, order in sorted(day.area.orders.items()) if order.windows[0].start < T0 + 16 * HOUR]


async def judged(day: Day) -> tuple[Tally, Tally]:
    """What the judges of the demo say of the caps."""
    facts = Facts(await day.evidence())
    return people.visits_cap(facts), people.minutes_cap(facts)


async def two_done_early(day: Day) -> str:
    """Two visits of the afternoon are done in the morning and closed with a call; the third somebody asks for."""
    await day.worker("w1", caps={"visits_per_day": 2})
    early = [await day.ask(6 * HOUR, 8 * HOUR), await day.ask(8 * HOUR, 10 * HOUR)]
    for index, order in enumerate(early):
        await work(day, order, (10 + 30 * index) * MINUTE)
    for order in early:
        await day.direct("follow-up", order=order, satisfied=True)
    return await day.ask(3 * HOUR, 11 * HOUR)


async def test_visits_done_early_and_closed_since_count_for_the_cap_of_the_day(day: Day) -> None:
    third = await two_done_early(day)
    assert day.order(third).workers == ()
    assert day.order(third).reasons[0].rule == "visits_cap"
    assert await day.house.findings() == []
    assert [tally.broken for tally in await judged(day)] == [[], []]


async def test_rounds_done_early_count_for_the_minutes_of_the_day_though_they_close_at_once(day: Day) -> None:
    await day.worker("w1", caps={"minutes_per_day": 60})
    *early, late = await rounds(day, ("13:00", "18:00"), ("13:00", "18:00"), ("18:30", "19:00"))
    for index, order in enumerate(early):
        await work(day, order, (300 + 20 * index) * MINUTE)
    assert day.order(late).workers == ()
    assert day.order(late).reasons[0].rule == "minutes_cap"
    assert await day.house.findings() == []


async def test_who_did_a_visit_of_their_second_duty_in_the_first_sets_out_from_there(day: Day) -> None:
    hours = [{"start": start, "end": end, "days": WEEK} for start, end in (("08:00", "12:00"), ("14:00", "19:00"))]
    await day.worker("w1", shifts=hours)
    order = await day.ask(6 * HOUR, 11 * HOUR, "far")
    await work(day, order, HOUR)
    near = await day.ask(HOUR, 4 * HOUR)
    start = day.order(near).start
    assert start is not None and start >= T0 + 135 * MINUTE
    assert await day.house.findings() == []


async def far_round_done_early(day: Day) -> str:
    """A round an hour away is done long before it is planned; then somebody asks for work at the base."""
    await day.worker("w1")
    (order,) = await rounds(day, ("11:00", "18:00"), at="far")
    await day.direct("assign", order=order, workers=["w1"], start=(T0 + 8 * HOUR).isoformat())
    await work(day, order, 5 * HOUR)
    day.pass_time(5 * HOUR + 16 * MINUTE)
    return await day.ask(5 * HOUR, 11 * HOUR)


async def test_who_was_done_early_sets_out_from_where_they_are(day: Day) -> None:
    order = await far_round_done_early(day)
    start = day.order(order).start
    assert start is not None and start > T0 + 6 * HOUR
    assert await day.house.findings() == []


async def test_what_is_done_on_a_day_before_its_own_counts_for_the_day_it_was_done_on(day: Day) -> None:
    await day.worker("w1", caps={"visits_per_day": 1})
    tomorrow = await day.ask(26 * HOUR, 30 * HOUR)
    assert day.order(tomorrow).workers == ("w1",)
    await work(day, tomorrow, 10 * MINUTE)
    today, next_day = await day.ask(1 * HOUR, 11 * HOUR), await day.ask(26 * HOUR, 30 * HOUR)
    assert (day.order(today).workers, day.order(next_day).workers) == ((), ("w1",))
    (duty, *_) = open_duties(day.area, day.clock.now())["w1"]
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
    assert day.order(third).workers == ("w1",)
    assert [one for one in await day.house.findings() if "3 visits" in one and "the cap is 2" in one]
    visits, minutes = await judged(day)
    assert [one for one in visits.broken if "3 visits" in one]
    assert minutes.broken == []


async def test_a_planner_that_forgets_where_somebody_was_is_found_out(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful(monkeypatch)
    await far_round_done_early(day)
    assert [one for one in await day.house.findings() if "has 0 minutes" in one and "the way takes" in one]
