"""What field staff report: who may say what of which order, and what it comes to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import ESTATE, HOUR, MINUTE, PLANNED, START, TOLD, entity, opened, order_entity, planned_order

from dispatch.decide.order import Status, evolve
from dispatch.decide.record import Away, RecordState
from dispatch.decide.record import evolve as evolve_record
from dispatch.events import order as o
from dispatch.events.personal import remark
from dispatch.events.worker import WorkerAbsent, WorkerBack, WorkerRetired
from dispatch.store.base import Said

ORDER = order_entity()
W1 = entity("worker", "w1")


def report(kind: str, **more: Any) -> dict[str, Any]:
    return {"report": kind, "id": f"r-{kind}", "at": NOW.isoformat(), "order": "ord1", **more}


HAPPENS = {
    "accepted": o.VisitAccepted(worker="w1"),
    "on_the_way": o.WorkerOnTheWay(worker="w1"),
    "arrived": o.WorkerArrived(worker="w1"),
    "done": o.VisitDone(worker="w1"),
    "could_not": o.VisitFailed(worker="w1", remark=remark("nobody in")),
    "refused": o.VisitRefused(worker="w1", remark=remark("ill")),
}
REPORTS = {
    "accepted": report("accepted"),
    "on_the_way": report("on_the_way"),
    "arrived": report("arrived"),
    "done": report("done"),
    "could_not": report("could_not", reason="nobody in"),
    "refused": report("refused", reason="ill"),
}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_by_somebody_planned_happens(kind: str) -> None:
    answer = given(planned_order(TOLD)).when("report.east.w1", REPORTS[kind]).then(on(ORDER, HAPPENS[kind]))
    assert (answer.decision, answer.source) == ("noted", "w1")


@pytest.mark.parametrize("stage", [o.WorkerOnTheWay, o.WorkerArrived])
@pytest.mark.parametrize("first", [(), (o.WorkerOnTheWay(worker="w1"),)], ids=["at home", "on the way"])
def test_who_could_not_get_to_where_another_is_does_not_end_the_visit(stage: Any, first: tuple[Any, ...]) -> None:
    log = planned_order(TOLD, stage(worker="w2"), *first)
    failed = o.VisitRefused(worker="w1", remark=remark("nobody in"))
    given(log).when("report.east.w1", REPORTS["could_not"]).then(on(ORDER, failed))
    again = (*log, *on(ORDER, failed))
    given(again).when("report.east.w1", REPORTS["could_not"] | {"id": "r-again"}).then()


def test_who_was_there_and_could_not_do_it_ends_the_visit_for_all() -> None:
    log = planned_order(TOLD, o.WorkerArrived(worker="w2"), o.WorkerArrived(worker="w1"))
    given(log).when("report.east.w1", REPORTS["could_not"]).then(on(ORDER, HAPPENS["could_not"]))


@pytest.mark.parametrize("kind", REPORTS)
def test_an_order_there_is_none_of(kind: str) -> None:
    given(ESTATE).when("report.east.w1", REPORTS[kind]).refused("unknown_order")
    given(planned_order()).when("report.west.w1", REPORTS[kind]).refused("unknown_order")


@pytest.mark.parametrize("kind", REPORTS)
def test_an_order_planned_for_others(kind: str) -> None:
    given(planned_order()).when("report.east.w3", REPORTS[kind]).refused("not_yours")
    given(on(ORDER, opened())).when("report.east.w1", REPORTS[kind]).refused("not_yours")


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("end", [o.OrderCancelled(), o.OrderClosed(satisfied=True)], ids=["cancelled", "closed"])
def test_an_order_that_ended(kind: str, end: Any) -> None:
    given(planned_order(end)).when("report.east.w1", REPORTS[kind]).refused("order_ended")


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("end", [HAPPENS["done"], HAPPENS["could_not"]], ids=["done", "could_not"])
def test_another_of_the_crew_was_faster(kind: str, end: Any) -> None:
    given(planned_order(end)).when("report.east.w2", REPORTS[kind]).refused("not_now")


@pytest.mark.parametrize(
    ("reached", "kind"),
    [(reached, kind) for index, reached in enumerate(("accepted", "on_the_way", "arrived"))
     for kind in ("accepted", "on_the_way", "arrived")[: index + 1]],
)  # fmt: skip
def test_what_is_already_so_brings_nothing(reached: str, kind: str) -> None:
    given(planned_order(HAPPENS[reached])).when("report.east.w1", REPORTS[kind]).then()


def test_the_proof_of_presence_is_kept() -> None:
    proof = {"lat": 30.0, "lon": 120.0, "photo": "p/1.jpg", "signature": "s/1.png"}
    kept = o.Proof(**proof)
    given(planned_order()).when("report.east.w1", report("arrived", proof=proof)).then(
        on(ORDER, o.WorkerArrived(worker="w1", proof=kept))
    )
    given(planned_order()).when("report.east.w1", report("done", proof=proof, note="tap")).then(
        on(ORDER, o.VisitDone(worker="w1", proof=kept, remark=remark("tap")))
    )


def test_who_has_arrived_cannot_refuse() -> None:
    given(planned_order(HAPPENS["arrived"])).when("report.east.w1", REPORTS["refused"]).refused("not_now")


def test_refusing_again_under_another_id_changes_nothing() -> None:
    history = given(planned_order(HAPPENS["refused"]))
    history.when("report.east.w1", REPORTS["refused"] | {"id": "again"}).then()


def test_a_pin_after_a_refusal_asks_again_and_may_be_refused_again() -> None:
    pinned = o.OrderPinned(workers=("w1", "w2"))
    history = given(planned_order(HAPPENS["refused"], pinned))
    history.when("report.east.w1", REPORTS["refused"] | {"id": "again"}).then(on(ORDER, HAPPENS["refused"]))


def test_a_round_that_is_done_is_closed_at_once() -> None:
    round_order = on(ORDER, opened(origin=o.Origin.ROUND), PLANNED)
    given(round_order).when("report.east.w1", REPORTS["done"]).then(
        on(ORDER, HAPPENS["done"], o.OrderClosed(satisfied=True))
    )


def test_the_same_report_id_from_two_workers_is_two_reports() -> None:
    history = given(planned_order())
    history.when("report.east.w1", REPORTS["accepted"]).then(on(ORDER, HAPPENS["accepted"]))
    history.when("report.east.w2", REPORTS["accepted"]).then(on(ORDER, o.VisitAccepted(worker="w2")))


def absent(start: int, end: int) -> dict[str, Any]:
    at, until = (START + start * HOUR).isoformat(), (START + end * HOUR).isoformat()
    return {"report": "absent", "id": "a1", "at": at, "until": until, "reason": "ill"}


def test_absence_is_noted_once() -> None:
    away = WorkerAbsent(start=START, end=START + HOUR, remark=remark("ill"))
    history = given(ESTATE)
    history.when("report.east.w1", absent(0, 1)).then(on(W1, away))
    history.when("report.east.w1", absent(0, 1) | {"id": "a2"}).then()
    given(ESTATE, on(W1, WorkerAbsent(start=START, end=START + 8 * HOUR))).when("report.east.w1", absent(2, 3)).then()


def test_somebody_back_is_no_longer_absent() -> None:
    away = on(W1, WorkerAbsent(start=START, end=START + 8 * HOUR))
    back = {"report": "back", "id": "b1", "at": (START + HOUR).isoformat()}
    history = given(ESTATE, away)
    history.when("report.east.w1", back).then(on(W1, WorkerBack(at=START + HOUR, keeps_later=True)))
    history.when("report.east.w1", back | {"id": "b2"}, said=101).then()


def test_leave_agreed_for_later_stands_when_somebody_is_well_again() -> None:
    ill, leave = Away(START, START + 8 * HOUR), Away(START + 48 * HOUR, START + 96 * HOUR)
    back = WorkerBack(at=START + HOUR, keeps_later=True)
    state = evolve_record(RecordState(item=None, away=(ill, leave)), back, NOW)
    assert state is not None
    assert state.away == (Away(START, START + HOUR), leave)


def test_back_before_absent_is_as_absent_before_back() -> None:
    """A phone without a signal sends what was said in the morning after what was said at ten."""
    back = {"report": "back", "id": "b1", "at": (START + HOUR).isoformat()}
    history = given(ESTATE)
    history.when("report.east.w1", back).then(on(W1, WorkerBack(at=START + HOUR, keeps_later=True)))
    history.when("report.east.w1", absent(0, 8), said=101).then(
        on(W1, WorkerAbsent(start=START, end=START + HOUR, remark=remark("ill")))
    )
    history.when("report.east.w1", absent(2, 8) | {"id": "a2"}, said=102).then(
        on(W1, WorkerAbsent(start=START + 2 * HOUR, end=START + 8 * HOUR, remark=remark("ill")))
    )


@pytest.mark.parametrize("message", [absent(0, 1), {"report": "back", "id": "b", "at": START.isoformat()}])
def test_only_workers_of_the_area_can_be_absent_or_back(message: dict[str, Any]) -> None:
    given(ESTATE).when("report.east.nobody", message).refused("unknown_worker")
    given(ESTATE).when("report.west.w1", message).refused("unknown_worker")
    given(ESTATE, on(W1, WorkerRetired())).when("report.east.w1", message).refused("unknown_worker")


def test_the_furthest_of_the_crew_gives_the_status() -> None:
    def status(*events: Any) -> Status:
        state = None
        for event in (opened(), PLANNED, *events):
            state = evolve(state, event, NOW)
        assert state is not None
        return state.status

    assert status() is Status.PLANNED
    assert status(TOLD) is Status.TOLD
    assert status(TOLD, HAPPENS["accepted"]) is Status.TOLD
    assert status(TOLD, HAPPENS["accepted"], o.VisitAccepted(worker="w2")) is Status.ACCEPTED
    assert status(HAPPENS["on_the_way"], o.VisitAccepted(worker="w2")) is Status.ON_THE_WAY
    assert status(HAPPENS["on_the_way"], o.WorkerArrived(worker="w2")) is Status.ARRIVED
    assert status(HAPPENS["refused"], TOLD) is Status.TOLD
    assert status(PLANNED, o.OrderUnplanned(reasons=(), plan=2)) is Status.OPENED
    moved = msgspec.structs.replace(PLANNED, start=START + MINUTE, end=START + 46 * MINUTE)
    assert status(TOLD, moved) is Status.PLANNED


def test_absences_are_shortened_not_forgotten() -> None:
    away = (Away(START, START + 2 * HOUR), Away(START + 3 * HOUR, START + 4 * HOUR))
    state = evolve_record(RecordState(item=None, away=away), WorkerBack(at=START + HOUR), NOW)
    assert state is not None
    assert state.away == (Away(START, START + HOUR),)


def when_it_happened(at: dt.datetime, kind: str = "arrived", reported_at: dt.datetime = NOW - HOUR) -> dt.datetime:
    """The time under which a report of ``at`` that is decided now enters the log."""
    history = given(on(ORDER, opened(reported_at=reported_at), PLANNED))
    said = Said(100, "report.east.w1", {}, msgspec.json.encode(REPORTS[kind] | {"at": at.isoformat()}), NOW)
    events, _ = history.decide(said)
    return events[ORDER][0].happened_at


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_is_of_no_time_before_the_order_was_reported_nor_after_now(kind: str) -> None:
    assert when_it_happened(NOW - MINUTE, kind) == NOW - MINUTE
    assert when_it_happened(NOW + 8 * HOUR, kind) == NOW
    assert when_it_happened(NOW - 8 * HOUR, kind) == NOW - HOUR
    # Even where whoever asked has a clock that is ahead.
    assert when_it_happened(NOW, kind, reported_at=NOW + 8 * HOUR) == NOW


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_of_a_time_long_before_the_order_is_refused(kind: str) -> None:
    for at in ("1970-01-01T00:00:00Z", (NOW - 25 * HOUR).isoformat()):
        given(planned_order(TOLD)).when("report.east.w1", REPORTS[kind] | {"at": at}).refused("before_order")


def test_who_is_done_without_having_said_they_were_there_shows_no_arrival() -> None:
    def folded(*events: Any) -> Any:
        state = None
        for event in (opened(), PLANNED, *events):
            state = evolve(state, event, NOW)
        return state

    forgot = folded(HAPPENS["done"])
    assert (forgot.status, forgot.arrived_at, forgot.done_at) == (Status.DONE, None, NOW)
    said = folded(HAPPENS["arrived"], HAPPENS["done"])
    assert (said.arrived_at, said.done_at) == (NOW, NOW)
