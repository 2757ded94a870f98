"""What the store promises: the event log, the views folded from it, what people said, and what was refused.

Two implementations keep these promises and pass the same contract tests: `dispatch.store.jetstream` on a NATS
server, `dispatch.store.memory` inside one process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from dispatch.events.envelope import Entity, Recorded, Stored

BATCH_LIMIT = 1000
"""Events one append may have, unless the server's ``limits { batch }`` allow more."""


ACK_WAIT_S = 3.0
"""How long after its reader's end something said comes again: what a killed desk had taken is not left lying longer."""


class Write(Struct, frozen=True):
    """New events of one entity.

    ``expected``: position of the entity's last event known to the writer, 0 if it must not have any yet. At
    least one event; their ids begin with ``<area>/<kind>/<id>/`` of the entity.
    """

    entity: Entity
    events: tuple[Recorded, ...]
    expected: int


class EventStore(Protocol):
    """The log: appended to under guard, never changed, read by entity or followed in order."""

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """Appends the events of all ``writes`` or none; gives their positions, in the order of the writes.

        Each entity stands in one write only. An append that has landed already, found by its event ids right
        behind the expected positions, counts as done.

        Raises `Conflict` if an entity has a later event than expected (load again, decide again), `Uncertain`
        if no answer came in time and none could be read, `Unavailable` if the server refuses, `StoreError`
        before anything is sent if the writes are no batch: none, twice one entity, too many, a foreign id.
        """
        ...

    async def load(self, entity: Entity, *, after: int = 0) -> tuple[list[Stored], int]:
        """The events of ``entity`` behind position ``after`` and the position to expect in the next write."""
        ...

    async def load_many(
        self, entities: Iterable[Entity], *, after: Mapping[Entity, int] | None = None
    ) -> dict[Entity, tuple[list[Stored], int]]:
        """`load` for many entities at once; cheap for those without (new) events."""
        ...

    async def last(self, pattern: str) -> Stored | None:
        """The last event on any subject that matches ``pattern``, such as ``event.*.order.<id>``."""
        ...

    async def position(self) -> int:
        """Position of the last event of the log, 0 if it is empty."""
        ...

    def follow(self, filters: Sequence[str], after: int, *, until: int | None = None) -> AsyncIterator[list[Stored]]:
        """Events that match any of ``filters`` behind position ``after``, in order, each once, as they come.

        What strangers put there comes too, of no type where it is no event: every position is told of.

        Yields what has arrived as soon as something has; survives the loss of the server. Ends behind position
        ``until`` if given, else never. Close it with `contextlib.aclosing` when leaving early.

        Raises `LogWentBackwards` if the log ends before a position already seen or another log took its
        place, `Unavailable` if the server stays away.
        """
        ...


class View(Struct, frozen=True):
    """A view as of one checkpoint.

    ``rows`` by key; ``position`` of the log they reflect; ``last``: the id of the event there, as it was given to
    the write; ``mark``: what the next write must expect. ``whole`` is false if a writer stopped in the middle of a
    large write: some rows are then ahead of ``position``.
    """

    rows: dict[str, bytes]
    position: int
    mark: int
    whole: bool = True
    last: str = ""


class ViewStore(Protocol):
    """Rows folded from the log, by name of the view, its version and a key of tokens joined by dots."""

    async def write(
        self, name: str, version: int, rows: Mapping[str, bytes | None], position: int, *, mark: int, last: str = ""
    ) -> int:
        """Writes ``rows`` (None removes one) and the checkpoint ``position``; gives the next mark.

        ``last``: the id of the event at ``position``, by which a log that was swapped can be told.

        ``mark`` comes from the last `read` or `write`, 0 for a view that was never written. All or nothing up
        to 900 rows; more are written in parts, the last of which moves the checkpoint. Raises `Conflict` if
        somebody else wrote since.
        """
        ...

    async def read(self, name: str, version: int) -> View:
        """All rows as of one checkpoint, also while a writer runs. A view never written is empty, mark 0."""
        ...

    async def get(self, name: str, version: int, key: str) -> bytes | None:
        """One row."""
        ...

    async def activate(self, name: str, version: int) -> None:
        """Says that ``version`` is the one to read."""
        ...

    async def active(self, name: str) -> int | None:
        """The version to read, None if none was activated."""
        ...

    async def drop(self, name: str, version: int) -> None:
        """Removes all rows and the checkpoint of one version."""
        ...

    async def clear(self) -> None:
        """Removes every view; all of them can be built again from the log."""
        ...


class Said(Struct, frozen=True):
    """One request, report or direction as it was kept.

    ``position``: in the order of all that was said. ``deliveries``: 1 the first time. ``receipt`` belongs to
    the inbox it came from.
    """

    position: int
    subject: str
    headers: Mapping[str, str]
    body: bytes
    stored_at: dt.datetime
    deliveries: int = 1
    receipt: str = ""


class Inbox(Protocol):
    """What people said, each until it is acknowledged; several readers of one inbox share it."""

    def batches(self, limit: int = 500) -> AsyncIterator[list[Said]]:
        """What has arrived, up to ``limit`` at once, as soon as something has. Never ends by itself.

        A batch is kept from coming again for as long as it is worked on, which is until the next one is asked for.

        Close it with `contextlib.aclosing`: what was fetched and not yielded then comes again at once.
        """
        ...

    async def ack(self, batch: Sequence[Said]) -> None:
        """These are decided and need not come again."""
        ...

    async def nack(self, said: Said, *, delay_s: float = 0.0) -> None:
        """This one shall come again after ``delay_s`` seconds."""
        ...

    async def undecided(self) -> int:
        """How many are kept and not acknowledged."""
        ...


NOT_A_REJECTION = "not_a_rejection"
"""The code of what stands among the rejections and is none."""


class Rejected(Struct, frozen=True):
    """A refused message: what was said, where, and why it was refused.

    ``position`` is that of the message among all that was said and names the rejection. What a stranger put among the
    rejections has the code `NOT_A_REJECTION` and a negative position, and is counted nowhere.
    """

    position: int
    subject: str
    code: str
    message: str
    hint: str
    at: dt.datetime
    body: bytes


class Rejections(Protocol):
    """Refused messages with their bytes, one per message, kept for ever."""

    async def keep(self, said: Said, *, code: str, message: str, hint: str, at: dt.datetime) -> None:
        """Keeps ``said`` with the reason; keeping it again changes nothing."""
        ...

    async def get(self, position: int) -> Rejected | None:
        """The rejection of what was said at ``position``."""
        ...

    async def list(
        self, *, tree: str | None = None, area: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Rejected]:
        """Up to ``limit`` rejections in the order they were kept, behind the one of position ``after``.

        If nothing is kept under ``after`` (any more), those of higher positions.
        """
        ...

    async def count(self, tree: str | None = None) -> int:
        """How many there are."""
        ...


def never_ended(holder: str) -> bool:
    """Of nobody it is known that they have ended."""
    return False


class Leases(Protocol):
    """Who does a job just now. A lease ends by itself when it is not renewed; no safety rests on it."""

    ttl_s: float

    async def take(self, name: str, holder: str, *, ended: Callable[[str], bool] = never_ended) -> int | None:
        """The lease's revision if it was free, ``holder``'s already, or of somebody who has ``ended``; else None."""
        ...

    async def renew(self, name: str, holder: str, revision: int) -> int | None:
        """The next revision, None if the lease was lost."""
        ...

    async def release(self, name: str, revision: int) -> None:
        """Frees the lease if it is still held at ``revision``."""
        ...


class Store(Protocol):
    """Everything that is kept."""

    @property
    def events(self) -> EventStore:
        """The log."""
        ...

    @property
    def views(self) -> ViewStore:
        """What people see."""
        ...

    @property
    def rejections(self) -> Rejections:
        """What was refused."""
        ...

    @property
    def leases(self) -> Leases:
        """Who plans which area."""
        ...

    async def inbox(self, name: str, *, ack_wait_s: float = ACK_WAIT_S, max_unacked: int = 4000) -> Inbox:
        """The inbox called ``name``: all that was ever said, from the beginning, less what it acknowledged.

        What nobody works on and nobody acknowledged comes again after ``ack_wait_s``; at most ``max_unacked`` are out
        at a time.
        """
        ...

    async def say(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Publishes a request, report or direction and waits until it is kept; gives its position."""
        ...

    async def said(self, position: int) -> Said | None:
        """What was said at ``position``."""
        ...

    async def count_said(self, pattern: str) -> int:
        """How many kept messages match ``pattern``, such as ``request.>``."""
        ...
