"""The watch over one walk of a patrol round (巡更): which checkpoints are late, missed or passed over, since when.

Pure: scans may come in any order and more than once, what is seen as of an instant is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.words import Token

Standing = Literal["in_time", "late", "came_late", "missed", "out_of_order"]
STANDING_RULES: dict[Standing, str] = {
    "late": "checkpoint_late",
    "came_late": "checkpoint_came_late",
    "missed": "checkpoint_missed",
    "out_of_order": "checkpoint_out_of_order",
}
"""The name in `solver.rules` of each standing that is amiss; it stands as the rule in reasons."""
Seconds = Annotated[int, Meta(ge=0, le=7 * 24 * 3600)]
_SECOND = dt.timedelta(seconds=1)


class PlannedPass(Struct, frozen=True, kw_only=True):
    """When a checkpoint is due on a walk."""

    checkpoint: Token
    at: dt.datetime


def due_once(passes: Iterable[PlannedPass]) -> tuple[PlannedPass, ...]:
    """``passes`` with each checkpoint as it is due first: a walk that ends where it began is watched there once."""
    first: dict[str, PlannedPass] = {}
    for one in passes:
        first.setdefault(one.checkpoint, one)
    return tuple(first.values())


class WalkWatch(Struct, frozen=True, kw_only=True):
    """What is due on a walk: its ``passes`` in order, each checkpoint once, until its ``end``.

    A checkpoint not scanned is late ``late_s`` seconds after it was due, and missed ``missed_s`` after the end.
    """

    passes: Annotated[tuple[PlannedPass, ...], Meta(min_length=1)]
    end: dt.datetime
    late_s: Seconds
    missed_s: Seconds

    @property
    def opens(self) -> dt.datetime:
        """From when a scan is one of this walk: who begins a little early has begun."""
        return self.passes[0].at - self.late_s * _SECOND

    @property
    def gone(self) -> dt.datetime:
        """From when a scan is no more one of this walk."""
        return self.end + self.missed_s * _SECOND

    def late_at(self, one: PlannedPass) -> dt.datetime:
        """From when ``one`` is late."""
        return min(one.at + self.late_s * _SECOND, self.gone)

    def due(self, checkpoint: str) -> PlannedPass | None:
        """When ``checkpoint`` is due; None if the walk does not pass it."""
        return next((one for one in self.passes if one.checkpoint == checkpoint), None)

    def takes(self, at: dt.datetime) -> bool:
        """Whether a scan ``at`` an instant can be one of this walk."""
        return self.opens <= at < self.gone


class Amiss(Struct, frozen=True, kw_only=True):
    """A checkpoint that is not as planned, ``since`` an instant; it was ``due``, and ``seen`` if it was scanned.

    ``late``: not scanned yet. ``came_late``: scanned too late. ``missed``: not scanned while the walk could still be
    going on. ``out_of_order``: one that comes behind it was scanned before it. Of several the gravest counts.
    """

    checkpoint: Token
    standing: Standing
    due: dt.datetime
    since: dt.datetime
    seen: dt.datetime | None = None


def amiss(watch: WalkWatch, seen: Mapping[str, dt.datetime], now: dt.datetime) -> list[Amiss]:
    """What is not as planned at ``now`` by the first scans ``seen``, in the order of the walk; later scans are not
    known yet.
    """
    known = {checkpoint: at for checkpoint, at in seen.items() if at <= now}
    found: list[Amiss] = []
    behind: dt.datetime | None = None
    for one in reversed(watch.passes):
        at = known.get(one.checkpoint)
        standing = _standing(watch, one, at, behind, now)
        if standing is not None:
            found.append(Amiss(checkpoint=one.checkpoint, standing=standing[0], due=one.at, since=standing[1], seen=at))
        behind = at if behind is None or (at is not None and at < behind) else behind
    return found[::-1]


def _standing(
    watch: WalkWatch, one: PlannedPass, at: dt.datetime | None, behind: dt.datetime | None, now: dt.datetime
) -> tuple[Standing, dt.datetime] | None:
    """How ``one``, scanned ``at``, stands if the first of those behind it was scanned at ``behind``; None: well."""
    late = watch.late_at(one)
    if at is not None and at >= late:
        return "came_late", late
    if at is None and now >= watch.gone:
        return "missed", watch.gone
    if at is None and now >= late:
        return "late", late
    if behind is not None and (at is None or behind < at):
        return "out_of_order", behind
    return None
