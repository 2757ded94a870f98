"""An order belongs to the area that has its place: it goes there as one order, with its promise, in one batch."""

from __future__ import annotations

from typing import Any

import pytest
from core.decide.given import NOW, on
from core.decide.sample import (
    ESTATE,
    FLAT,
    HEAD,
    HOUR,
    MINUTE,
    PLANNED,
    START,
    TOLD,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
    window,
    worker,
)
from core.planning.folded import add, folded
from msgspec.structs import replace

from dispatch.decide.register import Register
from dispatch.events.envelope import Entity
from dispatch.events.order import (
    OrderMoved,
    OrderPinned,
    OrderRescheduled,
    Origin,
    PromiseMissed,
    VisitAccepted,
    VisitDone,
    VisitFailed,
    VisitRefused,
    WorkerOnTheWay,
)
from dispatch.events.personal import remark
from dispatch.events.place import PlaceRegistered, PlaceRetired
from dispatch.events.plan import PlanDirected
from dispatch.events.worker import WorkerRegistered, WorkerRetired
from dispatch.model.catalogue import Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.time import Window
from dispatch.planning.area import AreaState
from dispatch.planning.homes import moving, strays

WEST = Entity("west", "place", FLAT.id)
THERE = Entity("west", "order", "ord1")


def register(*areas: str) -> Register:
    """A register in which these areas have the flat."""
    made = Register()
    for area in areas:
        made.take(Entity(area, "place", FLAT.id), PlaceRegistered(place=FLAT))
    return made


def west(*groups: Any) -> AreaState:
    """The other area after these events."""
    return add_to(AreaState("west"), *groups)


def add_to(state: AreaState, *groups: Any) -> AreaState:
    """The area after these events, too."""
    add(state, *groups)
    return state


@pytest.mark.parametrize(
    ("areas", "asked_in", "home"),
    [
        ((), None, None),
        (("east",), None, None),
        (("west",), None, "west"),
        (("west", "north"), None, None),
        (("east", "west"), None, None),
        (("east", "west"), "west", "west"),
        (("east", "west"), "north", None),
        (("west",), "north", "west"),
        ((), "north", None),
    ],
)
def test_it_belongs_where_a_request_would_go_now(
    areas: tuple[str, ...], asked_in: str | None, home: str | None
) -> None:
    state = folded(ESTATE, on(order_entity(), opened(asked_in=asked_in)))
    assert strays(state, register(*areas), state.orders) == ({} if home is None else {"ord1": home})


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"origin": Origin.ROUND, "windows": (window(NOW, 60),)}, ()),
        ({"place": PlaceRef(lat=30.0, lon=120.0)}, ()),
        ({}, (PLANNED, WorkerOnTheWay(worker="w1"))),
        ({}, (PLANNED, VisitDone(worker="w1"))),
        ({}, (PLANNED, VisitFailed(worker="w1", remark=remark("nobody in")))),
    ],
)
def test_what_stays(changes: dict[str, Any], more: tuple[Any, ...]) -> None:
    state = folded(ESTATE, on(order_entity(), opened(**changes), *more))
    assert strays(state, register("west"), state.orders) == {}


def test_what_could_not_be_done_goes_once_a_new_time_is_agreed() -> None:
    failed = (PLANNED, VisitFailed(worker="w1", remark=remark("nobody in")), OrderRescheduled())
    state = folded(ESTATE, on(order_entity(), opened(), *failed))
    assert strays(state, register("west"), state.orders) == {"ord1": "west"}


def test_one_batch_takes_it_off_here_and_opens_it_there_with_its_promise() -> None:
    agreed = (window(NOW + 3 * HOUR, 90),)
    state = folded(ESTATE, planned_order(TOLD, key="ord1"), on_the_plan())
    late = replace(opened(urgency=Urgency.URGENT), windows=agreed)
    state = folded(ESTATE, on(order_entity(), late, PLANNED, TOLD, VisitAccepted(worker="w1")), on_the_plan())
    batch = moving(state, AreaState("west"), "ord1")
    assert batch == {
        HEAD: [PlanDirected(number=2, parent=1, verb="moved", order="ord1")],
        order_entity(): [OrderMoved(to="west")],
        THERE: [replace(late, asked_in="east")],
        entity("schedule", "w1"): [route(stop("other", NOW + 3 * HOUR), plan=2)],
        entity("schedule", "w2"): [route(plan=2)],
    }
    assert late.needs is not None
    assert late.needs.due == NOW + 30 * MINUTE
    add(state, *(on(where, *events) for where, events in batch.items()))
    assert "ord1" not in state.orders
    there = west(*(on(where, *events) for where, events in batch.items()))
    assert there.orders["ord1"].needs == late.needs
    assert there.new == {"ord1"}
    assert state.position_of(order_entity()), "it may come back, and is then guarded by what was written last"


def test_it_comes_back_where_it_was_asked_for() -> None:
    state = west(on(THERE, opened(asked_in="east")))
    assert strays(state, register("east", "west"), state.orders) == {"ord1": "east"}
    (back,) = moving(state, folded(ESTATE), "ord1")[order_entity()]
    assert back == opened()


def test_who_refused_and_whom_it_is_pinned_to_count_there_if_they_went_along() -> None:
    refused, pinned = VisitRefused(worker="w3"), OrderPinned(workers=("w1", "w2"))
    missed = opened(urgency=Urgency.URGENT)
    assert missed.needs is not None
    assert missed.needs.due is not None
    happened = (missed, refused, pinned, PromiseMissed(due=missed.needs.due))
    stayed = folded(ESTATE, on(order_entity(), *happened))
    plain = [replace(missed, asked_in="east"), PromiseMissed(due=missed.needs.due)]
    assert moving(stayed, AreaState("west"), "ord1")[THERE] == plain
    names = ("w1", "w2", "w3")
    joined = west(*(on(Entity("west", "worker", key), WorkerRegistered(worker=worker(key))) for key in names))
    assert moving(stayed, joined, "ord1")[THERE] == plain, "they are other people of the same name"
    left = add_to(stayed, *(on(entity("worker", key), WorkerRetired(moved_to="west")) for key in names))
    assert moving(left, joined, "ord1")[THERE] == [plain[0], refused, pinned, plain[1]]


def test_the_hour_a_dispatcher_promised_is_kept_by_others_where_those_it_is_pinned_to_are_not() -> None:
    asked = opened()
    assert asked.needs is not None
    stayed = folded(ESTATE, on(order_entity(), asked, OrderPinned(workers=("w1", "w2"), start=START)))
    promised = (Window(START, START + asked.needs.minutes * MINUTE),)
    assert moving(stayed, AreaState("west"), "ord1")[THERE] == [replace(asked, asked_in="east", windows=promised)]


def test_a_retired_place_is_nobodys() -> None:
    made = register("east", "west")
    made.take(Entity("east", "place", FLAT.id), PlaceRetired(moved_to="west"))
    state = folded(ESTATE, on(order_entity(), opened()))
    assert strays(state, made, state.orders) == {"ord1": "west"}
    made.take(WEST, PlaceRetired())
    assert strays(state, made, state.orders) == {}
