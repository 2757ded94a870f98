"""Requests: identity, accepted once for ever, repeats recognised, conflicts refused; a request becomes an order."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec
from msgspec import Struct

from dispatch.decide.needs import check_windows, needs_of
from dispatch.decide.outcome import Happened, Outcome, Refused
from dispatch.decide.register import Register
from dispatch.events.envelope import Entity
from dispatch.events.order import OrderOpened, Origin
from dispatch.events.request import Personal, RequestAccepted, RequestRepeated
from dispatch.model.catalogue import Kind
from dispatch.model.quoting import quoted
from dispatch.model.words import EVERYWHERE, key_of
from dispatch.requests.answer import Answer
from dispatch.requests.service import ServiceRequest


class RequestState(Struct, frozen=True, kw_only=True):
    """What is bound to a (source, id): its acceptance, and the kept messages that repeated it."""

    accepted: RequestAccepted
    repeats: frozenset[int] = frozenset()


def evolve(state: RequestState | None, event: Struct, at: dt.datetime) -> RequestState | None:
    """Fold one event of a request."""
    match event:
        case RequestAccepted():
            return RequestState(accepted=event)
        case RequestRepeated() if state is not None:
            return msgspec.structs.replace(state, repeats=state.repeats | {event.said})
    return state


def entity_of(request: ServiceRequest) -> Entity:
    """The entity that holds the identity of ``request``; the same wherever it is sent."""
    return Entity(EVERYWHERE, "request", key_of(request.source, request.id))


def decide(
    request: ServiceRequest, state: RequestState | None, register: Register, *, hint: str, kind: Kind, said: int
) -> Outcome:
    """Accept ``request``, kept as message ``said``, or recognise it.

    ``hint`` is the area and ``kind`` the kind of work named by the sender; the place and the category decide.
    Raises `Refused`: ``id_conflict``, ``ambiguous_place``, ``window_too_short``.
    """
    personal = _personal(request)
    digest = digest_of(request)
    entity = entity_of(request)
    if state is not None:
        return _known(request, state, digest, personal, entity, said)
    area = register.area_of(request.place, hint)
    opened = open_order(request, register, area, kind)
    if hint != area:
        opened = msgspec.structs.replace(opened, asked_in=hint)
    accepted = RequestAccepted(
        source=request.source,
        request=request.id,
        digest=digest,
        area=area,
        order=entity.id,
        said=said,
        personal=personal,
        had_personal=personal is not None,
    )
    return Outcome(
        happened=(
            Happened(entity, (accepted,), request.reported_at),
            Happened(Entity(area, "order", entity.id), (opened,), request.reported_at),
        ),
        answer=_answer(accepted),
    )


def open_order(request: ServiceRequest, register: Register, area: str, kind: Kind) -> OrderOpened:
    """The work order ``request`` opens in ``area``, with what the catalogue says it needs, if it says so."""
    category = register.categories.get(request.category)
    opened = OrderOpened(
        origin=Origin.REQUEST,
        kind=kind if category is None else category.kind,
        category=request.category,
        place=request.place,
        reported_at=request.reported_at,
        source=request.source,
        request=request.id,
        household=request.household,
        windows=request.windows,
        inside=request.inside,
        urgency=request.urgency,
        promised_by=request.promised_by,
    )
    if category is None:
        return opened
    needs = needs_of(opened, category, register.policy(area))
    check_windows(opened.windows, opened.category, needs.minutes)
    return msgspec.structs.replace(opened, needs=needs)


def digest_of(request: ServiceRequest) -> str:
    """A digest of what ``request`` asks, personal data left out: equal for the same content however it is written."""
    content = msgspec.json.encode(msgspec.structs.replace(request, contact=None, detail=""))
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _known(
    request: ServiceRequest, state: RequestState, digest: str, personal: Personal | None, entity: Entity, said: int
) -> Outcome:
    accepted = state.accepted
    # Personal data may have been erased since; then what is left decides.
    erased = accepted.had_personal and accepted.personal is None
    other_person = not erased and accepted.personal != personal
    if digest != accepted.digest or other_person:
        raise Refused(
            f"The id {quoted(request.id)} of {quoted(request.source)} was accepted before with other content, as order "
            f"{accepted.order}.",
            code="id_conflict",
            hint="a new request needs an id of its own; a change to an accepted one goes to the desk.",
        )
    repeat = said != accepted.said and said not in state.repeats
    events = (Happened(entity, (RequestRepeated(said=said),), request.reported_at),) if repeat else ()
    return Outcome(happened=events, answer=_answer(accepted))


def _personal(request: ServiceRequest) -> Personal | None:
    if request.contact is None and not request.detail:
        return None
    return Personal(contact=request.contact, detail=request.detail)


def _answer(accepted: RequestAccepted) -> Answer:
    return Answer(
        decision="accepted",
        id=accepted.request,
        source=accepted.source,
        area=accepted.area,
        order=accepted.order,
    )
