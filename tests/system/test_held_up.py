"""Who is somewhere else by their own word, or said yes to another time, is not taken to come as they were told."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from system.day import Day
from system.estate import WEEK
from system.house import T0
from system.voices import HOUR, MINUTE, window

from dispatch.decide.order import Status
from dispatch.events.order import OrderAskedAgain, OrderPlanned, OrderTold
from dispatch.planning import duties, under_way


@pytest.fixture
async def town() -> AsyncIterator[Day]:
    """Two plumbers at the base; one place is a walk of twenty-one minutes away, one of more than an hour."""
    async with Day.opened("w1", "w2", u2=("unit", 30.01), far=("unit", 30.04)) as day:
        yield day


async def early_elsewhere(town: Day, until: dt.timedelta) -> tuple[str, str]:
    """At 9:40 w1 comes to their visit of 14:00 at u2; one at u1 is due at ten."""
    due, early = await town.ask(2 * HOUR, until), await town.ask(0 * HOUR, 12 * HOUR, "u2")
    await town.given(due)
    await town.given(early, 6 * HOUR)
    assert (town.starts(due), town.starts(early)) == ((("w1",), 2 * HOUR), (("w1",), 6 * HOUR))
    await town.at(100 * MINUTE, "w1", "arrived", order=early)
    return due, early


async def test_what_was_due_before_the_visit_they_came_to_early_goes_to_somebody_who_can(town: Day) -> None:
    due, early = await early_elsewhere(town, 192 * MINUTE)
    assert town.starts(due) == (("w2",), 2 * HOUR)
    assert town.order(due).status is Status.TOLD
    assert town.order(early).status is Status.ARRIVED
    assert await town.house.findings() == []


async def test_what_was_due_before_stays_with_them_at_an_honest_time_where_nobody_else_is(town: Day) -> None:
    await town.direct("retire", kind="worker", target="w2")
    due, _ = await early_elsewhere(town, 8 * HOUR)
    # An hour of work from 9:40, and 21 minutes of way.
    assert town.starts(due) == (("w1",), 181 * MINUTE)
    assert await town.house.findings() == []


async def test_what_can_no_longer_be_is_said_where_nobody_else_is(town: Day) -> None:
    await town.direct("retire", kind="worker", target="w2")
    due, _ = await early_elsewhere(town, 192 * MINUTE)
    assert town.order(due).workers == ()
    assert town.order(due).reasons
    assert await town.house.findings() == []


async def overrun(town: Day, until: dt.timedelta) -> str:
    """Since 8:01 w1 has been at a visit of an hour; the next is told for 9:01. Every minute passes."""
    first = await town.ask(0 * HOUR, 3 * HOUR)
    await town.given(first)
    then = await town.ask(1 * HOUR, until)
    await town.given(then)
    await town.at(MINUTE, "w1", "arrived", order=first)
    assert town.starts(then) == (("w1",), 61 * MINUTE)
    return then


async def pass_minutes(town: Day, first: int, last: int) -> None:
    for minute in range(first, last):
        await town.at(minute * MINUTE)


async def test_who_is_still_on_site_keeps_no_visit_that_should_have_begun(town: Day) -> None:
    then = await overrun(town, 132 * MINUTE)
    await pass_minutes(town, 55, 66)
    assert town.starts(then) == (("w1",), 61 * MINUTE)
    await pass_minutes(town, 66, 70)
    workers, start = town.starts(then)
    assert start >= 66 * MINUTE
    assert town.order(then).status is Status.TOLD
    assert await town.house.findings() == []
    assert workers in {("w1",), ("w2",)}


async def test_a_visit_that_takes_ever_longer_has_the_next_told_anew_a_few_times_only(town: Day) -> None:
    await town.direct("retire", kind="worker", target="w2")
    then = await overrun(town, 10 * HOUR)
    await pass_minutes(town, 55, 66 + 120)
    told = [(event.start - T0) // MINUTE for event in await town.events(then) if isinstance(event, OrderTold)]
    assert told[told.index(61) :] == [61, 76, 91, 121, 181]
    assert await town.house.findings() == []


async def test_what_fits_nowhere_any_more_is_said_though_nobody_says_anything(town: Day) -> None:
    await town.direct("retire", kind="worker", target="w2")
    then = await overrun(town, 130 * MINUTE)
    await town.at(66 * MINUTE)
    assert town.order(then).workers == ()
    assert town.order(then).reasons
    assert await town.house.findings() == []


async def test_what_a_dispatcher_wants_at_a_moment_is_not_given_up_for_a_guess(town: Day) -> None:
    await town.direct("retire", kind="worker", target="w2")
    first, due = await town.ask(0 * HOUR, HOUR), await town.ask(HOUR, 6 * HOUR, "u2")
    await town.given(due, 100 * MINUTE)
    await town.at(0 * MINUTE, "w1", "arrived", order=first)
    # The way takes 21 minutes, the visit ten more than it was to; a guess of fifteen more would be too many.
    for minutes in (66, 70, 78, 79):
        await town.at(minutes * MINUTE)
        await town.ask(8 * HOUR, 10 * HOUR)
        assert town.starts(due) == (("w1",), 100 * MINUTE)
    for minutes in (80, 90, 110):
        await town.at(minutes * MINUTE)
        await town.ask(8 * HOUR, 10 * HOUR)
        assert town.starts(due) == (("w1",), 100 * MINUTE)
    assert [type(one) for one in await town.events(due)].count(OrderPlanned) <= 2
    assert await town.house.findings() == []


async def test_what_nobody_spoke_of_when_the_duty_ended_goes_to_who_is_still_there(town: Day) -> None:
    await town.worker("w1", shifts=[{"start": "08:00", "end": "12:00", "days": WEEK}])
    due = await town.ask(HOUR, 12 * HOUR)
    await town.given(due)
    await town.at(4 * HOUR - MINUTE)
    assert town.starts(due)[0] == ("w1",)
    await town.at(4 * HOUR)
    assert town.starts(due)[0] == ("w2",)
    before = len(await town.events(due))
    await town.house.restart("planner0")
    await town.at(4 * HOUR)
    assert len(await town.events(due)) == before


async def test_who_is_done_elsewhere_since_is_not_held_up_by_a_report_they_forgot(town: Day) -> None:
    first = await town.ask(0 * HOUR, 3 * HOUR)
    await town.given(first)
    second, third = await town.ask(2 * HOUR, 4 * HOUR), await town.ask(4 * HOUR, 6 * HOUR)
    for order in (second, third):
        await town.given(order)
    await town.at(MINUTE, "w1", "arrived", order=first)
    await town.at(2 * HOUR, "w1", "arrived", order=second)
    await town.at(3 * HOUR, "w1", "done", order=second)
    await town.at(250 * MINUTE)
    assert town.starts(third) == (("w1",), 4 * HOUR)


async def test_who_set_out_and_is_away_for_a_while_is_not_shown_on_the_way(town: Day) -> None:
    order = await town.ask(0 * HOUR, 3 * HOUR)
    (worker,) = town.order(order).workers
    await town.at(MINUTE, worker, "on_the_way", order=order)
    await town.at(MINUTE, worker, "absent", until=(T0 + 40 * MINUTE).isoformat())
    workers, start = town.starts(order)
    assert town.order(order).status is Status.TOLD
    assert workers != (worker,) or start >= 40 * MINUTE
    (row,) = (row for row in town.house.projector.rows["board"].rows.values() if row.order == order)
    assert (row.status, row.stages) == ("told", {})
    assert await town.house.findings() == []


async def test_an_urgent_visit_somebody_set_out_for_goes_to_whoever_is_there_sooner(town: Day) -> None:
    order = await town.ask(0 * HOUR, 3 * HOUR, urgency="urgent")
    (worker,) = town.order(order).workers
    await town.at(MINUTE, worker, "on_the_way", order=order)
    await town.at(MINUTE, worker, "absent", until=(T0 + 40 * MINUTE).isoformat())
    (other,) = {"w1", "w2"} - {worker}
    assert town.starts(order) == ((other,), MINUTE)
    assert await town.house.findings() == []


@pytest.mark.parametrize(("moved", "status"), [(2 * HOUR, Status.ACCEPTED), (4 * HOUR, Status.TOLD)])
async def test_a_yes_to_a_time_is_no_yes_to_another_hours_away(town: Day, moved: dt.timedelta, status: Status) -> None:
    order = await town.ask(0 * HOUR, 10 * HOUR)
    await town.given(order, 2 * HOUR)
    await town.at(MINUTE, "w1", "accepted", order=order)
    assert town.order(order).status is Status.ACCEPTED
    await town.given(order, 2 * HOUR + moved)
    assert town.order(order).status is status
    assert town.order(order).told == OrderTold(workers=("w1",), start=T0 + 2 * HOUR + moved)
    await town.at(2 * MINUTE, "w1", "accepted", order=order)
    assert town.order(order).status is Status.ACCEPTED
    assert await town.house.findings() == []


async def test_a_yes_is_to_what_was_said_to_it_however_small_the_steps_away(town: Day) -> None:
    order = await town.ask(0 * HOUR, 10 * HOUR)
    await town.given(order, 2 * HOUR)
    await town.at(MINUTE, "w1", "accepted", order=order)
    for quarter in range(1, 10):
        await town.given(order, 2 * HOUR + quarter * 15 * MINUTE)
    assert town.order(order).status is Status.TOLD
    kinds = [type(event) for event in await town.events(order)]
    assert kinds.count(OrderAskedAgain) == 1
    assert kinds[kinds.index(OrderAskedAgain) + 1] is OrderPlanned


async def off_the_plan(town: Day, verb: str) -> str:
    """At 11:00 w1 comes to a place an hour away, which comes off the plan ten minutes later; then somebody calls."""
    await town.direct("retire", kind="worker", target="w2")
    there = await town.ask(6 * HOUR, 9 * HOUR, "far")
    await town.at(3 * HOUR, "w1", "arrived", order=there)
    if verb == "reschedule":
        await town.at(190 * MINUTE, "w1", "could_not", order=there, reason="nobody in")
        await town.direct(verb, order=there, windows=[window(30 * HOUR, 34 * HOUR)])
    else:
        await town.at(190 * MINUTE)
        await town.direct(verb, order=there)
    return await town.ask(190 * MINUTE, 10 * HOUR)


@pytest.mark.parametrize("verb", ["reschedule", "cancel"])
async def test_who_was_where_something_came_off_the_plan_sets_out_from_there(town: Day, verb: str) -> None:
    order = await off_the_plan(town, verb)
    assert town.starts(order)[1] == (190 + 79) * MINUTE
    assert await town.house.findings() == []


@pytest.mark.parametrize("verb", ["reschedule", "cancel"])
async def test_a_planner_that_sends_them_from_their_base_is_found_out(
    town: Day, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties._Still, "is_way", lambda still, _: hasattr(still.route, "duty"))
    await off_the_plan(town, verb)
    assert [one for one in await town.house.findings() if "has 0 minutes" in one and "the way takes 79" in one]


async def test_a_planner_that_believes_the_plan_more_than_people_is_found_out(
    town: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_way, "held_up", lambda *_: frozenset())
    await early_elsewhere(town, 192 * MINUTE)
    assert [one for one in await town.house.findings() if "who is at" in one]


async def test_a_planner_that_lets_somebody_be_late_in_silence_is_found_out(
    town: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.services.planner.planner.held_up", lambda *_: frozenset())
    await overrun(town, 132 * MINUTE)
    await town.at(70 * MINUTE)
    assert [one for one in await town.house.findings() if "who is still at" in one]


async def test_a_planner_that_takes_an_old_yes_for_a_new_one_is_found_out(
    town: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.planning.commit._asked_again", lambda *_: ())
    order = await town.ask(0 * HOUR, 10 * HOUR)
    await town.given(order, 2 * HOUR)
    await town.at(MINUTE, "w1", "accepted", order=order)
    await town.given(order, 6 * HOUR)
    assert [one for one in await town.house.findings() if "who is not asked again" in one]
