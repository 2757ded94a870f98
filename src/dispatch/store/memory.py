"""Everything that is kept, inside one process: the twin of `dispatch.store.jetstream` that needs no server.

For tests and for playing through histories at speed. It keeps the same promises but one: it forgets everything
with its process.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

from dispatch.events.envelope import Entity, Stored
from dispatch.model.errors import Conflict, LogWentBackwards, SettingError
from dispatch.store.base import ACK_WAIT_S, BATCH_LIMIT, Said, View, Write, never_ended
from dispatch.store.codec import lines_of, stored
from dispatch.store.memory_log import MemoryLog, Message, wall_clock
from dispatch.store.memory_said import MemoryConsumer, MemoryInbox, MemoryRejections, said_of
from dispatch.store.subjects import check_said, lease_subject, matches, view_checkpoint, view_row

_FOLLOW_AT_ONCE = 1000


class MemoryEvents:
    """`EventStore` inside one process."""

    def __init__(self, log: MemoryLog, limit: int) -> None:
        self._log = log
        self._limit = limit
        self._ids: dict[str, int] = {}

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """See `EventStore.append`."""
        lines = lines_of(writes, limit=self._limit)
        refused = [write for write in writes if self._log.last_position(write.entity.subject) != write.expected]
        positions = [self._ids.get(line.id, 0) for line in lines]
        if refused or any(positions):
            first = self._log.behind(writes[0].expected, writes[0].entity.subject)
            landed = range(positions[0], positions[0] + len(positions))
            if first and positions == list(landed) and first[0].position == positions[0]:
                return tuple(landed)
        for write in refused:
            last = self._log.last_position(write.entity.subject)
            raise Conflict(
                f"{write.entity.subject} was expected at position {write.expected} and stands at {last}.",
                code="conflict",
                hint="somebody else was first: load it and decide again.",
            )
        for line, position in zip(lines, positions, strict=True):
            if position:
                raise Conflict(f"The event {line.id!r} is in the log already.", code="conflict")
        appended = self._log.add([(line.subject, {}, line.body) for line in lines])
        self._ids.update(zip((line.id for line in lines), appended, strict=True))
        return appended

    async def load(self, entity: Entity, *, after: int = 0) -> tuple[list[Stored], int]:
        """See `EventStore.load`."""
        found = self._log.behind(after, entity.subject)
        return list(map(_stored, found)), found[-1].position if found else after

    async def load_many(
        self, entities: Iterable[Entity], *, after: Mapping[Entity, int] | None = None
    ) -> dict[Entity, tuple[list[Stored], int]]:
        """See `EventStore.load_many`."""
        known = after or {}
        return {entity: await self.load(entity, after=known.get(entity, 0)) for entity in entities}

    async def last(self, pattern: str) -> Stored | None:
        """See `EventStore.last`."""
        found = self._log.last_matching(pattern)
        return _stored(found) if found else None

    async def position(self) -> int:
        """See `EventStore.position`."""
        return len(self._log.messages)

    async def follow(
        self, filters: Sequence[str], after: int, *, until: int | None = None
    ) -> AsyncIterator[list[Stored]]:
        """See `EventStore.follow`."""
        if len(self._log.messages) < after:
            raise LogWentBackwards(
                f"The log ends at position {len(self._log.messages)}, and position {after} was seen already.",
                code="log_went_backwards",
                hint="the server was given another data directory, or an old backup.",
            )
        position = after
        while until is None or position < until:
            await self._log.longer_than(position)
            end = min(len(self._log.messages), position + _FOLLOW_AT_ONCE, until or len(self._log.messages))
            arrived = self._log.messages[position:end]
            position = end
            wanted = [one for one in arrived if any(matches(pattern, one.subject) for pattern in filters)]
            if wanted:
                yield list(map(_stored, wanted))
            await asyncio.sleep(0)


class MemoryViews:
    """`ViewStore` inside one process."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], dict[str, bytes]] = {}
        self._checkpoints: dict[tuple[str, int], tuple[int, int, str]] = {}
        self._active: dict[str, int] = {}
        self._marks = 0

    async def write(
        self, name: str, version: int, rows: Mapping[str, bytes | None], position: int, *, mark: int, last: str = ""
    ) -> int:
        """See `ViewStore.write`."""
        for key in rows:
            view_row(name, version, key)
        subject = view_checkpoint(name, version)
        if self._checkpoints.get((name, version), (0, 0, ""))[1] != mark:
            raise Conflict(
                f"The checkpoint {subject} was expected at mark {mark} and has moved on.",
                code="conflict",
                hint="another projector writes the same view: read it again.",
            )
        kept = self._rows.setdefault((name, version), {})
        for key, body in rows.items():
            if body:
                kept[key] = bytes(body)
            else:
                kept.pop(key, None)
        self._marks += 1
        self._checkpoints[name, version] = (position, self._marks, last)
        return self._marks

    async def read(self, name: str, version: int) -> View:
        """See `ViewStore.read`."""
        view_checkpoint(name, version)
        position, mark, last = self._checkpoints.get((name, version), (0, 0, ""))
        return View(dict(self._rows.get((name, version), {})), position, mark, last=last)

    async def get(self, name: str, version: int, key: str) -> bytes | None:
        """See `ViewStore.get`."""
        view_row(name, version, key)
        return self._rows.get((name, version), {}).get(key)

    async def activate(self, name: str, version: int) -> None:
        """See `ViewStore.activate`."""
        view_checkpoint(name, version)
        self._active[name] = version

    async def active(self, name: str) -> int | None:
        """See `ViewStore.active`."""
        return self._active.get(name)

    async def drop(self, name: str, version: int) -> None:
        """See `ViewStore.drop`."""
        self._rows.pop((name, version), None)
        self._checkpoints.pop((name, version), None)

    async def clear(self) -> None:
        """See `ViewStore.clear`."""
        self._rows.clear()
        self._checkpoints.clear()
        self._active.clear()


class MemoryLeases:
    """`Leases` inside one process, on the event loop's clock."""

    def __init__(self, ttl_s: float) -> None:
        self.ttl_s = ttl_s
        self._held: dict[str, tuple[str, int, float]] = {}
        self._revisions = 0

    async def take(self, name: str, holder: str, *, ended: Callable[[str], bool] = never_ended) -> int | None:
        """See `Leases.take`."""
        lease_subject(name)
        standing = self._standing(name)
        free = standing is None or standing[0] == holder or ended(standing[0])
        return self._put(name, holder) if free else None

    async def renew(self, name: str, holder: str, revision: int) -> int | None:
        """See `Leases.renew`."""
        standing = self._standing(name)
        return self._put(name, holder) if standing is not None and standing[1] == revision else None

    async def release(self, name: str, revision: int) -> None:
        """See `Leases.release`."""
        standing = self._standing(name)
        if standing is not None and standing[1] == revision:
            del self._held[name]

    def _standing(self, name: str) -> tuple[str, int, float] | None:
        standing = self._held.get(name)
        return standing if standing is not None and standing[2] > asyncio.get_running_loop().time() else None

    def _put(self, name: str, holder: str) -> int:
        self._revisions += 1
        self._held[name] = (holder, self._revisions, asyncio.get_running_loop().time() + self.ttl_s)
        return self._revisions


class MemoryStore:
    """`Store` inside one process. ``now`` stamps what is kept, as a server would."""

    def __init__(
        self,
        *,
        now: Callable[[], dt.datetime] = wall_clock,
        batch_limit: int = BATCH_LIMIT,
        lease_ttl_s: float = 10.0,
    ) -> None:
        self._said = MemoryLog(now)
        self._consumers: dict[str, MemoryConsumer] = {}
        self.events = MemoryEvents(MemoryLog(now), batch_limit)
        self.views = MemoryViews()
        self.rejections = MemoryRejections(MemoryLog(now))
        self.leases = MemoryLeases(lease_ttl_s)

    async def inbox(self, name: str, *, ack_wait_s: float = ACK_WAIT_S, max_unacked: int = 4000) -> MemoryInbox:
        """See `Store.inbox`."""
        consumer = self._consumers.get(name)
        if consumer is None:
            consumer = MemoryConsumer(self._said, ack_wait_s=ack_wait_s, max_unacked=max_unacked)
            self._consumers[name] = consumer
        elif consumer.max_unacked != max_unacked:
            raise SettingError(f"The inbox {name} has other settings.", code="consumer_differs")
        consumer.ack_wait_s = ack_wait_s
        return MemoryInbox(consumer)

    async def say(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """See `Store.say`."""
        check_said(subject)
        return self._said.add([(subject, headers or {}, body)])[0]

    async def said(self, position: int) -> Said | None:
        """See `Store.said`."""
        kept = 1 <= position <= len(self._said.messages)
        return said_of(self._said.messages[position - 1]) if kept else None

    async def count_said(self, pattern: str) -> int:
        """See `Store.count_said`."""
        return len(self._said.matching(pattern))


def _stored(message: Message) -> Stored:
    return stored(message.position, message.subject, message.body)
