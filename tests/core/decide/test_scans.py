"""A scan counts for the walk of whoever scanned that is due there then; what it says of the walk is said at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Given, given, on
from core.decide.sample import AREA, ESTATE, MINUTE, entity, order_entity

from dispatch.decide.order import OrderState
from dispatch.decide.walk import judging
from dispatch.events import order as o
from dispatch.events.place import PlaceRegistered
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.model.watching import PlannedPass, WalkWatch

FIRST, SECOND = order_entity("night-1"), order_entity("night-2")
NEEDS = o.Needs(kind=Kind.PATROL, skill="patrol", level=0, minutes=30, people=1, urgency=Urgency.NORMAL, priority=8,
                flow=Flow.COMMON)  # fmt: skip
POINTS = ("gate", "roof", "pump")
BEGIN = NOW - 40 * MINUTE
"""The first walk began then; now it is 40 minutes later."""


def watch(start: dt.datetime) -> WalkWatch:
    """Three checkpoints, 10 minutes apart."""
    passes = tuple(PlannedPass(checkpoint=name, at=start + 10 * n * MINUTE) for n, name in enumerate(POINTS))
    return WalkWatch(passes=passes, end=start + 30 * MINUTE, late_s=300, missed_s=1800)


def walk(key: Any, start: dt.datetime, worker: str = "w1") -> Any:
    """The order of a walk that ``worker`` is to walk from ``start``."""
    opened = o.OrderOpened(
        origin=o.Origin.ROUND, kind=Kind.PATROL, category="round", place=PlaceRef(checkpoint="gate"),
        reported_at=NOW - 600 * MINUTE, round="night", needs=NEEDS,
    )  # fmt: skip
    planned = o.OrderPlanned(workers=(worker,), start=start, end=start + 30 * MINUTE, plan=1)
    return on(key, opened, planned, o.WalkLaidOut(watch=watch(start)))


def route(*stops: tuple[str, dt.datetime], worker: str = "w1") -> Any:
    """A worker's duty of today."""
    made = tuple(
        ScheduledStop(
            order=key,
            category="round",
            place=PlaceRef(checkpoint="gate"),
            arrive=start,
            start=start,
            end=start + 30 * MINUTE,
        )
        for key, start in stops
    )
    duty = RouteChanged(duty="d1", start=NOW - 300 * MINUTE, end=NOW + 300 * MINUTE, stops=made, plan=1)
    return on(entity("schedule", worker), duty)


LATER = NOW + 60 * MINUTE
SITE = tuple(
    happening
    for name in (*POINTS, "far")
    for happening in on(
        entity("place", name), PlaceRegistered(place=Place(id=name, kind=PlaceKind.CHECKPOINT, lat=30.0, lon=120.0))
    )
)
KNOWN = (ESTATE, SITE, walk(FIRST, BEGIN), walk(SECOND, LATER), route(("night-1", BEGIN), ("night-2", LATER)))


def said(checkpoint: str, minutes: float, key: str = "s1") -> dict[str, Any]:
    """A scan so many minutes after the first walk began."""
    at = BEGIN + minutes * MINUTE
    return {"report": "scan", "id": key, "at": at.isoformat(), "checkpoint": checkpoint}


def scanned(checkpoint: str, start: dt.datetime = BEGIN, **more: Any) -> o.CheckpointScanned:
    """What is kept of it."""
    due = start + 10 * POINTS.index(checkpoint) * MINUTE
    return o.CheckpointScanned(worker="w1", checkpoint=checkpoint, due=due, **more)


def judged(checkpoint: str, standing: Any, since: float) -> o.CheckpointJudged:
    """What is said of a checkpoint of the first walk, since so many minutes after it began."""
    due = BEGIN + 10 * POINTS.index(checkpoint) * MINUTE
    return o.CheckpointJudged(checkpoint=checkpoint, standing=standing, due=due, since=BEGIN + since * MINUTE)


def scans(history: Given, *each: tuple[str, float]) -> None:
    """These scans are decided, whatever comes of them."""
    for number, (checkpoint, minutes) in enumerate(each):
        history.when("report.east.w1", said(checkpoint, minutes, f"before-{checkpoint}"), said=200 + number).recorded()


def test_the_first_scan_says_that_the_guard_is_there_with_what_proves_it() -> None:
    proof = {"lat": 30.0, "lon": 120.0, "photo": "p/1.jpg"}
    kept = o.Proof(lat=30.0, lon=120.0, photo="p/1.jpg")
    others = (judged("roof", "late", 15), judged("pump", "late", 25))
    given(*KNOWN).when("report.east.w1", said("gate", 1) | {"proof": proof}).then(
        on(FIRST, o.WorkerArrived(worker="w1", proof=kept), scanned("gate", proof=kept), *others)
    )


def test_a_walk_whose_checkpoints_are_all_scanned_in_time_is_done_and_covered() -> None:
    history = given(*KNOWN)
    scans(history, ("gate", 0), ("roof", 12))
    over = (scanned("pump"), judged("pump", "in_time", 23), o.VisitDone(worker="w1"), o.OrderClosed(satisfied=True))
    history.when("report.east.w1", said("pump", 23)).then(on(FIRST, *over))


def test_one_that_came_late_and_one_that_was_passed_over_end_it_otherwise() -> None:
    history = given(*KNOWN)
    scans(history, ("roof", 4), ("gate", 4.5))
    came_late = judged("pump", "came_late", 25)
    reasons = (
        o.ReasonGiven(
            rule="checkpoint_out_of_order", message="Checkpoint gate: scanned after one that comes behind it."
        ),
        o.ReasonGiven(rule="checkpoint_came_late", message="Checkpoint pump: scanned too late."),
    )
    closed = o.OrderClosed(satisfied=False, reasons=reasons)
    history.when("report.east.w1", said("pump", 26)).then(
        on(FIRST, scanned("pump"), came_late, o.VisitDone(worker="w1"), closed)
    )


def test_the_first_scan_of_a_checkpoint_counts_also_when_it_is_told_last() -> None:
    history = given(*KNOWN)
    scans(history, ("gate", 8))
    history.when("report.east.w1", said("gate", 9, "again"), said=300).then()
    history.when("report.east.w1", said("gate", 3, "held-back"), said=301).then(
        on(FIRST, scanned("gate"), judged("gate", "in_time", 3))
    )


def test_a_scan_told_after_the_walk_was_closed_is_kept_with_it() -> None:
    over = (o.CheckpointJudged(checkpoint="roof", standing="missed", due=BEGIN + 10 * MINUTE, since=NOW),
            o.VisitDone(worker="w1"), o.OrderClosed(satisfied=False))  # fmt: skip
    gone = (*on(FIRST, o.WorkerArrived(worker="w1")), *on(FIRST, *over))
    events = given(*KNOWN, gone).when("report.east.w1", said("roof", 11)).recorded()
    names = {one.type for several in events.values() for one in several}
    assert names == {"CheckpointScanned", "CheckpointJudged", "MessageNoted"}


def test_each_scan_counts_for_the_walk_due_nearest_to_it() -> None:
    events = given(*KNOWN).when("report.east.w1", said("gate", 2)).recorded()
    assert {key.id for key in events if key.kind == "order"} == {"night-1"}


@pytest.mark.parametrize(
    ("who", "report", "code"),
    [
        ("w1", said("nowhere", 1), "unknown_checkpoint"),
        ("w1", said("far", 1), "no_walk"),
        ("w2", said("gate", 1), "no_walk"),
        ("w1", said("gate", -6), "scan_too_early"),
        ("w1", said("gate", -70), "scan_too_early"),
        ("w1", said("gate", 1) | {"order": "night-1"}, "unknown_field"),
        ("w1", said("No Token", 1), "bad_value"),
    ],
)
def test_what_belongs_to_no_walk_is_refused_with_why(who: str, report: dict[str, Any], code: str) -> None:
    given(*KNOWN).when(f"report.{AREA}.{who}", report).refused(code)


def test_a_scan_long_after_a_walk_is_refused_and_so_is_one_before_the_next() -> None:
    alone = (ESTATE, SITE, walk(FIRST, NOW - 70 * MINUTE), route(("night-1", NOW - 70 * MINUTE)))
    given(*alone).when("report.east.w1", said("gate", 40)).refused("scan_too_late")


def test_done_is_not_the_end_of_a_walk_that_is_scanned_and_after_all_scans_it_is_nothing_new() -> None:
    history = given(*KNOWN)
    scans(history, ("gate", 1))
    done = {"report": "done", "id": "d1", "at": NOW.isoformat(), "order": "night-1"}
    history.when("report.east.w1", done, said=300).then(on(FIRST, o.VisitDone(worker="w1")))
    scans(history, ("roof", 11), ("pump", 21))
    history.when("report.east.w1", done | {"id": "d2"}, said=301).then()


def test_what_was_said_is_not_said_again() -> None:
    state = OrderState(opened=walk(FIRST, BEGIN)[0][1], needs=NEEDS, watch=watch(BEGIN))
    assert [one.standing for one in judging(state, NOW)] == ["late", "late", "late"]
    known = OrderState(opened=state.opened, needs=NEEDS, watch=watch(BEGIN), judged=dict.fromkeys(POINTS, "late"))
    assert judging(known, NOW) == ()
    assert [one.standing for one in judging(known, NOW + 20 * MINUTE)] == ["missed"] * 3
