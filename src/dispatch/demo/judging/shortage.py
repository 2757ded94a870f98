"""The promise that what a roster cannot man is said in numbers, with what would help (`DOMAIN.md`, *Patrol*)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import MINUTE, Facts, Happening
from dispatch.demo.judging.free import vacancy
from dispatch.demo.judging.rosters import posts
from dispatch.demo.judging.tally import Tally
from dispatch.events.horizon import HorizonPublished, Shortage
from dispatch.model.people import Terms
from dispatch.model.time import local_day

_WEEK = 7


class Arithmetic(Struct, frozen=True):
    """What a published roster comes to: places asked for, how many can be given at most, how many are taken."""

    needed: int
    can_give: int
    taken: int


def rosters_published(facts: Facts) -> Iterator[tuple[HorizonPublished, Arithmetic]]:
    """Every roster that was published, each with the arithmetic of its days as it was then."""
    heads = facts.by_kind["horizon"]["roster"]
    for index, one in enumerate(heads):
        if isinstance(one.event, HorizonPublished):
            behind = heads[index + 1].position if index + 1 < len(heads) else None
            yield one.event, _arithmetic(facts, one, one.event, behind)


def _arithmetic(facts: Facts, one: Happening, head: HorizonPublished, behind: int | None) -> Arithmetic:
    days = [head.start + dt.timedelta(days=ahead) for ahead in range((head.until - head.start).days)]
    asked: dict[tuple[dt.date, str, str], int] = {}
    longest = 0.0
    for key, post in posts(facts).items():
        for shift in post.shifts:
            for day in days:
                span = vacancy(facts, post, shift, day).span
                # What is over when it is published takes nobody any more.
                if shift.falls_on(day) and span.end > one.recorded:
                    asked[day, key, shift.id] = shift.minimum
                    longest = max(longest, (span.end - span.start) / MINUTE)
    people = [worker for worker, record in facts.workers.items() if record.terms is not None]
    can = sum(_most(facts.workers[worker].terms, days, longest) for worker in people)
    taken = dict.fromkeys(asked, 0)
    for worker in people:
        for day, duty in facts.rostered(worker, behind).items():
            place = (day, duty.post, duty.shift)
            if place in taken:
                taken[place] += 1
    return Arithmetic(sum(asked.values()), can, sum(min(taken[place], asked[place]) for place in asked))


def _most(terms: Terms | None, days: list[dt.date], minutes: float) -> int:
    """How many duties of so many ``minutes`` somebody can have in ``days`` by days of rest and minutes of the week."""
    if terms is None:
        return 0
    whole, more = divmod(len(days), terms.rest_days_in)
    each = terms.rest_days_in - terms.rest_days
    most = whole * each + min(more, each)
    if terms.week_minutes is not None:
        weeks = len({day - dt.timedelta(days=day.weekday()) for day in days})
        most = min(most, weeks * int(terms.week_minutes // minutes))
    return most


def shortage_named(facts: Facts) -> Tally:
    """Where a roster cannot man every place, it says how many are asked for, can be given, stay open, and what helps.

    The numbers are counted anew from posts, terms and duties; what stays open is named place by place.
    """
    tally = Tally()
    for head, counted in rosters_published(facts):
        missing = counted.needed - counted.taken
        if missing <= 0:
            continue
        said = head.shortage
        numbers = None if said is None else (said.needed, said.can_give, said.open)
        kept = (
            numbers == (counted.needed, counted.can_give, missing)
            and said is not None
            and bool(said.would_close)
            and sum(one.missing for one in head.open if one.reasons) == missing
        )
        tally.note(kept, f"the roster from {head.start} on says {numbers}, it is {counted} with {missing} open")
    return tally


def said_of_shortage(facts: Facts) -> str:
    """What the newest roster of a whole week says of the places it leaves open."""
    said: Shortage | None = None
    for head, _ in rosters_published(facts):
        if (head.until - head.start).days >= _WEEK and local_day(facts.evidence.start, facts.zone) >= head.start:
            said = head.shortage
    if said is None:
        return "The roster of the week mans every place."
    return f"The roster of the week: {said.message} What would close it: {'; '.join(said.would_close)}."
