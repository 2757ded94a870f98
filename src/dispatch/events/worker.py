"""What happened to a worker (人员): registered, changed, absent, back, retired or moved to another area."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.personal import Remark
from dispatch.events.schedule import ScheduledStop
from dispatch.model.people import Worker
from dispatch.model.words import Token


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
    remark: Remark | None = None


class WorkerBack(Struct, frozen=True, kw_only=True):
    """Absences end at ``at``; those after it are struck, but not with ``keeps_later``: leave agreed on stands when
    somebody says that they are well again.
    """

    at: dt.datetime
    keeps_later: bool = False


class RouteBrought(Struct, frozen=True, kw_only=True):
    """What somebody is at, or did, on a duty ``[start, end)`` in ``area``: these stops only, until when they are there.

    ``off``: it came off the plan there, cancelled or given another time, and stands on no schedule at all.
    """

    area: Token
    start: dt.datetime
    end: dt.datetime
    stops: tuple[ScheduledStop, ...]
    off: bool = False


class WorkerBrought(Struct, frozen=True, kw_only=True):
    """What of their day stands on no schedule here: visits they are at, or did; nobody is in two places.

    ``routes`` are all there are of that: those they come with from other areas, where by position, until when as far
    as can be told; and what came off the plan here with them on site.
    """

    routes: tuple[RouteBrought, ...]


WorkerEvent = WorkerRegistered | WorkerChanged | WorkerRetired | WorkerAbsent | WorkerBack | WorkerBrought
EVENTS: tuple[type[Struct], ...] = WorkerEvent.__args__
