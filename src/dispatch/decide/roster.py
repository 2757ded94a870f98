"""Somebody's roster: the duties published for them, and what they had before it was taken off them."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.envelope import Entity
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty

KIND = "roster"
"""The id of the horizon that rosters are published under."""


class RosterState(Struct, frozen=True):
    """Their ``duties`` by local day. ``had``: by day the duty that was theirs and is no more, the last of each.

    ``since``: the first day anything was published of; what they did before is not known.
    """

    since: dt.date
    duties: dict[dt.date, RosteredDuty]
    had: dict[dt.date, RosteredDuty] = {}

    def from_day(self, first: dt.date) -> RosterState:
        """The same without what lies before the day ``first``."""
        duties = {day: duty for day, duty in self.duties.items() if day >= first}
        return replace(self, duties=duties, had={day: duty for day, duty in self.had.items() if day >= first})


def evolve(state: RosterState | None, event: Struct, at: dt.datetime) -> RosterState | None:
    """Fold one event of a roster."""
    match event:
        case DutiesPublished():
            known = state or RosterState(event.start, {})
            new = {duty.day: duty for duty in event.duties}
            kept = {day: duty for day, duty in known.duties.items() if not event.start <= day < event.until}
            gone = {day: duty for day, duty in known.duties.items() if day not in kept and day not in new}
            return RosterState(min(known.since, event.start), kept | new, known.had | gone)
        case DutyDirected():
            known = state or RosterState(event.day, {})
            duties, had = dict(known.duties), dict(known.had)
            before = duties.pop(event.day, None)
            if event.duty is not None:
                duties[event.day] = event.duty
            elif before is not None:
                had[event.day] = before
            return replace(known, duties=duties, had=had)
    return state


def roster_of(area: str, worker: str) -> Entity:
    """The entity of the roster of ``worker``."""
    return Entity(area, "roster", worker)
