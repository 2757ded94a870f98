"""What happened to the inspections (三级检查) of a zone, which is the id of the entity: planned, marked, missed.

The names of these events and their fields are the storage format.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.events.order import Proof
from dispatch.events.personal import Remark
from dispatch.model.words import Token

Points = Annotated[float, Meta(ge=0, le=100, description="0 = worst, 100 = nothing to object to")]


class PlannedInspection(Struct, frozen=True, kw_only=True):
    """``inspector`` re-checks ``work`` for ``level`` on the local ``day``; ``team`` (of ``contractor``) did it."""

    level: Token
    work: Token
    inspector: Token
    day: dt.date
    team: Token
    contractor: Token | None = None


class InspectionsPublished(Struct, frozen=True, kw_only=True):
    """These are all its inspections on the local days from ``start`` to before ``until``; ``number`` of the horizon."""

    number: int
    start: dt.date
    until: dt.date
    inspections: tuple[PlannedInspection, ...]


class InspectionMarked(Struct, frozen=True, kw_only=True):
    """``work`` was re-checked for ``level`` by whoever was to, and came to so many ``points``."""

    worker: Token
    level: Token
    work: Token
    points: Points
    remark: Remark | None = None
    proof: Proof | None = None


class InspectionMissed(Struct, frozen=True, kw_only=True):
    """The ``day`` passed on which ``work`` was to be re-checked for ``level``, and nobody marked it."""

    level: Token
    work: Token
    inspector: Token
    day: dt.date


InspectionEvent = InspectionsPublished | InspectionMarked | InspectionMissed
EVENTS: tuple[type[Struct], ...] = InspectionEvent.__args__
