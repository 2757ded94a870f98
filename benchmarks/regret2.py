"""Regret-2 insertion, as the textbook has it (Potvin and Rousseau 1993): the yardstick of big days. Frozen.

Each visit's cheapest place on each of the `NEAREST` able workers, by the way from their base, is kept; the visit whose
second best worker costs most more than its best goes in next, and staying out at its price counts as an alternative.
Crews of two come first, the dearest and tightest first, each at the moment (every five minutes) at which its two
cheapest workers cost least; they stay at that moment. Places are exact in ways, windows, breaks, caps and lateness,
that of the stops pushed back included. Nothing is improved afterwards.

It takes days as `benchmarks.metropolis` makes them: speeds, one duty and at most one break for each worker, visits of
at most two people and two windows, without ties, stores, pins and what people were told.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks.regret2_time import (
    COLUMNS,
    NEVER,
    Day,
    Routes,
    cheapest,
    empty,
    insert,
    starts_of,
)
from dispatch.solver.checks import cost
from dispatch.solver.plan import Effort, Reason, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.problem import RouteProblem
from dispatch.solver.rules import Rule

NEAREST = 100
"""Workers looked at for each visit."""
GRID = 5
"""Minutes from one moment tried for a crew to the next."""


def regret2(problem: RouteProblem) -> RoutePlan:
    """The plan that regret-2 insertion makes of ``problem``, its cost by the independent check's own sums."""
    day = read(problem)
    near = nearest(problem, day)
    routes = empty(len(problem.workers))
    placed = np.zeros(len(problem.visits), dtype=np.bool_)
    crews = [number for number, visit in enumerate(problem.visits) if visit.people == 2]
    crews.sort(key=lambda one: (-problem.visits[one].price, float((day.closes - day.opens)[one].max()), one))
    for crew in crews:
        placed[crew] = place_crew(day, routes, near[crew], crew)
    singles = np.array([number for number, visit in enumerate(problem.visits) if visit.people == 1], dtype=np.int64)
    place_singles(day, routes, near, singles, placed)
    return written(problem, day, routes, placed)


def read(problem: RouteProblem) -> Day:
    """The problem as arrays."""
    visits, workers = problem.visits, problem.workers
    index = {worker.id: number for number, worker in enumerate(workers)}
    duties = [worker.duties[0] for worker in workers]
    homes: dict[str, int] = {}
    opens = np.full((len(visits), 2), NEVER)
    closes = np.full((len(visits), 2), -NEVER)
    for number, visit in enumerate(visits):
        for place, window in enumerate(sorted(visit.windows, key=lambda one: one.start)):
            opens[number, place], closes[number, place] = window.start, window.end - visit.ticks
    rests = [duty.rests[0] if duty.rests else None for duty in duties]
    return Day(
        at=_vectors(problem, [visit.spot for visit in visits]),
        base=_vectors(problem, [duty.start_spot for duty in duties]),
        home=_vectors(problem, [duty.start_spot if duty.end_spot is None else duty.end_spot for duty in duties]),
        has_home=np.array([duty.end_spot is not None for duty in duties]),
        opens=opens,
        closes=closes,
        ticks=np.array([float(visit.ticks) for visit in visits]),
        due=np.array([NEVER if visit.due is None else float(visit.due) for visit in visits]),
        late=np.array([visit.late_weight for visit in visits]),
        price=np.array([visit.price for visit in visits]),
        keep=np.array([index[visit.keep[0]] if visit.keep else -1 for visit in visits]),
        household=np.array([homes.setdefault(visit.household or visit.id, len(homes)) for visit in visits]),
        per_km=np.array([problem.speeds.detour / problem.speeds.of(worker.mode) * 60 for worker in workers]),
        fixed=float(problem.speeds.fixed_min),
        begin=np.array([float(duty.span.start) for duty in duties]),
        end=np.array([float(duty.span.end) for duty in duties]),
        rest=np.array(
            [
                (NEVER, -NEVER, 0.0)
                if one is None
                else (max(duty.span.start, one.span.start), min(duty.span.end, one.span.end) - one.ticks, one.ticks)
                for duty, one in zip(duties, rests, strict=True)
            ],
            dtype=np.float64,
        ),
        max_visits=np.array([COLUMNS - 2 if duty.max_visits is None else duty.max_visits for duty in duties]),
        max_ticks=np.array([NEVER if duty.max_ticks is None else float(duty.max_ticks) for duty in duties]),
        max_households=np.array([COLUMNS if duty.max_households is None else duty.max_households for duty in duties]),
        travel=problem.weights.travel,
        continuity=problem.weights.continuity,
    )


def _vectors(problem: RouteProblem, spots: list[int]) -> np.ndarray:
    places = np.radians(np.array([(problem.spots[spot].lat, problem.spots[spot].lon) for spot in spots]))
    lat, lon = places[:, 0], places[:, 1]
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def nearest(problem: RouteProblem, day: Day) -> np.ndarray:
    """For each visit the `NEAREST` workers able to do it, by the way from their base; -1 where there are fewer."""
    able: dict[tuple[str | None, int], np.ndarray] = {}
    found = np.full((len(problem.visits), NEAREST), -1, dtype=np.int64)
    for number, visit in enumerate(problem.visits):
        key = (visit.skill, visit.level)
        if key not in able:
            able[key] = np.array(
                [
                    one
                    for one, worker in enumerate(problem.workers)
                    if visit.skill is None
                    or any(skill.skill == visit.skill and skill.level >= visit.level for skill in worker.skills)
                ],
                dtype=np.int64,
            )
        workers = able[key]
        apart = ((day.base[workers] - day.at[number]) ** 2).sum(axis=1)
        chosen = workers[np.argsort(apart, kind="stable")[:NEAREST]]
        found[number, : len(chosen)] = chosen
    return found


@njit
def place_crew(day: Day, routes: Routes, near: np.ndarray, visit: int) -> bool:
    """Put the crew's visit on two routes at one moment, where that costs less than its price."""
    opens, closes = day.opens[visit].copy(), day.closes[visit].copy()
    best, chosen, moment = day.price[visit], (-1, -1), 0.0
    for window in range(2):
        start = opens[window]
        while start <= closes[window]:
            day.opens[visit, 0], day.closes[visit, 0] = start, start
            day.opens[visit, 1], day.closes[visit, 1] = NEVER, -NEVER
            late = day.late[visit] * max(0.0, start - day.due[visit])
            first, second, pair = NEVER, NEVER, (-1, -1)
            for worker in near:
                if worker < 0:
                    break
                # Lateness and the household's worker are the crew's, not each person's.
                found = cheapest(day, routes, worker, visit, NEVER)[0] - late
                if found < first:
                    first, second, pair = found, first, (worker, pair[0])
                elif found < second:
                    second, pair = found, (pair[0], worker)
            strange = day.keep[visit] >= 0 and pair[0] != day.keep[visit] and pair[1] != day.keep[visit]
            whole = first + second + late + (day.continuity if strange else 0.0)
            if second < NEVER and whole < best:
                best, chosen, moment = whole, pair, start
            start += GRID
    if chosen[1] < 0:
        day.opens[visit], day.closes[visit] = opens, closes
        return False
    day.opens[visit, 0], day.closes[visit, 0] = moment, moment
    day.opens[visit, 1], day.closes[visit, 1] = NEVER, -NEVER
    for worker in chosen:
        insert(day, routes, worker, visit, int(cheapest(day, routes, worker, visit, NEVER)[1]))
    return True


@njit
def place_singles(day: Day, routes: Routes, near: np.ndarray, singles: np.ndarray, placed: np.ndarray) -> None:
    """Insert by regret until nothing is worth its price any more."""
    columns = near.shape[1]
    costs = np.full((len(singles), columns), NEVER)
    first = np.full(len(singles), NEVER)
    second = np.full(len(singles), NEVER)
    for row in range(len(singles)):
        for column in range(columns):
            if near[singles[row], column] >= 0:
                costs[row, column] = _priced(day, routes, near[singles[row], column], singles[row])
        first[row], second[row] = _two_least(costs[row])
    while True:
        chosen, most = -1, -1.0
        for row in range(len(singles)):
            visit = singles[row]
            if placed[visit] or first[row] >= day.price[visit]:
                continue
            regret = min(second[row], day.price[visit]) - first[row]
            if regret > most:
                chosen, most = row, regret
        if chosen < 0:
            return
        visit = singles[chosen]
        worker = near[visit, int(np.argmin(costs[chosen]))]
        insert(day, routes, worker, visit, int(cheapest(day, routes, worker, visit, NEVER)[1]))
        placed[visit] = True
        for row in range(len(singles)):
            if placed[singles[row]]:
                continue
            for column in range(columns):
                if near[singles[row], column] == worker:
                    costs[row, column] = _priced(day, routes, worker, singles[row])
                    first[row], second[row] = _two_least(costs[row])
                    break


@njit
def _priced(day: Day, routes: Routes, worker: int, visit: int) -> float:
    strange = day.keep[visit] >= 0 and day.keep[visit] != worker
    more = day.continuity if strange else 0.0
    return cheapest(day, routes, worker, visit, day.price[visit] - more)[0] + more


@njit
def _two_least(costs: np.ndarray) -> tuple[float, float]:
    first, second = NEVER, NEVER
    for cost_here in costs:
        if cost_here < first:
            first, second = cost_here, first
        elif cost_here < second:
            second = cost_here
    return first, second


def written(problem: RouteProblem, day: Day, routes: Routes, placed: np.ndarray) -> RoutePlan:
    """The routes as a plan."""
    found = []
    for number, worker in enumerate(problem.workers):
        if not routes.count[number]:
            continue
        starts, breaks = starts_of(day, routes, number)
        stops = []
        for place in range(routes.count[number]):
            visit = problem.visits[routes.stops[number, place]]
            start, leg = int(starts[place]), int(routes.legs[number, place])
            free = stops[-1].end if stops else int(day.begin[number])
            rested = int(breaks + day.rest[number, 2])
            arrive = rested + leg if free <= breaks < start and rested + leg <= start else free + leg
            stops.append(Stop(visit=visit.id, arrive=arrive, start=start, end=start + visit.ticks, travel=leg))
        rests = (int(breaks),) if worker.duties[0].rests else ()
        found.append(Route(worker=worker.id, duty=worker.duties[0].id, stops=tuple(stops), rests=rests))
    why = (Reason(rule=Rule.UNPLANNED, message="No place among the nearest workers costs less than its price."),)
    out = tuple(
        Unplanned(id=visit.id, reasons=why) for visit, is_in in zip(problem.visits, placed, strict=True) if not is_in
    )
    plan = RoutePlan(routes=tuple(found), unplanned=out, effort=Effort(solver="regret-2", seed=0, budget=0, used=0))
    return RoutePlan(routes=plan.routes, unplanned=out, cost=cost(problem, plan), effort=plan.effort)
