"""An ordered log of messages inside one process: what the in-memory twins of the streams are made of."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from dispatch.model.time import UTC
from dispatch.store.subjects import matches


class Message(Struct, frozen=True):
    """One kept message."""

    position: int
    subject: str
    headers: Mapping[str, str]
    body: bytes
    stored_at: dt.datetime


class MemoryLog:
    """Messages by position from 1, with the last position of every subject, and a way to wait for more."""

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self.messages: list[Message] = []
        self.by_subject: dict[str, list[int]] = {}
        self._now = now
        self._grown = asyncio.Event()

    def last_position(self, subject: str) -> int:
        """Position of the last message on exactly this subject, 0 if there is none."""
        positions = self.by_subject.get(subject)
        return positions[-1] if positions else 0

    def add(self, messages: Sequence[tuple[str, Mapping[str, str], bytes]]) -> tuple[int, ...]:
        """Appends and wakes whoever waits; gives the positions."""
        first = len(self.messages) + 1
        stored_at = self._now()
        for position, (subject, headers, body) in enumerate(messages, start=first):
            self.messages.append(Message(position, subject, dict(headers), body, stored_at))
            self.by_subject.setdefault(subject, []).append(position)
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()
        return tuple(range(first, first + len(messages)))

    def behind(self, position: int, subject: str) -> list[Message]:
        """Messages on exactly this subject behind ``position``."""
        return [self.messages[at - 1] for at in self.by_subject.get(subject, ()) if at > position]

    def matching(self, pattern: str) -> list[Message]:
        """All messages that match, in order."""
        return [message for message in self.messages if matches(pattern, message.subject)]

    def last_matching(self, pattern: str) -> Message | None:
        """The last message that matches."""
        found = (positions[-1] for subject, positions in self.by_subject.items() if matches(pattern, subject))
        position = max(found, default=0)
        return self.messages[position - 1] if position else None

    async def longer_than(self, length: int) -> None:
        """Waits until the log has more than ``length`` messages."""
        while len(self.messages) <= length:
            await self._grown.wait()


def wall_clock() -> dt.datetime:
    """The present instant; what a server stamps on what it keeps."""
    return dt.datetime.now(UTC)
