"""From the folded state of an area to its roster problem: posts, people and their terms, what was worked and told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from dispatch.decide.record import Away, RecordState
from dispatch.decide.roster import KIND, RosterState
from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Terms, Training, Worker, duty_on
from dispatch.model.posts import Post, PostShift, is_night, minute_of, minutes_of, start_minute
from dispatch.model.time import at_clock, local_day, zone
from dispatch.planning.area import AreaState
from dispatch.planning.horizons import head_of_kind
from dispatch.planning.ticks import day_number
from dispatch.solver import roster_problem as ask

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
_KNOWN_DAYS = 14
"""Days before the first that a rule about days in a row may look back to."""
_OVER = 100.0
"""What one more than wanted at a place costs: more than it is worth to change nothing that was told."""
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

    def asked(self, duty: RosteredDuty) -> PostShift | None:
        """The shift that ``duty`` is on, if its post still has it that day."""
        post = self.posts.get(duty.post)
        shifts = () if post is None else post.shifts
        return next((one for one in shifts if one.id == duty.shift and one.falls_on(duty.day)), None)

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


def key_of(shift: PostShift) -> str:
    """What a problem calls a shift: from when to when it goes."""
    return f"{shift.start}-{shift.end}"


def rostered(state: AreaState) -> dict[str, RecordState]:
    """Everybody who works by roster, by id, in order of their ids."""
    return {key: record for key, record in state.active_workers().items() if record.item.terms is not None}


def roster_of(state: AreaState, worker: str) -> RosterState:
    """What is published for ``worker``."""
    return state.rosters.get(worker, _NOBODY)


def lost(away: Iterable[Away], start: dt.datetime, end: dt.datetime) -> int:
    """The minutes of ``[start, end)`` that absences take."""
    found, until = 0, start
    for one in sorted(away, key=lambda each: each.start):
        first, last = max(one.start, until), min(one.end, end)
        if first < last:
            found, until = found + (last - first) // MINUTE, last
    return found


def is_away(state: AreaState, worker: str, day: dt.date) -> bool:
    """Whether ``worker`` cannot have a duty on ``day``: they are away more than half of the one they have then.

    Who has none is given none on a day on which they are away at all.
    """
    away = state.workers[worker].away
    if not away:
        return False
    duty = roster_of(state, worker).duties.get(day)
    if duty is not None:
        return lost(away, duty.start, duty.end) * 2 > (duty.end - duty.start) // MINUTE
    tz = state.policy.time_zone
    return lost(away, at_clock(day, "00:00", tz), at_clock(day + DAY, "00:00", tz)) > 0


def can_have(state: AreaState, worker: str, duty: RosteredDuty, posts: Posts) -> bool:
    """Whether what is published on a day can stay, for all that is known of that day alone."""
    who: Worker = state.workers[worker].item
    if posts.asked(duty) is None or is_away(state, worker, duty.day):
        return False
    if who.terms is not None and who.terms.holidays == "off" and duty.day in state.policy.holidays:
        return False
    post = posts.posts[duty.post]
    last = local_day(duty.end - MINUTE, state.policy.time_zone)
    days = (duty.day + more * DAY for more in range((last - duty.day).days + 1))
    return post.skill is None or all(who.holds(post.skill, post.level, day) for day in days)


def build_roster(state: AreaState, period: Period) -> ask.RosterProblem:
    """The roster problem of the area for ``period``."""
    posts, policy = Posts(state), state.policy
    people = rostered(state)
    head = head_of_kind(state, KIND)
    told_days = 0 if head.until is None else max(0, min(period.days, period.index(head.until)))
    told = [duty for worker in people for duty in _told(state, worker, period, posts, told_days)]
    persons = tuple(_person(state, worker, period, posts) for worker in people)
    cover = _cover(state, posts, period)
    pins = [pin for worker in people for pin in _pins(state, worker, period, posts, told_days)]
    rules = policy.roster
    return ask.RosterProblem(
        area=state.area,
        first_day=day_number(period.first),
        days=period.days,
        shifts=_shifts(state, posts, people, period),
        posts=tuple(
            ask.RosterPost(id=key, skill=post.skill, level=post.level + 1) for key, post in posts.posts.items()
        ),
        people=persons,
        cover=cover,
        wishes=tuple(wish for worker in people for wish in _wishes(state, worker, period)),
        holidays=tuple(sorted({period.index(day) for day in policy.holidays if period.first <= day < period.until})),
        pins=tuple(pins),
        told=tuple(told),
        told_days=told_days,
        weights=ask.RosterWeights(
            fair_nights=rules.fair_nights,
            fair_weekends=rules.fair_weekends,
            fair_holidays=rules.fair_holidays,
            double_day=rules.double_day,
            change=rules.change,
            pay=rules.pay,
        ),
    )


def _shifts(state: AreaState, posts: Posts, people: Iterable[str], period: Period) -> tuple[ask.RosterShift, ...]:
    """Every shift that somebody may have, or had: of what is not asked for any more at least the clocks are known."""
    found = {
        key_of(shift): (start_minute(shift), minutes_of(shift))
        for post in posts.posts.values()
        for shift in post.shifts
    }
    for worker in people:
        for duty in roster_of(state, worker).duties.values():
            if duty.day >= period.first - _KNOWN_DAYS * DAY:
                start = duty.start.astimezone(zone(state.policy.time_zone))
                minutes = min(1440, (duty.end - duty.start) // MINUTE)
                found.setdefault(posts.key_of(duty), (start.hour * 60 + start.minute, minutes))
    return tuple(
        ask.RosterShift(id=key, start=start, minutes=minutes, night=is_night(start, minutes))
        for key, (start, minutes) in sorted(found.items())
    )


def _cover(state: AreaState, posts: Posts, period: Period) -> tuple[ask.RosterCover, ...]:
    """What is to be manned. A shift of today that is over takes nobody any more, but whoever was on it."""
    needs: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for key, post in posts.posts.items():
        for shift in post.shifts:
            for day in period.all():
                if shift.falls_on(day):
                    need = needs[period.index(day), key_of(shift), key]
                    over = day == period.first and duty_on("", shift, day, state.policy.time_zone).end <= period.now
                    need[0] += 0 if over else shift.minimum
                    need[1] += 0 if over else max(shift.minimum, shift.wanted)
    return tuple(
        ask.RosterCover(
            day=day, shift=shift, post=post, minimum=minimum, wanted=wanted, under=state.policy.roster.under, over=_OVER
        )
        for (day, shift, post), (minimum, wanted) in sorted(needs.items())
    )


def _told(state: AreaState, worker: str, period: Period, posts: Posts, told_days: int) -> Iterator[ask.RosterDuty]:
    for day, duty in sorted(roster_of(state, worker).duties.items()):
        if 0 <= period.index(day) < told_days:
            yield ask.RosterDuty(person=worker, day=period.index(day), shift=posts.key_of(duty), post=duty.post)


def _pins(state: AreaState, worker: str, period: Period, posts: Posts, told_days: int) -> Iterator[ask.RosterPin]:
    """What stays: days too near to change, what has begun, and what a dispatcher chose; but for what cannot be."""
    known = roster_of(state, worker).duties
    frozen = min(told_days, state.policy.roster.freeze_days)
    for day in period.all():
        index, duty = period.index(day), known.get(day)
        stays = index < frozen or (duty is not None and (duty.directed or duty.start <= period.now))
        training = any(one.day == day for one in state.workers[worker].item.trainings)
        if not stays or training or is_away(state, worker, day):
            continue
        if duty is None:
            yield ask.RosterPin(person=worker, day=index)
        elif can_have(state, worker, duty, posts):
            yield ask.RosterPin(person=worker, day=index, shift=posts.key_of(duty), post=duty.post)


def _person(state: AreaState, worker: str, period: Period, posts: Posts) -> ask.RosterPerson:
    record = state.workers[worker]
    who: Worker = record.item
    terms = who.terms
    assert terms is not None
    return ask.RosterPerson(
        id=worker,
        skills=tuple(
            ask.RosterSkill(
                skill=held.skill,
                level=held.level + 1,
                first=None if held.valid_from is None else day_number(held.valid_from),
                last=None if held.expires is None else day_number(held.expires),
            )
            for held in who.skills
        ),
        week_minutes=_most(terms.week_minutes),
        days_in_row=_most(terms.days_in_row),
        nights_in_row=_most(terms.nights_in_row),
        rest_minutes=terms.rest_min,
        rest_days=_rest_days(terms),
        holidays=terms.holidays,
        hour_price=terms.hour_price,
        absent=tuple(period.index(day) for day in period.all() if is_away(state, worker, day)),
        trainings=tuple(
            ask.RosterTraining(day=period.index(one.day), start=minute_of(one.start), minutes=one.minutes)
            for one in trainings_of(state, worker, period)
        ),
        before=_before(state, worker, period, posts),
    )


def trainings_of(state: AreaState, worker: str, period: Period) -> list[Training]:
    """The trainings of ``worker`` within the period that they can come to, one a day."""
    by_day = {one.day: one for one in state.workers[worker].item.trainings if period.first <= one.day < period.until}
    return [one for day, one in sorted(by_day.items()) if not is_away(state, worker, day)]


def _wishes(state: AreaState, worker: str, period: Period) -> Iterator[ask.RosterWish]:
    for wish in state.workers[worker].item.wishes:
        if period.first <= wish.day < period.until:
            day = period.index(wish.day)
            yield ask.RosterWish(person=worker, day=day, wanted=wish.wanted, weight=wish.weight)


def _most(most: int | None) -> ask.RosterLimit | None:
    return None if most is None else ask.RosterLimit(most=most)


def _rest_days(terms: Terms) -> ask.RosterRest | None:
    return ask.RosterRest(days=terms.rest_days, in_any=terms.rest_days_in) if terms.rest_days else None


def _before(state: AreaState, worker: str, period: Period, posts: Posts) -> ask.RosterBefore:
    """What they worked before the first day, by the roster, less what they were away from."""
    roster = roster_of(state, worker)
    worked = {
        day: duty for day, duty in roster.duties.items() if day < period.first and not is_away(state, worker, day)
    }
    first_known = max(min(roster.since, period.first), period.first - _KNOWN_DAYS * DAY)
    last_days = (first_known + more * DAY for more in range((period.first - first_known).days))
    monday = period.first - period.first.weekday() * DAY
    return ask.RosterBefore(
        shifts=tuple(posts.key_of(worked[day]) if day in worked else None for day in last_days),
        nights=sum(duty.night for duty in worked.values()),
        weekends=len({day - (day.weekday() - 5) * DAY for day in worked if day.weekday() >= 5}),
        holidays=sum(day in state.policy.holidays for day in worked),
        week_minutes=sum((duty.end - duty.start) // MINUTE for day, duty in worked.items() if day >= monday),
    )
