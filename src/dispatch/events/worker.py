"""What happened to a worker (人员): registered, changed, absent, back, retired or moved to another area."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.model.people import Worker
from dispatch.model.words import Line, Token


class WorkerRegistered(Struct, frozen=True, kw_only=True):
    """Somebody can be sent from now on. ``world`` names the file that says so."""

    worker: Worker
    world: str = ""


class WorkerChanged(Struct, frozen=True, kw_only=True):
    """Their skills, shifts, base, caps or name changed; the whole new record.

    ``without``: the file that says so no longer.
    """

    worker: Worker
    world: str = ""
    without: str = ""


class WorkerRetired(Struct, frozen=True, kw_only=True):
    """They cannot be sent any more; ``moved_to`` names the area that has them now."""

    moved_to: Token | None = None


class WorkerAbsent(Struct, frozen=True, kw_only=True):
    """They are away ``[start, end)``."""

    start: dt.datetime
    end: dt.datetime
    reason: Line = ""


class WorkerBack(Struct, frozen=True, kw_only=True):
    """Absences end at ``at``; those after it are struck."""

    at: dt.datetime


WorkerEvent = WorkerRegistered | WorkerChanged | WorkerRetired | WorkerAbsent | WorkerBack
EVENTS: tuple[type[Struct], ...] = WorkerEvent.__args__
