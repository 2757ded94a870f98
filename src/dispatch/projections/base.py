"""What a projection is, and the engine that folds events into its rows.

A row carries the position of the last event it reflects and takes in nothing older, so that a redelivered event, or
rows written ahead of the checkpoint, change nothing. A row depends on itself and the event alone, never on other
rows: that is what makes a rebuild from zero equal to the live rows.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Struct

from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Entity, Recorded, Stored, Unreadable
from dispatch.model.errors import ViewDamaged


class Row(Struct, kw_only=True, omit_defaults=True):
    """What every row has: the log ``position`` it reflects."""

    position: int = 0


R = TypeVar("R", bound=Row)


class Projection(ABC, Generic[R]):
    """A read model: ``name``, ``version`` (raised when rows change meaning), the ``row`` type and the events it takes.

    ``keys`` says which rows an event concerns; ``apply`` gives the row after it, or None to remove it.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    row: ClassVar[type[Row]]
    takes: ClassVar[frozenset[str]]
    personal: ClassVar[bool] = False
    """Whether rows hold personal data; then they are shown to those on duty only."""
    counts_unreadable: ClassVar[bool] = False
    """Whether it also takes what stands in the log and cannot be read; all others pass over it."""

    def keys(self, entity: Entity, event: Struct) -> tuple[str, ...]:
        """The keys of the rows ``event`` concerns; by default one, ``<area>.<id>`` of the entity."""
        return (f"{entity.area}.{entity.id}",)

    @abstractmethod
    def apply(self, row: R | None, entity: Entity, event: Any, recorded: Recorded) -> R | None:
        """The row after ``event``; ``row`` is None where there is none yet."""


class Rows(Generic[R]):
    """The rows of one projection in memory, with the ``position`` they were folded to."""

    def __init__(self, projection: Projection[R]) -> None:
        self.projection = projection
        self.rows: dict[str, R] = {}
        self.position = 0
        self.last = ""
        """The id of the event at ``position``."""
        self.changed: set[str] = set()
        self.passed_over: list[str] = []
        """What was met that cannot be read, in words; for whoever is to say so."""
        self._encoder = msgspec.json.Encoder(order="deterministic")
        self._decoder = msgspec.json.Decoder(projection.row)

    def take(self, batch: Iterable[Stored]) -> None:
        """Fold a batch of events in order; positions already folded are passed over."""
        takes, every = self.projection.takes, self.projection.counts_unreadable
        for stored in batch:
            if stored.position <= self.position:
                continue
            self.position, self.last = stored.position, stored.recorded.id
            taken = stored.recorded.type in takes
            if not (taken or every):
                continue
            event = event_in(stored)
            if isinstance(event, Unreadable):
                if every:
                    self.passed_over.append(f"position {stored.position} on {stored.entity.subject}: {event.why}")
                    self._take(stored, event)
            elif taken:
                self._take(stored, event)

    def _take(self, stored: Stored, event: Struct) -> None:
        projection, rows = self.projection, self.rows
        for key in projection.keys(stored.entity, event):
            row = rows.get(key)
            if row is not None and row.position >= stored.position:
                continue
            new = projection.apply(row, stored.entity, event, stored.recorded)
            if new is None:
                if row is not None:
                    del rows[key]
                    self.changed.add(key)
                continue
            new.position = stored.position
            rows[key] = new
            self.changed.add(key)

    def drain(self) -> dict[str, bytes | None]:
        """The rows changed since the last call, encoded; None for those removed."""
        encode, rows = self._encoder.encode, self.rows
        drained = {key: encode(rows[key]) if key in rows else None for key in self.changed}
        self.changed = set()
        return drained

    def restore(self, encoded: dict[str, bytes], position: int, last: str = "") -> None:
        """Start from rows written before, as of ``position`` and its event ``last``.

        Raises `ViewDamaged` if one of them is no row.
        """
        decoded = {}
        for key, body in encoded.items():
            try:
                decoded[key] = self._decoder.decode(body)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise ViewDamaged(f"The row {key} of {self.projection.name} cannot be read: {error}.") from error
        self.rows = decoded  # type: ignore[assignment]
        self.position, self.last = position, last

    def encoded(self) -> Iterator[tuple[str, bytes]]:
        """All rows in order of their keys, encoded."""
        for key in sorted(self.rows):
            yield key, self._encoder.encode(self.rows[key])

    def digest(self) -> str:
        """A digest of all rows; equal digests at one position mean equal read models."""
        return digest_of(self.encoded())


def digest_of(rows: Iterable[tuple[str, bytes]]) -> str:
    """BLAKE2b over keys and encoded rows, which must come in order of their keys."""
    digest = hashlib.blake2b(digest_size=16)
    for key, body in rows:
        digest.update(len(key).to_bytes(4, "big"))
        digest.update(key.encode())
        digest.update(len(body).to_bytes(4, "big"))
        digest.update(body)
    return digest.hexdigest()
