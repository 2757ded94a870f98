"""What the promises are judged by once the day is over: the log, the requests as they were kept, and the refusals."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import aclosing

from msgspec import Struct

from dispatch.events.envelope import Stored
from dispatch.services.audit import Verified, verify
from dispatch.store.base import Rejected, Said, Store

_PAGE = 500


class Evidence(Struct, frozen=True, kw_only=True):
    """The day ``[start, end)`` in ``area`` and all that is kept of it up to ``until``, when it was looked at.

    ``said``: every request as it was kept. ``verified``: each read model as people see it beside one rebuilt from zero.
    """

    area: str
    time_zone: str
    start: dt.datetime
    end: dt.datetime
    until: dt.datetime
    events: tuple[Stored, ...]
    said: tuple[Said, ...]
    rejected: tuple[Rejected, ...]
    verified: tuple[Verified, ...]

    def digest(self) -> str:
        """A digest of what happened to what, when and in which order; names of messages and plans are left out."""
        digest = hashlib.blake2b(digest_size=16)
        for stored in self.events:
            recorded = stored.recorded
            for part in (stored.entity.subject, recorded.type, recorded.happened_at, recorded.recorded_at):
                digest.update(f"{part}\0".encode())
            digest.update(bytes(recorded.data))
        return digest.hexdigest()


async def gather(
    store: Store, *, area: str, time_zone: str, start: dt.datetime, end: dt.datetime, until: dt.datetime
) -> Evidence:
    """Read everything that is kept. The services must be at rest."""
    return Evidence(
        area=area,
        time_zone=time_zone,
        start=start,
        end=end,
        until=until,
        events=await _events(store),
        said=await _requests(store),
        rejected=await _rejections(store),
        verified=tuple(await verify(store)),
    )


async def _events(store: Store) -> tuple[Stored, ...]:
    found: list[Stored] = []
    last = await store.events.position()
    if last:
        async with aclosing(store.events.follow(("event.>",), 0, until=last)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                found += batch
    return tuple(found)


async def _requests(store: Store) -> tuple[Said, ...]:
    found = []
    position = 1
    while (said := await store.said(position)) is not None:
        if said.subject.startswith("request."):
            found.append(said)
        position += 1
    return tuple(found)


async def _rejections(store: Store) -> tuple[Rejected, ...]:
    found: list[Rejected] = []
    while page := await store.rejections.list(after=found[-1].position if found else 0, limit=_PAGE):
        found += page
    return tuple(found)
