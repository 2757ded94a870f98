"""Entities and their subjects, envelopes and the events in them: there and back again, for whatever may be written."""

from __future__ import annotations

import datetime as dt

import pytest
from golden.samples import sample
from hypothesis import given
from hypothesis import strategies as st

from dispatch.events.catalogue import (
    ENTITIES,
    TYPES,
    VERSIONS,
    Origin,
    decode_envelope,
    encode_envelope,
    event_of,
    events_of,
    record,
)
from dispatch.events.envelope import Entity, Stored
from dispatch.events.order import OrderCancelled, OrderUnpinned
from dispatch.events.personal import remark
from dispatch.model.errors import FormError
from dispatch.model.words import is_token

tokens = st.text(st.sampled_from("abz09_-"), min_size=1, max_size=64)
entities = st.builds(Entity, tokens, tokens, tokens)
AT = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)


def origin(cause: str = "said/7") -> Origin:
    return Origin(happened_at=AT, recorded_at=AT + dt.timedelta(minutes=1), by="desk", cause=cause, correlation="ord1")


@given(entities)
def test_an_entity_is_found_again_in_its_subject_and_in_what_is_fed(entity: Entity) -> None:
    assert Entity.parse(entity.subject) == entity
    assert Entity.parse(entity.subject.replace("event.", "feed.", 1)) == entity


@given(entities, entities)
def test_two_entities_never_share_a_subject(one: Entity, other: Entity) -> None:
    assert (one.subject == other.subject) is (one == other)


SUBJECTS_OF_NONE = (
    "|event.a.b|event.a.b.c.d|view.a.b.c|event.a.*.c|event.a.b.>|event..b.c|event.A.b.c|event.a.b.c\n|event.a.b.c "
)


@pytest.mark.parametrize("subject", SUBJECTS_OF_NONE.split("|"))
def test_what_is_no_subject_of_an_entity_is_refused(subject: str) -> None:
    with pytest.raises(FormError) as error:
        Entity.parse(subject)
    assert error.value.code == "bad_subject"


@pytest.mark.parametrize("name", TYPES)
def test_every_event_comes_back_out_of_its_envelope(name: str) -> None:
    event = sample(TYPES[name])
    (recorded,) = record(Entity("east", "order", "ord1"), (event,), origin())
    kept = decode_envelope(encode_envelope(recorded))
    assert event_of(kept) == event
    assert (kept.type, kept.version) == (name, VERSIONS[name])
    assert (kept.happened_at, kept.recorded_at) == (AT, AT + dt.timedelta(minutes=1))
    assert (kept.by, kept.cause, kept.correlation) == ("desk", "said/7", "ord1")


def test_events_of_one_decision_are_numbered_within_their_entity_and_never_share_an_id() -> None:
    events = [OrderUnpinned(), OrderCancelled(remark=remark("sold")), OrderUnpinned()]
    entities = [Entity("east", "order", "a"), Entity("west", "order", "a"), Entity("east", "order", "b")]
    recorded = [one for entity in entities for one in record(entity, events, origin())]
    recorded += record(entities[0], events, origin("said/8"))
    assert [one.id for one in recorded[:3]] == [f"east/order/a/said/7/{n}" for n in range(3)]
    assert len({one.id for one in recorded}) == len(recorded) == 12


def test_a_history_is_decoded_in_its_order() -> None:
    events = [OrderCancelled(remark=remark(str(n))) for n in range(5)]
    entity = Entity("east", "order", "ord1")
    stored = [
        Stored(position=n + 1, entity=entity, recorded=one) for n, one in enumerate(record(entity, events, origin()))
    ]
    assert events_of(stored) == events


def test_a_name_of_an_event_stands_for_one_event_of_one_kind_of_entity() -> None:
    names = [event.__name__ for events in ENTITIES.values() for event in events]
    assert len(set(names)) == len(names) == len(TYPES)
    assert all(map(is_token, ENTITIES))
