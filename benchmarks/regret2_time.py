"""Time along a route for `benchmarks.regret2`: earliest starts with at most one break, the cheapest place of a visit.

Written apart from the solver, so that the yardstick does not move with it. For each stop it is known when its worker is
free after it with the break still to be taken and with it taken, and the last start of it that keeps the rest of the
route, either way. Minutes as floats, always whole.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from dispatch.model.travel import EARTH_KM

NEVER = 1e15
COLUMNS = 48
"""Stops a route has room for, and two more."""


class Day(NamedTuple):
    """Per visit: where (unit vector), two windows of starts, length, promise, price, own worker, household. Per worker:
    base, end, minutes per km, duty, break (first start, last start, length), caps."""

    at: np.ndarray
    base: np.ndarray
    home: np.ndarray
    has_home: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    ticks: np.ndarray
    due: np.ndarray
    late: np.ndarray
    price: np.ndarray
    keep: np.ndarray
    household: np.ndarray
    per_km: np.ndarray
    fixed: float
    begin: np.ndarray
    end: np.ndarray
    rest: np.ndarray
    max_visits: np.ndarray
    max_ticks: np.ndarray
    max_households: np.ndarray
    travel: float
    continuity: float


class Routes(NamedTuple):
    """Per worker: stops, how many, minutes of work, lateness paid; the legs to each stop and home; when free after
    each stop (the first: at the base) with the break to come and taken; the last start of each stop (behind the last:
    of the end) with the break to come and taken. ``room`` is to work in."""

    stops: np.ndarray
    count: np.ndarray
    work: np.ndarray
    paid: np.ndarray
    legs: np.ndarray
    free: np.ndarray
    last: np.ndarray
    room: np.ndarray


def empty(workers: int) -> Routes:
    """Routes with nothing on them; `insert` fills in the rest on the first stop."""
    return Routes(
        stops=np.full((workers, COLUMNS), -1, dtype=np.int64),
        count=np.zeros(workers, dtype=np.int64),
        work=np.zeros(workers),
        paid=np.zeros(workers),
        legs=np.zeros((workers, COLUMNS)),
        free=np.full((workers, COLUMNS, 2), NEVER),
        last=np.full((workers, COLUMNS, 2), NEVER),
        room=np.zeros((COLUMNS, 4)),
    )


@njit
def way(day: Day, worker: int, here: np.ndarray, there: np.ndarray) -> float:
    """Whole minutes between two unit vectors for ``worker``."""
    chord = math.sqrt((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2 + (here[2] - there[2]) ** 2)
    if chord == 0.0:
        return 0.0
    km = 2.0 * EARTH_KM * math.asin(min(1.0, 0.5 * chord))
    return day.fixed + math.ceil(km * day.per_km[worker] - 1e-9)


@njit
def opening(day: Day, visit: int, at: float) -> float:
    """The first start from ``at`` on."""
    for window in range(2):
        if at <= day.closes[visit, window]:
            return max(at, day.opens[visit, window])
    return NEVER


@njit
def reach(day: Day, worker: int, free: tuple[float, float], leg: float, visit: int) -> tuple[float, float, bool]:
    """Starts of ``visit`` with the break to come and taken, and whether the latter takes it on this leg."""
    first, last, ticks = day.rest[worker, 0], day.rest[worker, 1], day.rest[worker, 2]
    latest = day.end[worker] - day.ticks[visit]
    to_come = opening(day, visit, free[0] + leg) if free[0] < NEVER else NEVER
    taken = opening(day, visit, free[1] + leg) if free[1] < NEVER else NEVER
    here = False
    if free[0] < NEVER:
        for ahead in (0.0, leg):
            moment = max(free[0] + ahead, first)
            if moment <= last:
                start = opening(day, visit, moment + ticks + leg - ahead)
                if start < taken:
                    taken, here = start, True
    return to_come if to_come <= latest else NEVER, taken if taken <= latest else NEVER, here


@njit
def before(day: Day, worker: int, last: tuple[float, float], leg: float) -> tuple[float, float]:
    """The last moments to be done with a stop whose follower, a ``leg`` on, must start by ``last``."""
    first, latest, ticks = day.rest[worker, 0], day.rest[worker, 1], day.rest[worker, 2]
    to_come = last[0] - leg
    if last[1] - leg - ticks >= first:
        to_come = max(to_come, min(latest, last[1] - leg - ticks))
    if last[1] - ticks >= first:
        to_come = max(to_come, min(latest, last[1] - ticks) - leg)
    return to_come, last[1] - leg


@njit
def no_later(day: Day, visit: int, at: float) -> float:
    """The last start of ``visit`` up to ``at``; less than nothing if there is none."""
    for window in (1, 0):
        start = min(at, day.closes[visit, window])
        if start >= day.opens[visit, window]:
            return start
    return -NEVER


@njit
def begins(day: Day, worker: int) -> tuple[float, float]:
    """When the worker is free at the base, the break to come and taken: who has none has taken it."""
    has_rest = day.rest[worker, 2] > 0.0
    return (day.begin[worker], NEVER) if has_rest else (NEVER, day.begin[worker])


@njit
def ends(day: Day, worker: int) -> tuple[float, float]:
    """The last moment at the end, the break to come and taken."""
    return day.rest[worker, 1], day.end[worker]


@njit
def lateness(day: Day, routes: Routes, worker: int, visit: int, place: int) -> float:
    """What the route pays for lateness with ``visit`` at ``place`` (-1: without it), `NEVER` if it cannot be done.

    ``routes.room`` takes for each stop its starts, whether the break is taken on the leg to it, and the start that is.
    """
    count = routes.count[worker] + (1 if place >= 0 else 0)
    free = begins(day, worker)
    here = day.base[worker]
    room = routes.room
    for stop in range(count):
        shift = 1 if 0 <= place < stop else 0
        one = visit if stop == place else routes.stops[worker, stop - shift]
        known = place < 0 or stop < place or stop > place + 1
        leg = routes.legs[worker, stop - shift] if known else way(day, worker, here, day.at[one])
        to_come, taken, is_here = reach(day, worker, free, leg, one)
        room[stop, 0], room[stop, 1], room[stop, 2] = to_come, taken, 1.0 if is_here else 0.0
        ticks = day.ticks[one]
        free = (to_come + ticks if to_come < NEVER else NEVER, taken + ticks if taken < NEVER else NEVER)
        here = day.at[one]
    leg = way(day, worker, here, day.home[worker]) if day.has_home[worker] and count else 0.0
    until = before(day, worker, ends(day, worker), leg)
    state = 0 if free[0] <= until[0] else 1
    if free[state] > until[state]:
        return NEVER
    paid = 0.0
    for stop in range(count - 1, -1, -1):
        one = visit if stop == place else routes.stops[worker, stop - (1 if 0 <= place < stop else 0)]
        room[stop, 3] = room[stop, state]
        paid += day.late[one] * max(0.0, room[stop, 3] - day.due[one])
        if state == 1 and room[stop, 2] > 0.0:
            state = 0
    return paid


@njit
def cheapest(day: Day, routes: Routes, worker: int, visit: int, limit: float) -> tuple[float, int]:
    """The cheapest place of ``visit`` on the route of ``worker`` at less than ``limit``, without the price of the
    person: its cost and the stop it comes before; `NEVER` if there is none."""
    count = routes.count[worker]
    if (
        count >= min(day.max_visits[worker], COLUMNS - 2)
        or routes.work[worker] + day.ticks[visit] > day.max_ticks[worker]
    ):
        return NEVER, -1
    if households(day, routes, worker, visit) > day.max_households[worker]:
        return NEVER, -1
    best, chosen = limit, -1
    leg_in = way(day, worker, day.base[worker], day.at[visit])
    for place in range(count + 1):
        free = (routes.free[worker, place, 0], routes.free[worker, place, 1]) if count else begins(day, worker)
        last = (routes.last[worker, place, 0], routes.last[worker, place, 1]) if count else ends(day, worker)
        leg_out, old = 0.0, routes.legs[worker, place]
        if place < count:
            leg_out = way(day, worker, day.at[visit], day.at[routes.stops[worker, place]])
        elif day.has_home[worker]:
            leg_out = way(day, worker, day.at[visit], day.home[worker])
        to_come, taken, _ = reach(day, worker, free, leg_in, visit)
        detour = day.travel * (leg_in + leg_out - old)
        leg_in = leg_out
        if min(to_come, taken) >= NEVER:
            continue
        until = before(day, worker, last, leg_out)
        if to_come + day.ticks[visit] > until[0] and taken + day.ticks[visit] > until[1]:
            continue
        own = day.late[visit] * max(0.0, min(to_come, taken) - day.due[visit])
        if detour + own >= best:
            continue
        paid = lateness(day, routes, worker, visit, place)
        if paid < NEVER and detour + paid - routes.paid[worker] < best:
            best, chosen = detour + paid - routes.paid[worker], place
    return (best, chosen) if chosen >= 0 else (NEVER, -1)


@njit
def households(day: Day, routes: Routes, worker: int, visit: int) -> int:
    """How many households the route goes to, that of ``visit`` included."""
    found = 1
    for stop in range(routes.count[worker]):
        home = day.household[routes.stops[worker, stop]]
        is_new = home != day.household[visit]
        for earlier in range(stop):
            if day.household[routes.stops[worker, earlier]] == home:
                is_new = False
        found += 1 if is_new else 0
    return found


@njit
def insert(day: Day, routes: Routes, worker: int, visit: int, place: int) -> None:
    """Put ``visit`` before stop ``place`` and time the route anew."""
    count = routes.count[worker] + 1
    stops, legs = routes.stops[worker], routes.legs[worker]
    for stop in range(count - 1, place, -1):
        stops[stop] = stops[stop - 1]
    stops[place] = visit
    routes.count[worker] = count
    routes.work[worker] += day.ticks[visit]
    here = day.base[worker]
    for stop in range(count):
        legs[stop] = way(day, worker, here, day.at[stops[stop]])
        here = day.at[stops[stop]]
    legs[count] = way(day, worker, here, day.home[worker]) if day.has_home[worker] else 0.0
    routes.paid[worker] = lateness(day, routes, worker, -1, -1)
    routes.free[worker, 0, 0], routes.free[worker, 0, 1] = begins(day, worker)
    for stop in range(count):
        for state in range(2):
            start = routes.room[stop, state]
            routes.free[worker, stop + 1, state] = start + day.ticks[stops[stop]] if start < NEVER else NEVER
    last = ends(day, worker)
    routes.last[worker, count, 0], routes.last[worker, count, 1] = last
    for stop in range(count - 1, -1, -1):
        ticks = day.ticks[stops[stop]]
        done = before(day, worker, last, legs[stop + 1])
        last = (
            no_later(day, stops[stop], min(done[0], day.end[worker]) - ticks),
            no_later(day, stops[stop], min(done[1], day.end[worker]) - ticks),
        )
        routes.last[worker, stop, 0], routes.last[worker, stop, 1] = last


def starts_of(day: Day, routes: Routes, worker: int) -> tuple[list[float], float]:
    """The starts of all stops, and of the break (0 where there is none)."""
    lateness(day, routes, worker, -1, -1)
    count = int(routes.count[worker])
    starts = [float(routes.room[stop, 3]) for stop in range(count)]
    first, last, ticks = day.rest[worker]
    if ticks == 0.0:
        return starts, 0.0
    free = day.begin[worker]
    for stop in range(count):
        leg = routes.legs[worker, stop]
        for ahead in (0.0, leg):
            moment = max(free + ahead, first)
            if moment <= last and moment + ticks + leg - ahead <= starts[stop]:
                return starts, float(moment)
        free = starts[stop] + day.ticks[routes.stops[worker, stop]]
    home = routes.legs[worker, count]
    moment = max(free, first)
    fits = moment <= last and moment + ticks + home <= day.end[worker]
    return starts, float(moment if fits else max(free + home, first))
