"""The people of an area as a problem states them: what is left of their duties, breaks and caps as of now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dispatch.model.people import Duty, Worker
from dispatch.model.places import PlaceRef
from dispatch.model.time import local_day, midnights
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.duties import OpenDuty
from dispatch.planning.on_duty import duties_of
from dispatch.planning.spots import Spots, position_of
from dispatch.planning.ticks import Ticks, day_number
from dispatch.solver import problem as ask

_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)
_BETWEEN = 60 * _MINUTE
"""Between two duties of one person there is time to come back to the base if there is at least this."""


def base_of(state: AreaState, worker: str) -> tuple[float, float] | None:
    """Where the duties of ``worker`` begin; None while their base is not registered."""
    return position_of(state, PlaceRef(site=state.workers[worker].item.base))


def skills_of(worker: Worker) -> tuple[ask.Skill, ...]:
    """The certificates of ``worker`` as a problem states them, without those that expire before they are valid."""
    return tuple(
        ask.Skill(
            skill=held.skill,
            level=held.level,
            first=None if held.valid_from is None else day_number(held.valid_from),
            last=None if held.expires is None else day_number(held.expires),
        )
        for held in worker.skills
        if held.valid_from is None or held.expires is None or held.valid_from <= held.expires
    )


def worker_of(
    state: AreaState, worker_id: str, found: list[OpenDuty], ticks: Ticks, spots: Spots, now: dt.datetime
) -> ask.Worker:
    """One worker with what is left of their duties and caps as of ``now``; their base must be registered."""
    worker: Worker = state.workers[worker_id].item
    base = base_of(state, worker_id)
    assert base is not None
    return ask.Worker(
        id=worker_id,
        mode=worker.mode,
        skills=skills_of(worker),
        duties=tuple(
            made for duty in found if (made := _duty(state, worker, duty, ticks, spots, base, now)) is not None
        ),
        caps=_caps_left(state, worker, found),
    )


def _duty(
    state: AreaState,
    worker: Worker,
    open_duty: OpenDuty,
    ticks: Ticks,
    spots: Spots,
    base: tuple[float, float],
    now: dt.datetime,
) -> ask.Duty | None:
    duty = open_duty.duty
    start, end = ticks.up(open_duty.free_at), ticks.down(duty.end)
    if start >= end:
        return None
    here = base if open_duty.free_stop is None else position_of(state, open_duty.free_stop.place) or base
    away = away_of(state, worker.id)
    absences = _joined(
        ask.Span(max(start, ticks.down(one.start)), min(end, ticks.up(one.end)))
        for one in away
        if one.start < duty.end and one.end > open_duty.free_at
    )
    rests = tuple(
        rest
        for first, last, minutes in duty.breaks
        if (rest := _rest(open_duty, first, last, minutes, now=now, start=start, ticks=ticks)) is not None
    )
    return ask.Duty(
        id=duty.id,
        day=day_number(duty.day),
        span=ask.Span(start, end),
        start_spot=spots.index(here),
        end_spot=spots.index(base) if _goes_on_soon(state, duty) else None,
        rests=rests,
        absences=absences,
        midnights=tuple(map(ticks.up, midnights(duty.day, duty.end, state.policy.time_zone))),
    )


def _goes_on_soon(state: AreaState, duty: Duty) -> bool:
    """Whether another duty, which begins at the base as all do, follows so soon that they must be back for it."""
    days = (duty.day - _DAY, local_day(duty.end, state.policy.time_zone) + _DAY)
    starts = (one.start for one in duties_of(state, duty.worker, *days))
    return any(duty.end <= start < duty.end + _BETWEEN for start in starts)


def _rest(
    open_duty: OpenDuty,
    first: dt.datetime,
    last: dt.datetime,
    minutes: int,
    *,
    now: dt.datetime,
    start: int,
    ticks: Ticks,
) -> ask.Rest | None:
    """A break still to be taken, or what is left of one; None when it is behind them or can no longer be had whole."""
    until = open_duty.rests_until(first, last, now)
    if until is not None:
        end = ticks.up(until)
        return ask.Rest(span=ask.Span(start, end), ticks=end - start) if end > start else None
    if open_duty.has_rested(first, last, minutes, now):
        return None
    span = ask.Span(max(start, ticks.up(first)), ticks.down(last))
    return ask.Rest(span=span, ticks=minutes) if span.end - span.start >= minutes else None


def _joined(spans: Iterable[ask.Span]) -> tuple[ask.Span, ...]:
    """The same time as ``spans`` cover, in order and without overlaps: people report one illness in several pieces."""
    joined: list[ask.Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = ask.Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def _caps_left(state: AreaState, worker: Worker, found: list[OpenDuty]) -> tuple[ask.DayCap, ...]:
    """What is left of the caps of each day: zone work, and what was done or is under way on any duty of it, taken off.

    A duty counts whole for the day it begins on.
    """
    caps = worker.caps
    if caps.visits_per_day is None and caps.minutes_per_day is None:
        return ()
    zone_work = sum(
        zone.item.minutes_per_day for zone in state.zones.values() if not zone.retired and zone.helper == worker.id
    )
    left = []
    for day in dict.fromkeys(open_duty.duty.day for open_duty in found):
        of_day = [open_duty for open_duty in found if open_duty.duty.day == day]
        # What is gone for the day is the same for each of its duties.
        done = [stop for open_duty in of_day for stop in open_duty.past] + list(of_day[0].gone)
        work = sum((stop.end - stop.start) // _MINUTE for stop in done)
        visits, minutes = caps.visits_per_day, caps.minutes_per_day
        left.append(
            ask.DayCap(
                day=day_number(day),
                max_visits=None if visits is None else max(0, visits - len(done)),
                max_ticks=None if minutes is None else max(0, minutes - zone_work - work),
            )
        )
    return tuple(left)
