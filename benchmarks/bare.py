"""The bare client: what nats-py alone publishes to, and reads from, a plain stream of the same server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

from dispatch.services.client import IN_FLIGHT
from dispatch.store.connection import Connection

STREAM = "BARE"
_ACK_WITHIN_S = 30.0


async def declare_bare(connection: Connection) -> None:
    """Make the stream ``BARE``, of files, as anybody would."""
    await connection.jetstream().add_stream(name=STREAM, subjects=["bare.>"])


async def publish_all(connection: Connection, messages: Sequence[tuple[str, bytes]], *, reply: str = "") -> float:
    """Publish with acks, `IN_FLIGHT` under way at once, with plain nats-py; gives the seconds it took."""
    context = connection.jetstream(timeout=_ACK_WITHIN_S)
    room = asyncio.Semaphore(IN_FLIGHT)
    headers = {"Dispatch-Reply-To": reply} if reply else None

    async def one(subject: str, body: bytes) -> None:
        async with room:
            await context.publish(subject, body, headers=headers)

    began = time.perf_counter()
    await asyncio.gather(*(one(subject, body) for subject, body in messages))
    return time.perf_counter() - began


def requests(count: int, *, start: int = 0, areas: int = 5) -> list[tuple[str, bytes]]:
    """``count`` distinct requests over some areas, as any client would send them."""
    return [
        (
            f"request.bench-{number % areas}.repair",
            json.dumps(
                {
                    "id": f"b-{number}",
                    "source": "bench",
                    "category": "water-leak",
                    "place": {"lat": 31.2 + number % 97 / 1000, "lon": 121.4 + number % 89 / 1000},
                    "household": f"h-{number % 5000}",
                    "contact": {"name": "N. N.", "phone": "555-0100"},
                    "detail": "kitchen ceiling drips",
                    "reported_at": "2026-01-05T08:41:07+08:00",
                }
            ).encode(),
        )
        for number in range(start, start + count)
    ]


def as_bare(messages: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The same bytes on subjects of the plain stream."""
    return [(f"bare.{subject}", body) for subject, body in messages]
