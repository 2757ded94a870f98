"""Following ``feed.>`` as any subscriber would: committed events in order, each with its position in the log."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from nats.aio.msg import Msg

from dispatch.events.catalogue import decode_envelope, event_of
from dispatch.events.envelope import Entity
from dispatch.store.connection import Connection

_SEQUENCE = "Nats-Sequence"


class Seen(Struct, frozen=True):
    """An event as the feed brought it."""

    position: int
    entity: Entity
    event: Struct


class Feed:
    """What came on the feed and was not taken yet; `up_to` waits for a position."""

    def __init__(self) -> None:
        self.position = 0
        self._waiting: list[Seen] = []
        self._changed = asyncio.Condition()

    async def follow(self, connection: Connection) -> None:
        """Subscribe; what is committed from now on is seen."""
        await connection.subscribe("feed.>", cb=self._take)
        await connection.flush()

    async def up_to(self, position: int) -> list[Seen]:
        """Wait until the feed brought the event at ``position``; gives all that came since the last call, in order."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.position >= position)
        taken, self._waiting = self._waiting, []
        return taken

    async def _take(self, message: Msg) -> None:
        entity = Entity.parse(message.subject)
        position = int((message.headers or {})[_SEQUENCE])
        self._waiting.append(Seen(position, entity, event_of(decode_envelope(message.data))))
        async with self._changed:
            self.position = position
            self._changed.notify_all()
