"""Promises about guards and rounds (`DOMAIN.md`, *Patrol and guarding*; outdoor rounds in *Cleaning*)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.rosters import named_open, places
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.model.people import Role
from dispatch.model.places import Round
from dispatch.model.time import at_clock, local_day

ON_DUTY = 5
SHIFTS = 3
FLOORS_A_DAY = 4
OUTDOORS_A_DAY = 3
HAZARD_TOLD = dt.timedelta(minutes=5)


class Walk(Struct, frozen=True):
    """One round on the day: the band it must begin in, and the order it became, if it did."""

    round: Round
    start: dt.datetime
    last_start: dt.datetime
    order: str | None


def _walks(facts: Facts, wanted: Callable[[Round], bool] = lambda one: True) -> list[Walk]:
    """Every band of the days played, in order of the days, from the rounds as registered."""
    by_start = {
        (facts.opened(order).round, facts.opened(order).windows[0].start): order
        for order in facts.orders
        if facts.opened(order).round
    }
    found = []
    for day in facts.days():
        for one in facts.rounds.values():
            for band in one.bands if wanted(one) else ():
                start = at_clock(day, band.start_from, facts.zone)
                late = band.start_to <= band.start_from
                last = at_clock(day + dt.timedelta(days=late), band.start_to, facts.zone)
                found.append(Walk(one, start, last, by_start.get((one.id, start))))
    return found


def _by_day(facts: Facts, skill: str) -> Iterator[tuple[dt.date, list[Walk]]]:
    """On each of the days played, the walks of the rounds that ask for a skill."""
    walks = _walks(facts, lambda one: one.skill == skill)
    for day in facts.days():
        yield day, [walk for walk in walks if local_day(walk.start, facts.zone) == day]


def _walked(facts: Facts, walk: Walk) -> bool:
    """Whether it was begun in its band and finished."""
    visits = facts.visits.get(walk.order or "", [])
    return any(visit.done and walk.start <= visit.first <= walk.last_start for visit in visits)


_STANDING = (happened.OrderPlanned, happened.OrderShort, happened.OrderUnplanned)


def _named_uncovered(facts: Facts, walk: Walk) -> bool:
    """Whether the plan says that nobody walks it, and why."""
    last = None
    for one in facts.orders.get(walk.order or "", []):
        if isinstance(one.event, _STANDING):
            last = one.event
    return isinstance(last, happened.OrderUnplanned | happened.OrderShort) and bool(last.reasons)


def rounds_covered(facts: Facts) -> Tally:
    """Every round is begun in its band, or named as uncovered with the reason."""
    tally = Tally()
    for walk in _walks(facts):
        kept = _walked(facts, walk) or _named_uncovered(facts, walk)
        tally.note(kept, f"{walk.round.id} of {walk.start:%H:%M}Z: neither walked in its band nor named")
    return tally


def five_on_duty(facts: Facts) -> Tally:
    """In each of the three shifts of the day five guards are on duty all along, or who is missing is named as open."""
    tally = Tally()
    length = (facts.evidence.end - facts.evidence.start) / SHIFTS
    guards = [key for key, worker in facts.workers.items() if worker.role is Role.GUARD]
    for number in range(SHIFTS):
        start = facts.evidence.start + number * length
        there = [
            guard
            for guard in guards
            if any(duty.start <= start and start + length <= duty.end for duty, _ in facts.duties_around(guard))
            and not any(away.meets(start, start + length) for _, away in facts.absences(guard))
        ]
        named = sum(
            named_open(facts, place)
            for place in places(facts)
            if at_clock(place.day, place.shift.start, facts.zone) == start
        )
        what = f"{len(there)} guards on duty in the shift from {start:%H:%M}Z, {named} named as missing"
        tally.note(len(there) + named >= ON_DUTY, what)
    return tally


def outdoors_cleaned(facts: Facts) -> Tally:
    """The outdoor cleaning round is walked in the morning, at noon and in the evening."""
    tally = Tally()
    for day, walks in _by_day(facts, "outdoor-cleaning"):
        for walk in walks:
            tally.note(_walked(facts, walk), f"the outdoor round of {walk.start:%H:%M}Z on {day} was not walked")
        if len(walks) < OUTDOORS_A_DAY:
            tally.note(False, f"{len(walks)} outdoor rounds on {day}")
    return tally


def floors_walked(facts: Facts) -> Tally:
    """Managers walk the floors at least four times a day."""
    tally = Tally()
    for day, walks in _by_day(facts, "lead"):
        done = [walk for walk in walks if _walked(facts, walk)]
        for number in range(FLOORS_A_DAY):
            tally.note(number < len(done), f"walk {number + 1} of {day} did not take place")
    return tally


def hazards_reported(facts: Facts) -> Tally:
    """A hazard found on a round becomes a repair order at the checkpoint, each naming the other."""
    tally = Tally()
    for walk in _walks(facts):
        order = walk.order or ""
        for done, event in facts.events(order, happened.VisitDone) if walk.order else []:
            said = event.remark.text if event.remark is not None else ""
            if not said.startswith("hazard"):
                continue
            told = [one for _, one in facts.events(order, happened.HazardReported) if one.worker == event.worker]
            followed = [one for one in told if _is_repair_of(facts, order, one, done.at)]
            tally.note(bool(followed), f"{order}: {said}, no repair order is linked to it")
    return tally


def _is_repair_of(facts: Facts, walk: str, hazard: happened.HazardReported, found: dt.datetime) -> bool:
    """Whether the order a ``hazard`` names is a repair at its checkpoint that says it was found on ``walk``."""
    if hazard.order not in facts.repairs():
        return False
    opened = facts.opened(hazard.order)
    in_time = abs(opened.reported_at - found) <= HAZARD_TOLD
    linked = (opened.origin, opened.found_on) == (happened.Origin.HAZARD, walk)
    return linked and in_time and opened.place.checkpoint == hazard.checkpoint
