"""An area folded from events: what each event calls for, and that a redelivered one calls for nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, on
from core.decide.sample import (
    AREA,
    CONTRACT,
    ESTATE,
    FLAT,
    HEAD,
    HOUR,
    LAMP,
    POLICY,
    POST,
    ROUND,
    committed,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
    worker,
)
from core.planning.folded import add, folded
from msgspec import Struct

from dispatch.events import order as o
from dispatch.events.contract import ContractRegistered
from dispatch.events.envelope import Entity
from dispatch.events.horizon import HorizonDirected, HorizonRefused
from dispatch.events.personal import remark
from dispatch.events.place import PlaceChanged
from dispatch.events.plan import PlanDirected
from dispatch.events.policy import PolicySet
from dispatch.events.post import PostRegistered
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty
from dispatch.events.round import RoundRegistered, WalksPublished
from dispatch.events.worker import WorkerChanged, WorkerRetired
from dispatch.events.zone import ZoneGiven
from dispatch.model.policy import Policy
from dispatch.model.time import Window
from dispatch.planning.area import KEEP_ROUTES, AreaState, Dirt

DAY = dt.timedelta(days=1)
EVERYTHING = Dirt.ALL | Dirt.ROUNDS | Dirt.HORIZONS
TODAY = NOW.date()


def published(*days: dt.date) -> DutiesPublished:
    """A roster with a duty on each of ``days``; days are planned a week ahead."""
    duties = tuple(RosteredDuty(day=day, post="gate", shift="day", start=NOW, end=NOW + 8 * HOUR) for day in days)
    return DutiesPublished(number=1, start=TODAY, until=TODAY + 14 * DAY, duties=duties)


def snapshot(state: AreaState) -> tuple[object, ...]:
    """All that planning looks at."""
    return (
        state.position, dict(state.orders), dict(state.workers), dict(state.places), dict(state.zones),
        dict(state.policies), dict(state.schedules), state.head, set(state.new), dict(state.household_workers),
    )  # fmt: skip


def test_events_delivered_again_change_nothing_and_call_for_nothing() -> None:
    happened = [one for group in (ESTATE, planned_order(), on_the_plan()) for one in group if one[0].area == AREA]
    state = AreaState(AREA)
    for position, (where, event) in enumerate(happened, start=1):
        state.take(position, where, event, NOW)
    before = snapshot(state)
    for position, (where, event) in enumerate(happened, start=1):
        assert state.take(position, where, event, NOW) is Dirt.CLEAN
    assert snapshot(state) == before


@pytest.mark.parametrize(
    ("where", "event", "dirt"),
    [
        (order_entity("new"), opened(), Dirt.NEW),
        (order_entity(), o.OrderRescheduled(), Dirt.NEW),
        (order_entity(), o.VisitRefused(worker="w1", remark=remark("ill")), Dirt.ALL),
        (order_entity(), o.OrderPinned(workers=("w1",)), Dirt.ALL),
        (order_entity(), o.OrderCancelled(remark=remark("sold")), Dirt.ALL),
        (order_entity(), o.VisitAccepted(worker="w1"), Dirt.CLEAN),
        (order_entity(), o.OrderTold(workers=("w1",), start=NOW), Dirt.CLEAN),
        (HEAD, committed(2), Dirt.CLEAN),
        (HEAD, PlanDirected(number=2, parent=1, verb="cancel", order="ord1"), Dirt.ALL),
        (entity("schedule", "w1"), route(), Dirt.CLEAN),
        (entity("worker", "w1"), WorkerRetired(), Dirt.ALL | Dirt.HORIZONS),
        (entity("place", "b3-1202"), PlaceChanged(place=FLAT), Dirt.ALL | Dirt.HORIZONS),
        (entity("zone", "z1"), ZoneGiven(helper="w1", plan=1), Dirt.ALL),
        (entity("round", "night"), RoundRegistered(round=ROUND), Dirt.ROUNDS | Dirt.HORIZONS),
        (entity("round", "night"), WalksPublished(number=1, start=TODAY, until=TODAY, walks=()), Dirt.ROUNDS),
        (entity("policy", "current"), PolicySet(policy=POLICY), EVERYTHING),
        (entity("post", "gate"), PostRegistered(post=POST), Dirt.HORIZONS),
        (entity("contract", "acme"), ContractRegistered(contract=CONTRACT), Dirt.ROUNDS | Dirt.HORIZONS),
        (entity("roster", "w1"), published(TODAY + 6 * DAY), Dirt.ALL),
        (entity("roster", "w1"), published(TODAY + 7 * DAY), Dirt.CLEAN),
        (entity("roster", "w1"), published(), Dirt.CLEAN),
        (entity("roster", "w1"), DutyDirected(number=1, day=TODAY + 9 * DAY, duty=None, other="w2"), Dirt.ALL),
        (entity("horizon", "roster"), HorizonDirected(number=2, parent=1, verb="stand-in"), Dirt.HORIZONS),
        (entity("horizon", "roster"), HorizonRefused(parent=1, saw=1, inputs="so", findings=()), Dirt.CLEAN),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Struct) and not isinstance(one, Entity) else "",
)
def test_every_event_calls_for_as_much_planning_as_it_needs(where: Entity, event: Struct, dirt: Dirt) -> None:
    state = folded(ESTATE, planned_order(), on_the_plan())
    assert add(state, on(where, event)) == dirt


def test_what_is_new_waits_until_it_is_planned_left_out_or_gone() -> None:
    state = folded(ESTATE, *(on(order_entity(key), opened(LAMP)) for key in "abc"))
    assert state.new == {"a", "b", "c"}
    add(state, on(order_entity("a"), o.OrderPlanned(workers=("w1",), start=NOW, end=NOW + HOUR, plan=1)))
    add(state, on(order_entity("b"), o.OrderUnplanned(reasons=(), plan=1)))
    add(state, on(order_entity("c"), o.OrderCancelled(remark=remark("sold"))))
    assert state.new == set()
    add(state, on(order_entity("a"), o.OrderRescheduled()))
    assert state.new == {"a"}


def test_orders_that_ended_are_forgotten_and_who_did_them_is_remembered_by_the_household() -> None:
    done = o.VisitDone(worker="w1")
    state = folded(ESTATE, on(order_entity(), opened(household="h-1202")))
    add(state, on(order_entity(), o.OrderPlanned(workers=("w1", "w2"), start=NOW, end=NOW + HOUR, plan=1), done))
    add(state, on(order_entity(), o.OrderClosed(satisfied=True)))
    assert state.orders == {}
    assert state.position_of(order_entity()) == 0
    assert state.household_workers == {"h-1202": ("w1", "w2")}


def test_the_default_policy_holds_until_one_is_set() -> None:
    state = AreaState(AREA)
    assert (state.policy, state.policy_position) == (Policy(), 0)
    add(state, on(entity("policy", "current"), PolicySet(policy=Policy(title="East", freeze_min=1))))
    assert (state.policy.freeze_min, state.policy_position) == (1, 1)


def test_routes_of_duties_long_over_are_forgotten_unless_something_on_them_was_never_reported() -> None:
    state = folded(ESTATE, planned_order(), on_the_plan())
    end = max(one.end for _, one in state.routes())
    state.forget(end + KEEP_ROUTES - HOUR)
    assert len(state.routes()) == 2
    state.forget(end + KEEP_ROUTES)
    assert len(state.routes()) == 2
    add(state, on(order_entity(), o.OrderCancelled(remark=remark("sold"))))
    state.forget(end + KEEP_ROUTES)
    assert state.routes() == []


def test_bands_of_rounds_long_over_are_forgotten() -> None:
    window = Window(start=NOW, end=NOW + HOUR)
    state = folded(on(order_entity("night-1"), opened(LAMP, origin=o.Origin.ROUND, windows=(window,))))
    assert {key: one.end for key, one in state.opened_rounds.items()} == {"night-1": NOW + HOUR}
    state.forget(NOW + KEEP_ROUTES)
    assert {key: one.end for key, one in state.opened_rounds.items()} == {"night-1": NOW + HOUR}
    state.forget(NOW + HOUR + KEEP_ROUTES)
    assert state.opened_rounds == {}


def test_routes_come_by_worker_and_time_and_who_was_retired_is_not_sent() -> None:
    tomorrow = route(stop(start=NOW + DAY))
    tomorrow = type(tomorrow)(
        duty="20261123t0000", start=tomorrow.start + DAY, end=tomorrow.end + DAY, stops=tomorrow.stops, plan=1
    )
    state = folded(ESTATE, on(entity("schedule", "w2"), tomorrow, route()), on(entity("schedule", "w1"), route()))
    assert [(name, one.start) for name, one in state.routes()] == [
        ("w1", NOW - HOUR),
        ("w2", NOW - HOUR),
        ("w2", NOW - HOUR + DAY),
    ]
    add(state, on(entity("worker", "w2"), WorkerRetired()))
    assert list(state.active_workers()) == ["w1", "w3"]
    add(state, on(entity("worker", "w2"), WorkerChanged(worker=worker("w2"))))
    assert list(state.active_workers()) == ["w1", "w2", "w3"]
