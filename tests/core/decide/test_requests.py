"""Requests: accepted once for ever, repeats recognised, other content refused; place and catalogue decide the rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import (
    AREA,
    CATALOGUE,
    ESTATE,
    LAMP,
    LEAK,
    MINUTE,
    POLICY,
    entity,
    opened,
    planned_order,
    window,
)
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from dispatch.decide.outcome import Refused
from dispatch.decide.request import digest_of, entity_of
from dispatch.events.category import CategoryRetired
from dispatch.events.envelope import Entity
from dispatch.events.order import OrderMoved
from dispatch.events.place import PlaceRegistered, PlaceRetired
from dispatch.events.policy import PolicySet
from dispatch.events.request import Contact, Personal, RequestAccepted, RequestRepeated
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.model.policy import Policy
from dispatch.requests.edge import read_request
from dispatch.requests.service import ServiceRequest
from dispatch.store.base import Said

SUBJECT = "request.east.repair"


def body(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": "sr-1",
        "source": "hotline",
        "category": "water-leak",
        "place": {"unit": "b3-1202"},
        "reported_at": NOW.isoformat(),
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def request(**changes: Any) -> ServiceRequest:
    return read_request(msgspec.json.encode(body(**changes)))


KEY = entity_of(request())


def accepted(
    area: str = AREA, said: int = 100, personal: Personal | None = None, erased: bool = False, **changes: Any
) -> RequestAccepted:
    return RequestAccepted(
        source="hotline",
        request="sr-1",
        digest=digest_of(request(**changes)),
        area=area,
        order=KEY.id,
        said=said,
        personal=personal,
        had_personal=erased or personal is not None,
    )


def order_in(area: str) -> Entity:
    return Entity(area, "order", KEY.id)


def test_a_request_becomes_an_order_with_what_the_catalogue_says() -> None:
    answer = given(ESTATE).when(SUBJECT, body()).then(on(KEY, accepted()), on(order_in(AREA), opened()))
    assert (answer.decision, answer.area, answer.order, answer.id) == ("accepted", AREA, KEY.id, "sr-1")


def test_two_go_inside_a_home_and_one_elsewhere_unless_the_catalogue_says_otherwise() -> None:
    def people(**changes: Any) -> int:
        decided = given(ESTATE).when(SUBJECT, body(**changes)).recorded()
        recorded = decided[order_in(AREA)][0]
        needs = msgspec.json.decode(recorded.data)["needs"]
        return int(needs["people"])

    assert people() == 2
    assert people(inside=False) == 1
    assert people(category="lamp") == 1
    assert people(category="lamp", inside=True) == 2


def test_urgent_work_is_promised_within_the_policys_minutes() -> None:
    urgent = opened(urgency=Urgency.URGENT)
    assert urgent.needs is not None
    assert urgent.needs.due == NOW + 30 * MINUTE
    assert urgent.needs.priority == 9
    given(ESTATE).when(SUBJECT, body(urgency="urgent")).then(
        on(KEY, accepted(urgency="urgent")), on(order_in(AREA), urgent)
    )


def test_a_promise_made_elsewhere_counts_before_ours() -> None:
    promised = NOW + 90 * MINUTE
    made = opened(urgency=Urgency.URGENT, promised_by=promised)
    assert made.needs is not None
    assert made.needs.due == promised
    changes = {"urgency": "urgent", "promised_by": promised.isoformat()}
    given(ESTATE).when(SUBJECT, body(**changes)).then(on(KEY, accepted(**changes)), on(order_in(AREA), made))


def test_the_same_request_again_gets_the_same_answer_and_is_counted_once() -> None:
    before = on(KEY, accepted(said=7)) + on(order_in(AREA), opened())
    answer = given(ESTATE, before).when(SUBJECT, body(), said=100).then(on(KEY, RequestRepeated(said=100)))
    assert answer.order == KEY.id


def test_a_redelivery_of_the_accepted_message_counts_nowhere() -> None:
    before = on(KEY, accepted(said=100)) + on(order_in(AREA), opened())
    given(ESTATE, before).when(SUBJECT, body(), said=100).then()


def test_the_same_request_sent_to_another_area_or_kind_is_the_same_request() -> None:
    before = on(KEY, accepted(said=7)) + on(order_in(AREA), opened())
    answer = given(ESTATE, before).when("request.west.cleaning", body()).then(on(KEY, RequestRepeated(said=100)))
    assert answer.area == AREA


def test_the_same_id_from_another_source_is_another_request() -> None:
    before = on(KEY, accepted(said=7)) + on(order_in(AREA), opened())
    answer = given(ESTATE, before).when(SUBJECT, body(source="app"))
    assert len(answer.recorded()) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "lamp"},
        {"place": {"site": "s1"}},
        {"reported_at": (NOW - MINUTE).isoformat()},
        {"urgency": "urgent"},
        {"inside": False},
        {"household": "h-2"},
        {"promised_by": NOW.isoformat()},
        {"window": {"from": NOW.isoformat(), "to": (NOW + 60 * MINUTE).isoformat()}},
        {"contact": {"phone": "1"}},
        {"detail": "other words"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_same_id_with_other_content_is_refused(changes: dict[str, Any]) -> None:
    personal = Personal(contact=Contact(name="Li"), detail="drips")
    before = on(KEY, accepted(said=7, personal=personal)) + on(order_in(AREA), opened())
    same = {"contact": {"name": "Li"}, "detail": "drips"}
    given(ESTATE, before).when(SUBJECT, body(**same)).then(on(KEY, RequestRepeated(said=100)))
    given(ESTATE, before).when(SUBJECT, body(**{**same, **changes})).refused("id_conflict")


def test_personal_data_stands_in_the_identity_of_the_request_and_nowhere_else() -> None:
    said = given(ESTATE).when(SUBJECT, body(contact={"name": "Li Hua", "phone": "139"}, detail="kitchen drips"))
    events = said.recorded()
    stored = {entity: b"".join(bytes(one.data) for one in found) for entity, found in events.items()}
    assert all(word in stored[KEY] for word in (b"Li Hua", b"139", b"kitchen drips"))
    assert not any(word in stored[order_in(AREA)] for word in (b"Li Hua", b"139", b"kitchen drips"))
    assert all(word not in one.id for found in events.values() for one in found for word in ("Li", "139"))


def test_after_erasure_the_rest_of_the_content_still_tells_a_repeat() -> None:
    before = on(KEY, accepted(said=7, erased=True)) + on(order_in(AREA), opened())
    given(ESTATE, before).when(SUBJECT, body(detail="drips")).then(on(KEY, RequestRepeated(said=100)))
    never = on(KEY, accepted(said=7)) + on(order_in(AREA), opened())
    given(ESTATE, never).when(SUBJECT, body(detail="drips")).refused("id_conflict")


def test_the_place_decides_the_area_and_the_subject_is_only_a_hint() -> None:
    made = on(KEY, accepted()), on(order_in(AREA), opened(asked_in="nowhere"))
    answer = given(ESTATE).when("request.nowhere.repair", body()).then(*made)
    assert answer.area == AREA


def test_an_unknown_place_goes_where_the_sender_says() -> None:
    place = {"unit": "b9"}
    given(ESTATE).when("request.west.repair", body(place=place)).then(
        on(KEY, accepted("west", place=place)),
        on(order_in("west"), opened(place=PlaceRef(unit="b9"))),
    )


def test_a_place_that_moved_takes_its_requests_along() -> None:
    moved = on(
        entity("place", "b3-1202", "west"),
        PlaceRegistered(place=Place(id="b3-1202", kind=PlaceKind.UNIT, lat=30, lon=120)),
    ) + on(entity("place", "b3-1202"), PlaceRetired(moved_to="west"))
    answer = given(ESTATE, moved).when(SUBJECT, body())
    assert order_in("west") in answer.recorded()


def place_in(area: str, lat: float = 31.0) -> Any:
    return on(
        entity("place", "b3-1202", area),
        PlaceRegistered(place=Place(id="b3-1202", kind=PlaceKind.UNIT, lat=lat, lon=120)),
    )


@pytest.mark.parametrize("others", [(), ("west",), ("west", "north"), ("a", "west")])
def test_two_areas_may_each_have_a_place_of_one_id_and_the_one_named_is_meant(others: tuple[str, ...]) -> None:
    known = given(ESTATE, *map(place_in, others))
    for area in (AREA, *others):
        answer = known.when(f"request.{area}.repair", body(id=f"sr-{area}"), said=len(area))
        made = [entity for entity in answer.recorded() if entity.kind == "order"]
        assert [one.area for one in made] == [area]
    again = given(*map(place_in, others), ESTATE).when(SUBJECT, body()).recorded()
    assert order_in(AREA) in again, "the order in which they were registered changes nothing"


def test_a_place_that_several_areas_have_and_the_one_named_has_not_is_asked_for() -> None:
    both = given(ESTATE, place_in("west"))
    both.when("request.north.repair", body()).refused("ambiguous_place")
    with pytest.raises(Refused) as refused:
        both.decide(Said(100, "request.north.repair", {}, msgspec.json.encode(body()), NOW))
    assert all(word in str(refused.value) for word in ("b3-1202", "north", "east, west", "request.east"))
    only = given(ESTATE, place_in("west"), on(entity("place", "b3-1202"), PlaceRetired()))
    assert order_in("west") in only.when("request.north.repair", body()).recorded()


def test_a_request_that_comes_again_is_told_where_its_order_is_by_now() -> None:
    there, back = OrderMoved(to="west"), OrderMoved(to=AREA)
    moved = on(KEY, accepted(said=7)) + on(order_in(AREA), opened(), there) + on(order_in("west"), opened())
    answer = given(ESTATE, moved).when(SUBJECT, body()).then(on(KEY, RequestRepeated(said=100)))
    assert (answer.area, answer.order) == ("west", KEY.id)
    home = moved + on(order_in("west"), back) + on(order_in(AREA), opened())
    answer = given(ESTATE, home).when(SUBJECT, body()).then(on(KEY, RequestRepeated(said=100)))
    assert (answer.area, answer.order) == (AREA, KEY.id)


def test_what_is_said_of_an_order_where_it_no_longer_is_names_where_it_is() -> None:
    moved = given(ESTATE, planned_order(OrderMoved(to="west")))
    cancel = {"id": "d1", "by": "chen", "at": NOW.isoformat(), "order": "ord1"}
    report = {"id": "r1", "report": "accepted", "at": NOW.isoformat(), "order": "ord1"}
    for subject, message in (("direct.east.cancel", cancel), ("report.east.w1", report)):
        moved.when(subject, message).refused("order_moved")
        with pytest.raises(Refused, match="west"):
            moved.decide(Said(100, subject, {}, msgspec.json.encode(message), NOW))


def test_an_unknown_category_is_our_gap_and_is_accepted_without_needs() -> None:
    made = opened(category=LEAK, needs=None, kind=Kind.CLEANING)
    given().when("request.east.cleaning", body()).then(on(KEY, accepted()), on(order_in(AREA), made))
    retired = on(Entity("all", "category", "water-leak"), CategoryRetired())
    given(CATALOGUE, retired).when("request.east.cleaning", body()).then(on(KEY, accepted()), on(order_in(AREA), made))


def test_the_areas_own_policy_counts() -> None:
    policy = on(entity("policy", "current"), PolicySet(policy=Policy(people_inside=3)))
    made = given(ESTATE, policy).when(SUBJECT, body()).recorded()[order_in(AREA)][0]
    assert b'"people":3' in bytes(made.data)


def test_windows_are_kept_in_order_and_one_must_be_as_long_as_the_work() -> None:
    late, early = window(NOW + 120 * MINUTE, 45), window(NOW, 30)
    written = [{"from": one.start.isoformat(), "to": one.end.isoformat()} for one in (late, early)]
    made = opened(windows=(early, late))
    given(ESTATE).when(SUBJECT, body(windows=written)).then(
        on(KEY, accepted(windows=written)), on(order_in(AREA), made)
    )
    short = {"from": NOW.isoformat(), "to": (NOW + 44 * MINUTE).isoformat()}
    given(ESTATE).when(SUBJECT, body(window=short)).refused("window_too_short")
    # As long as the work, but no visit on the minutes of the clock fits it.
    second = dt.timedelta(seconds=1)
    askew = {"from": (NOW + second).isoformat(), "to": (NOW + second + 45 * MINUTE).isoformat()}
    given(ESTATE).when(SUBJECT, body(window=askew)).refused("window_too_short")


def test_a_rejected_id_may_come_again_mended() -> None:
    history = given(ESTATE)
    short = {"from": NOW.isoformat(), "to": (NOW + 44 * MINUTE).isoformat()}
    history.when(SUBJECT, body(window=short)).refused("window_too_short")
    history.when(SUBJECT, body(), said=101).then(on(KEY, accepted(said=101)), on(order_in(AREA), opened()))


def test_flow_and_priority_come_from_the_catalogue() -> None:
    made = opened(LAMP)
    assert made.needs is not None
    assert (made.needs.flow, made.needs.priority, made.needs.due) == (Flow.COMMON, 5, None)
    assert POLICY.urgent_promise_min == 30


@hypothesis_given(offset=st.integers(-14 * 4, 14 * 4), shuffle=st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_how_the_request_is_written(offset: int, shuffle: Any) -> None:
    zone = dt.timezone(dt.timedelta(minutes=15 * offset))
    plain = body(reported_at=NOW.astimezone(zone).isoformat(), household="h-1")
    names = list(plain)
    shuffle.shuffle(names)
    written = read_request(msgspec.json.encode({name: plain[name] for name in names}))
    assert digest_of(written) == digest_of(request(household="h-1"))
