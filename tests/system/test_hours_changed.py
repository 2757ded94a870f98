"""Somebody's hours change while, by the plan, one of them is on the way or at work and has not said a word of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from system.day import Day
from system.estate import WEEK
from system.voices import HOUR, MINUTE

BREAK = {"start_from": "10:00", "end_by": "11:00", "minutes": 60}
EARLIER = {"start": "07:00", "end": "17:00"}


@pytest.fixture
async def estate() -> AsyncIterator[Day]:
    """A plumber, and a flat more than half an hour on foot from the base."""
    async with Day.opened(u2=("unit", 30.018)) as day:
        await hours(day, "w1", start="08:00", end="17:00")
        yield day


async def hours(day: Day, who: str, **shift: Any) -> None:
    """From now on these are the hours of ``who``; none without a start."""
    await day.worker(who, shifts=[{"days": WEEK, **shift}] if shift else [])


@pytest.mark.parametrize("minute", [30, 80])
@pytest.mark.parametrize("category", ["tap", "boiler"])
async def test_what_was_begun_is_gone_through_with_first(estate: Day, category: str, minute: int) -> None:
    """By the plan they set out at 8:24, begin at nine, and are there until ten."""
    if category == "boiler":
        await hours(estate, "w2", start="08:00", end="17:00")
    order = await estate.ask(HOUR, 2 * HOUR, "u2", category)
    crew, begun = estate.starts(order)
    assert begun == HOUR
    estate.pass_time(minute * MINUTE)
    await hours(estate, "w1", **EARLIER)
    others = [await estate.ask(minute * MINUTE, 5 * HOUR) for _ in range(2 * len(crew))]
    assert estate.starts(order) == (crew, HOUR)
    for other in others:
        _, start = estate.starts(other)
        assert start >= 2 * HOUR + 36 * MINUTE, "they are still at the other place, or on the way back"
    assert await estate.house.findings() == []
    estate.pass_time(2 * HOUR + 10 * MINUTE)
    await estate.report("w1", "done", order)
    assert await estate.house.findings() == []


@pytest.mark.parametrize("until", ["09:15", "09:20", "09:40", "09:59"])
@pytest.mark.parametrize("category", ["tap", "boiler"])
async def test_what_was_begun_on_the_first_of_two_halves_is_gone_through_with_in_the_second(
    estate: Day, category: str, until: str
) -> None:
    """The day is cut in two while they are at it, by the plan until ten; the first half may be over by now."""
    if category == "boiler":
        await hours(estate, "w2", start="08:00", end="17:00")
    order = await estate.ask(HOUR, 2 * HOUR, "u2", category)
    crew, _ = estate.starts(order)
    estate.pass_time(80 * MINUTE)
    halves = [{"days": WEEK, "start": "08:00", "end": until}, {"days": WEEK, "start": until, "end": "17:00"}]
    await estate.worker("w1", shifts=halves)
    others = [await estate.ask(80 * MINUTE, 5 * HOUR) for _ in range(2 * len(crew))]
    assert estate.starts(order) == (crew, HOUR)
    for other in others:
        assert estate.starts(other)[1] >= 2 * HOUR + 36 * MINUTE
    assert await estate.house.findings() == []


@pytest.mark.parametrize("said", [("done",), ("arrived", "done"), ("could_not",), ("arrived", "could_not")])
@pytest.mark.parametrize("start", ["07:00", "09:00"])
async def test_where_they_said_that_they_were_done_is_where_they_set_out_from(
    estate: Day, start: str, said: tuple[str, ...]
) -> None:
    order = await estate.ask(HOUR, 2 * HOUR, "u2")
    for minute, one in zip((118, 120)[-len(said) :], said, strict=True):
        await estate.at(minute * MINUTE, "w1", one, order=order, **({"reason": "shut"} if one == "could_not" else {}))
    estate.pass_time(125 * MINUTE)
    await hours(estate, "w1", start=start, end="17:00")
    _, begins = estate.starts(await estate.ask(2 * HOUR, 5 * HOUR))
    # Who says that it could not be, and never that they came, may not have set out.
    assert begins >= (125 if said == ("could_not",) else 125 + 36) * MINUTE
    assert await estate.house.findings() == []


async def test_what_was_begun_counts_for_the_cap_of_the_day(estate: Day) -> None:
    await estate.worker("w1", caps={"visits_per_day": 2})
    begun = await estate.ask(0 * HOUR, 2 * HOUR)
    estate.pass_time(HOUR)
    await estate.worker("w1", caps={"visits_per_day": 2}, shifts=[{"days": WEEK, **EARLIER}])
    orders = [await estate.ask(HOUR, 9 * HOUR) for _ in range(3)]
    assert estate.starts(begun) == (("w1",), estate.starts(begun)[1])
    assert [bool(estate.order(order).workers) for order in orders] == [True, False, False]
    assert await estate.house.findings() == []


@pytest.mark.parametrize("said", [False, True], ids=["silent", "on the way"])
@pytest.mark.parametrize(
    "change",
    [{"start": "20:00", "end": "06:00"}, {}, {"start": "08:00", "end": "10:30"}, {"start": "07:00", "end": "17:00"}],
)
async def test_others_go_with_who_has_set_out_when_the_hours_of_one_do_not_hold_it_any_more(
    change: dict[str, Any], said: bool
) -> None:
    """One comes from far and has set out for ten o'clock; the other has not yet, and need not for a while."""
    async with Day.opened(far=("site", 30.045)) as day:
        await day.worker("w1", base="far")
        await day.worker("w2")
        order = await day.ask(2 * HOUR, 6 * HOUR, category="boiler")
        assert day.starts(order) == (("w1", "w2"), 2 * HOUR)
        day.pass_time(70 * MINUTE)
        await day.worker("w3")
        if said:
            await day.report("w1", "on_the_way", order)
        await hours(day, "w2", **change)
        crew, start = day.starts(order)
        assert "w1" in crew and len(crew) == 2 and start >= 2 * HOUR
        if "w2" not in crew:
            assert "w3" in crew
        assert ("w2" in crew) == (change == EARLIER), crew
        on_schedules = day.on_schedules(order)
        assert sorted(on_schedules) == sorted(crew) and len(set(on_schedules.values())) == 1
        assert day.listed() == {}
        assert await day.house.findings() == []


@pytest.mark.parametrize("change", [{"caps": {"visits_per_day": 0}}, {"breaks": [BREAK]}], ids=["cap", "break"])
async def test_others_are_asked_when_whoever_was_to_come_later_cannot(change: dict[str, Any]) -> None:
    async with Day.opened("w2", far=("site", 30.045)) as day:
        await day.worker("w1", base="far")
        order = await day.ask(2 * HOUR, 6 * HOUR, category="boiler")
        day.pass_time(70 * MINUTE)
        await day.worker("w3")
        await day.report("w1", "on_the_way", order)
        shift = {"days": WEEK, "start": "08:00", "end": "20:00", "breaks": change.pop("breaks", [])}
        await day.worker("w2", shifts=[shift], **change)
        assert day.starts(order) == (("w1", "w3"), 2 * HOUR)
        assert not day.order(order).short
        assert await day.house.findings() == []
