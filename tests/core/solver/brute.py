"""The search on a problem, and the best plan of a small one by trying every plan there is. They share no rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from dispatch.solver.problem import Matrix, RouteProblem, Span, Store, Visit, Worker
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.anneal import Knobs, anneal
from dispatch.solver.search.facts import Facts
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.room import copy_routes, empty_routes, working_room

Stop = Visit | Store
Order = tuple[Stop, ...]
GRID = 10
"""All times of a small problem are multiples of it, so that no other start need be tried."""


def searched(problem: RouteProblem, *, rounds: int = 400, seed: int = 1) -> tuple[float, dict[str, Order]]:
    """The cost the search gives its best plan, and who goes where in which order (one duty to a worker)."""
    facts, tasks = prepare(Compiled(problem))
    current = empty_routes(facts)
    trial, room = copy_routes(current), working_room(facts, seed)
    stops: Any = current.stops
    groups: Any = facts.groups
    best, costs = stops["next"].copy(), np.full(2, groups["price"].sum())
    chances = np.array([0.4, 0.6, 0.8, 0.85, 0.9, 1.0]), np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.0])
    knobs = Knobs(60.0, 1.0, 3.0, 4.0, 0.02, *chances)
    anneal(facts, current, trial, best, room, knobs, costs, np.array([0.0, 1.0]), rounds)
    assert_equal_states(facts, current.stops, trial.stops)
    found = {}
    for duty, worker in enumerate(problem.workers):
        node, order = best[facts.tasks + duty], []
        while node < facts.tasks:
            order.append(
                problem.visits[tasks.visit[node]]
                if node < facts.visits
                else problem.stores[(node - facts.visits) % len(problem.stores)]
            )
            node = best[node]
        found[worker.id] = tuple(order)
    return float(costs[1]), found


def assert_equal_states(facts: Facts, one: Any, other: Any) -> None:
    """What is on the routes is the same in both states: undoing has left nothing behind."""
    for node in range(facts.tasks):
        assert one[node]["duty"] == other[node]["duty"]
        if one[node]["duty"] >= 0:
            for field in ("next", "prev", "start", "ready", "taken"):
                assert one[node][field] == other[node][field], (node, field)


def ways(problem: RouteProblem, worker: Worker) -> Sequence[Sequence[int]]:
    """The rows of the matrix for ``worker``."""
    assert isinstance(problem.matrix, Matrix)
    return problem.matrix.ticks[worker.mode]


def has_needs(worker: Worker, order: Order) -> bool:
    """Whether every visit before the first store finds its tools and parts carried."""
    left = dict(worker.parts)
    for stop in order:
        if isinstance(stop, Store):
            return True
        if not set(stop.tools) <= set(worker.tools):
            return False
        for part, count in stop.parts.items():
            left[part] = left.get(part, 0) - count
            if left[part] < 0:
                return False
    return True


def _starts(stop: Stop, duty: Span) -> list[tuple[int, int]]:
    if isinstance(stop, Store):
        return [(duty.start, duty.end)]
    return [(window.start, window.end - stop.ticks) for window in stop.windows]


def arrival(problem: RouteProblem, worker: Worker, order: Order, leave: int) -> tuple[int, float] | None:
    """When ``worker``, who sets out at ``leave``, is at the end, and the price of lateness; None if that cannot be.

    Every break is taken wherever the end is soonest, then lateness least. One before the first way is taken at home.
    """
    duty = worker.duties[0]
    rows = ways(problem, worker)
    rests = sorted(duty.rests, key=lambda rest: rest.span.start)
    results: list[tuple[int, float]] = []
    # Each break stands in one slot: before the way to stop k (2k) or after it (2k + 1).
    slots = range(2 * len(order) + 2)
    for places in itertools.combinations_with_replacement(slots, len(rests)):
        at, here, late, possible = leave, duty.start_spot, 0.0, True
        clock = duty.span.start if places and places[0] == 0 else leave
        ends = [stop.spot for stop in order] + [duty.end_spot]
        finish = leave
        for index, spot in enumerate(ends):
            for side in (0, 1):
                for rest, place in zip(rests, places, strict=True):
                    if place == 2 * index + side:
                        begin = max(clock if place == 0 else at, rest.span.start)
                        possible = possible and begin + rest.ticks <= rest.span.end
                        clock = begin + rest.ticks
                        at = max(at, clock)
                if side == 0:
                    possible = possible and (index > 0 or at == leave)
                    at += rows[here][spot] if spot is not None else 0
                    finish = at
            if index < len(order):
                start = next((max(at, first) for first, last in _starts(order[index], duty.span) if at <= last), None)
                if start is None:
                    possible = False
                    break
                late += _late(order[index], start)
                at, here = start + order[index].ticks, order[index].spot
        if possible and finish <= duty.span.end:
            results.append((finish, late))
    return min(results) if results else None


def _late(stop: Stop, start: int) -> float:
    if isinstance(stop, Store) or stop.due is None:
        return 0.0
    return stop.late_weight * max(0, start - stop.due)


def route_cost(problem: RouteProblem, worker: Worker, order: Order) -> float | None:
    """What ``order`` costs, None if it breaks a rule: the soonest end, then the latest start that costs no more."""
    if not order:
        return 0.0
    duty, weights = worker.duties[0], problem.weights
    if not has_needs(worker, order):
        return None
    leaves = range(duty.span.start, duty.span.end, GRID)
    arrivals = {leave: found for leave in leaves if (found := arrival(problem, worker, order, leave)) is not None}
    if not arrivals:
        return None
    end, late = min(arrivals.values())
    latest = max(leave for leave, found in arrivals.items() if found == (end, late))
    spots = [duty.start_spot, *(stop.spot for stop in order)]
    rows = ways(problem, worker)
    travel = sum(rows[here][there] for here, there in itertools.pairwise(spots))
    travel += rows[spots[-1]][duty.end_spot] if duty.end_spot is not None else 0
    return duty.price + weights.travel * travel + weights.duration * (end - latest) + late


def orders(problem: RouteProblem, visits: Sequence[Visit]) -> Iterator[Order]:
    """Every order of ``visits``, without a store and with each store at each place."""
    for order in itertools.permutations(visits):
        yield order
        for store, place in itertools.product(problem.stores, range(len(order))):
            yield (*order[:place], store, *order[place:])


def cheapest(problem: RouteProblem) -> float:
    """The cost of the best plan there is."""
    visits = problem.visits

    @cache
    def route(worker: int, chosen: tuple[int, ...]) -> float:
        one = problem.workers[worker]
        costs = (route_cost(problem, one, order) for order in orders(problem, [visits[index] for index in chosen]))
        return min((cost for cost in costs if cost is not None), default=float("inf"))

    least = float("inf")
    for given in itertools.product(range(len(problem.workers) + 1), repeat=len(visits)):
        cost = sum(visit.price for visit, to in zip(visits, given, strict=True) if to == len(problem.workers))
        for worker in range(len(problem.workers)):
            cost += route(worker, tuple(index for index, to in enumerate(given) if to == worker))
        least = min(least, cost)
    return least
