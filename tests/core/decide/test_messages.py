"""Reports and directions are bound to their ids: once, for ever, and whether they changed anything or not."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import ESTATE, MINUTE, TOLD, WORKERS, entity, order_entity, planned_order

from dispatch.decide.message import decide, entity_of, noted
from dispatch.decide.outcome import Refused
from dispatch.events import order as o
from dispatch.events.catalogue import decode_envelope, event_of
from dispatch.events.message import MessageNoted
from dispatch.events.worker import WorkerAbsent
from dispatch.requests import report as reported
from dispatch.requests.direction import Cancel, Unpin

Said = reported.Report | Cancel
WRITTEN = {"id": "east/message/m/c/0", "type": "MessageNoted", "version": 1, "happened_at": NOW, "recorded_at": NOW,
           "by": "dispatcher/chen", "cause": "c", "correlation": "c"}  # fmt: skip
ORDER, SECOND = order_entity(), order_entity("ord2")
PIN = o.OrderPinned(workers=("w1", "w2"))


def report(kind: str, **more: Any) -> dict[str, Any]:
    return {"report": kind, "id": "r1", "at": NOW.isoformat(), "order": "ord1", **more}


def direction(**more: Any) -> dict[str, Any]:
    return {"id": "d1", "by": "chen", "at": NOW.isoformat(), "order": "ord1", **more}


OTHERWISE = {
    "another order": report("accepted", order="ord2"),
    "another report": report("on_the_way"),
    "another time": report("accepted", at=(NOW + MINUTE).isoformat()),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_a_reports_id_used_again_for_something_else_is_refused(what: str) -> None:
    history = given(planned_order(TOLD), planned_order(TOLD, key="ord2"))
    history.when("report.east.w1", report("accepted")).then(on(ORDER, o.VisitAccepted(worker="w1")))
    history.when("report.east.w1", OTHERWISE[what], said=101).refused("id_conflict")
    history.when("report.east.w1", report("accepted"), said=102).nothing()


def test_an_id_is_bound_by_a_report_about_somebody_too() -> None:
    history = given(ESTATE)
    until = NOW + 60 * MINUTE
    absent = {"report": "absent", "id": "r1", "at": NOW.isoformat(), "until": until.isoformat()}
    history.when("report.east.w1", absent).then(on(entity("worker", "w1"), WorkerAbsent(start=NOW, end=until)))
    history.when("report.east.w1", absent | {"reason": "ill"}, said=101).refused("id_conflict")


def test_the_same_content_written_otherwise_is_the_same() -> None:
    history = given(planned_order(TOLD))
    history.when("report.east.w1", report("accepted")).then(on(ORDER, o.VisitAccepted(worker="w1")))
    body = b'{"order": "ord1", "at": "2026-11-22T09:00:00+08:00",  "id": "r1", "report": "accepted"}'
    history.when("report.east.w1", body, said=101).nothing()


def test_what_was_refused_binds_nothing() -> None:
    history = given(planned_order(TOLD))
    history.when("report.east.w3", report("accepted")).refused("not_yours")
    history.when("report.east.w3", report("on_the_way"), said=101).refused("not_yours")


def test_one_id_of_two_people_and_in_two_areas_is_not_one_id() -> None:
    history = given(planned_order(TOLD))
    history.when("report.east.w1", report("accepted")).then(on(ORDER, o.VisitAccepted(worker="w1")))
    history.when("report.east.w2", report("on_the_way"), said=101).then(on(ORDER, o.WorkerOnTheWay(worker="w2")))
    message = reported.Accepted(id="r1", at=NOW, order="ord1")
    directed = Unpin(id="r1", by="w1", at=NOW, order="ord1")
    found = {entity_of(message, area, name) for area in ("east", "west") for name in ("w1", "w2")}
    assert len(found | {entity_of(directed, "east", "w1")}) == 5


def test_a_direction_that_changed_nothing_changes_nothing_when_it_comes_again_late() -> None:
    history = given(WORKERS, planned_order())
    history.when("direct.east.unpin", direction()).then()
    history.when("direct.east.assign", direction(id="d2", workers=["w1", "w2"]), said=101).then(on(ORDER, PIN))
    history.when("direct.east.unpin", direction(), said=102).nothing()


def test_a_report_that_changed_nothing_changes_nothing_when_it_comes_again_late() -> None:
    history = given(planned_order(o.VisitRefused(worker="w1")))
    refused = report("refused")
    history.when("report.east.w1", refused).then()
    history._append({ORDER: [PIN]}, "asked/again")
    history.when("report.east.w1", refused, said=101).nothing()


def test_two_absences_of_one_person_under_one_id_contradict_each_other() -> None:
    history = given(ESTATE)
    until = NOW + 60 * MINUTE
    away = {"id": "ab1", "by": "chen", "at": NOW.isoformat(), "worker": "w1", "start": NOW.isoformat()}
    history.when("direct.east.absence", away | {"end": until.isoformat()}).then(
        on(entity("worker", "w1"), WorkerAbsent(start=NOW, end=until))
    )
    longer = away | {"end": (until + 60 * MINUTE).isoformat()}
    history.when("direct.east.absence", longer, said=101).refused("id_conflict")
    retire = {"id": "ab1", "by": "chen", "at": NOW.isoformat(), "kind": "worker", "target": "w1"}
    history.when("direct.east.retire", retire, said=102).refused("id_conflict")


def test_a_reports_id_used_again_to_take_it_back_is_refused() -> None:
    history = given(planned_order(TOLD))
    history.when("report.east.w1", report("accepted")).then(on(ORDER, o.VisitAccepted(worker="w1")))
    history.when("report.east.w1", report("refused", reason="ill"), said=101).refused("id_conflict")


def test_a_directions_id_used_again_for_something_else_is_refused_wherever_it_was_used() -> None:
    history = given(WORKERS, planned_order(), planned_order(key="ord2"))
    history.when("direct.east.unpin", direction()).then()
    history.when("direct.east.unpin", direction(order="ord2"), said=101).refused("id_conflict")
    history.when("direct.east.assign", direction(workers=["w1", "w2"]), said=102).refused("id_conflict")


FAILED = reported.CouldNot(id="r1", at=NOW, order="ord1", reason="dog")
CANCELLED = Cancel(id="d1", by="chen", at=NOW, order="ord1", reason="ill")
THERE = reported.Arrived(id="r1", at=NOW, order="ord1", proof=o.Proof(photo="p-1"))
PRIVATE = [(FAILED, "reason", "cat"), (CANCELLED, "reason", ""), (THERE, "proof", o.Proof(photo="p-2"))]


@pytest.mark.parametrize(("message", "field", "other"), PRIVATE)
def test_what_is_personal_is_bound_to_the_id_until_it_is_erased_and_cannot_be_guessed_then(
    message: Said, field: str, other: Any
) -> None:
    otherwise = msgspec.structs.replace(message, **{field: other})
    bound = noted(message, said=100)
    assert decide(message, "w1", bound, said=101) == ()
    with pytest.raises(Refused):
        decide(otherwise, "w1", bound, said=101)
    erased = msgspec.structs.replace(bound, personal=None)
    assert erased == msgspec.structs.replace(noted(otherwise, said=100), personal=None, had_personal=True)
    assert decide(message, "w1", erased, said=101) == decide(otherwise, "w1", erased, said=101) == ()
    with pytest.raises(Refused):
        decide(msgspec.structs.replace(message, order="ord2"), "w1", erased, said=101)


def test_nothing_said_is_not_taken_for_something_erased() -> None:
    plain = msgspec.structs.replace(CANCELLED, reason="")
    with pytest.raises(Refused):
        decide(CANCELLED, "chen", noted(plain, said=100), said=101)


def test_what_was_bound_by_one_digest_of_everything_still_is() -> None:
    """Version 1 of `MessageNoted`."""
    digest = hashlib.blake2b(b"Cancel" + msgspec.json.encode(CANCELLED), digest_size=16).hexdigest()
    first = event_of(decode_envelope(msgspec.json.encode(WRITTEN | {"data": {"digest": digest, "said": 7}})))
    assert isinstance(first, MessageNoted)
    assert decide(CANCELLED, "chen", first, said=101) == ()
    for field in ("order", "reason"):
        with pytest.raises(Refused):
            decide(msgspec.structs.replace(CANCELLED, **{field: "other"}), "chen", first, said=101)
