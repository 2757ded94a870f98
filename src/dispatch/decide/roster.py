"""Somebody's roster: the duties published for them, and what they had before it was taken off them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.record import Away
from dispatch.events.envelope import Entity
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty
from dispatch.model.people import duty_on
from dispatch.model.posts import Post, PostShift, is_night, minutes_of, start_minute

KIND = "roster"
"""The id of the horizon that rosters are published under."""
_MINUTE = dt.timedelta(minutes=1)


class Worked(Struct, frozen=True):
    """What is kept of a duty that was worked long ago, for who worked how much: a ``night``, a ``training``."""

    night: bool = False
    training: bool = False


class RosterState(Struct, frozen=True):
    """Their ``duties`` by local day. ``had``: by day the duty that was theirs and is no more, the last of each.

    ``since``: the first day anything was published of; what they did before is not known. ``worked``: what is left of
    duties that are forgotten, by local day.
    """

    since: dt.date
    duties: dict[dt.date, RosteredDuty]
    had: dict[dt.date, RosteredDuty] = {}
    worked: dict[dt.date, Worked] = {}

    def from_day(self, first: dt.date, *, away: Iterable[Away] = (), worked_from: dt.date | None = None) -> RosterState:
        """The same without the duties before the day ``first``.

        What was worked of them stays as `Worked` from the day ``worked_from`` (as long as any, if unset) on: all that
        were not missed for ``away``.
        """
        if min((*self.duties, *self.had), default=first) >= first and (
            worked_from is None or min(self.worked, default=worked_from) >= worked_from
        ):
            return self
        away = tuple(away)
        old = {day: duty for day, duty in self.duties.items() if day < first}
        worked = self.worked | {
            day: Worked(duty.night, duty.training) for day, duty in old.items() if not misses(away, duty)
        }
        return replace(
            self,
            duties={day: duty for day, duty in self.duties.items() if day >= first},
            had={day: duty for day, duty in self.had.items() if day >= first},
            worked={day: one for day, one in worked.items() if worked_from is None or day >= worked_from},
        )

    def work(self, away: Iterable[Away] = ()) -> dict[dt.date, Worked]:
        """All that is known of what they worked, or are to work, by local day: less what is missed for ``away``."""
        away = tuple(away)
        known = {day: Worked(duty.night, duty.training) for day, duty in self.duties.items() if not misses(away, duty)}
        return self.worked | known


def lost(away: Iterable[Away], start: dt.datetime, end: dt.datetime) -> int:
    """The minutes of ``[start, end)`` that absences take."""
    found, until = 0, start
    for one in sorted(away, key=lambda each: each.start):
        first, last = max(one.start, until), min(one.end, end)
        if first < last:
            found, until = found + (last - first) // _MINUTE, last
    return found


def misses(away: Iterable[Away], duty: RosteredDuty) -> bool:
    """Whether ``duty`` cannot be theirs: absences take more than half of it."""
    return lost(away, duty.start, duty.end) * 2 > (duty.end - duty.start) // _MINUTE


def rostered_duty(post: Post, shift: PostShift, day: dt.date, time_zone: str) -> RosteredDuty:
    """The duty on ``shift`` of ``post`` that begins on the local ``day``."""
    duty = duty_on("", shift, day, time_zone)
    return RosteredDuty(
        day=day,
        post=post.id,
        shift=shift.id,
        start=duty.start,
        end=duty.end,
        breaks=duty.breaks,
        night=is_night(start_minute(shift), minutes_of(shift)),
        bound=post.bound,
    )


def evolve(state: RosterState | None, event: Struct, at: dt.datetime) -> RosterState | None:
    """Fold one event of a roster."""
    match event:
        case DutiesPublished():
            known = state or RosterState(event.start, {})
            new = {duty.day: duty for duty in event.duties}
            kept = {day: duty for day, duty in known.duties.items() if not event.start <= day < event.until}
            gone = {day: duty for day, duty in known.duties.items() if day not in kept and day not in new}
            return RosterState(min(known.since, event.start), kept | new, known.had | gone, known.worked)
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
