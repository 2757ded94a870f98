"""The head of a horizon: what is published, on what inputs, and what of it stays open."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.envelope import Entity
from dispatch.events.horizon import (
    DrawRecorded,
    HorizonDirected,
    HorizonPublished,
    HorizonRefused,
    LeftOpen,
    SeedRevealed,
    open_after,
)


class Draw(Struct, frozen=True):
    """Horizon ``number`` was drawn from the seed of the days from ``first`` to before ``until``."""

    number: int
    first: dt.date
    until: dt.date


class HorizonHead(Struct, frozen=True):
    """The newest ``number``, 0 before the first, with what it says of ``start`` to before ``until``.

    ``refused``: the inputs of what could not be published since. ``open``: what stays open.
    ``draws``: those whose seed is not revealed yet.
    """

    number: int = 0
    start: dt.date | None = None
    until: dt.date | None = None
    inputs: str = ""
    refused: str = ""
    open: tuple[LeftOpen, ...] = ()
    draws: tuple[Draw, ...] = ()

    def missing(self, id_: str, day: dt.date, part: str) -> int:
        """How many ``part`` of ``id_`` lacks on ``day``."""
        return sum(one.missing for one in self.open if (one.id, one.day, one.part) == (id_, day, part))


def evolve(state: HorizonHead | None, event: Struct, at: dt.datetime) -> HorizonHead | None:
    """Fold one event of a horizon."""
    head = state or HorizonHead()
    match event:
        case HorizonPublished():
            return HorizonHead(event.number, event.start, event.until, event.inputs, "", event.open, head.draws)
        case HorizonDirected():
            return replace(head, number=event.number, open=open_after(head.open, event))
        case HorizonRefused():
            return replace(head, refused=event.inputs)
        case DrawRecorded():
            return replace(head, draws=(*head.draws, Draw(event.number, event.first, event.until)))
        case SeedRevealed():
            return replace(head, draws=tuple(one for one in head.draws if one.number != event.number))
    return state


def horizon_of(area: str, kind: str) -> Entity:
    """The entity every batch that publishes or amends what is planned ahead of ``kind`` writes under guard."""
    return Entity(area, "horizon", kind)
