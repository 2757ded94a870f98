"""Folding: from the stored events of one entity to its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Stored, Unreadable

S = TypeVar("S")


class Evolve(Protocol[S]):
    """How a state takes in one more event that happened ``at``; ``state`` is None before the first."""

    def __call__(self, state: S | None, event: Struct, at: dt.datetime) -> S | None: ...


class Folded(Generic[S]):
    """An entity as far as its log was read: ``state``, and the ``position`` of its last event (0: none)."""

    __slots__ = ("_evolve", "position", "state")

    def __init__(self, evolve: Evolve[S]) -> None:
        self._evolve = evolve
        self.state: S | None = None
        self.position = 0

    def take(self, event: Struct, at: dt.datetime) -> None:
        """Fold in one event."""
        self.state = self._evolve(self.state, event, at)

    def take_stored(self, stored: Iterable[Stored]) -> Folded[S]:
        """Fold in stored events in order and move ``position`` to the last; returns itself.

        What cannot be read is passed over, but for its position.
        """
        for one in stored:
            event = event_in(one)
            if not isinstance(event, Unreadable):
                self.take(event, one.recorded.happened_at)
            self.position = one.position
        return self
