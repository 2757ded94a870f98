"""Promises about rosters (`DOMAIN.md`, *Limits*, *Home helpers*): posts manned, hours of a week, public holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import MINUTE, Facts, Span
from dispatch.demo.judging.tally import Tally
from dispatch.events.horizon import HorizonPublished, LeftOpen
from dispatch.events.post import PostChanged, PostRegistered
from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Terms
from dispatch.model.posts import Post, PostShift

_WEEK_DAYS = 7


class Place(Struct, frozen=True):
    """A place to be manned: the ``shift`` of a ``post`` on a local ``day``, and who has a duty there."""

    post: Post
    shift: PostShift
    day: dt.date
    there: tuple[str, ...]


def places(facts: Facts) -> Iterator[Place]:
    """Every place of the days played, with who had it at the end of the log."""
    posts: dict[str, Post] = {
        one.id: one.event.post  # type: ignore[attr-defined]
        for of in (PostRegistered, PostChanged)
        for one in facts.all("post", of)
    }
    rosters = {worker: facts.rostered(worker) for worker in sorted(facts.workers)}
    for day in facts.days():
        for key, post in sorted(posts.items()):
            for shift in post.shifts:
                if shift.falls_on(day):
                    there = [worker for worker, duties in rosters.items() if _is_on(duties.get(day), key, shift.id)]
                    yield Place(post, shift, day, tuple(there))


def _is_on(duty: RosteredDuty | None, post: str, shift: str) -> bool:
    return duty is not None and (duty.post, duty.shift) == (post, shift)


def posts_manned(facts: Facts) -> Tally:
    """Every shift of every post has the people it takes, each able to be there, or is named as open with a reason."""
    tally = Tally()
    for place in places(facts):
        able = [worker for worker in place.there if _can_be_there(facts, worker, place)]
        missing = place.shift.minimum - len(able)
        kept = missing <= 0 or _named(facts, place) >= missing
        tally.note(kept, f"{place.post.id} {place.shift.id} on {place.day}: {len(able)} of {place.shift.minimum}")
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


def _named(facts: Facts, place: Place) -> int:
    """How many people the newest roster that speaks of the day names as missing at ``place``, with a reason."""
    newest: tuple[LeftOpen, ...] = ()
    for one in facts.by_kind["horizon"]["roster"]:
        if isinstance(one.event, HorizonPublished) and one.event.start <= place.day < one.event.until:
            newest = one.event.open
    wanted = (place.post.id, place.day, place.shift.id)
    return sum(one.missing for one in newest if one.reasons and (one.id, one.day, one.part) == wanted)


def week_minutes(facts: Facts) -> Tally:
    """Nobody's duties from Monday to Sunday take more minutes than their agreement gives a week."""
    tally = Tally()
    for worker, terms in _with_terms(facts):
        duties = facts.rostered(worker)
        for monday in sorted({day - day.weekday() * dt.timedelta(days=1) for day in duties}):
            week = [monday + dt.timedelta(days=ahead) for ahead in range(_WEEK_DAYS)]
            worked = sum((duties[day].end - duties[day].start) / MINUTE for day in week if day in duties)
            if terms.week_minutes is not None:
                tally.note(worked <= terms.week_minutes, f"{worker}: {worked:g} minutes in the week from {monday}")
    return tally


def holidays_kept(facts: Facts) -> Tally:
    """On a public holiday nobody works whose agreement leaves it free; whoever works has double pay agreed."""
    tally = Tally()
    for day in facts.policy.holidays:
        for worker, terms in _with_terms(facts):
            kept = day not in facts.rostered(worker) or terms.holidays == "double"
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


def _with_terms(facts: Facts) -> list[tuple[str, Terms]]:
    """Everybody who works by roster."""
    return [(key, one.terms) for key, one in sorted(facts.workers.items()) if one.terms is not None]
