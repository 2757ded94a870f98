"""How long a duty lasts, from the times a plan states: when it is set out for, when it ends."""

from __future__ import annotations

from dispatch.solver.checks.facts import Facts, meet, rest_span
from dispatch.solver.plan import Route
from dispatch.solver.problem import Duty, Span, Worker


def last_moment(duty: Duty) -> int:
    """When ``duty`` must be over: its end, the overtime allowed included."""
    return duty.span.end + duty.overtime


def by_start(span: Span) -> tuple[int, int]:
    """The order of spans in time."""
    return span.start, span.end


def rests_taken(route: Route, duty: Duty) -> list[Span]:
    """The breaks of ``route`` that are still asked for, as in the plan."""
    return [
        Span(start, start + rest.ticks)
        for rest, start in zip(duty.rests, route.rests, strict=False)
        if rest_span(duty, rest) is not None
    ]


def _closed(route: Route, duty: Duty) -> list[Span]:
    """Where nobody is under way: absences and breaks, in order of time."""
    return sorted([*duty.absences, *rests_taken(route, duty)], key=by_start)


def home_at(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int | None:
    """The earliest tick at which the end spot can be reached between breaks and absences.

    None without stops, and where the duty may end anywhere.
    """
    if duty.end_spot is None or not route.stops:
        return None
    spot, free = facts.last(route, duty)
    for span in _closed(route, duty):
        if meet(free, facts.arrive(worker.mode, spot, duty.end_spot, free), span):
            free = span.end
    return facts.arrive(worker.mode, spot, duty.end_spot, free)


def end_at(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int:
    """When the work of ``route`` is over: its last stop done or, where there is one, the end spot reached."""
    home = home_at(facts, route, worker, duty)
    return facts.last(route, duty)[1] if home is None else home


def leave_at(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int:
    """The latest tick at which to set out for the first stop so that it starts as the plan says.

    The way there meets no break and no absence. For a route without known stops, the start of the duty.
    """
    for stop, place, spot, _ in facts.legs(route, duty):
        leave = facts.leave(worker.mode, spot, place.spot, stop.start)
        for span in reversed(_closed(route, duty)):
            if meet(leave, facts.arrive(worker.mode, spot, place.spot, leave), span):
                leave = facts.leave(worker.mode, spot, place.spot, span.start)
        return leave
    return duty.span.start


def duration(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int:
    """Ticks from the latest moment of setting out that keeps every start of the plan to the end of the route.

    Waiting between stops, and breaks and absences between these two moments, count. Where the plan starts every stop
    as late as the end of its route allows, this is that end less the latest start that keeps it: the working time of
    Pillac, Guéret and Medaglia (2013).
    """
    return end_at(facts, route, worker, duty) - leave_at(facts, route, worker, duty) if route.stops else 0


def under_way(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int:
    """Ticks under way on ``route``, each way from the moment at which the plan sets out for it.

    The way home is set out for as late as brings nobody home later.
    """
    mode, ticks = worker.mode, 0
    for stop, place, spot, _ in facts.legs(route, duty):
        leave = stop.arrive - stop.travel
        ticks += facts.arrive(mode, spot, place.spot, leave) - leave
    home = home_at(facts, route, worker, duty)
    if home is not None and duty.end_spot is not None:
        ticks += home - facts.leave(mode, facts.last(route, duty)[0], duty.end_spot, home)
    return ticks


def overtime(facts: Facts, route: Route, worker: Worker, duty: Duty) -> int:
    """Ticks of ``route`` after the regular end of its duty."""
    return max(0, end_at(facts, route, worker, duty) - duty.span.end) if route.stops else 0
