"""Hard rules within one route, each recomputed from the times the plan states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dispatch.solver.checks.facts import Facts, asked_of, covers, days_of, meet, rest_span, ticks_on_site
from dispatch.solver.checks.hours import by_start, home_at, last_moment, rests_taken
from dispatch.solver.plan import Finding, Route
from dispatch.solver.problem import Duty
from dispatch.solver.rules import Rule


def skill(facts: Facts) -> Iterator[Finding]:
    """Everybody sent holds the skill on every day of the work."""
    for stop, visit, worker, duty in facts.stops:
        days = days_of(duty, stop.start, stop.end)
        for wanted, level in asked_of(visit):
            lacking = [day for day in days if not any(covers(held, wanted, level, day) for held in worker.skills)]
            if lacking:
                yield Finding(
                    rule=Rule.SKILL,
                    message=f"{worker.id} does not hold {wanted} at level {level} on day {lacking[0]} "
                    f"for visit {visit.id}.",
                    visit=visit.id,
                    worker=worker.id,
                    duty=duty.id,
                    limit=level,
                )


def allowed(facts: Facts) -> Iterator[Finding]:
    """Nobody is sent who is not among those named, or is excluded."""
    for _, visit, worker, duty in facts.stops:
        outside = visit.among is not None and worker.id not in visit.among
        if outside or worker.id in visit.never:
            why = "is not among those who may go" if outside else "is excluded"
            yield Finding(
                rule=Rule.ALLOWED,
                message=f"{worker.id} {why} for visit {visit.id}.",
                visit=visit.id,
                worker=worker.id,
                duty=duty.id,
            )


def shift(facts: Facts) -> Iterator[Finding]:
    """Work and travel lie in the duty, its overtime included, outside its absences; so does the way to the end spot."""
    for route, worker, duty in facts.routes:
        for stop in route.stops:
            if stop.visit not in facts.places:
                continue
            begins = min(stop.arrive - stop.travel, stop.start)
            if begins < duty.span.start or stop.end > last_moment(duty):
                yield _on_duty(
                    facts, Rule.SHIFT, route, f"stop {stop.visit} with the way to it lies outside the duty", stop.end
                )
            for absence in duty.absences:
                busy_way = meet(stop.arrive - stop.travel, stop.arrive, absence)
                if busy_way or meet(stop.start, stop.end, absence):
                    yield _on_duty(
                        facts,
                        Rule.SHIFT,
                        route,
                        f"stop {stop.visit} or the way to it meets the absence from {facts.clock(absence.start)}",
                        absence.start,
                    )
        home = home_at(facts, route, worker, duty)
        if home is not None and home > last_moment(duty):
            yield _on_duty(facts, Rule.SHIFT, route, f"the end spot is reached only at {facts.clock(home)}", home)


def _on_duty(facts: Facts, rule: Rule, route: Route, what: str, value: int) -> Finding:
    duty = facts.duties[route.worker, route.duty]
    span = f"{facts.clock(duty.span.start)} to {facts.clock(last_moment(duty))}"
    return Finding(
        rule=rule,
        message=f"On duty {route.duty} of {route.worker} ({span}) {what}.",
        worker=route.worker,
        duty=route.duty,
        value=value,
        limit=last_moment(duty),
    )


def rests(facts: Facts) -> Iterator[Finding]:
    """Every break of a duty with work on it is taken whole, in its span, without work, travel or another break.

    A break that no longer fits into the duty (it began before the duty as it now stands) is not asked for.
    """
    for route, _, duty in facts.routes:
        if not route.stops:
            continue
        if len(route.rests) != len(duty.rests):
            message = f"states {len(route.rests)} breaks instead of {len(duty.rests)}"
            yield _on_duty(facts, Rule.BREAK, route, message, len(route.rests))
            continue
        for rest, start in zip(duty.rests, route.rests, strict=True):
            span = rest_span(duty, rest)
            if span is not None and (start < span.start or start + rest.ticks > span.end):
                message = f"the break at {facts.clock(start)} lies outside its span"
                yield _on_duty(facts, Rule.BREAK, route, message, start)
        yield from _rest_meetings(facts, route, duty)


def _rest_meetings(facts: Facts, route: Route, duty: Duty) -> Iterator[Finding]:
    taken = sorted(rests_taken(route, duty), key=by_start)
    for before, after in pairwise(taken):
        if meet(before.start, before.end, after):
            yield _on_duty(facts, Rule.BREAK, route, "two breaks overlap", after.start)
    for rest in taken:
        for stop in route.stops:
            if meet(stop.start, stop.end, rest) or meet(stop.arrive - stop.travel, stop.arrive, rest):
                message = f"the break at {facts.clock(rest.start)} meets stop {stop.visit} or the way to it"
                yield _on_duty(facts, Rule.BREAK, route, message, rest.start)


def overlap(facts: Facts) -> Iterator[Finding]:
    """One thing at a time, with the time to travel; the times stated fit each other and the work's length."""
    for route, worker, duty in facts.routes:
        for stop, place, spot, free in facts.legs(route, duty):
            leave, ticks = stop.arrive - stop.travel, ticks_on_site(place, worker.id)
            way = facts.arrive(worker.mode, spot, place.spot, leave) - leave
            wrong = ""
            if stop.travel != way:
                wrong = f"states {stop.travel} ticks of travel where the way takes {way}"
            elif leave < free and free > duty.span.start:
                wrong = f"is set out for before {facts.clock(free)}, when the worker is free"
            elif stop.start < stop.arrive:
                wrong = f"starts before the worker arrives at {facts.clock(stop.arrive)}"
            elif stop.end != stop.start + ticks:
                wrong = f"is stated to take {stop.end - stop.start} ticks instead of {ticks}"
            if wrong:
                yield Finding(
                    rule=Rule.OVERLAP,
                    message=f"Stop {place.id} of {worker.id} at {facts.clock(stop.start)} {wrong}.",
                    visit=place.id,
                    worker=worker.id,
                    duty=duty.id,
                    value=stop.arrive,
                    limit=free + way,
                )


def window(facts: Facts) -> Iterator[Finding]:
    """A visit lies inside one of its windows, and nothing new begins or is set out for before ``now``."""
    now = facts.problem.now
    for stop, visit, worker, duty in facts.stops:
        end = stop.start + ticks_on_site(visit, worker.id)
        wrong = ""
        if not any(span.start <= stop.start and end <= span.end for span in visit.windows):
            wrong = "lies in none of its windows"
        elif visit.pin is None and stop.start < now:
            wrong = f"starts before now, {facts.clock(now)}"
        elif visit.pin is None and stop.arrive - stop.travel < now and not _told(visit.told, worker.id):
            wrong = f"is set out for before now, {facts.clock(now)}, by somebody who was not told"
        if wrong:
            yield Finding(
                rule=Rule.WINDOW,
                message=f"Visit {visit.id} at {facts.clock(stop.start)} {wrong}.",
                visit=visit.id,
                worker=worker.id,
                duty=duty.id,
                value=stop.start,
            )
    for stop, store, worker, duty in facts.store_stops:
        if min(stop.start, stop.arrive - stop.travel) < now:
            yield Finding(
                rule=Rule.WINDOW,
                message=f"Store {store.id} at {facts.clock(stop.start)} is set out for before now, {facts.clock(now)}.",
                visit=store.id,
                worker=worker.id,
                duty=duty.id,
                value=stop.start,
            )


def _told(told: object, worker: str) -> bool:
    return worker in getattr(told, "workers", ())
