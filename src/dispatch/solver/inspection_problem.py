"""What there is to inspect at which level: work done, who re-checks it, how large a sample each level takes.

The levels (for example leader, supervisor, steward) stand in order, the lowest first. The lowest draws from the work
itself, every other from what the level below inspected (`DOMAIN.md`, *Patrol and guarding*: three-level inspection).
Data only.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dispatch.solver.problem import Cost, Count, Day, Id
from dispatch.solver.round_problem import Seed, Share

Points = Annotated[float, Meta(ge=0, le=100, description="0 = worst, 100 = nothing to object to")]


class WorkDone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of work in ``zone`` by ``team`` of ``contractor`` (unset: our own), done by the local ``day``."""

    id: Id
    zone: Id
    team: Id
    contractor: Id | None = None
    day: Day


class Inspector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who inspects at ``level`` on ``days``, at most ``per_day`` pieces of work each day.

    ``zones``: where they may go; empty: anywhere. They never inspect work of ``never`` (teams they belong to).
    """

    id: Id
    level: Id
    days: tuple[Day, ...]
    per_day: Count = 4
    zones: tuple[Id, ...] = ()
    never: tuple[Id, ...] = ()


class InspectionLevel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of the level below is re-checked: ``share`` of it, rounded up, and ``least`` at least.

    ``weight``: how much the mean mark of this level counts in a score.
    """

    id: Id
    share: Share = 0.1
    least: Count = 1
    weight: Cost = 1.0


class InspectionKept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An inspection that stays as it was planned before: it was done, or its inspector was told of it."""

    level: Id
    work: Id
    inspector: Id
    day: Day


class InspectionProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem",
                        tag="inspections"):  # fmt: skip
    """Which work is re-checked by whom on which day, at each level, in a month (or any other period).

    A sample has at least one piece of work of every zone that the level below has, even where it becomes larger than
    asked for that, as far as the inspectors' days reach. ``seed``: what samples are drawn from. ``kept`` stays, and
    counts for the samples; all else is on days from ``first`` on.
    """

    area: Id
    works: tuple[WorkDone, ...]
    levels: Annotated[tuple[InspectionLevel, ...], Meta(min_length=1, max_length=10)]
    inspectors: tuple[Inspector, ...]
    seed: Seed
    kept: tuple[InspectionKept, ...] = ()
    first: Day = 0


class Mark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an inspection of ``work`` at ``level`` came to."""

    level: Id
    work: Id
    points: Points
