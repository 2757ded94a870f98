"""Promises to and about the people who are sent: certificates, shifts, breaks, absences, caps, zones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

from dispatch.demo.judging.facts import MINUTE, Facts, Span
from dispatch.demo.judging.tally import Tally
from dispatch.events.schedule import RouteChanged
from dispatch.events.zone import ZoneGiven, ZoneUncovered
from dispatch.model.people import Role
from dispatch.model.time import local_day

HOUSEHOLDS = 40
QUARTER_HOUR_MIN = 15
STEP = dt.timedelta(minutes=30)


def certificate_valid(facts: Facts) -> Tally:
    """Whoever is sent holds the skill asked for, with a certificate valid on the day of the duty."""
    tally = Tally()
    seen: set[tuple[str, str, str]] = set()
    for worker in sorted(facts.schedules):
        for _, route in facts.routes(worker):
            day = local_day(route.start, facts.zone)
            for stop in route.stops:
                wanted = facts.skill(stop.order)
                key = (worker, route.duty, stop.order)
                if wanted is None or key in seen:
                    continue
                seen.add(key)
                held = [
                    one for one in facts.workers[worker].skills if one.skill == wanted[0] and one.level >= wanted[1]
                ]
                valid = any(
                    (one.valid_from is None or one.valid_from <= day) and (one.expires is None or day <= one.expires)
                    for one in held
                )
                tally.note(valid, f"{worker} sent to {stop.order} without valid {wanted[0]} on {day}")
    return tally


def one_place(facts: Facts) -> Tally:
    """Nobody is in two places: a visit ends before they arrive at the next."""
    tally = Tally()
    stays: dict[str, list[tuple[dt.datetime, dt.datetime, str]]] = {}
    for visits in facts.visits.values():
        for visit in visits:
            for one in visit.came:
                stays.setdefault(one.worker, []).append((one.at, visit.ended or one.at, visit.order))
    for worker, spans in sorted(stays.items()):
        for before, after in pairwise(sorted(spans)):
            tally.note(before[1] <= after[0], f"{worker} was at {before[2]} and {after[2]} at {after[0]:%H:%M}Z")
    return tally


def way_between(facts: Facts) -> Tally:
    """Between two visits on a route there is the time to travel, whenever a route is sent."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        for sent, route in facts.routes(worker):
            for before, after in pairwise(route.stops):
                free = min(before.end, facts.ended_by(before.order, sent.position + 1) or before.end)
                leave = after.leaves
                kept = free <= leave and after.arrive <= after.start and after.start < after.end
                tally.note(kept, f"{worker}: from {before.order} at {free:%H:%M}Z, to {after.order} at {leave:%H:%M}Z")
    return tally


def in_shift(facts: Facts) -> Tally:
    """Every visit with the way to it lies inside a duty of the roster."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        rostered = facts.workers[worker].terms is not None
        duties = [span for span, _ in facts.duties_around(worker)]
        for sent, route in facts.routes(worker):
            if rostered:
                duties = [span for span, _ in facts.duties_around(worker, sent.position)]
            for stop in route.stops:
                leave = stop.leaves
                inside = any(duty.start <= leave and stop.end <= duty.end for duty in duties)
                tally.note(inside, f"{worker}: {stop.order} {leave:%H:%M}Z to {stop.end:%H:%M}Z is outside the shift")
    return tally


def breaks_kept(facts: Facts) -> Tally:
    """In every duty that was worked there was the time for each break, whole, begun inside its span."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        busy = _busy(facts, worker)
        absent = [span for _, span in facts.absences(worker)]
        for duty, rests in facts.duties_around(worker):
            for rest in rests:
                past = rest.end <= facts.evidence.until and rest.start >= facts.evidence.start
                if past and any(duty.meets(span.start, span.end) for span in busy):
                    free = (
                        _longest_gap(rest, busy)
                        if not any(span.meets(rest.start, rest.end) for span in absent)
                        else 999
                    )
                    tally.note(free >= rest.minutes, f"{worker}: {free} free minutes around {rest.start:%H:%M}Z")
    return tally


def _busy(facts: Facts, worker: str) -> list[Span]:
    """When a worker was at visits."""
    return sorted(
        Span(one.at, visit.ended)
        for visits in facts.visits.values()
        for visit in visits
        for one in visit.came
        if one.worker == worker and visit.ended is not None
    )


def _longest_gap(rest: Span, busy: list[Span]) -> int:
    """The longest time without a visit that begins inside ``rest``, in whole minutes.

    A visit that lasts longer than planned pushes a break back: it then ends after its span, but it is whole.
    """
    free, longest = rest.start, dt.timedelta(0)
    last = rest.end + rest.minutes * MINUTE
    for span in [*busy, Span(last, last)]:
        if free < rest.end:
            longest = max(longest, min(span.start, last) - free)
        free = max(free, span.end)
    return int(longest / MINUTE)


def no_work_in_break(facts: Facts) -> Tally:
    """Whenever a route is sent, no visit ahead on it, nor the way to it, lies in a break."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        for sent, route in facts.routes(worker):
            ahead = [stop for stop in route.stops if stop.leaves >= sent.recorded]
            for start, end in route.rests:
                rest = Span(start, end)
                for stop in ahead:
                    at_it = rest.meets(stop.start, stop.end)
                    under_way = rest.meets(stop.leaves, stop.arrive)
                    tally.note(not at_it and not under_way, f"{worker}: {stop.order} in the break at {start:%H:%M}Z")
    return tally


def absent_not_sent(facts: Facts) -> Tally:
    """From the moment somebody is known to be away, no route has them anywhere while they are."""
    tally = Tally()
    for worker in sorted(facts.workers):
        for position, away in facts.absences(worker):
            newest: dict[str, RouteChanged] = {}
            for _, route in facts.routes(worker):
                newest[route.duty] = route
            left = [
                stop.order
                for route in newest.values()
                for stop in route.stops
                if away.meets(stop.start, stop.end) and facts.ended_by(stop.order, position) is None
            ]
            came = [span for span in _busy(facts, worker) if away.start <= span.start < away.end]
            tally.note(not left and not came, f"{worker} is away from {away.start:%H:%M}Z and still has {left}")
    return tally


def visits_cap(facts: Facts) -> Tally:
    """Nobody has more visits on a day than their cap: what they did by the reports, and what they are sent to."""
    tally = Tally()
    for worker, cap in _caps(facts, "visits_per_day"):
        for at, load in _loads(facts, worker):
            tally.note(len(load) <= cap, f"{worker}: {len(load)} visits from {at:%H:%M}Z on, the cap is {cap}")
    return tally


def minutes_cap(facts: Facts) -> Tally:
    """Nobody has more minutes of work on a day, their zones added, than their cap: what they did and are sent to."""
    tally = Tally()
    helpers = helpers_of(facts)
    for worker, cap in _caps(facts, "minutes_per_day"):
        own = sum(facts.zones[zone].minutes_per_day for zone, helper in helpers.items() if helper == worker)
        for at, load in _loads(facts, worker):
            work = own + sum(load.values())
            tally.note(work <= cap, f"{worker}: {work} minutes from {at:%H:%M}Z on, the cap is {cap}")
    return tally


def _caps(facts: Facts, name: str) -> list[tuple[str, int]]:
    caps = [(worker, getattr(facts.workers[worker].caps, name)) for worker in sorted(facts.schedules)]
    return [(worker, cap) for worker, cap in caps if cap is not None]


def _loads(facts: Facts, worker: str) -> list[tuple[dt.datetime, dict[str, int]]]:
    """Minutes of work by order on one local day: after each change of the worker's routes, and as it was worked.

    What they reported as done counts for the day they did it, also where no route holds it any more.
    """
    done = {one.order: one for one in facts.done_by(worker)}
    found: list[tuple[dt.datetime, dict[str, int]]] = []
    newest: dict[str, RouteChanged] = {}
    for sent, route in facts.routes(worker):
        newest[route.duty] = route
        day = local_day(route.start, facts.zone)
        by_then = {order: one for order, one in done.items() if one.position < sent.position}
        load = {
            stop.order: int((stop.end - stop.start) / MINUTE)
            for one in newest.values()
            if local_day(one.start, facts.zone) == day
            for stop in one.stops
            if stop.order not in by_then
        }
        load |= {order: one.minutes for order, one in by_then.items() if one.day == day}
        found.append((sent.recorded, load))
    for day in sorted({one.day for one in done.values()}):
        load = {order: one.minutes for order, one in done.items() if one.day == day}
        found.append((facts.evidence.until, load))
    return found


def line_manned(facts: Facts) -> Tally:
    """At any hour two technicians are on duty, so that two can go inside a home."""
    tally = Tally()
    at = facts.evidence.start
    technicians = [key for key, worker in sorted(facts.workers.items()) if worker.role is Role.TECHNICIAN]
    spans = {worker: [span for span, _ in facts.duties_around(worker)] for worker in technicians}
    while at < facts.evidence.end:
        there = [
            worker
            for worker in technicians
            if any(span.start <= at and at + STEP <= span.end for span in spans[worker])
            and not any(away.meets(at, at + STEP) for _, away in facts.absences(worker))
        ]
        tally.note(len(there) >= 2, f"{len(there)} technicians on duty at {at:%H:%M}Z")
        at += STEP
    return tally


def households_cap(facts: Facts) -> Tally:
    """No helper has more than 40 households over all their zones."""
    tally = Tally()
    held: Counter[str] = Counter()
    for zone, helper in helpers_of(facts).items():
        held[helper] += facts.zones[zone].households
    for helper, count in sorted(held.items()):
        tally.note(count <= HOUSEHOLDS, f"{helper} has {count} households")
    return tally


def zones_held(facts: Facts) -> Tally:
    """Every zone belongs to somebody."""
    tally = Tally()
    helpers = helpers_of(facts)
    for zone in sorted(facts.zones):
        tally.note(zone in helpers, f"nobody has {zone}")
    return tally


def helpers_of(facts: Facts) -> dict[str, str]:
    """Who has each zone at the end of the log."""
    found: dict[str, str] = {}
    for zone, events in facts.by_kind["zone"].items():
        for one in events:
            if isinstance(one.event, ZoneGiven):
                found[zone] = one.event.helper
            elif isinstance(one.event, ZoneUncovered):
                found.pop(zone, None)
    return found


def quarter_hour(facts: Facts) -> Tally:
    """Whoever comes has no more than a quarter of an hour's way."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        newest = {(route.duty, stop.order): stop for _, route in facts.routes(worker) for stop in route.stops}
        for stop in newest.values():
            tally.note(stop.travel_min <= QUARTER_HOUR_MIN, f"{worker} has {stop.travel_min} minutes to {stop.order}")
    return tally
