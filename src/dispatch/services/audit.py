"""What an auditor asks of the log: is what is shown what happened; how did it stand; what became of one order."""

from __future__ import annotations

import datetime as dt
from contextlib import aclosing
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Entity, Stored, Unreadable
from dispatch.events.order import OrderMoved, OrderOpened
from dispatch.events.personal import personal_fields
from dispatch.events.request import RequestAccepted
from dispatch.model.errors import FormError, ViewDamaged
from dispatch.model.words import EVERYWHERE, is_token, key_of
from dispatch.projections.all import PROJECTIONS
from dispatch.projections.base import Projection, Rows, digest_of
from dispatch.store.base import EventStore, Store


class Verified(Struct, frozen=True, kw_only=True):
    """One read model compared: the rows people see and rows rebuilt from zero, both at ``position``."""

    name: str
    version: int
    position: int
    rows: int
    live: str
    rebuilt: str
    differing: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether they are the same."""
        return self.live == self.rebuilt


async def verify(store: Store) -> list[Verified]:
    """Compare every read model as stored with one rebuilt from the log, at the position the stored one reflects.

    Works while everything runs: the rows are read as of one checkpoint, and the log is replayed up to it.
    """
    return [await _verify(store, projection) for projection in PROJECTIONS]


async def _verify(store: Store, projection: Projection[Any]) -> Verified:
    rows: Rows[Any] = Rows(projection)
    try:
        view = await store.views.read(projection.name, projection.version)
    except ViewDamaged:
        position = await fold(store.events, [rows])
        return Verified(
            name=projection.name, version=projection.version, position=position, rows=len(rows.rows),
            live="cannot be read", rebuilt=rows.digest(),
        )  # fmt: skip
    await fold(store.events, [rows], until=view.position)
    rebuilt = dict(rows.encoded())
    differing = tuple(key for key in sorted(set(view.rows) | set(rebuilt)) if view.rows.get(key) != rebuilt.get(key))
    return Verified(
        name=projection.name,
        version=projection.version,
        position=view.position,
        rows=len(rebuilt),
        live=digest_of(sorted(view.rows.items())),
        rebuilt=digest_of(sorted(rebuilt.items())),
        differing=differing[:20],
    )


async def fold(
    events: EventStore, rows: list[Rows[Any]], *, until: int | None = None, until_time: dt.datetime | None = None
) -> int:
    """Fold the log into ``rows`` up to position ``until``, or up to what was recorded by ``until_time``.

    Returns the position reached.
    """
    end = await events.position() if until is None else min(until, await events.position())
    reached = 0
    if end == 0:
        return 0
    async with aclosing(events.follow(("event.>",), 0, until=end)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            wanted = batch if until_time is None else [one for one in batch if one.recorded.recorded_at <= until_time]
            for one in rows:
                one.take(wanted)
            reached = wanted[-1].position if wanted else reached
            if len(wanted) < len(batch):
                break
    return reached


class HistoryLine(Struct, frozen=True, kw_only=True):
    """One event in an order's history."""

    position: int
    happened_at: dt.datetime
    recorded_at: dt.datetime
    by: str
    type: str
    cause: str
    data: msgspec.Raw


async def history(store: Store, order: str, *, personal: bool = False) -> list[HistoryLine]:
    """All events of ``order`` (its id, or ``<source>/<request id>``), and of the request it came from.

    Without ``personal``, personal data is left out. Raises `FormError` (``unknown_order``) if there is no such order.
    """
    key = key_of(*order.split("/", 1)) if "/" in order else order
    asked, accepted = await _request(store, key) if is_token(key) else ([], None)
    happened = await happened_to(store.events, key, accepted) if is_token(key) else []
    if not happened:
        raise FormError(
            f"There is no work order {order!r}.",
            code="unknown_order",
            hint="its id is on the board; a request is named as <source>/<id>.",
        )
    return [_line(stored, personal) for stored in sorted([*asked, *happened], key=lambda stored: stored.position)]


async def _request(store: Store, key: str) -> tuple[list[Stored], RequestAccepted | None]:
    asked, _ = await store.events.load(Entity(EVERYWHERE, "request", key))
    return asked, next((event for one in asked if isinstance(event := event_in(one), RequestAccepted)), None)


async def happened_to(events: EventStore, order: str, accepted: RequestAccepted | None) -> list[Stored]:
    """All events of ``order`` in the order of the log, through every area it moved to.

    It begins in the area of its request, if it has one (``accepted``), else where it was opened first: what somebody
    put on such a subject in another area is not of the order.
    """
    end = await events.position()
    if not end:
        return []
    areas = set() if accepted is None else {accepted.area}
    found: list[Stored] = []
    async with aclosing(events.follow((f"event.*.order.{order}",), 0, until=end)) as batches:  # type: ignore[type-var]
        every = [one async for batch in batches for one in batch]
    for stored in every:
        event = event_in(stored)
        if not areas and isinstance(event, OrderOpened):
            areas.add(stored.entity.area)
        if stored.entity.area in areas:
            found.append(stored)
            if isinstance(event, OrderMoved):
                areas.add(event.to)
    return found


def _line(stored: Stored, personal: bool) -> HistoryLine:
    recorded = stored.recorded
    data = recorded.data
    event = event_in(stored)
    if isinstance(event, Unreadable):
        data = msgspec.Raw(msgspec.json.encode(event))
    elif not personal and (hidden := personal_fields(type(event))):
        plain = {key: value for key, value in msgspec.json.decode(data).items() if key not in hidden}
        data = msgspec.Raw(msgspec.json.encode(plain))
    return HistoryLine(
        position=stored.position,
        happened_at=recorded.happened_at,
        recorded_at=recorded.recorded_at,
        by=recorded.by,
        type=type(event).__name__,
        cause=recorded.cause,
        data=data,
    )
