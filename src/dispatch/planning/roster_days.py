"""What the days of somebody who works by roster may hold: posts and their shifts, absences, trainings, what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.record import RecordState
from dispatch.decide.roster import RosterState, lost, misses
from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Training, Worker, duty_on
from dispatch.model.posts import Post, PostShift, minute_of, minutes_of, start_minute
from dispatch.model.time import at_clock, local_day, zone
from dispatch.planning.area import AreaState

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
_DAY_MINUTES = 1440
_NOBODY = RosterState(dt.date.max, {})


class Period(Struct, frozen=True):
    """The local days from ``first`` to before ``until``, as of ``now``."""

    first: dt.date
    until: dt.date
    now: dt.datetime

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.first).days

    def index(self, day: dt.date) -> int:
        """Which day of it ``day`` is, from 0."""
        return (day - self.first).days

    def all(self) -> Iterator[dt.date]:
        """Its days in order."""
        return (self.first + index * DAY for index in range(self.days))


class Posts:
    """The posts of an area. In a problem shifts go by their clocks: those of two posts that have the same are one."""

    def __init__(self, state: AreaState) -> None:
        self._time_zone = state.policy.time_zone
        self.posts: dict[str, Post] = {
            key: record.item for key, record in sorted(state.posts.items()) if not record.retired
        }
        self._spans: dict[tuple[str, dt.date], tuple[dt.datetime, dt.datetime]] = {}

    def asked(self, duty: RosteredDuty) -> PostShift | None:
        """The shift that ``duty`` is on, if its post still has it that day."""
        post = self.posts.get(duty.post)
        shifts = () if post is None else post.shifts
        return next((one for one in shifts if one.id == duty.shift and one.falls_on(duty.day)), None)

    def timed(self, duty: RosteredDuty) -> RosteredDuty:
        """``duty`` from when to when its post has it now."""
        shift = self.asked(duty)
        if shift is None:
            return duty
        start, end = self._span(shift, duty.day)
        return replace(duty, start=start, end=end)

    def clocks_of(self, duty: RosteredDuty) -> tuple[int, int]:
        """From which minute of its day for how many minutes ``duty`` goes by the clock, as its post has it now."""
        shift = self.asked(duty)
        if shift is not None:
            return start_minute(shift), minutes_of(shift)
        start = duty.start.astimezone(zone(self._time_zone))
        return start.hour * 60 + start.minute, min(_DAY_MINUTES, (duty.end - duty.start) // MINUTE)

    def key_of(self, duty: RosteredDuty) -> str:
        """What a problem calls the shift of ``duty``."""
        shift = self.asked(duty)
        if shift is not None:
            return key_of(shift)
        area = zone(self._time_zone)
        return "-".join(f"{at.astimezone(area):%H:%M}" for at in (duty.start, duty.end))

    def shift_on(self, post: str, key: str, day: dt.date) -> PostShift:
        """The shift of ``post`` that a problem calls ``key``."""
        return next(one for one in self.posts[post].shifts if key_of(one) == key and one.falls_on(day))

    def on(self, day: dt.date) -> dict[str, tuple[dt.datetime, dt.datetime]]:
        """Every shift that begins on ``day``, by what a problem calls it, from when to when."""
        found = {}
        for post in self.posts.values():
            for shift in post.shifts:
                if shift.falls_on(day):
                    found[key_of(shift)] = self._span(shift, day)
        return found

    def _span(self, shift: PostShift, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        key = key_of(shift), day
        if key not in self._spans:
            duty = duty_on("", shift, day, self._time_zone)
            self._spans[key] = duty.start, duty.end
        return self._spans[key]


def key_of(shift: PostShift) -> str:
    """What a problem calls a shift: from when to when it goes."""
    return f"{shift.start}-{shift.end}"


def rostered(state: AreaState) -> dict[str, RecordState]:
    """Everybody who works by roster, by id, in order of their ids."""
    return {key: record for key, record in state.active_workers().items() if record.item.terms is not None}


def roster_of(state: AreaState, worker: str) -> RosterState:
    """What is published for ``worker``."""
    return state.rosters.get(worker, _NOBODY)


def can_have(state: AreaState, worker: str, duty: RosteredDuty, posts: Posts) -> bool:
    """Whether what is published on a day can stay, for all that is known of that day alone."""
    record = state.workers[worker]
    who: Worker = record.item
    duty = posts.timed(duty)
    if posts.asked(duty) is None or misses(record.away, duty):
        return False
    if who.terms is not None and who.terms.holidays == "off" and duty.day in state.policy.holidays:
        return False
    post = posts.posts[duty.post]
    last = local_day(duty.end - MINUTE, state.policy.time_zone)
    days = (duty.day + more * DAY for more in range((last - duty.day).days + 1))
    return post.skill is None or all(who.holds(post.skill, post.level, day) for day in days)


def absences_of(
    state: AreaState, worker: str, period: Period, posts: Posts, frozen: int
) -> tuple[list[dt.date], list[tuple[dt.date, str]]]:
    """The days on which ``worker`` can have nothing, and of other days the shifts they cannot have.

    Nobody is given a shift of which an absence takes anything. What they have already is theirs while it takes no more
    than half: then the day is theirs as it is. Who loses a duty on one of the first ``frozen`` days, or one that has
    begun, is given nothing else that day.
    """
    away, known = state.workers[worker].away, roster_of(state, worker).duties
    tz = state.policy.time_zone
    touched = {
        day
        for one in away
        if one.start < one.end
        for day in _days(local_day(one.start, tz) - DAY, local_day(one.end, tz), period)
    }
    days: list[dt.date] = []
    shifts: list[tuple[dt.date, str]] = []
    for day in sorted(touched):
        duty = known.get(day)
        gone = duty is not None and not duty.training and misses(away, posts.timed(duty))
        if duty is not None and gone and (period.index(day) < frozen or duty.start <= period.now):
            days.append(day)
            continue
        has = None if duty is None or gone else posts.key_of(duty)
        of_day = posts.on(day)
        cannot = [key for key, (start, end) in sorted(of_day.items()) if key != has and lost(away, start, end)]
        if cannot and len(cannot) == len(of_day):
            days.append(day)
        else:
            shifts += [(day, key) for key in cannot]
    return days, shifts


def _days(first: dt.date, last: dt.date, period: Period) -> Iterator[dt.date]:
    """The days of ``period`` from ``first`` to ``last``."""
    begin, end = max(first, period.first), min(last, period.until - DAY)
    return (begin + more * DAY for more in range((end - begin).days + 1))


class Trainings(Struct, frozen=True):
    """The trainings somebody can come to, one a day, and those they cannot, each with why."""

    kept: tuple[Training, ...] = ()
    left: tuple[tuple[Training, str], ...] = ()


def trainings_of(state: AreaState, worker: str, period: Period, posts: Posts) -> Trainings:
    """The trainings of ``worker`` within the period. Several on one day are one, from the first start to the last end.

    They cannot come to one of which an absence takes more than half, or which begins before what they do the day before
    has ended, if that is a training too, or has begun.
    """
    record, tz = state.workers[worker], state.policy.time_zone
    kept: list[Training] = []
    left: list[tuple[Training, str]] = []
    busy = _busy_until(state, worker, period, posts)
    by_day: dict[dt.date, list[Training]] = {}
    for one in sorted(record.item.trainings, key=lambda each: (each.day, each.start, each.minutes)):
        if period.first <= one.day < period.until:
            start = at_clock(one.day, one.start, tz)
            if lost(record.away, start, start + one.minutes * MINUTE) * 2 > one.minutes:
                left.append((one, "is absent then"))
            else:
                by_day.setdefault(one.day, []).append(one)
    for day, some in by_day.items():
        begin = minute_of(some[0].start)
        end = min(begin + _DAY_MINUTES, max(minute_of(one.start) + one.minutes for one in some))
        if period.index(day) * _DAY_MINUTES + begin < busy:
            left += [(one, "is still at what they do the day before") for one in some]
            continue
        busy = period.index(day) * _DAY_MINUTES + end
        kept.append(replace(some[0], minutes=end - begin))
    return Trainings(tuple(kept), tuple(left))


def _busy_until(state: AreaState, worker: str, period: Period, posts: Posts) -> int:
    """The minute from the first day's midnight on, by the clock, at which what they do the day before has ended."""
    duty = roster_of(state, worker).duties.get(period.first - DAY)
    if duty is None or misses(state.workers[worker].away, duty):
        return 0
    start, minutes = posts.clocks_of(duty)
    return start + minutes - _DAY_MINUTES


def stays_of(
    state: AreaState, worker: str, period: Period, posts: Posts, frozen: int
) -> Iterator[tuple[dt.date, RosteredDuty | None]]:
    """What stays, day by day, or that a day stays free: frozen days, what has begun, what a dispatcher chose.

    But not what cannot be: neither by itself nor because it would begin before the one before, or a training, ends.
    """
    known = roster_of(state, worker).duties
    trained = {one.day: one for one in trainings_of(state, worker, period, posts).kept}
    busy = _busy_until(state, worker, period, posts)
    for day in period.all():
        index, duty = period.index(day), known.get(day)
        begin = index * _DAY_MINUTES
        if day in trained:
            busy = begin + minute_of(trained[day].start) + trained[day].minutes
            continue
        stays = index < frozen or (duty is not None and (duty.directed or duty.start <= period.now))
        if not stays:
            continue
        if duty is None:
            yield day, None
        elif can_have(state, worker, duty, posts):
            start, minutes = posts.clocks_of(duty)
            following = trained.get(day + DAY)
            ends_in_time = following is None or start + minutes <= _DAY_MINUTES + minute_of(following.start)
            if begin + start >= busy and ends_in_time:
                busy = begin + start + minutes
                yield day, duty


def whole_days_away(state: AreaState, worker: str, first: dt.date, until: dt.date) -> int:
    """On how many local days from ``first`` to before ``until`` somebody was away from midnight to midnight."""
    tz, found = state.policy.time_zone, set[dt.date]()
    for one in state.workers[worker].away:
        begin, last = local_day(one.start, tz), local_day(one.end, tz)
        begin += DAY if at_clock(begin, "00:00", tz) < one.start else dt.timedelta()
        begin, last = max(begin, first), min(last, until)
        found |= {begin + more * DAY for more in range((last - begin).days)}
    return len(found)
