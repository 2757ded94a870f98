"""What people said and what was refused, inside one process: `Inbox` and `Rejections` without a server."""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import math
from collections.abc import AsyncIterator, Iterable, Sequence

from dispatch.store.base import Rejected, Said
from dispatch.store.memory_log import MemoryLog, Message
from dispatch.store.subjects import rejected_filter, rejected_subject


class MemoryConsumer:
    """Where a named inbox stands: the next position, what is out and until when, what is to come again."""

    def __init__(self, log: MemoryLog, *, ack_wait_s: float, max_unacked: int) -> None:
        self.log = log
        self.ack_wait_s = ack_wait_s
        self.max_unacked = max_unacked
        self.seen = 0
        self.deliveries: dict[int, int] = {}
        self._out: dict[int, float] = {}
        self._again: list[tuple[float, int]] = []
        self._changed = asyncio.Event()

    def undecided(self) -> int:
        """Messages not acknowledged."""
        return len(self.log.messages) - self.seen + len(self.deliveries)

    def settle(self, position: int) -> None:
        """Acknowledged."""
        self._out.pop(position, None)
        self.deliveries.pop(position, None)
        self._wake()

    def let_go(self, positions: Iterable[int]) -> None:
        """Nobody works on these any more; those not settled come again after the wait."""
        until = asyncio.get_running_loop().time() + self.ack_wait_s
        self._out.update({position: until for position in positions if position in self._out})
        self._wake()

    def again(self, position: int, delay_s: float) -> None:
        """To be delivered again after ``delay_s``."""
        if position in self.deliveries:
            self._out.pop(position, None)
            heapq.heappush(self._again, (asyncio.get_running_loop().time() + delay_s, position))
            self._wake()

    async def next(self, limit: int) -> list[Message]:
        """Up to ``limit`` messages that are due, at least one."""
        while True:
            now = asyncio.get_running_loop().time()
            due = self._due(now, limit)
            while len(due) < limit and self.seen < len(self.log.messages):
                if len(self.deliveries) >= self.max_unacked:
                    break
                self.seen += 1
                self.deliveries[self.seen] = 0
                due.append(self.seen)
            for position in due:
                self.deliveries[position] += 1
                self._out[position] = math.inf
            if due:
                return [self.log.messages[position - 1] for position in due]
            await self._something(now)

    def _due(self, now: float, limit: int) -> list[int]:
        for position in [position for position, until in self._out.items() if until <= now]:
            self.again(position, 0)
        due: list[int] = []
        while self._again and self._again[0][0] <= now and len(due) < limit:
            position = heapq.heappop(self._again)[1]
            if position in self.deliveries and position not in self._out and position not in due:
                due.append(position)
        return due

    async def _something(self, now: float) -> None:
        times = [*self._out.values(), *(at for at, _ in self._again)]
        wait_s = max(0.0, min(times) - now) if times and min(times) < math.inf else None
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._changed.wait())]
        if len(self.deliveries) < self.max_unacked:
            waits.append(asyncio.create_task(self.log.longer_than(self.seen)))
        try:
            await asyncio.wait(waits, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class MemoryInbox:
    """`Inbox` inside one process."""

    def __init__(self, consumer: MemoryConsumer) -> None:
        self._consumer = consumer

    async def batches(self, limit: int = 500) -> AsyncIterator[list[Said]]:
        """See `Inbox.batches`."""
        while True:
            messages = await self._consumer.next(limit)
            try:
                yield [said_of(message, self._consumer.deliveries[message.position]) for message in messages]
            finally:
                self._consumer.let_go(message.position for message in messages)

    async def ack(self, batch: Sequence[Said]) -> None:
        """See `Inbox.ack`."""
        for said in batch:
            self._consumer.settle(said.position)

    async def nack(self, said: Said, *, delay_s: float = 0.0) -> None:
        """See `Inbox.nack`."""
        self._consumer.again(said.position, delay_s)

    async def undecided(self) -> int:
        """See `Inbox.undecided`."""
        return self._consumer.undecided()


def said_of(message: Message, deliveries: int = 1) -> Said:
    """A kept message as `Said`."""
    receipt = str(message.position)
    return Said(
        message.position, message.subject, message.headers, message.body, message.stored_at, deliveries, receipt
    )


class MemoryRejections:
    """`Rejections` inside one process."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._kept: dict[int, Rejected] = {}

    async def keep(self, said: Said, *, code: str, message: str, hint: str, at: dt.datetime) -> None:
        """See `Rejections.keep`."""
        if said.position not in self._kept:
            self._log.add([(rejected_subject(said.subject, said.position), {}, said.body)])
            self._kept[said.position] = Rejected(said.position, said.subject, code, message, hint, at, said.body)

    async def get(self, position: int) -> Rejected | None:
        """See `Rejections.get`."""
        return self._kept.get(position)

    async def list(
        self, *, tree: str | None = None, area: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Rejected]:
        """See `Rejections.list`."""
        before = self._log.last_matching(f"rejected.*.*.{after}") if after else None
        start = before.position if before else 0
        found = [one for one in self._log.matching(rejected_filter(tree, area)) if one.position > start]
        return [self._kept[int(one.subject.split(".")[-1])] for one in found[:limit]]

    async def count(self, tree: str | None = None) -> int:
        """See `Rejections.count`."""
        return len(self._log.matching(rejected_filter(tree)))
