"""One order as the log tells it: its row and its events, read from the log itself and therefore never behind."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Entity, Stored, Unreadable
from dispatch.events.order import OrderOpened, Origin
from dispatch.events.personal import PersonalData, Remark, personal_fields
from dispatch.events.request import Personal, RequestAccepted
from dispatch.model.quoting import quoted
from dispatch.model.words import EVERYWHERE, key_of
from dispatch.projections.base import Rows
from dispatch.projections.ledger import Ledger, LedgerRow
from dispatch.services.audit import happened_to
from dispatch.web.context import Context
from dispatch.web.handling import TokenPath, see
from dispatch.web.problems import Problem, Refusal, told

REQUEST_KIND = "request"
"""The kind of entity whose events hold how to reach people, and what they said."""


class EventSeen(Struct, frozen=True, kw_only=True):
    """A committed event: its ``position`` in the log, what it happened to, when, and by whom it was decided.

    ``happened_at``: when it was so, as told; ``recorded_at``: when it was decided. ``data``: the event itself, as the
    catalogue of events describes ``type``; of what is no event, ``Unreadable``, it says why.
    """

    position: int
    area: str
    kind: str
    id: str
    type: str
    happened_at: dt.datetime
    recorded_at: dt.datetime
    by: str
    data: dict[str, Any]


class OrderSeen(Struct, frozen=True, kw_only=True):
    """A work order as it stands (``row``) and how it came to that (``history``). No personal data."""

    row: LedgerRow
    history: list[EventSeen]


class History(Struct, frozen=True, kw_only=True):
    """Every event of a work order and of the request it came from, in the order of the log.

    ``personal``: what the request said about people. That, and what remarks and proofs of presence stand in the
    events, only where asked for and not erased since.
    """

    area: str
    order: str
    events: list[EventSeen]
    personal: Personal | None = None


_UNKEPT = {"Cache-Control": "no-store"}
_UNKNOWN = {
    404: told("`unknown_order`: there is no such work order in this area."),
    503: told("NATS is away."),
}


@see(
    "order",
    "/orders/{area:str}/{order:str}",
    "One work order",
    "Its row as in the ledger, and its history. Read from the log: current the moment it was accepted.",
    responses=_UNKNOWN,
)
async def order(here: NamedDependency[Context], area: TokenPath, order: TokenPath) -> OrderSeen:
    """One order, also when it has ended."""
    found = await _load(here, area, order)
    rows: Rows[LedgerRow] = Rows(Ledger())
    rows.take(found)
    # Of an order that moved there is one row, in the area it is in now.
    (row,) = rows.rows.values()
    return OrderSeen(row=row, history=await _with_request(here, found))


@see(
    "orderHistory",
    "/orders/{area:str}/{order:str}/history",
    "Every event of a work order",
    "In the order of the log, with the events of its request. Personal data, as remarks and proofs of presence are, "
    "only with `personal=true`; the remarks alone with `remarks=true`. Both are marked `Cache-Control: no-store`.",
    responses=_UNKNOWN,
)
async def history(
    here: NamedDependency[Context],
    area: TokenPath,
    order: TokenPath,
    personal: Annotated[
        bool, QueryParameter(description="with the contact, what was said and noted, and proofs; for those on the case")
    ] = False,
    remarks: Annotated[bool, QueryParameter(description="with what staff and dispatchers noted, nothing else")] = False,
) -> Response[History]:
    """What an auditor reads."""
    found = await _load(here, area, order)
    shown = PersonalData if personal else Remark if remarks else None
    seen = History(area=area, order=order, events=await _with_request(here, found, shown))
    if shown is None:
        return Response(seen)
    if not personal:
        return Response(seen, headers=_UNKEPT)
    said = [one for one in await _request_of(here, found) if one.recorded.type == "RequestAccepted"]
    known = getattr(event_in(said[0]), "personal", None) if said else None
    seen = msgspec.structs.replace(seen, personal=known)
    return Response(seen, headers=_UNKEPT)


def seen_of(stored: Stored, shown: type[PersonalData] | None = None) -> EventSeen:
    """``stored`` as it is shown to anybody: without personal data, but that of visits and absences of a kind ``shown``.

    Never that of requests.
    """
    event = event_in(stored)
    if isinstance(event, Unreadable):
        data: dict[str, Any] = msgspec.to_builtins(event)
    else:
        data = msgspec.json.decode(stored.recorded.data)
    hidden = personal_fields(type(event))
    if shown is not None and stored.entity.kind != REQUEST_KIND:
        hidden -= personal_fields(type(event), shown)
    data = {key: value for key, value in data.items() if key not in hidden}
    return EventSeen(
        position=stored.position,
        area=stored.entity.area,
        kind=stored.entity.kind,
        id=stored.entity.id,
        type=type(event).__name__,
        happened_at=stored.recorded.happened_at,
        recorded_at=stored.recorded.recorded_at,
        by=stored.recorded.by,
        data=data,
    )


async def _load(here: Context, area: str, order: str) -> list[Stored]:
    """All events of an order that is in ``area``, or was; also those in the areas it moved from and to."""
    here.check_connected()
    events = here.client.store.events
    found, _ = await events.load(Entity(area, "order", order))
    opened = _opened(found)
    if opened is None:
        raise Refusal(
            404,
            Problem(
                code="unknown_order",
                reason=f"There is no order {quoted(order)} in the area {quoted(area)}.",
                hint="the order belongs to another area, or its id was mistyped.",
            ),
        )
    if not _moved(found, opened):
        return found
    asked = await _request_of(here, found) if opened.origin is Origin.REQUEST else []
    accepted = next((event for one in asked if isinstance(event := event_in(one), RequestAccepted)), None)
    return await happened_to(events, order, accepted)


def _moved(found: list[Stored], opened: OrderOpened) -> bool:
    """Whether the order left the area these events are of, or came from another."""
    came = opened.origin not in {Origin.ROUND, Origin.CONTRACT} and any(
        one.recorded.type == "OrderOpened" and one.recorded.by == "planner" for one in found
    )
    return came or any(one.recorded.type == "OrderMoved" for one in found)


def _opened(found: list[Stored]) -> OrderOpened | None:
    return next((event for one in found if isinstance(event := event_in(one), OrderOpened)), None)


async def _request_of(here: Context, found: list[Stored]) -> list[Stored]:
    """The events of the request the order came from; none for rounds, which nobody requested."""
    opened = _opened(found)
    if opened is None or not opened.request:
        return []
    said, _ = await here.client.store.events.load(
        Entity(EVERYWHERE, REQUEST_KIND, key_of(opened.source, opened.request))
    )
    return said


async def _with_request(here: Context, found: list[Stored], shown: type[PersonalData] | None = None) -> list[EventSeen]:
    both = [*found, *await _request_of(here, found)]
    return [seen_of(one, shown) for one in sorted(both, key=lambda one: one.position)]


HANDLERS: tuple[Any, ...] = (order, history)
