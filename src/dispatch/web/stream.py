"""``GET /stream``: committed events as server-sent events, resumed from exactly where the reader stopped.

Format: the HTML standard, *Server-sent events*. The ``id`` of an event is its position in the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated, Any

import msgspec
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Send

from dispatch.events.catalogue import ENTITIES
from dispatch.events.envelope import Stored
from dispatch.model.errors import StoreError
from dispatch.web.context import Context
from dispatch.web.handling import TokenItem, see
from dispatch.web.history import REQUEST_KIND, EventSeen, seen_of
from dispatch.web.problems import Problem, Refusal, answers, told

log = logging.getLogger(__name__)

HEARTBEAT_S = 15.0
"""A comment after so long without an event keeps proxies from closing the stream."""
RECONNECT_MS = 1000
MAX_POSITION = 2**53

STREAMED = tuple(kind for kind in ENTITIES if kind != REQUEST_KIND)
"""Entities whose events are streamed; those of requests are personal data for the most part."""

_ENCODER = msgspec.json.Encoder()


class EventStream(ASGIStreamingResponse):
    """The events on ``filters`` behind position ``after``, until the reader goes away or the service stops."""

    def __init__(self, here: NamedDependency[Context], filters: Sequence[str], after: int) -> None:
        super().__init__(iterator=(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._here = here
        self._filters = filters
        self._after = after

    async def send_body(self, send: Send, receive: Receive) -> None:
        """Send what comes; at the end the consumer on the log is gone too."""
        # A block without data is no event, but a reader that loses us before the first one comes back with its id.
        await _send(send, b"retry: %d\nid: %d\n\n" % (RECONNECT_MS, self._after))
        ends: set[asyncio.Future[Any]] = {
            asyncio.ensure_future(_gone(receive)),
            asyncio.ensure_future(self._here.stopping.wait()),
        }
        try:
            await self._send_events(send, ends)
        except StoreError as error:
            log.warning("a stream ended: %s", error)
            problem = Problem(code=error.code, reason=error.message, hint=error.hint)
            await _send(send, b"event: problem\ndata: %b\n\n" % _ENCODER.encode(problem))
        finally:
            for end in ends:
                end.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send, ends: set[asyncio.Future[Any]]) -> None:
        following = self._here.client.store.events.follow(self._filters, self._after)
        async with aclosing(following) as batches:  # type: ignore[type-var]
            step = asyncio.ensure_future(anext(batches))
            try:
                while True:
                    done, _ = await asyncio.wait(
                        {step, *ends}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
                    )
                    if done & ends:
                        return
                    if step not in done:
                        await _send(send, b": still here\n\n")
                        continue
                    batch = step.result()
                    step = asyncio.ensure_future(anext(batches))
                    await _send(send, b"".join(map(block, batch)))
            finally:
                # A generator cannot be closed while it runs, so the step under way ends first.
                while not step.done():
                    step.cancel()
                    await asyncio.wait({step}, timeout=1)


@see(
    "stream",
    "/stream",
    "Committed events as they happen",
    "Server-sent events: `id` is the position in the log, `event` the type, `data` the event as JSON. "
    "`Last-Event-ID` (or `after`) resumes behind that position, nothing left out and nothing twice; without either the "
    "stream begins at the present end. Lines that begin with a colon only keep the connection open. "
    "Personal data is never in it.",
    responses={
        200: answers(EventSeen, "One `data` per event, as shown.", media_type="text/event-stream"),
        409: told("`position_beyond_end`: the log is not that long; it was lost or swapped."),
        503: told("NATS is away."),
    },
)
async def stream(
    here: NamedDependency[Context],
    areas: Annotated[
        list[TokenItem] | None,
        QueryParameter(
            name="area",
            max_items=20,
            description="only events of this area; may be given several times. What holds everywhere happens to `all`",
        ),
    ] = None,
    after: Annotated[
        int | None, QueryParameter(ge=0, le=MAX_POSITION, description="events behind this position of the log")
    ] = None,
    last_event_id: Annotated[
        int | None,
        HeaderParameter(
            name="Last-Event-ID", ge=0, le=MAX_POSITION, description="as `after`, and stronger; browsers send it"
        ),
    ] = None,
) -> EventStream:
    """Assignments, and all else that is so, as they happen."""
    here.check_connected()
    end = await here.client.store.events.position()
    start = last_event_id if last_event_id is not None else after
    if start is not None and start > end:
        raise Refusal(
            409,
            Problem(
                code="position_beyond_end",
                reason=f"The log ends at position {end}; position {start} is not there.",
                hint="the log was lost or restored from a backup: read the board again, then stream without an id.",
            ),
        )
    filters = [f"event.{area}.{kind}.*" for area in dict.fromkeys(areas or ["*"]) for kind in STREAMED]
    return EventStream(here, filters, end if start is None else start)


def block(stored: Stored) -> bytes:
    """``stored`` as one event of the stream."""
    seen = seen_of(stored)
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (stored.position, seen.type.encode(), _ENCODER.encode(seen))


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _gone(receive: Receive) -> None:
    """Return once the reader went away."""
    while (await receive())["type"] != "http.disconnect":
        pass


HANDLERS: tuple[Any, ...] = (stream,)
