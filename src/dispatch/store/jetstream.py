"""Everything that is kept, on a NATS server: `Store` over nats-py."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.store.base import ACK_WAIT_S, BATCH_LIMIT, Said
from dispatch.store.connection import Connection
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_events import JetStreamEvents
from dispatch.store.jetstream_leases import JetStreamLeases
from dispatch.store.jetstream_pull import count_matching
from dispatch.store.jetstream_rejections import JetStreamRejections
from dispatch.store.jetstream_said import JetStreamInbox, read_said, say
from dispatch.store.jetstream_send import Sender
from dispatch.store.jetstream_views import JetStreamViews
from dispatch.store.subjects import SAID


class JetStreamStore:
    """`Store` over ``connection``, which comes from `dispatch.store.connection.connect`.

    ``timeout_s``: how long one answer is awaited; ``batch_limit``: the server's, from
    `dispatch.store.streams.verify_server`. The streams must have been declared.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        timeout_s: float = 5.0,
        patience_s: float = 15.0,
        batch_limit: int = BATCH_LIMIT,
    ) -> None:
        self._api = Api(connection, timeout_s=timeout_s, patience_s=patience_s)
        sender = Sender(self._api)
        self.events = JetStreamEvents(self._api, sender, limit=batch_limit)
        self.views = JetStreamViews(self._api, sender)
        self.rejections = JetStreamRejections(self._api, sender)
        self.leases = JetStreamLeases(self._api)

    async def inbox(self, name: str, *, ack_wait_s: float = ACK_WAIT_S, max_unacked: int = 4000) -> JetStreamInbox:
        """See `Store.inbox`."""
        return await JetStreamInbox.open(self._api, name, ack_wait_s=ack_wait_s, max_unacked=max_unacked)

    async def say(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """See `Store.say`."""
        return await say(self._api, subject, body, headers)

    async def said(self, position: int) -> Said | None:
        """See `Store.said`."""
        return await read_said(self._api, position)

    async def count_said(self, pattern: str) -> int:
        """See `Store.count_said`."""
        return await count_matching(self._api, SAID, [pattern])
