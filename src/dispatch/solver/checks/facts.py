"""What the checks look things up in: the problem and the plan by id, travel recomputed, times as people say them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from functools import cached_property

from msgspec import UNSET

from dispatch.model.travel import distance_km, travel_minutes
from dispatch.solver.plan import Route, RoutePlan, Stop
from dispatch.solver.problem import Duty, Rest, RouteProblem, Skill, Span, Store, Traffic, Visit, Worker
from dispatch.solver.round_problem import RoundProblem

Work = tuple[int, Visit]
"""A start and the visit that begins then."""


class Facts:
    """A `RouteProblem` and a `RoutePlan` side by side. Unknown ids in the plan are left to the check of ids."""

    def __init__(self, problem: RouteProblem, plan: RoutePlan) -> None:
        self.problem = problem
        self.plan = plan
        self.visits: dict[str, Visit] = {visit.id: visit for visit in problem.visits}
        self.stores: dict[str, Store] = {store.id: store for store in problem.stores}
        self.places: dict[str, Visit | Store] = {**self.visits, **self.stores}
        self.workers: dict[str, Worker] = {worker.id: worker for worker in problem.workers}
        self.duties: dict[tuple[str, str], Duty] = {
            (worker.id, duty.id): duty for worker in problem.workers for duty in worker.duties
        }
        self._ways: dict[tuple[str, int, int], int] = {}
        self._traffic: dict[str, list[Traffic]] = {}
        for one in problem.traffic:
            self._traffic.setdefault(one.mode, []).append(one)

    @cached_property
    def routes(self) -> list[tuple[Route, Worker, Duty]]:
        """The routes whose worker and duty the problem knows."""
        found = []
        for route in self.plan.routes:
            duty = self.duties.get((route.worker, route.duty))
            if duty is not None:
                found.append((route, self.workers[route.worker], duty))
        return found

    @cached_property
    def stops(self) -> list[tuple[Stop, Visit, Worker, Duty]]:
        """Every stop of a known visit on a known route."""
        return [
            (stop, self.visits[stop.visit], worker, duty)
            for route, worker, duty in self.routes
            for stop in route.stops
            if stop.visit in self.visits
        ]

    @cached_property
    def store_stops(self) -> list[tuple[Stop, Store, Worker, Duty]]:
        """Every stop at a store on a known route."""
        return [
            (stop, self.stores[stop.visit], worker, duty)
            for route, worker, duty in self.routes
            for stop in route.stops
            if stop.visit in self.stores
        ]

    @cached_property
    def placed(self) -> dict[str, list[tuple[str, Stop]]]:
        """For every known visit on a route: the workers and stops it has, in the order of the plan."""
        found: dict[str, list[tuple[str, Stop]]] = {}
        for stop, visit, worker, _ in self.stops:
            found.setdefault(visit.id, []).append((worker.id, stop))
        return found

    @cached_property
    def bound(self) -> set[str]:
        """The pinned visits on a route, and all that is tied to them: without it they could not be there."""
        found = {visit.id for _, visit, _, _ in self.stops if visit.pin is not None}
        size = 0
        while len(found) > size:
            size = len(found)
            for tie in self.problem.ties:
                if not found.isdisjoint((tie.first, tie.then)):
                    found |= {tie.first, tie.then}
        return found

    @cached_property
    def bound_on(self) -> dict[tuple[str, str], list[Work]]:
        """What is `bound` on each duty, by worker and duty, in order of time."""
        found: dict[tuple[str, str], list[Work]] = {}
        for stop, visit, worker, duty in sorted(self.stops, key=lambda one: one[0].start):
            if visit.id in self.bound:
                found.setdefault((worker.id, duty.id), []).append((stop.start, visit))
        return found

    @cached_property
    def days(self) -> dict[str, list[int]]:
        """For every known visit on a route: the days of the duties it is done on, each once, in order."""
        found: dict[str, set[int]] = {}
        for _, visit, _, duty in self.stops:
            found.setdefault(visit.id, set()).add(duty.day)
        return {visit: sorted(days) for visit, days in found.items()}

    def work(self, route: Route) -> list[Visit]:
        """The known visits on ``route``, stores left out, in the order of the plan."""
        return [self.visits[stop.visit] for stop in route.stops if stop.visit in self.visits]

    def ticks_of_work(self, route: Route) -> int:
        """Ticks that the known visits on ``route`` take its worker."""
        return sum(ticks_on_site(visit, route.worker) for visit in self.work(route))

    def legs(self, route: Route, duty: Duty) -> Iterator[tuple[Stop, Visit | Store, int, int]]:
        """Stops at known visits and stores with the visit or store, the spot left and the tick it could be left."""
        spot, free = duty.start_spot, duty.span.start
        for stop in route.stops:
            place = self.places.get(stop.visit)
            if place is not None:
                yield stop, place, spot, free
                spot, free = place.spot, stop.end

    def last(self, route: Route, duty: Duty) -> tuple[int, int]:
        """Where and when the last known stop of ``route`` ends."""
        known = [stop for stop in route.stops if stop.visit in self.places]
        if not known:
            return duty.start_spot, duty.span.start
        return self.places[known[-1].visit].spot, known[-1].end

    def way(self, mode: str, here: int, there: int) -> int:
        """Ticks from spot ``here`` to spot ``there`` on free roads, recomputed from the problem's own data."""
        key = (mode, here, there)
        known = self._ways.get(key)
        if known is None:
            known = self._ways[key] = way_ticks(self.problem, mode, here, there)
        return known

    def arrive(self, mode: str, here: int, there: int, leave: int) -> int:
        """When somebody is at spot ``there`` who sets out from ``here`` at ``leave``, as fast as traffic lets them.

        Stretch by stretch: the speed is one up to the next begin or end of a span (Ichoua, Gendreau and Potvin 2003).
        """
        way = self.way(mode, here, there)
        spans = self._traffic.get(mode)
        if spans is None:
            return leave + way
        at, left = leave, 100 * way
        while left > 0:
            speed = next((one.speed for one in spans if one.span.start <= at < one.span.end), 100)
            changes = [edge for one in spans for edge in (one.span.start, one.span.end) if edge > at]
            ticks = -(-left // speed)
            if changes:
                ticks = min(ticks, min(changes) - at)
            at, left = at + ticks, left - ticks * speed
        return at

    def leave(self, mode: str, here: int, there: int, arrive: int) -> int:
        """The last moment to set out from spot ``here`` to be at ``there`` by ``arrive``.

        Between the way at the slowest all along and that on free roads, halved: who sets out later arrives no earlier.
        """
        way = self.way(mode, here, there)
        spans = self._traffic.get(mode)
        if spans is None:
            return arrive - way
        slowest = min(100, *(one.speed for one in spans))
        in_time, late = arrive - -(-100 * way // slowest), arrive - way + 1
        while late - in_time > 1:
            between = (in_time + late) // 2
            if self.arrive(mode, here, there, between) <= arrive:
                in_time = between
            else:
                late = between
        return in_time

    def clock(self, tick: int) -> str:
        """``tick`` as date and time, as far as the calendar reaches."""
        return clock(self.problem, tick)


def clock(problem: RouteProblem | RoundProblem, tick: int) -> str:
    """``tick`` of ``problem`` as date and time, as far as the calendar reaches."""
    try:
        moment = problem.origin + dt.timedelta(seconds=tick * problem.tick_seconds)
    except OverflowError:
        return f"tick {tick}"
    return f"{moment:%Y-%m-%d %H:%M}"


def ticks_on_site(place: Visit | Store, worker: str) -> int:
    """Ticks that ``worker`` takes at a visit, or at a store, where all take the same."""
    return place.ticks if isinstance(place, Store) else place.ticks_by.get(worker, place.ticks)


def way_ticks(problem: RouteProblem, mode: str, here: int, there: int) -> int:
    """Ticks from spot to spot: the matrix where given, else minutes by speed, rounded up to whole ticks."""
    if problem.matrix is not UNSET:
        return problem.matrix.ticks[mode][here][there]
    if problem.speeds is UNSET:
        return 0
    start, end = problem.spots[here], problem.spots[there]
    here_at, there_at = (start.lat, start.lon), (end.lat, end.lon)
    if problem.tick_seconds == 60:
        return travel_minutes(problem.speeds, mode, here_at, there_at)
    if here_at == there_at:
        return 0
    minutes = distance_km(*here_at, *there_at) * problem.speeds.detour / problem.speeds.of(mode) * 60
    return math.ceil((problem.speeds.fixed_min + minutes) * 60 / problem.tick_seconds - 1e-9)


def covers(skill: Skill, wanted: str, level: int, day: int) -> bool:
    """Whether the certificate proves ``wanted`` at ``level`` or above on ``day``."""
    return (
        skill.skill == wanted
        and skill.level >= level
        and (skill.first is None or skill.first <= day)
        and (skill.last is None or day <= skill.last)
    )


def asked_of(visit: Visit) -> list[tuple[str, int]]:
    """The skills ``visit`` asks of everybody sent, with the least level of each."""
    own = [] if visit.skill is None else [(visit.skill, visit.level)]
    return own + [(one.skill, one.level) for one in visit.also]


def days_of(duty: Duty, start: int, end: int) -> list[int]:
    """The local days that ``[start, end)`` on ``duty`` falls on."""
    passed = [sum(midnight <= tick for midnight in duty.midnights) for tick in (start, max(start, end - 1))]
    return [duty.day + offset for offset in range(passed[0], passed[1] + 1)]


def rest_span(duty: Duty, rest: Rest) -> Span | None:
    """Where ``rest`` must be taken: its span within the duty; None if what is left of that is too short for it."""
    start, end = max(duty.span.start, rest.span.start), min(duty.span.end, rest.span.end)
    return Span(start, end) if end - start >= rest.ticks else None


def meet(start: int, end: int, span: Span) -> bool:
    """Whether the half-open spans ``[start, end)`` and ``span`` share a moment."""
    return start < span.end and span.start < end and start < end and span.start < span.end
