"""Long entities as a desk read them last, so that of their log only what is new is read the next time."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

from dispatch.events.envelope import Entity

KINDS = frozenset({"schedule"})
"""What grows with every plan for as long as somebody works, and is looked at for each scan of theirs."""
MOST = 2_000
"""Entities kept; who was looked at longest ago goes first."""


class Known(NamedTuple):
    """The state an entity was in behind a position of the log; states are never changed in place."""

    state: Any
    position: int


class Kept:
    """What was folded of long entities, up to where it was read."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Entity, Known] = OrderedDict()

    def of(self, entity: Entity) -> Known | None:
        """What is known of ``entity``; None if nothing is."""
        known = self._known.get(entity)
        if known is not None:
            self._known.move_to_end(entity)
        return known

    def keep(self, entity: Entity, state: Any, position: int) -> None:
        """Know that ``entity`` is in ``state`` behind ``position``, if it is of a kind that is kept."""
        if entity.kind not in KINDS:
            return
        self._known[entity] = Known(state, position)
        self._known.move_to_end(entity)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
