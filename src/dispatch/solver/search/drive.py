"""A search on one or two cores: lanes that anneal by themselves and trade what they found, always the same way."""

from __future__ import annotations

from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.anneal import Knobs, anneal
from dispatch.solver.search.choose import Columns, choose, routes_of, single
from dispatch.solver.search.facts import Facts, Ints, Routes
from dispatch.solver.search.lay import Order, lay, read_order
from dispatch.solver.search.pace import Leg
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.recreate import price_out, total
from dispatch.solver.search.room import copy_routes, empty_routes, working_room

LONG = 60_000
"""Rounds from which on the search begins as hot as it may; a shorter one begins cooler."""
SMALL = 20
"""Visits below which gaps are overlooked more often the fewer there are: else every ruin ends in the same few plans."""
MANY = 500
"""Visits from which on a search of ways alone begins at its least heat; with fewer there is time to cool from more."""
LOOKS = 8
"""Times in a leg that the routes a lane stands at are remembered to be chosen from."""
CHOOSE_AT = 0.7
"""Share of a long search at which CP-SAT chooses among the routes seen. Until then the lanes go their own ways: two
that differ have more to choose from.
"""
CHOOSE_WORK = 2.5 / 300_000
"""Deterministic time (about seconds) that the choice may take, per round of the search; at most `CHOOSE_MOST`."""
CHOOSE_MOST = 6.0
TRADE_FROM = 0.5
"""Share of the search after which the worse lane goes on from where the better one is, where nothing is chosen."""


class Lane:
    """One seeded search: where it is, what it tries, the best it has seen."""

    def __init__(self, facts: Facts, seed: int, routes: Routes | None) -> None:
        self.work = working_room(facts, seed)
        self.current = empty_routes(facts) if routes is None else copy_routes(routes)
        _fresh(self.current)
        self.trial = copy_routes(self.current)
        cost = total(facts, self.current, self.work) + price_out(facts, self.current)
        self.costs = np.array([cost, cost])
        stops: Any = self.current.stops
        self.best: Ints = stops["next"].copy()
        self.columns = Columns()

    def anneal(self, facts: Facts, knobs: Knobs, leg: Leg, looks: int) -> None:
        """The rounds of ``leg``, remembering ``looks`` times the routes stood at."""
        slices = max(1, min(looks, leg.rounds))
        for place in range(slices):
            begin, end = (leg.rounds * edge // slices for edge in (place, place + 1))
            span = np.array([leg.begin + (leg.end - leg.begin) * edge / leg.rounds for edge in (begin, end)])
            anneal(facts, self.current, self.trial, self.best, self.work, knobs, self.costs, span, end - begin)
            if looks:
                self.columns.add(facts, self.current, float(self.costs[0]))
        self.columns.keep()

    def take(self, facts: Facts, routes: Routes, cost: float) -> None:
        """Go on from ``routes``, which cost ``cost`` with all that is left out."""
        self.current, self.trial = copy_routes(routes), copy_routes(routes)
        _fresh(self.current)
        _fresh(self.trial)
        self.costs[0] = cost
        if cost < self.costs[1]:
            self.costs[1] = cost
            stops: Any = routes.stops
            self.best = stops["next"].copy()

    def follow(self, other: Lane) -> None:
        """Go on from where ``other`` is."""
        self.current, self.trial = copy_routes(other.current), copy_routes(other.current)
        _fresh(self.current)
        _fresh(self.trial)
        self.costs[0] = other.costs[0]


class Drive:
    """A search over the routes of a problem, begun from ``order`` or from nothing.

    ``cores`` lanes with seeds of their own run side by side; what each does depends on the seeds and on how the
    search is cut into legs, never on which lane is faster. No pin among the visits that are ``standing`` is given up
    for one that is not; where None are said to be, all pins are alike.
    """

    def __init__(
        self,
        compiled: Compiled,
        *,
        seed: int,
        cores: int = 1,
        order: Order | None = None,
        standing: Set[int] | None = None,
    ) -> None:
        self.facts, self.tasks = prepare(compiled, standing=standing)
        routes = None if not order else lay(self.facts, self.tasks, working_room(self.facts, seed), order)
        self.lanes = [Lane(self.facts, seed * 1_000_003 + lane, routes) for lane in range(cores)]
        self._pool = ThreadPoolExecutor(cores) if cores > 1 else None
        self._knobs = knobs_for(self.facts)
        self._seed = seed
        # What a route with a task of a crew on it costs depends on other routes.
        self._looks = 0 if self.facts.tied else LOOKS
        self._chosen = False

    @property
    def cost(self) -> float:
        """The least cost seen."""
        return min(float(lane.costs[1]) for lane in self.lanes)

    def leg(self, leg: Leg) -> None:
        """The rounds of ``leg`` on every lane, then the trade between them."""
        if not self.facts.tasks or not self.facts.duty_count:
            return
        share = min(1.0, leg.planned / LONG)
        knobs = self._knobs._replace(hot=self._knobs.cold * (self._knobs.hot / self._knobs.cold) ** share)
        looks = self._looks if leg.planned >= LONG else 0

        def run(lane: Lane) -> None:
            lane.anneal(self.facts, knobs, leg, looks)

        if self._pool is None:
            run(self.lanes[0])
        else:
            list(self._pool.map(run, self.lanes))
        if looks and leg.end >= CHOOSE_AT and not self._chosen:
            self._chosen = True
            self._choose(leg)
        if leg.end >= (CHOOSE_AT if looks else TRADE_FROM):
            self._trade()

    def _trade(self) -> None:
        leader = min(self.lanes, key=lambda lane: float(lane.costs[1]))
        for lane in self.lanes:
            if lane is not leader and lane.costs[1] > leader.costs[1]:
                lane.follow(leader)

    def _choose(self, leg: Leg) -> None:
        """Choose among the routes all lanes have seen; the leading lane goes on from the choice if it is cheaper."""
        facts, leader = self.facts, min(self.lanes, key=lambda lane: float(lane.costs[1]))
        columns = Columns()
        for lane in self.lanes:
            columns.join(lane.columns)
        best = lay(facts, self.tasks, leader.work, self.order())
        columns.add(facts, best, float(leader.costs[1]))
        columns.keep()
        work = min(CHOOSE_MOST, CHOOSE_WORK * leg.planned)
        known, cost = routes_of(facts, leader.best), float(leader.costs[1])
        chosen = choose(facts, columns, known=known, cost=cost, seed=self._seed, work=work, within=leg.within)
        routes = lay(facts, self.tasks, leader.work, single(facts, self.tasks, leader.work, chosen))
        cost = total(facts, routes, leader.work) + price_out(facts, routes)
        if cost < leader.costs[1]:
            leader.take(facts, routes, cost)

    def order(self) -> dict[int, list[int]]:
        """The cheapest routes seen: visits per duty."""
        leader = min(self.lanes, key=lambda lane: float(lane.costs[1]))
        return read_order(self.facts, self.tasks, leader.best)

    def starts(self) -> dict[int, float]:
        """When every planned visit starts in the cheapest routes seen."""
        order = self.order()
        routes = lay(self.facts, self.tasks, self.lanes[0].work, order)
        stops: Any = routes.stops
        planned = {visit for visits in order.values() for visit in visits if visit < len(self.tasks.of_visit)}
        return {visit: float(stops["start"][self.tasks.of_visit[visit][0]]) for visit in sorted(planned)}

    def now(self) -> tuple[float, dict[int, list[int]], dict[int, float]]:
        """Where the first lane stands, which may be dearer than what it has seen: cost, visits per duty, starts."""
        lane = self.lanes[0]
        stops: Any = lane.current.stops
        order = read_order(self.facts, self.tasks, stops["next"])
        planned = {visit for visits in order.values() for visit in visits if visit < len(self.tasks.of_visit)}
        starts = {visit: float(stops["start"][self.tasks.of_visit[visit][0]]) for visit in sorted(planned)}
        return float(lane.costs[0]), order, starts

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()


def _fresh(routes: Routes) -> None:
    """Let no node seem to be in the log of a search it comes into."""
    stops: Any = routes.stops
    stops["epoch"] = -1.0


def knobs_for(facts: Facts) -> Knobs:
    """How to search: found by trial on public instances, see docs/decisions."""
    blink = 0.2 * (1.0 - facts.visits / SMALL)
    mean = float(facts.way[0, :-1, :-1].mean()) if facts.way.shape[1] > 1 else 1.0
    mean = max(mean, 1e-3) * max(1.0, facts.travel_weight, facts.duration_weight)
    if facts.tied:
        return Knobs(
            3.0 * mean,
            0.04 * mean,
            6.0,
            10.0,
            max(0.05, blink),
            _rising(3, 4, 1, 1, 1, 0),
            _rising(35, 20, 10, 10, 10, 15, 0),
        )
    few = max(0.0, 1.0 - facts.visits / MANY)
    hot, cold = (1.0, 0.02) if facts.duration_weight > 0 else (0.6 + 0.6 * few, 0.002)
    ruins, orders = _rising(7, 0, 2, 0, 0, 1), _rising(3, 0, 1, 1, 2, 2, 1)
    return Knobs(hot * mean, cold * mean, 10.0, 10.0, max(0.01, blink), ruins, orders)


def _rising(*chances: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.cumsum(np.array(chances, dtype=np.float64)) / sum(chances)
