"""When what somebody is at is expected to end, and when to look whether they are late for the next."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, on
from core.decide.sample import ESTATE, HOUR, LAMP, MINUTE, START, on_the_plan, opened, order_entity, planned_order
from core.planning.folded import add, folded

from dispatch.events import order as o
from dispatch.planning.held_up import LATE, OnSite, held_up, is_left_over, last_seen, next_late, on_site, overrun_end


@pytest.mark.parametrize(
    ("now", "end"),
    [(-30, 0), (0, 0), (4, 4), (5, 15), (14, 15), (15, 30), (30, 60), (59, 60), (60, 120), (120, 180), (600, 660)],
)
def test_what_takes_longer_is_expected_to_take_much_longer_each_time(now: int, end: int) -> None:
    assert overrun_end(START, START + now * MINUTE) == START + end * MINUTE


def test_who_is_late_is_looked_for_once_it_is_sure() -> None:
    state = folded(ESTATE, planned_order(), on_the_plan())
    late = START - 5 * MINUTE + LATE
    assert next_late(state, NOW) == late
    route, stop = next((route, stop) for _, route in state.routes() for stop in route.stops)
    assert next_late(state, late) == route.end
    assert not is_left_over(state, late) and is_left_over(state, route.end)
    assert next_late(state, route.end) is None
    add(state, on(order_entity(), o.WorkerOnTheWay(worker="w1")))
    given_up = route.end + (stop.end - stop.start)
    assert next_late(state, NOW) == given_up
    assert not is_left_over(state, route.end) and is_left_over(state, given_up)


def test_of_two_places_they_are_where_they_came_last_until_they_are_done_there() -> None:
    other = order_entity("elsewhere")
    state = folded(ESTATE, planned_order(), on_the_plan(), on(other, *sent_to("w1", NOW)))
    assert on_site(state) == {}
    add(state, on(order_entity(), o.WorkerArrived(worker="w1")), at=NOW + MINUTE)
    assert on_site(state) == {"w1": OnSite("ord1", NOW + MINUTE)}
    add(state, on(other, o.WorkerArrived(worker="w1")), at=NOW + 2 * MINUTE)
    assert on_site(state) == {"w1": OnSite("elsewhere", NOW + 2 * MINUTE)}
    add(state, on(other, o.VisitDone(worker="w1")), at=NOW + 30 * MINUTE)
    assert on_site(state) == {}
    assert last_seen(state)["w1"] == NOW + 30 * MINUTE


def test_nobody_is_held_up_by_what_they_are_at_in_turn_before_they_are_late() -> None:
    state = folded(ESTATE, planned_order(), on_the_plan(), on(order_entity("elsewhere"), *sent_to("w1", NOW)))
    add(state, on(order_entity("elsewhere"), o.WorkerArrived(worker="w1")), at=NOW)
    late = START - 5 * MINUTE + LATE
    assert held_up(state, late - MINUTE) == set()
    assert held_up(state, late) == {"ord1"}
    add(state, on(order_entity(), o.WorkerArrived(worker="w2")), at=late)
    assert held_up(state, late) == set()


def sent_to(worker: str, start: dt.datetime) -> tuple[o.OrderEvent, ...]:
    """An order of an hour that somebody is sent to."""
    return opened(LAMP), o.OrderPlanned(workers=(worker,), start=start, end=start + HOUR, plan=1)
