"""From a plan to events: only what changed is written, once, and writing it makes it so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, on
from core.decide.sample import (
    ESTATE,
    HEAD,
    HOUR,
    LAMP,
    MINUTE,
    START,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
    worker,
)
from core.planning.folded import add, batch, commit, folded, planned
from msgspec.structs import replace

from dispatch.events.order import OrderPlanned, OrderTold, OrderUnplanned
from dispatch.events.place import PlaceRetired
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged
from dispatch.events.worker import WorkerChanged, WorkerRetired
from dispatch.model.catalogue import Category, Kind
from dispatch.model.people import Shift
from dispatch.planning.commit import TOLD_AT_ONCE, batch_of, overtaken, placements, telling


def lamps(count: int) -> Any:
    """So many orders for a lamp, which one person can do."""
    return tuple(one for n in range(count) for one in on(order_entity(f"lamp{n}"), opened(LAMP)))


def test_a_committed_plan_stands_on_orders_and_schedules_alike() -> None:
    state = folded(ESTATE, lamps(5))
    built, plan = planned(state)
    commit(state, batch_of(state, built, plan, NOW, why="test"))
    for order_id, there in placements(plan, built).items():
        order = state.orders[order_id]
        assert (order.workers, order.start, order.end) == (there.workers, there.start, there.end)
        holding = {name for name, one in state.routes() if any(stop.order == order_id for stop in one.stops)}
        assert holding == set(there.workers)
    assert state.head.number == 1


def test_a_plan_that_stands_is_not_written_again() -> None:
    state = folded(ESTATE, lamps(5))
    first = batch(state)
    commit(state, first)
    assert first
    assert batch(state) == {}


def test_only_the_routes_and_orders_that_changed_are_written() -> None:
    state = folded(ESTATE, lamps(1))
    commit(state, batch(state))
    add(state, on(order_entity("lamp9"), opened(LAMP)))
    events = batch(state)
    assert {one.id for one in events if one.kind == "order"} == {"lamp9"}
    assert sum(one.kind == "schedule" for one in events) == 1
    (head,) = events[HEAD]
    assert isinstance(head, PlanCommitted)
    assert (head.number, head.parent, head.planned, head.moved, head.saw) == (2, 1, 2, 0, state.position)


SHIFTS_AT_NIGHT = worker("w2", shifts=(Shift(start="20:00", end="23:00", days=("mon",)),))


@pytest.mark.parametrize(
    "gone", [WorkerRetired(), WorkerChanged(worker=SHIFTS_AT_NIGHT)], ids=["retired", "other shifts"]
)
def test_what_stood_on_a_duty_that_is_no_more_is_taken_off_it_once(gone: Any) -> None:
    state = folded(ESTATE, planned_order(), on_the_plan(), on(entity("worker", "w2"), gone))
    events = batch(state)
    (cleared,) = events[entity("schedule", "w2")]
    assert isinstance(cleared, RouteChanged)
    assert cleared.stops == ()
    commit(state, events)
    assert "w2" not in state.orders["ord1"].workers


def test_an_order_whose_duty_ended_unreported_stands_on_one_schedule_after_it_is_planned_anew() -> None:
    yesterday = route(stop(start=START - 24 * HOUR))
    ended = RouteChanged(
        duty="20261121t0000", start=NOW - 25 * HOUR, end=NOW - 15 * HOUR, stops=yesterday.stops, plan=1
    )
    before = OrderPlanned(workers=("w1",), start=START - 24 * HOUR, end=START - 23 * HOUR, plan=1)
    state = folded(ESTATE, on(order_entity(), opened(LAMP), before), on(entity("schedule", "w1"), ended))
    commit(state, batch(state))
    standing = [one.duty for _, one in state.routes() for there in one.stops if there.order == "ord1"]
    assert standing == ["20261122t0000"]


def test_a_reason_is_written_again_only_when_another_rule_is_in_the_way() -> None:
    nobody_can = Category(id="wings", kind=Kind.REPAIR, skill="flying")
    state = folded(ESTATE, on(order_entity(), opened(nobody_can)))
    commit(state, batch(state))
    (given,) = state.orders["ord1"].reasons
    assert given.rule == "skill"
    assert batch(state, NOW + 3 * HOUR) == {}
    other_words = replace(given, message="In other words.", hint="other help")
    add(state, on(order_entity(), OrderUnplanned(reasons=(other_words,), plan=1)))
    assert batch(state) == {}
    add(state, on(order_entity(), OrderUnplanned(reasons=(replace(given, rule="late"),), plan=1)))
    assert batch(state)[order_entity()] == [OrderUnplanned(reasons=(given,), plan=2)]


def test_what_falls_out_of_the_plan_says_so_with_its_reason() -> None:
    everybody = tuple(one for key in ("w1", "w2", "w3") for one in on(entity("worker", key), WorkerRetired()))
    state = folded(ESTATE, lamps(1))
    commit(state, batch(state))
    add(state, everybody)
    events = batch(state)
    (out,) = events[order_entity("lamp0")]
    assert isinstance(out, OrderUnplanned)
    assert [one.rule for one in out.reasons] == ["unknown_area"]
    assert out.reasons[0].hint


def test_whose_base_is_not_registered_is_named_where_something_stays_out() -> None:
    state = folded(ESTATE, lamps(1))
    bases = {state.workers[key].item.base for key in ("w1", "w2", "w3")}
    add(state, tuple(one for base in bases for one in on(entity("place", base), PlaceRetired())))
    (out,) = batch(state)[order_entity("lamp0")]
    assert isinstance(out, OrderUnplanned)
    last = out.reasons[-1]
    assert (last.rule, last.workers) == ("unknown_place", 3)
    assert any(f"w1 has the base '{base}'" in last.hint for base in bases)


def test_people_are_told_once_of_what_is_near_enough_and_again_when_it_moves() -> None:
    state = folded(ESTATE, planned_order())
    early = START - dt.timedelta(minutes=state.policy.tell_ahead_min) - MINUTE
    assert telling(state, early) == {}
    told = telling(state, early + MINUTE)
    assert told == {order_entity(): [OrderTold(workers=("w1", "w2"), start=START)]}
    commit(state, told)
    assert telling(state, NOW) == {}
    add(state, on(order_entity(), OrderPlanned(workers=("w1",), start=START + HOUR, end=START + 2 * HOUR, plan=2)))
    assert telling(state, START) == {order_entity(): [OrderTold(workers=("w1",), start=START + HOUR)]}


def test_telling_of_very_many_takes_several_turns_and_leaves_nobody_out() -> None:
    count = TOLD_AT_ONCE + 7
    state = folded(*(planned_order(key=f"o{n}") for n in range(count)))
    first = telling(state, START)
    commit(state, first)
    second = telling(state, START)
    commit(state, second)
    assert (len(first), len(second)) == (TOLD_AT_ONCE, 7)
    assert not first.keys() & second.keys()
    assert telling(state, START) == {}


def test_a_plan_is_overtaken_by_what_has_begun_meanwhile() -> None:
    state = folded(ESTATE, on_the_plan())
    key = entity("schedule", "w1")
    stands = state.schedules["w1"].routes["20261122t0000"]
    first, second = stands.stops
    later = replace(second, arrive=second.arrive + HOUR, start=second.start + HOUR, end=second.end + HOUR)
    moved = {key: [replace(stands, stops=(first, later))]}
    sets_out = second.arrive - 5 * MINUTE
    assert not overtaken(state, moved, sets_out)
    assert overtaken(state, moved, sets_out + MINUTE)
    # What began meanwhile and stays as it is does no harm; what is to begin earlier than now does.
    assert not overtaken(state, {key: [stands]}, sets_out + HOUR)
    earlier = replace(second, arrive=NOW + 20 * MINUTE)
    assert overtaken(state, {key: [replace(stands, stops=(first, earlier))]}, NOW + 16 * MINUTE)
    rest = (NOW + 10 * MINUTE, NOW + 40 * MINUTE)
    assert overtaken(state, {key: [replace(stands, rests=(rest,))]}, NOW + 11 * MINUTE)
    assert not overtaken(state, {key: [replace(stands, rests=(rest,))]}, NOW + 10 * MINUTE)


def test_a_break_that_is_over_overtakes_nothing() -> None:
    """New routes leave out what is over; that alone must not be taken for a change of what has begun."""
    state = folded(ESTATE, on_the_plan())
    key = entity("schedule", "w1")
    rest = (NOW + 10 * MINUTE, NOW + 40 * MINUTE)
    with_rest = replace(state.schedules["w1"].routes["20261122t0000"], rests=(rest,))
    add(state, on(key, with_rest))
    assert overtaken(state, {key: [replace(with_rest, rests=())]}, NOW + 39 * MINUTE)
    assert not overtaken(state, {key: [replace(with_rest, rests=())]}, NOW + 40 * MINUTE)
