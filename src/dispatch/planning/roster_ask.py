"""From the folded state of an area to its roster problem: posts, people and their terms, what was worked and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from dispatch.decide.roster import KIND, misses
from dispatch.model.people import Terms, Worker, duty_on
from dispatch.model.posts import is_night, minute_of, minutes_of, start_minute
from dispatch.planning.area import KEEP_WORKED, AreaState
from dispatch.planning.horizons import head_of_kind
from dispatch.planning.roster_days import (
    DAY,
    MINUTE,
    Period,
    Posts,
    absences_of,
    key_of,
    roster_of,
    rostered,
    stays_of,
    trainings_of,
    whole_days_away,
)
from dispatch.planning.ticks import day_number
from dispatch.solver import roster_problem as ask
from dispatch.solver.checks.roster_form import endless_rest

_KNOWN_DAYS = 14
"""Days before the first that a rule about days in a row may look back to."""
_OVER = 100.0
"""What one more than wanted at a place costs: more than it is worth to change nothing that was told."""


def build_roster(state: AreaState, period: Period) -> ask.RosterProblem:
    """The roster problem of the area for ``period``, without those who are `left_aside`."""
    whole = _whole(state, period)
    aside = {person.id for person in whole.people if next(endless_rest(whole, person), None) is not None}
    return replace(
        whole,
        people=tuple(one for one in whole.people if one.id not in aside),
        wishes=tuple(one for one in whole.wishes if one.person not in aside),
        pins=tuple(one for one in whole.pins if one.person not in aside),
        told=tuple(one for one in whole.told if one.person not in aside),
    )


def left_aside(state: AreaState, period: Period, problem: ask.RosterProblem) -> dict[str, str]:
    """Who works by roster and is not in ``problem``, made for ``period``, with why: their rest goes on too long."""
    there, posts = {one.id for one in problem.people}, Posts(state)
    found = {}
    for worker in rostered(state).keys() - there:
        person = _person(state, worker, period, posts, 0)
        found[worker] = next(endless_rest(problem, person), "")
    return dict(sorted(found.items()))


def _whole(state: AreaState, period: Period) -> ask.RosterProblem:
    posts, policy = Posts(state), state.policy
    people = rostered(state)
    head = head_of_kind(state, KIND)
    told_days = 0 if head.until is None else max(0, min(period.days, period.index(head.until)))
    told = [duty for worker in people for duty in _told(state, worker, period, posts, told_days)]
    rules = policy.roster
    frozen = min(told_days, rules.freeze_days)
    persons = tuple(_person(state, worker, period, posts, frozen) for worker in people)
    cover = _cover(state, posts, period)
    pins = [pin for worker in people for pin in _pins(state, worker, period, posts, frozen)]
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
                found.setdefault(posts.key_of(duty), posts.clocks_of(duty))
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


def _pins(state: AreaState, worker: str, period: Period, posts: Posts, frozen: int) -> Iterator[ask.RosterPin]:
    for day, duty in stays_of(state, worker, period, posts, frozen):
        if duty is None:
            yield ask.RosterPin(person=worker, day=period.index(day))
        else:
            yield ask.RosterPin(person=worker, day=period.index(day), shift=posts.key_of(duty), post=duty.post)


def _person(state: AreaState, worker: str, period: Period, posts: Posts, frozen: int) -> ask.RosterPerson:
    record = state.workers[worker]
    who: Worker = record.item
    terms = who.terms
    assert terms is not None
    absent, absent_from = absences_of(state, worker, period, posts, frozen)
    trainings = trainings_of(state, worker, period, posts).kept
    trained = {one.day for one in trainings}
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
        absent=tuple(period.index(day) for day in absent if day not in trained),
        absent_from=tuple(ask.RosterAbsence(day=period.index(day), shift=key) for day, key in absent_from),
        trainings=tuple(
            ask.RosterTraining(day=period.index(one.day), start=minute_of(one.start), minutes=one.minutes)
            for one in trainings
        ),
        before=_before(state, worker, period, posts),
    )


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
    roster, away = roster_of(state, worker), state.workers[worker].away
    worked = {day: duty for day, duty in roster.duties.items() if day < period.first and not misses(away, duty)}
    since = min(roster.since, period.first)
    first_known = max(since, period.first - _KNOWN_DAYS * DAY)
    last_days = (first_known + more * DAY for more in range((period.first - first_known).days))
    monday = period.first - period.first.weekday() * DAY
    begin = max(since, period.first - KEEP_WORKED)
    year = {day: one for day, one in roster.work(away).items() if begin <= day < period.first}
    return ask.RosterBefore(
        shifts=tuple(posts.key_of(worked[day]) if day in worked else None for day in last_days),
        nights=sum(one.night and not one.training for one in year.values()),
        weekends=len({day - (day.weekday() - 5) * DAY for day in year if day.weekday() >= 5}),
        holidays=sum(day in state.policy.holidays and not one.training for day, one in year.items()),
        days=(period.first - begin).days - whole_days_away(state, worker, begin, period.first),
        week_minutes=sum((duty.end - duty.start) // MINUTE for day, duty in worked.items() if day >= monday),
    )
