"""What dispatchers direct about orders: pins, cancellations, new windows, follow-up calls."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import (
    ESTATE,
    HEAD,
    HOUR,
    LAMP,
    PLANNED,
    START,
    WORKERS,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
    window,
)

from dispatch.events import order as o
from dispatch.events.personal import remark
from dispatch.events.plan import PlanDirected
from dispatch.events.worker import WorkerRetired
from dispatch.model.words import key_of

ORDER = order_entity()
REWORK = order_entity(key_of("rework", "east", "ord1"))


def direction(**more: Any) -> dict[str, Any]:
    return {"id": "d1", "by": "chen", "at": NOW.isoformat(), "order": "ord1", **more}


PIN = o.OrderPinned(workers=("w1", "w2"))
ASSIGN = direction(workers=["w1", "w2"])
ABOUT_ORDERS = {
    "assign": ASSIGN,
    "unpin": direction(),
    "cancel": direction(reason="sold"),
    "reschedule": direction(),
    "follow-up": direction(satisfied=True),
}


def say(verb: str) -> tuple[str, dict[str, Any]]:
    return f"direct.east.{verb}", ABOUT_ORDERS[verb]


@pytest.mark.parametrize("verb", ABOUT_ORDERS)
def test_an_order_there_is_none_of(verb: str) -> None:
    given(ESTATE).when(*say(verb)).refused("unknown_order")


@pytest.mark.parametrize("verb", ABOUT_ORDERS)
@pytest.mark.parametrize("end", [o.OrderCancelled(), o.OrderClosed(satisfied=True)], ids=["cancelled", "closed"])
def test_an_order_that_ended(verb: str, end: Any) -> None:
    given(WORKERS, planned_order(end)).when(*say(verb)).refused("order_ended")


@pytest.mark.parametrize("verb", ["assign", "unpin", "cancel", "reschedule"])
def test_a_done_order_waits_for_its_follow_up_call_only(verb: str) -> None:
    given(WORKERS, planned_order(o.VisitDone(worker="w1"))).when(*say(verb)).refused("not_now")


def test_an_assignment_is_a_pin() -> None:
    given(WORKERS, planned_order()).when(*say("assign")).then(on(ORDER, PIN))
    at = o.OrderPinned(workers=("w1", "w2"), start=START)
    given(WORKERS, planned_order(PIN)).when(
        "direct.east.assign", direction(workers=["w1", "w2"], start=START.isoformat())
    ).then(on(ORDER, at))


def test_pinning_what_is_pinned_so_changes_nothing() -> None:
    given(WORKERS, planned_order(PIN)).when(*say("assign")).then()


def test_naming_one_person_twice_is_naming_one_person() -> None:
    twice = direction(workers=["w1", "w1"])
    given(WORKERS, planned_order()).when("direct.east.assign", twice).refused("too_few_people")
    alone = on(ORDER, opened(LAMP))
    given(WORKERS, alone).when("direct.east.assign", twice).then(on(ORDER, o.OrderPinned(workers=("w1",))))


def test_a_pin_is_to_the_minute() -> None:
    head = direction(workers=["w1", "w2"], start=(START - dt.timedelta(seconds=30)).isoformat())
    pinned = o.OrderPinned(workers=("w1", "w2"), start=START)
    given(WORKERS, planned_order()).when("direct.east.assign", head).then(on(ORDER, pinned))


def test_people_nobody_knows_cannot_be_assigned() -> None:
    named = direction(workers=["w1", "w9"])
    given(WORKERS, planned_order()).when("direct.east.assign", named).refused("unknown_worker")
    retired = on(entity("worker", "w2"), WorkerRetired())
    given(WORKERS, retired, planned_order()).when(*say("assign")).refused("unknown_worker")


@pytest.mark.parametrize(
    "event", [o.WorkerArrived(worker="w1"), o.VisitFailed(worker="w1")], ids=["arrived", "could_not"]
)
def test_nobody_is_assigned_while_others_are_on_site_or_failed(event: Any) -> None:
    given(WORKERS, planned_order(event)).when(*say("assign")).refused("not_now")


def test_a_pin_is_taken_back_once() -> None:
    given(planned_order(PIN)).when(*say("unpin")).then(on(ORDER, o.OrderUnpinned()))
    given(planned_order()).when(*say("unpin")).then()


def test_cancelling_an_order_nobody_is_planned_for() -> None:
    given(on(ORDER, opened())).when(*say("cancel")).then(on(ORDER, o.OrderCancelled(remark=remark("sold"))))


@pytest.mark.parametrize(
    ("verb", "event"),
    [("cancel", o.OrderCancelled(remark=remark("sold"))), ("reschedule", o.OrderRescheduled())],
    ids=["cancel", "reschedule"],
)
def test_what_leaves_the_plan_leaves_every_schedule_in_the_same_batch(verb: str, event: Any) -> None:
    given(planned_order(), on_the_plan()).when(*say(verb)).then(
        on(ORDER, event),
        on(HEAD, PlanDirected(number=2, parent=1, verb=verb, order="ord1")),
        on(entity("schedule", "w1"), route(stop("other", START + 2 * HOUR), plan=2)),
        on(entity("schedule", "w2"), route(plan=2)),
    )


def test_new_windows_are_agreed_in_order_of_time() -> None:
    late, early = window(START + 5 * HOUR, 60), window(START + HOUR, 60)
    written = [{"from": one.start.isoformat(), "to": one.end.isoformat()} for one in (late, early)]
    given(on(ORDER, opened())).when("direct.east.reschedule", direction(windows=written)).then(
        on(ORDER, o.OrderRescheduled(windows=(early, late)))
    )


def test_new_windows_must_be_as_long_as_the_work() -> None:
    short = {"from": START.isoformat(), "to": (START + HOUR / 2).isoformat()}
    given(on(ORDER, opened())).when("direct.east.reschedule", direction(windows=[short])).refused("window_too_short")


def test_who_is_on_site_is_not_rescheduled_away() -> None:
    given(planned_order(o.WorkerArrived(worker="w2"))).when(*say("reschedule")).refused("not_now")


def test_what_could_not_be_done_is_rescheduled() -> None:
    failed = planned_order(o.VisitFailed(worker="w1", remark=remark("nobody in")))
    given(failed).when(*say("reschedule")).then(
        on(ORDER, o.OrderRescheduled()),
        on(HEAD, PlanDirected(number=1, parent=0, verb="reschedule", order="ord1")),
    )


def test_a_satisfied_resident_closes_the_case() -> None:
    given(planned_order(o.VisitDone(worker="w1"))).when(*say("follow-up")).then(
        on(ORDER, o.OrderClosed(satisfied=True))
    )


def test_a_resident_who_is_not_satisfied_never_has_to_report_twice() -> None:
    state = opened(windows=(window(NOW, 60),), promised_by=NOW)
    assert state.needs is not None
    rework = msgspec.structs.replace(
        state,
        origin=o.Origin.REWORK,
        windows=(),
        promised_by=None,
        rework_of="ord1",
        needs=msgspec.structs.replace(state.needs, due=None),
    )
    done = on(ORDER, state, PLANNED, o.VisitDone(worker="w1"))
    call = direction(satisfied=False, note="still drips")
    given(done).when("direct.east.follow-up", call).then(
        on(ORDER, o.OrderClosed(satisfied=False, rework=REWORK.id, remark=remark("still drips"))), on(REWORK, rework)
    )


@pytest.mark.parametrize("events", [(), (o.WorkerArrived(worker="w1"),), (o.VisitFailed(worker="w1"),)])
def test_nobody_is_called_back_before_it_is_done(events: tuple[Any, ...]) -> None:
    given(planned_order(*events)).when(*say("follow-up")).refused("not_now")


def test_a_directions_id_used_again_for_another_order_is_refused_where_both_touch_the_plan() -> None:
    second = on(order_entity("ord2"), opened(), PLANNED)
    history = given(planned_order(), second, on_the_plan())
    history.when(*say("cancel")).recorded()
    history.when("direct.east.cancel", direction(order="ord2"), said=101).refused("id_conflict")
