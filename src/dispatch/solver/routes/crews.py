"""Places for a crew: a joint start and as many different workers as needed, each with a gap that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.solver.problem import Visit
from dispatch.solver.routes.gaps import Floats, Gaps, find_gaps, start_cost, wanted_start
from dispatch.solver.routes.people import crew_price
from dispatch.solver.routes.price import added, credit, joint_added, least_alone
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import Ints, State

_STARTS_MAX = 300
_TRIES_MAX = 60
_REAL_MAX = 40
"""Gaps in which a visit is built to see when it could really start."""


class _Offers(NamedTuple):
    """Per candidate start (row) and worker (column): added travel in minutes, and the gap it needs."""

    starts: Ints
    cost: Floats
    gap: Ints
    workers: Ints


def best_crew_place(
    state: State, visit: int, duties: Ints, forced: Sequence[int], limit: float, *, exact: bool = False
) -> tuple[float, int, tuple[Route, ...]] | None:
    """Cost, joint start and routes of the cheapest crew that costs less than ``limit`` minutes; None if none does.

    ``forced`` are workers (by index) who must be in it. Candidate starts are the moments somebody becomes free for
    it, the start told, and the due time; if ``exact``, also when they really could, with breaks and stores between,
    and somebody whose cheapest gap does not do at a start is tried in their others.
    """
    facts = state.compiled.visits[visit]
    gaps = find_gaps(state, visit, duties)
    if not len(gaps.duty):
        return None
    offers = _offers(state, facts, gaps, _real_starts(state, visit, gaps) if exact else [])
    if offers is None:
        return None
    fixed = start_cost(state, facts, offers.starts)
    bounds = fixed + _people_bound(offers.cost, facts.people)
    spared = credit(state, facts) * facts.people
    best: tuple[float, int, tuple[Route, ...]] | None = None
    for tries, row in enumerate(np.argsort(bounds, kind="stable").tolist()):
        if bounds[row] >= limit + spared or tries == _TRIES_MAX:
            break
        below = limit + spared - float(fixed[row])
        found = _exact(state, visit, gaps, offers, row=row, forced=forced, limit=below, every=exact)
        if found is not None:
            cost = found[0] + float(fixed[row]) + joint_added(state, found[1])
            if cost < limit:
                best, limit = (cost, int(offers.starts[row]), found[1]), cost
    return best


def _offers(state: State, facts: Visit, gaps: Gaps, more: list[int]) -> _Offers | None:
    """The cheapest gap of every worker for every candidate start; ``more`` of these are known."""
    wanted = wanted_start(state, facts)
    extra = [*more, *(moment for moment in (wanted, facts.due) if moment is not None)]
    if facts.pin is not None and facts.pin.why == "under_way":
        extra += _after_blocks(state, gaps)
    starts = np.unique(np.concatenate([gaps.first, np.array(extra, dtype=np.int64)]))
    if len(starts) > _STARTS_MAX:
        starts = starts[np.linspace(0, len(starts) - 1, _STARTS_MAX).astype(np.int64)]
        starts = np.unique(np.concatenate([starts, np.array(extra, dtype=np.int64)]))
    travel = state.compiled.problem.weights.travel * gaps.travel.astype(np.float64)
    travel += least_alone(state, gaps.duty)
    order = np.argsort(state.compiled.duty_worker[gaps.duty], kind="stable")
    by_worker = state.compiled.duty_worker[gaps.duty[order]]
    workers, begins = np.unique(by_worker, return_index=True)
    if len(workers) < facts.people:
        return None
    fits = (gaps.first[order] <= starts[:, None]) & (starts[:, None] <= gaps.last[order])
    cost = np.where(fits, travel[order], np.inf)
    least = np.minimum.reduceat(cost, begins, axis=1)
    gap = np.empty(least.shape, dtype=np.int64)
    ends = [*begins[1:].tolist(), len(order)]
    for column, (begin, end) in enumerate(zip(begins.tolist(), ends, strict=True)):
        gap[:, column] = order[begin + np.argmin(cost[:, begin:end], axis=1)]
    return _Offers(starts, least, gap, workers)


def _real_starts(state: State, visit: int, gaps: Gaps) -> list[int]:
    """When people could start in the gaps of the least detour, whatever comes between, and after their breaks."""
    nearest = np.argsort(gaps.travel, kind="stable")[:_REAL_MAX]
    starts = _after_blocks(state, Gaps(*(part[nearest] for part in gaps)))
    for gap in nearest.tolist():
        route = state.build_with(int(gaps.duty[gap]), int(gaps.position[gap]), visit)
        if route is not None:
            starts.append(route.stops[route.visits.index(visit)].start)
    return sorted(set(starts))


def _after_blocks(state: State, gaps: Gaps) -> list[int]:
    """When people could be there right after a break or an absence: somebody waits for them, and counts the minutes."""
    found: set[int] = set()
    for duty, first, last, travel in zip(
        *(part.tolist() for part in (gaps.duty, gaps.first, gaps.last, gaps.travel)), strict=True
    ):
        facts = state.compiled.duties[duty]
        ends = [end for _, end in facts.blocks]
        ends += [end for rest in facts.rests for end in (rest.first + rest.ticks, rest.last + rest.ticks)]
        found.update(start for end in ends for start in (end, end + travel) if first <= start <= last)
    return sorted(found)


def _people_bound(cost: Floats, people: int) -> Floats:
    """For every start the least any ``people`` workers cost together."""
    bound: Floats = np.partition(cost, people - 1, axis=1)[:, :people].sum(axis=1)
    return bound


def _exact(
    state: State,
    visit: int,
    gaps: Gaps,
    offers: _Offers,
    *,
    row: int,
    forced: Sequence[int],
    limit: float,
    every: bool,
) -> tuple[float, tuple[Route, ...]] | None:
    """The cheapest crew at one start with its routes built, dropping workers whose breaks forbid it.

    They are tried in ``every`` gap of theirs, or in the cheapest alone.
    """
    start, facts = int(offers.starts[row]), state.compiled.visits[visit]
    cost = offers.cost[row].copy()
    routes: dict[int, Route | None] = {}
    while True:
        crew, price = _cheapest(state, visit, offers, cost, forced)
        if crew is None or price >= limit:
            return None
        for column in crew:
            if column not in routes:
                cheapest = int(offers.gap[row, column])
                tried = [cheapest, *(_other_gaps(state, gaps, cheapest, start) if every else ())]
                at_start = (
                    state.build_with(int(gaps.duty[gap]), int(gaps.position[gap]), visit, ((start, start),))
                    for gap in tried
                )
                built = next((route for route in at_start if route is not None), None)
                routes[column] = built
                cost[column] = np.inf if built is None else added(state, built, (visit, start))
                break
        else:
            built_all = [routes[column] for column in crew]
            found = tuple(route for route in built_all if route is not None)
            if _share_tools(state, facts, found):
                return price, found
            # With one of them less there may be pieces for all: the dearest who is not asked for.
            free = [column for column in crew if int(offers.workers[column]) not in forced]
            if not free:
                return None
            cost[max(free, key=lambda column: float(cost[column]))] = np.inf


def _share_tools(state: State, facts: Visit, routes: Sequence[Route]) -> bool:
    """Whether there are pieces of shared tools for all of ``routes`` at once."""
    if not state.taking:
        return True
    duties = [route.duty for route in routes]
    return all(state.has_pieces(facts, along=[one for one in duties if one != duty])[duty] for duty in duties)


def _other_gaps(state: State, gaps: Gaps, gap: int, start: int) -> list[int]:
    """The other gaps at ``start`` of the worker of ``gap``, the least detour first."""
    worker_of = state.compiled.duty_worker
    theirs = worker_of[gaps.duty] == worker_of[gaps.duty[gap]]
    open_then = np.flatnonzero(theirs & (gaps.first <= start) & (start <= gaps.last))
    return [one for one in open_then[np.argsort(gaps.travel[open_then], kind="stable")].tolist() if one != gap]


def _cheapest(
    state: State, visit: int, offers: _Offers, cost: Floats, forced: Sequence[int]
) -> tuple[list[int] | None, float]:
    """The columns of the cheapest crew by ``cost`` with changes of people priced in, and that price."""
    facts = state.compiled.visits[visit]
    column_of = {worker: column for column, worker in enumerate(offers.workers.tolist())}
    if any(worker not in column_of for worker in forced):
        return None, np.inf
    order = np.argsort(cost, kind="stable").tolist()
    best: list[int] | None = None
    best_price = np.inf
    for wanted in _wanted_sets(state, facts, column_of):
        crew = list(dict.fromkeys([*(column_of[worker] for worker in forced), *wanted]))[: facts.people]
        crew += [column for column in order if column not in crew][: facts.people - len(crew)]
        if len(crew) < facts.people:
            continue
        people = {state.compiled.workers[int(offers.workers[column])].id for column in crew}
        price = float(cost[crew].sum()) + crew_price(state.compiled, facts, people)
        if price < best_price:
            best, best_price = sorted(crew), price
    return best, best_price


def _wanted_sets(state: State, facts: Visit, column_of: dict[int, int]) -> Iterator[list[int]]:
    """Who might be worth their price: nobody in particular, those told, one of those kept."""
    yield []
    index = state.compiled.worker_index
    if facts.told is not None:
        known = [column_of.get(index.get(worker, -1)) for worker in facts.told.workers]
        if len(known) == facts.people and None not in known:
            yield [column for column in known if column is not None]
    for worker in facts.keep:
        column = column_of.get(index.get(worker, -1))
        if column is not None:
            yield [column]
