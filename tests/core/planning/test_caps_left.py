"""What a day still holds: done work and zone work come off its caps once, whatever duties the day has, or had."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Happening, on
from core.decide.sample import AREA, CATALOGUE, HOUR, LAMP, MINUTE, PLACES, ZONE, entity, opened, order_entity, worker
from core.planning.folded import add, folded, planned

from dispatch.decide.order import OrderState, Status
from dispatch.decide.record import kept
from dispatch.decide.schedule import without, worked_off
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerChanged, WorkerRegistered
from dispatch.events.zone import ZoneGiven, ZoneRegistered
from dispatch.model.people import Caps, Shift
from dispatch.model.places import PlaceRef
from dispatch.model.time import local_day
from dispatch.planning.commit import placements
from dispatch.planning.duties import open_duties

EVERY_DAY = worker("w1").shifts[0].days
MORNING, AFTERNOON = (
    Shift(start="08:00", end="12:00", days=EVERY_DAY),
    Shift(start="13:00", end="17:00", days=EVERY_DAY),
)
EIGHT = NOW - HOUR
"""The beginning of the morning shift."""
TODAY = local_day(NOW, "Asia/Shanghai")


def plumber(*shifts: Shift, **caps: int) -> Any:
    return worker("w1", shifts=shifts, caps=Caps(**caps))


def staffed(*shifts: Shift, **caps: int) -> tuple[Happening, ...]:
    """An estate with one worker."""
    return CATALOGUE + PLACES + on(entity("worker", "w1"), WorkerRegistered(worker=plumber(*shifts, **caps)))


def lamps(count: int) -> tuple[Happening, ...]:
    return tuple(one for n in range(count) for one in on(order_entity(f"lamp{n}"), opened(LAMP)))


def done_this_morning(count: int) -> tuple[Happening, ...]:
    """The morning's route with visits that were done and closed since."""
    stops = tuple(
        ScheduledStop(
            order=f"done{n}",
            category="lamp",
            place=PlaceRef(site="s1"),
            arrive=EIGHT + 30 * n * MINUTE,
            start=EIGHT + 30 * n * MINUTE,
            end=EIGHT + (30 * n + 20) * MINUTE,
            travel_min=0,
        )
        for n in range(count)
    )
    gone = RouteChanged(duty="20261122t0000", start=EIGHT, end=EIGHT + 4 * HOUR, stops=stops, plan=1)
    return on(entity("schedule", "w1"), gone)


def today(state: Any, now: dt.datetime) -> int:
    """How many visits a plan as of ``now`` has for today."""
    built, plan = planned(state, now)
    return sum(
        local_day(there.start, "Asia/Shanghai") == TODAY and "w1" in there.workers
        for there in placements(plan, built).values()
    )


@pytest.mark.parametrize("hours", [2, 4.5, 5.5])
def test_what_the_first_shift_did_comes_off_the_cap_of_the_second(hours: float) -> None:
    state = folded(staffed(MORNING, AFTERNOON, visits_per_day=4), done_this_morning(2), lamps(8))
    assert today(state, EIGHT + hours * HOUR) == 2


def test_a_shift_added_to_a_day_that_is_full_brings_nothing_more() -> None:
    state = folded(staffed(MORNING, visits_per_day=3), done_this_morning(3), lamps(4))
    add(state, on(entity("worker", "w1"), WorkerChanged(worker=plumber(MORNING, AFTERNOON, visits_per_day=3))))
    assert today(state, EIGHT + 2 * HOUR) == 0


def test_one_shift_may_use_up_the_cap_of_the_day() -> None:
    state = folded(staffed(MORNING, AFTERNOON, visits_per_day=4), lamps(9))
    assert today(state, EIGHT) == 4


@pytest.mark.parametrize("shifts", [(MORNING,), (MORNING, AFTERNOON)])
@pytest.mark.parametrize("done", [0, 1, 3])
def test_zone_work_and_done_work_come_off_the_minutes_once_a_day(shifts: tuple[Shift, ...], done: int) -> None:
    # 200 minutes, less 120 for the zone, leave four lamps of 20.
    zone = on(entity("zone", ZONE.id), ZoneRegistered(zone=ZONE), ZoneGiven(helper="w1", plan=1))
    state = folded(staffed(*shifts, minutes_per_day=200), zone, done_this_morning(done), lamps(9))
    assert state.zones["z1"].helper == "w1" and state.area == AREA
    assert today(state, EIGHT + 2 * HOUR) == 4 - done


def test_tomorrow_is_a_new_day() -> None:
    state = folded(staffed(MORNING, AFTERNOON, visits_per_day=4), done_this_morning(4), lamps(9))
    built, plan = planned(state, EIGHT + 2 * HOUR)
    days = [local_day(there.start, "Asia/Shanghai") - TODAY for there in placements(plan, built).values()]
    assert sorted(day.days for day in days) == [1, 1, 1, 1, 2, 2, 2, 2, 3]


def test_what_came_off_the_plan_with_somebody_there_counts_for_the_day_and_is_where_they_are() -> None:
    at = EIGHT + 40 * MINUTE
    state = folded(staffed(MORNING, visits_per_day=3), lamps(4))
    (route,) = (event for _, event in done_this_morning(2))
    assert isinstance(route, RouteChanged)
    add(state, on(entity("schedule", "w1"), route))
    order = OrderState(opened=opened(LAMP), needs=None, status=Status.COULD_NOT, workers=("w1",))
    worked = worked_off(state.schedules["w1"], order_entity("done1"), order, "w1", at)
    assert [(stop.start, stop.end) for one in worked for stop in one.stops] == [(EIGHT + 30 * MINUTE, at)]
    off = without(state.schedules["w1"], "done1", 2)
    add(state, on(entity("schedule", "w1"), *off), on(entity("worker", "w1"), *kept(state.workers["w1"], worked, at)))
    # The same order, planned anew for today, is another visit.
    add(state, on(order_entity("done1"), opened(LAMP)))

    assert today(state, at) == 1
    (duty, *_) = open_duties(state, at)["w1"]
    assert (duty.free_at, duty.free_stop) == (at, worked[0].stops[0])
    # Two days on nobody needs to know it any more.
    (anew,) = kept(state.workers["w1"], (), at + 48 * HOUR)
    assert anew.routes == ()


def test_who_was_not_there_worked_on_nothing() -> None:
    state = folded(staffed(MORNING), done_this_morning(1))
    told = OrderState(opened=opened(LAMP), needs=None, status=Status.TOLD, workers=("w1",))
    assert worked_off(state.schedules["w1"], order_entity("done0"), told, "w1", EIGHT + HOUR) == ()
