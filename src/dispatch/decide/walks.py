"""The walks of a patrol round that were planned ahead."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.round import PlannedWalk, WalksPublished

KIND = "rounds"
"""The id of the horizon that walks are published under."""


class WalksState(Struct, frozen=True):
    """All walks published, in order of when they are due."""

    walks: tuple[PlannedWalk, ...] = ()

    def at(self, nominal: dt.datetime) -> PlannedWalk | None:
        """The walk due at ``nominal``; None if nobody is planned to walk then."""
        return next((one for one in self.walks if one.nominal == nominal), None)

    def from_day(self, first: dt.date) -> WalksState:
        """The same without what was due before the day ``first``."""
        return WalksState(tuple(one for one in self.walks if one.day >= first))


def evolve(state: WalksState | None, event: Struct, at: dt.datetime) -> WalksState | None:
    """Fold one event of a round, as far as its walks go."""
    if not isinstance(event, WalksPublished):
        return state
    known = (state or WalksState()).walks
    kept = (one for one in known if not event.start <= one.day < event.until)
    return WalksState(tuple(sorted((*kept, *event.walks), key=lambda one: one.nominal)))
