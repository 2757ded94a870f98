"""What can be asked of running services on ``ask.>``: pages of a read model, the status, whether all is settled.

Request and reply over plain NATS, served with FastStream; any client may ask. Replies are JSON.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

import msgspec
from fast_depends.exceptions import ValidationError
from fast_depends.msgspec import MsgSpecSerializer
from faststream import ExceptionMiddleware, Response
from faststream.nats import NatsBroker

from dispatch.model.errors import DispatchError, ProblemError, StoreError
from dispatch.projections.all import PROJECTIONS
from dispatch.projections.base import Rows
from dispatch.services.clock import Clock
from dispatch.services.questions import (
    FAILED,
    Failed,
    Health,
    Page,
    Query,
    Reached,
    StandInsAsked,
    StandInsFound,
    Wait,
)
from dispatch.services.status import Source, Status, refused_ahead, status_of
from dispatch.store.base import Store
from dispatch.store.connection import Connection, connect

log = logging.getLogger(__name__)

_FORMS = "`dispatch.services.questions` states the forms."
NO_QUESTION = (ValidationError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What comes of reading a message that is no question at all."""
PAGE_BYTES = 1_000_000
"""A page ends before it is larger than this; the server's payload limit is twice as much."""


def _unanswered(error: DispatchError) -> Response:
    return _failed(Failed(code=error.code, reason=error.message, hint=error.hint))


def _misunderstood() -> Response:
    # The library's own words would quote the message back.
    return _failed(
        Failed(code="bad_question", reason="The question is not of the form that is asked here.", hint=_FORMS)
    )


def _failed(failed: Failed) -> Response:
    """Whoever asked must not wait for an answer that does not come."""
    log.warning("a question was not answered (%s): %s", failed.code, failed.reason)
    return Response(msgspec.json.encode(failed), headers={FAILED: failed.code})


class Broker(NatsBroker):
    """FastStream's broker over the store's connection, whose read loop no stranger's message can end."""

    def __init__(self, url: str, name: str) -> None:
        failing = ExceptionMiddleware(
            publish_handlers={
                StoreError: _unanswered,
                ProblemError: _unanswered,
                **dict.fromkeys(NO_QUESTION, _misunderstood),
            }
        )
        super().__init__(url.split(","), serializer=MsgSpecSerializer(), logger=log, middlewares=[failing])
        self._url, self._name = url, name

    async def _connect(self) -> Connection:
        connection = await connect(self._url, name=self._name)
        self.config.connect(connection)
        return connection


def broker(url: str, name: str) -> NatsBroker:
    """A broker called ``name`` that questions are answered with, behind the NATS server at ``url``."""
    return Broker(url, name)


def page_of(rows: Rows[Any], query: Query) -> Page:
    """The page of ``rows`` that ``query`` asks for."""
    keys: list[str] = []
    found: list[msgspec.Raw] = []
    size, more = 0, False
    asked = rows.rows.keys() if query.keys is None else rows.rows.keys() & set(query.keys)
    for key in sorted(key for key in asked if key.startswith(query.prefix) and key > query.after):
        body = msgspec.json.encode(rows.rows[key])
        if len(found) == query.limit or (found and size + len(body) > PAGE_BYTES):
            more = True
            break
        keys.append(key)
        found.append(msgspec.Raw(body))
        size += len(key) + len(body)
    return Page(position=rows.position, keys=keys, rows=found, next=keys[-1] if more else None)


def answer_health(asked: NatsBroker, service: str, clock: Clock, *, source: Source | None = None) -> None:
    """Let ``asked`` answer ``ask.<service>.health``; ``source``: the rows, of the service that has them."""

    @asked.subscriber(f"ask.{service}.health")
    async def health() -> Health:
        refused = () if source is None else refused_ahead(source.rows)
        return Health(service=service, now=clock.now(), refused=refused)


def answer_rows(asked: NatsBroker, source: Source, store: Store, clock: Clock) -> None:
    """Let ``asked`` answer ``ask.view.<name>``, ``ask.status`` and ``ask.projector.settled`` from ``source``."""
    for projection in PROJECTIONS:
        _answer_view(asked, source, projection.name)

    @asked.subscriber("ask.status", max_workers=4)
    async def status() -> Status:
        return await status_of(source, store)

    @asked.subscriber("ask.projector.settled", max_workers=100)
    async def settled(wait: Wait) -> Reached:
        await source.caught_up(wait.position)
        return Reached(position=wait.position, now=clock.now())


def _answer_view(asked: NatsBroker, source: Source, name: str) -> None:
    @asked.subscriber(f"ask.view.{name}")
    async def view(query: Query) -> Page:
        await source.caught_up(0)
        return page_of(source.rows[name], query)


class PlannerSource(Protocol):
    """A running planner, as far as questions are concerned."""

    async def stand_ins(self, asked: StandInsAsked) -> StandInsFound:
        """Who can step in for somebody on a day; raises `ProblemError` for somebody or an area unknown."""

    async def settled(self, position: int) -> None:
        """Return once all up to ``position`` is planned."""


def answer_planner(asked: NatsBroker, planner: PlannerSource, clock: Clock) -> None:
    """Let ``asked`` answer ``ask.planner.settled`` and ``ask.planner.standins``."""

    @asked.subscriber("ask.planner.standins", max_workers=4)
    async def standins(question: StandInsAsked) -> StandInsFound:
        return await planner.stand_ins(question)

    @asked.subscriber("ask.planner.settled", max_workers=100)
    async def settled(wait: Wait) -> Reached:
        await planner.settled(wait.position)
        return Reached(position=wait.position, now=clock.now())
