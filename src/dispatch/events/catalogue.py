"""The catalogue of events: which type stands behind a stored name and version, and how old versions are read.

To change an event in a way old records do not fit: raise its number in `VERSIONS` and add an upcast from the old
version's plain data to the next one's in `UPCASTS`. Stored events are never rewritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.events import (
    category,
    contract,
    home,
    horizon,
    inspection,
    message,
    notice,
    order,
    place,
    plan,
    policy,
    post,
    request,
    roster,
    round,
    schedule,
    worker,
    zone,
)
from dispatch.events.envelope import Entity, Recorded, Stored, Unreadable
from dispatch.model.errors import FormError, NewerLog
from dispatch.model.time import zone as zone_of

ENTITIES: dict[str, tuple[type[Struct], ...]] = {
    "request": request.EVENTS,
    "message": message.EVENTS,
    "order": order.EVENTS,
    "worker": worker.EVENTS,
    "home": home.EVENTS,
    "schedule": schedule.EVENTS,
    "place": place.EVENTS,
    "zone": zone.EVENTS,
    "round": round.EVENTS,
    "category": category.EVENTS,
    "policy": policy.EVENTS,
    "plan": plan.EVENTS,
    "post": post.EVENTS,
    "contract": contract.EVENTS,
    "roster": roster.EVENTS,
    "horizon": horizon.EVENTS,
    "inspection": inspection.EVENTS,
    "notice": notice.EVENTS,
}
"""Kinds of entity, the third token of their subjects, and the events that happen to them."""

TYPES: dict[str, type[Struct]] = {event.__name__: event for events in ENTITIES.values() for event in events}
_RECORDS_CHANGED = ("WorkerChanged", "PlaceChanged", "ZoneChanged", "RoundChanged", "CategoryChanged")
_NO_CONTRACT: dict[str, Any] = {"contract": None, "visit": None, "promises": [], "helper": None}
VERSIONS: dict[str, int] = {
    **dict.fromkeys(TYPES, 1),
    "OrderOpened": 4,
    **dict.fromkeys(("WorkerBack", "MessageNoted", "CategoryRegistered", *_RECORDS_CHANGED), 2),
    **dict.fromkeys(("ZoneRegistered", "CategoryChanged", "RoundChanged"), 3),
    **dict.fromkeys(("WorkerRegistered", "ZoneChanged"), 4),
    **dict.fromkeys(("WorkerChanged", "PolicySet"), 5),
    **dict.fromkeys(("ZoneGiven", "ZoneUncovered", "RoundRegistered"), 2),
}
UPCASTS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    ("OrderOpened", 1): lambda data: {**data, "asked_in": None},
    ("OrderOpened", 2): lambda data: {**data, "found_on": None},
    ("OrderOpened", 3): lambda data: {**data, **_NO_CONTRACT},
    ("MessageNoted", 1): lambda data: {**data, "personal": None, "had_personal": False},
    ("WorkerBack", 1): lambda data: {**data, "keeps_later": False},
    **{(name, 1): lambda data: {**data, "without": ""} for name in _RECORDS_CHANGED},
    # People got terms, and policies a roster and holidays: what is not there is at its default.
    **dict.fromkeys((("WorkerRegistered", 1), ("WorkerChanged", 2), ("PolicySet", 1)), lambda data: data),
    # Zones got consent and parts of town, people the parts they serve; policies how zones are given and rounds planned.
    **dict.fromkeys((("WorkerRegistered", 2), ("WorkerChanged", 3), ("PolicySet", 2)), lambda data: data),
    **dict.fromkeys((("ZoneRegistered", 1), ("ZoneChanged", 2)), lambda data: data),
    # Categories say what they count as, people which contracts they visit, policies how that is dated and work checked.
    **dict.fromkeys((("CategoryRegistered", 1), ("CategoryChanged", 2)), lambda data: data),
    **dict.fromkeys((("WorkerRegistered", 3), ("WorkerChanged", 4), ("PolicySet", 3)), lambda data: data),
    # Policies say what another guard on a told walk costs.
    ("PolicySet", 4): lambda data: data,
    # Zones got a team; rounds an interval, and scans of their checkpoints.
    **dict.fromkeys((("ZoneRegistered", 2), ("ZoneChanged", 3)), lambda data: data),
    **dict.fromkeys((("RoundRegistered", 1), ("RoundChanged", 2)), lambda data: data),
    # It was not kept who had a zone before, nor why it moved.
    **dict.fromkeys((("ZoneGiven", 1), ("ZoneUncovered", 1)), lambda data: {**data, "before": None, "why": None}),
}

_EVENTS_OF = {kind: frozenset(event.__name__ for event in events) for kind, events in ENTITIES.items()}
_DECODERS = {name: msgspec.json.Decoder(event) for name, event in TYPES.items()}
_ENVELOPE = msgspec.json.Decoder(Recorded)
_ENCODER = msgspec.json.Encoder()


def decode_envelope(body: bytes) -> Recorded:
    """The envelope in the stored bytes ``body``; the event itself stays encoded until `event_of`."""
    return _ENVELOPE.decode(body)


def encode_envelope(recorded: Recorded) -> bytes:
    """The bytes ``recorded`` is stored as."""
    return _ENCODER.encode(recorded)


def event_of(recorded: Recorded) -> Struct:
    """The event in ``recorded``, brought up to today's version.

    Raises `FormError` (``unknown_event``, ``unknown_version``) for a name or version this release does not know.
    """
    name, version = recorded.type, recorded.version
    decoder = _DECODERS.get(name)
    if decoder is None:
        raise FormError(
            f"The log holds an event {name!r} at {recorded.id} that this release does not know.",
            code="unknown_event",
            hint="a newer release wrote it; upgrade this one.",
        )
    if version == VERSIONS[name]:
        return decoder.decode(recorded.data)
    return _upcast(recorded)


def event_in(stored: Stored) -> Struct:
    """The event in ``stored``, or `Unreadable` for what is none, or none that can happen to its entity.

    The log cannot be cleaned of what somebody with the right to do so put there, so nobody may stumble over it. An
    event of ours in a version this release does not know is no such thing: raises `NewerLog`.
    """
    name, kind = stored.recorded.type, stored.entity.kind
    if kind not in _EVENTS_OF or (name in TYPES and name not in _EVENTS_OF[kind]):
        return Unreadable(f"{name!r} is nothing that happens to a {kind!r}.")
    if stored.recorded.version > VERSIONS.get(name, stored.recorded.version) and _is_ours(stored):
        raise NewerLog(
            f"{name} at position {stored.position} of the log has version {stored.recorded.version}; this release "
            f"reads up to {VERSIONS[name]}.",
            hint="upgrade this service: a newer release writes to this log.",
        )
    try:
        event = event_of(stored.recorded)
        if isinstance(event, policy.PolicySet):
            # All local time is counted by it, so one that does not exist would end whoever looks at the area.
            zone_of(event.policy.time_zone)
        return event
    except FormError as error:
        return Unreadable(error.message)
    except (msgspec.MsgspecError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return Unreadable(f"The data of this {name} cannot be read: {error}.")


def _is_ours(stored: Stored) -> bool:
    """Whether the id is one that this service gives to what happens to that entity."""
    entity = stored.entity
    return stored.recorded.id.startswith(f"{entity.area}/{entity.kind}/{entity.id}/")


def _upcast(recorded: Recorded) -> Struct:
    name, version = recorded.type, recorded.version
    data = msgspec.json.decode(recorded.data)
    while version < VERSIONS[name]:
        step = UPCASTS.get((name, version))
        if step is None:
            break
        data, version = step(data), version + 1
    if version != VERSIONS[name]:
        raise FormError(
            f"{name} at {recorded.id} has version {recorded.version}; this release reads up to {VERSIONS[name]}.",
            code="unknown_version",
            hint="a newer release wrote it; upgrade this one.",
        )
    return msgspec.convert(data, TYPES[name])


class Origin(Struct, frozen=True, kw_only=True):
    """Where events of one decision come from; the parts of the envelope they share."""

    happened_at: dt.datetime
    recorded_at: dt.datetime
    by: str
    cause: str
    correlation: str


def record(entity: Entity, events: tuple[Struct, ...] | list[Struct], origin: Origin) -> tuple[Recorded, ...]:
    """The envelopes of ``events`` that one decision makes happen to ``entity``, numbered from 0 within it."""
    stem = f"{entity.area}/{entity.kind}/{entity.id}/{origin.cause}"
    return tuple(
        Recorded(
            id=f"{stem}/{n}",
            type=type(event).__name__,
            version=VERSIONS[type(event).__name__],
            happened_at=origin.happened_at,
            recorded_at=origin.recorded_at,
            by=origin.by,
            cause=origin.cause,
            correlation=origin.correlation,
            data=msgspec.Raw(_ENCODER.encode(event)),
        )
        for n, event in enumerate(events)
    )


def events_of(stored: list[Stored]) -> list[Struct]:
    """The events in ``stored``, decoded, in order."""
    return [event_of(one.recorded) for one in stored]
