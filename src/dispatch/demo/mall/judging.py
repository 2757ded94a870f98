"""Promises of the mall (`DOMAIN.md`, *Cleaning*), each judged from the log."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from dispatch.demo.judging.facts import Facts, Visit
from dispatch.demo.judging.rosters import places
from dispatch.demo.judging.tally import Tally
from dispatch.model.time import at_clock, local_day

ON_DUTY = 8
FLOOR_POSTS = {"floor-1": 2, "floor-2": 2, "floor-3": 2, "basement-gate": 1, "toilets-offices": 1}
EVENINGS = 4
LOW_TRAFFIC_FROM = "20:30"


def eight_on_duty(facts: Facts) -> Tally:
    """In each shift of the floors' posts eight people are on duty, as many at each post as it takes."""
    tally = Tally()
    found: dict[tuple[dt.date, str], Counter[str]] = {}
    for place in places(facts):
        if place.post.id in FLOOR_POSTS:
            found.setdefault((place.day, place.shift.id), Counter())[place.post.id] += len(place.there)
    for (day, shift), there in sorted(found.items()):
        kept = there.total() >= ON_DUTY and all(there[post] >= least for post, least in FLOOR_POSTS.items())
        tally.note(kept, f"{shift} on {day}: {dict(there)}")
    return tally


def _deep(facts: Facts, category: str) -> Iterator[tuple[str, Visit | None]]:
    """Each place that was to be cleaned deeply, and the visit at which it was."""
    for order in facts.asked():
        opened = facts.opened(order)
        if opened.category == category:
            yield opened.place.named or "", next((visit for visit in facts.visits[order] if visit.done), None)


def _evening(facts: Facts, visit: Visit) -> dt.date | None:
    """The evening on which a visit was made, if it was one with little traffic."""
    day = local_day(visit.first, facts.zone)
    return day if visit.first >= at_clock(day, LOW_TRAFFIC_FROM, facts.zone) else None


def deep_in_four_evenings(facts: Facts) -> Tally:
    """Each floor is cleaned deeply on an evening with little traffic, one floor an evening, all within four days."""
    tally = Tally()
    evenings: set[dt.date] = set()
    for place, visit in _deep(facts, "deep-floor"):
        evening = None if visit is None else _evening(facts, visit)
        first_of_it = evening is not None and evening not in evenings
        evenings |= {evening} if evening is not None else set()
        within = evening is not None and (evening - facts.days()[0]).days < EVENINGS
        tally.note(first_of_it and within, f"{place}: cleaned {None if visit is None else visit.first}")
    return tally


def toilets_in_batches(facts: Facts) -> Tally:
    """Each batch of toilets is cleaned deeply, one batch an evening."""
    tally = Tally()
    evenings: set[dt.date] = set()
    for place, visit in _deep(facts, "deep-toilets"):
        evening = None if visit is None else _evening(facts, visit)
        tally.note(evening is not None and evening not in evenings, f"{place}: cleaned on {evening}")
        evenings |= {evening} if evening is not None else set()
    return tally


def crew_complete(facts: Facts) -> Tally:
    """Where several clean together, as many are there together as it takes."""
    tally = Tally()
    for order in facts.asked():
        if facts.skill(order) is None or facts.people(order) < 2:
            continue
        for visit in facts.visits[order]:
            there = {one.worker for one in visit.came if visit.ended is not None and one.at < visit.ended}
            tally.note(len(there) >= facts.people(order), f"{order}: {sorted(there)} of {facts.people(order)}")
    return tally
