"""Promises about rosters (`DOMAIN.md`, *Limits*, *Home helpers*): posts manned, hours, rest, holidays, training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import MINUTE, Facts, Span
from dispatch.demo.judging.free import somebody_free, vacancy
from dispatch.demo.judging.tally import Tally
from dispatch.events.horizon import HorizonDirected, HorizonPublished, LeftOpen
from dispatch.events.post import PostChanged, PostRegistered
from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Terms
from dispatch.model.posts import Post, PostShift
from dispatch.model.time import at_clock

_DAY = dt.timedelta(days=1)
_WEEK_DAYS = 7


class Place(Struct, frozen=True):
    """A place to be manned: the ``shift`` of a ``post`` on a local ``day``, and who has a duty there."""

    post: Post
    shift: PostShift
    day: dt.date
    there: tuple[str, ...]


def posts(facts: Facts) -> dict[str, Post]:
    """The posts as they stand at the end, by id."""
    return {
        one.id: one.event.post  # type: ignore[attr-defined]
        for of in (PostRegistered, PostChanged)
        for one in facts.all("post", of)
    }


def places(facts: Facts) -> Iterator[Place]:
    """Every place of the days played, with who had it at the end of the log."""
    rosters = {worker: facts.rostered(worker) for worker in sorted(facts.workers)}
    for day in facts.days():
        for key, post in sorted(posts(facts).items()):
            for shift in post.shifts:
                if shift.falls_on(day):
                    there = [worker for worker, duties in rosters.items() if _is_on(duties.get(day), key, shift.id)]
                    yield Place(post, shift, day, tuple(there))


def _is_on(duty: RosteredDuty | None, post: str, shift: str) -> bool:
    return duty is not None and (duty.post, duty.shift) == (post, shift)


def posts_manned(facts: Facts) -> Tally:
    """Every shift of every post has the people it takes, each able to be there; or it is named and nobody able is free.

    Whether somebody is free the judge finds out for itself, from records, terms, absences and duties.
    """
    tally = Tally()
    for place in places(facts):
        able = [worker for worker in place.there if _can_be_there(facts, worker, place)]
        missing = place.shift.minimum - len(able)
        named = missing <= 0 or named_open(facts, place) >= missing
        free = somebody_free(facts, vacancy(facts, place.post, place.shift, place.day)) if missing > 0 else None
        where = f"{place.post.id} {place.shift.id} on {place.day}: {len(able)} of {place.shift.minimum}"
        tally.note(named and free is None, where + (f", and {free} is able and free" if free else ""))
    return tally


def _can_be_there(facts: Facts, worker: str, place: Place) -> bool:
    """Whether ``worker`` holds what the post asks for on that day and is not away for more than half of the duty."""
    duty = facts.rostered(worker)[place.day]
    away = sum((min(span.end, duty.end) - max(span.start, duty.start)) / MINUTE for span in _away(facts, worker, duty))
    skill = place.post.skill
    return away * 2 <= (duty.end - duty.start) / MINUTE and (
        skill is None or facts.workers[worker].holds(skill, place.post.level, place.day)
    )


def _away(facts: Facts, worker: str, duty: RosteredDuty) -> Iterator[Span]:
    return (span for _, span in facts.absences(worker) if span.meets(duty.start, duty.end))


def named_open(facts: Facts, place: Place) -> int:
    """How many people are named as missing at ``place``, with a reason.

    By the newest roster that speaks of the day, and what a dispatcher filled or opened since.
    """
    wanted = (place.post.id, place.day, place.shift.id)

    def count(some: tuple[LeftOpen, ...]) -> int:
        return sum(one.missing for one in some if (one.id, one.day, one.part) == wanted)

    found = 0
    for one in facts.by_kind["horizon"]["roster"]:
        match one.event:
            case HorizonPublished(start=start, until=until, open=left) if start <= place.day < until:
                found = count(tuple(some for some in left if some.reasons))
            case HorizonDirected(filled=filled, opened=opened):
                found = max(0, found - count(filled)) + count(tuple(some for some in opened if some.reasons))
    return found


def week_minutes(facts: Facts) -> Tally:
    """Nobody's duties from Monday to Sunday take more minutes than their agreement gives a week."""
    tally = Tally()
    for worker, terms in _with_terms(facts):
        duties = facts.rostered(worker)
        for monday in sorted({day - day.weekday() * _DAY for day in duties}):
            week = [monday + ahead * _DAY for ahead in range(_WEEK_DAYS)]
            worked = sum((duties[day].end - duties[day].start) / MINUTE for day in week if day in duties)
            if terms.week_minutes is not None:
                tally.note(worked <= terms.week_minutes, f"{worker}: {worked:g} minutes in the week from {monday}")
    return tally


def rest_day(facts: Facts) -> Tally:
    """Everybody has the days of rest agreed in any days that follow each other; without an agreement one in seven.

    Of who works by roster only days that are wholly published are looked at, of everybody else their shifts, those
    on single dates too.
    """
    tally = Tally()
    published = _published(facts)
    for worker, record in sorted(facts.workers.items()):
        if record.terms is None:
            for first in facts.days():
                week = [first + ahead * _DAY for ahead in range(_WEEK_DAYS)]
                free = sum(not any(shift.falls_on(day) for shift in record.shifts) for day in week)
                tally.note(free >= 1, f"{worker} works seven days from {first} on")
            continue
        asked, duties = record.terms.rest_days, facts.rostered(worker)
        for first in sorted(published):
            span = [first + ahead * _DAY for ahead in range(record.terms.rest_days_in)]
            if asked and published.issuperset(span) and any(day in duties for day in span):
                free = sum(day not in duties for day in span)
                tally.note(free >= asked, f"{worker} has {free} days of rest in the {len(span)} from {first} on")
    return tally


def _published(facts: Facts) -> set[dt.date]:
    """The local days a roster was published for."""
    return {
        one.event.start + ahead * _DAY
        for one in facts.by_kind["horizon"]["roster"]
        if isinstance(one.event, HorizonPublished)
        for ahead in range((one.event.until - one.event.start).days)
    }


def holidays_kept(facts: Facts) -> Tally:
    """On a public holiday nobody works whose agreement leaves it free; whoever works has double pay agreed.

    Of the days played, and of everybody who has any duty in them.
    """
    tally = Tally()
    days = set(facts.days())
    for worker, terms in _with_terms(facts):
        duties = facts.rostered(worker)
        for day in sorted(days & set(facts.policy.holidays)) if days & duties.keys() else ():
            kept = day not in duties or terms.holidays == "double"
            tally.note(kept, f"{worker} works on {day}, on holidays the agreement says {terms.holidays}")
    return tally


def double_pay(facts: Facts) -> str:
    """What the public holidays of the days played cost at double pay."""
    days = [day for day in facts.policy.holidays if day in facts.days()]
    worked = [
        (facts.rostered(worker)[day], terms.hour_price)
        for worker, terms in _with_terms(facts)
        for day in days
        if day in facts.rostered(worker)
    ]
    paid = sum(2 * price * ((duty.end - duty.start) / dt.timedelta(hours=1)) for duty, price in worked)
    named = ", ".join(map(str, days))
    return f"On the public holiday {named} {len(worked)} worked as agreed, for {paid:g} at double pay."


def in_training_not_sent(facts: Facts) -> Tally:
    """Whoever has a training or briefing that day has no other duty, and while it lasts is sent nowhere."""
    tally = Tally()
    for worker, record in sorted(facts.workers.items()):
        newest = {route.duty: route for _, route in facts.routes(worker)}
        for one in record.trainings if record.terms is not None else ():
            if one.day not in facts.days():
                continue
            start = at_clock(one.day, one.start, facts.zone)
            span = Span(start, start + one.minutes * MINUTE)
            duty = facts.rostered(worker).get(one.day)
            blocked = duty is not None and duty.training and (duty.start, duty.end) == (span.start, span.end)
            sent = [
                stop.order for route in newest.values() for stop in route.stops if span.meets(stop.leaves, stop.end)
            ]
            came = [
                visit.order
                for visits in facts.visits.values()
                for visit in visits
                for there in visit.came
                if there.worker == worker and span.meets(there.at, visit.ended or there.at + MINUTE)
            ]
            away = any(gone.meets(span.start, span.end) for _, gone in facts.absences(worker))
            what = f"{worker} is trained on {one.day}, is rostered {duty}, was sent to {sent} and came to {came}"
            tally.note((blocked or away) and not sent and not came, what)
    return tally


def _with_terms(facts: Facts) -> list[tuple[str, Terms]]:
    """Everybody who works by roster."""
    return [(key, one.terms) for key, one in sorted(facts.workers.items()) if one.terms is not None]
