"""A hazard found on a round opens a repair order there, linked both ways, once; who did not walk it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import ESTATE, HOUR, LAMP, LEAK, MINUTE, POLICY, entity, opened, order_entity

from dispatch.decide.hazard import repair_of
from dispatch.decide.needs import needs_of
from dispatch.decide.order import OrderState, evolve
from dispatch.events import order as o
from dispatch.events.personal import remark
from dispatch.events.place import PlaceRegistered
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.requests.report import Hazard

ROUND = order_entity()
GATE = Place(id="gate", kind=PlaceKind.CHECKPOINT, lat=30.0, lon=120.0, within="s1")
NEEDS = o.Needs(
    kind=Kind.PATROL,
    skill="patrol",
    level=0,
    minutes=30,
    people=1,
    urgency=Urgency.NORMAL,
    priority=8,
    flow=Flow.COMMON,
)
WALKED = (
    *ESTATE,
    *on(entity("place", "gate"), PlaceRegistered(place=GATE)),
    *on(
        ROUND,
        o.OrderOpened(
            origin=o.Origin.ROUND,
            kind=Kind.PATROL,
            category="round",
            place=PlaceRef(checkpoint="gate"),
            reported_at=NOW - HOUR,
            round="night",
            needs=NEEDS,
        ),
        o.OrderPlanned(workers=("w1",), start=NOW - 30 * MINUTE, end=NOW, plan=1),
    ),
)
SAID: dict[str, Any] = {
    "report": "hazard",
    "id": "h1",
    "at": NOW.isoformat(),
    "order": "ord1",
    "checkpoint": "gate",
    "category": "lamp",
}
REPAIR = repair_of(ROUND, "w1", Hazard(id="h1", at=NOW, order="ord1", checkpoint="gate", category="lamp"))


def repair(**changes: Any) -> o.OrderOpened:
    """The order the report opens."""
    fields: dict[str, Any] = {
        "origin": o.Origin.HAZARD,
        "kind": LAMP.kind,
        "category": "lamp",
        "place": PlaceRef(checkpoint="gate"),
        "reported_at": NOW,
        "found_on": "ord1",
    }
    made = o.OrderOpened(**{**fields, **changes})
    return made if "needs" in changes else o.OrderOpened(**fields, **changes, needs=needs_of(made, LAMP, POLICY))


def found(**changes: Any) -> o.HazardReported:
    """What is kept with the round."""
    fields = {"worker": "w1", "checkpoint": "gate", "category": "lamp", "order": REPAIR.id, **changes}
    return o.HazardReported(**fields)


def test_a_hazard_on_the_way_opens_a_repair_order_linked_to_the_round() -> None:
    given(WALKED).when("report.east.w1", SAID).then(on(ROUND, found()), on(REPAIR, repair()))


def test_an_urgent_one_is_promised_as_urgent_repairs_are_and_keeps_what_was_written_apart() -> None:
    proof = {"lat": 30.0, "lon": 120.0, "photo": "p/1.jpg"}
    said = SAID | {"urgency": "urgent", "note": "live wire", "proof": proof}
    kept = found(remark=remark("live wire"), proof=o.Proof(lat=30.0, lon=120.0, photo="p/1.jpg"))
    opened_for_it = repair(urgency=Urgency.URGENT)
    assert opened_for_it.needs is not None
    assert opened_for_it.needs.due == NOW + POLICY.urgent_promise_min * MINUTE
    given(WALKED).when("report.east.w1", said).then(on(ROUND, kept), on(REPAIR, opened_for_it))


def test_it_may_be_said_after_the_round_is_done() -> None:
    over = (*WALKED, *on(ROUND, o.VisitDone(worker="w1"), o.OrderClosed(satisfied=True)))
    given(over).when("report.east.w1", SAID).then(on(ROUND, found()), on(REPAIR, repair()))


def test_two_hazards_of_one_round_open_two_orders_and_the_same_one_twice_opens_one() -> None:
    history = given(WALKED)
    history.when("report.east.w1", SAID).then(on(ROUND, found()), on(REPAIR, repair()))
    second = repair_of(ROUND, "w1", Hazard(id="h2", at=NOW, order="ord1", checkpoint="gate", category="lamp"))
    assert second != REPAIR
    history.when("report.east.w1", SAID | {"id": "h2"}, said=101).then(
        on(ROUND, found(order=second.id)), on(second, repair())
    )
    history.when("report.east.w1", SAID, said=102).nothing()
    history.when("report.east.w1", SAID | {"category": "water-leak"}, said=103).refused("id_conflict")


def test_what_the_catalogue_or_the_register_does_not_know_is_kept_all_the_same() -> None:
    unknown = repair(category="loose-cable", kind=Kind.REPAIR, place=PlaceRef(checkpoint="roof"), needs=None)
    said = SAID | {"category": "loose-cable", "checkpoint": "roof"}
    given(WALKED).when("report.east.w1", said).then(
        on(ROUND, found(category="loose-cable", checkpoint="roof")), on(REPAIR, unknown)
    )


@pytest.mark.parametrize(
    ("who", "change", "log", "code"),
    [
        ("w2", {}, (), "not_yours"),
        ("w1", {"order": "ord9"}, (), "unknown_order"),
        ("w1", {}, (o.OrderCancelled(round="night"),), "order_ended"),
        ("w1", {}, (o.OrderMoved(to="west"),), "order_moved"),
        ("w1", {"at": (NOW - 30 * HOUR).isoformat()}, (), "before_order"),
        ("w1", {"checkpoint": "No Token"}, (), "bad_value"),
        ("w1", {"unit": "b3"}, (), "unknown_field"),
    ],
)
def test_what_cannot_be_is_refused(who: str, change: dict[str, Any], log: tuple[Any, ...], code: str) -> None:
    given((*WALKED, *on(ROUND, *log))).when(f"report.east.{who}", SAID | change).refused(code)


def test_an_order_that_is_no_round_takes_no_hazard() -> None:
    planned = on(ROUND, opened(LEAK), o.OrderPlanned(workers=("w1",), start=NOW, end=NOW + HOUR, plan=1))
    given((*ESTATE, *planned)).when("report.east.w1", SAID).refused("not_a_round")


def test_the_round_knows_the_orders_opened_for_it_and_stands_as_it_stood() -> None:
    before: OrderState | None = None
    for _, event in WALKED[-2:]:
        before = evolve(before, event, NOW)
    after = evolve(before, found(), NOW)
    assert before is not None
    assert after is not None
    assert after.hazards == (REPAIR.id,)
    assert after.status is before.status
