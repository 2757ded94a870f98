"""Leases in the KV bucket ``dispatch-leases``: one message per lease, changed under guard, ended by its age."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.model.errors import Conflict
from dispatch.store.base import never_ended
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_send import GUARD
from dispatch.store.streams import LEASE_TTL_S
from dispatch.store.subjects import LEASES, lease_subject

_FREE = b""


class JetStreamLeases:
    """`Leases` on a NATS server; the time to live is the server's clock's, never the simulated one."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.ttl_s = LEASE_TTL_S

    async def take(self, name: str, holder: str, *, ended: Callable[[str], bool] = never_ended) -> int | None:
        """See `Leases.take`."""
        subject = lease_subject(name)
        standing = await self._api.read_leader(LEASES, {"last_by_subj": subject})
        held_by = _FREE if standing is None else standing.body
        if held_by not in (_FREE, holder.encode()) and not ended(held_by.decode(errors="replace")):
            return None
        return await self._put(subject, holder.encode(), standing.position if standing else 0)

    async def renew(self, name: str, holder: str, revision: int) -> int | None:
        """See `Leases.renew`."""
        return await self._put(lease_subject(name), holder.encode(), revision)

    async def release(self, name: str, revision: int) -> None:
        """See `Leases.release`."""
        await self._put(lease_subject(name), _FREE, revision)

    async def _put(self, subject: str, body: bytes, revision: int) -> int | None:
        try:
            return (await self._api.publish(subject, body, {GUARD: str(revision)})).seq
        except Conflict:
            return None
