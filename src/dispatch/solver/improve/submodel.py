"""A few duties as a model of the OR-Tools routing library, started from how they stand.

The model is close, not exact: it lets a break cut a way in two and prices crews roughly. What it proposes is built
anew by the caller, who keeps it only if it stands and is cheaper.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from dispatch.solver.routes.compiled import DutyFacts
from dispatch.solver.routes.part import must_stay_planned
from dispatch.solver.routes.state import State

_SCALE = 100
_SOLUTIONS_MAX = 400
_FAR = 10**9

_OPERATORS_OFF = (
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_global_cheapest_insertion_visit_types_lns",
    "use_local_cheapest_insertion_visit_types_lns",
)
"""Large-neighbourhood operators: with breaks they made descent 20 times slower and found nothing more (measured)."""


class Submodel:
    """The routing model of ``duties`` with ``visits`` on them and ``extra`` visits that are out.

    ``nodes`` are visits, a crew's once per member inside; after them a start and an end per duty.
    """

    def __init__(self, state: State, duties: Sequence[int], extra: Sequence[int]) -> None:
        self.state = state
        self.compiled = state.compiled
        self.duties = tuple(duties)
        self.facts: list[DutyFacts] = [self.compiled.duties[duty] for duty in duties]
        self.routes = [state.routes[duty].visits for duty in duties]
        self.nodes = [visit for route in self.routes for visit in route] + list(extra)
        self.base = min(facts.start for facts in self.facts)
        self.horizon = max(facts.end for facts in self.facts) - self.base
        count, size = len(self.nodes), len(self.nodes) + 2 * len(duties)
        starts = list(range(count, count + len(duties)))
        self.manager = pywrapcp.RoutingIndexManager(size, len(duties), starts, list(range(count + len(duties), size)))
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.able = [self._able(node) for node in range(count)]
        self._add_ways()
        self._add_visits()
        self._add_breaks()
        self._add_caps()

    def solve(self) -> list[tuple[int, ...]] | None:
        """The visits per duty as proposed; None if the start does not stand in the model or nothing was found."""
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
        parameters.solution_limit = _SOLUTIONS_MAX
        for operator in _OPERATORS_OFF:
            setattr(parameters.local_search_operators, operator, optional_boolean_pb2.BOOL_FALSE)
        self.routing.CloseModelWithParameters(parameters)
        node, start = 0, []
        for route in self.routes:
            start.append([self.manager.NodeToIndex(node + place) for place in range(len(route))])
            node += len(route)
        initial = self.routing.ReadAssignmentFromRoutes(start, True)
        if initial is None:
            return None
        found = self.routing.SolveFromAssignmentWithParameters(initial, parameters)
        return None if found is None else [self._read(found, vehicle) for vehicle in range(len(self.duties))]

    def _read(self, found: Any, vehicle: int) -> tuple[int, ...]:
        visits = []
        index = found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            visits.append(self.nodes[self.manager.IndexToNode(index)])
            index = found.Value(self.routing.NextVar(index))
        return tuple(visits)

    def _able(self, node: int) -> list[int]:
        """The vehicles that may take the visit of ``node``."""
        visit = self.nodes[node]
        facts = self.compiled.visits[visit]
        here = self._home(node)
        if facts.pin is not None or (facts.people > 1 and facts.told is not None):
            return [] if here is None else [here]
        busy = {
            self.compiled.duties[duty].worker for duty in self.state.where.get(visit, ()) if duty not in self.duties
        }
        return [
            vehicle
            for vehicle, duty in enumerate(self.duties)
            if self.facts[vehicle].worker not in busy and self.compiled.may_do(visit, duty)
        ]

    def _home(self, node: int) -> int | None:
        """The vehicle whose route holds ``node`` now."""
        for vehicle, route in enumerate(self.routes):
            if node < len(route):
                return vehicle
            node -= len(route)
        return None

    def _add_ways(self) -> None:
        """Costs and times per vehicle: ways by its mode, and what it costs to send its worker."""
        count = len(self.nodes)
        spots = [self.compiled.spot[visit] for visit in self.nodes]
        ticks = np.array([self.compiled.ticks[visit] for visit in self.nodes] + [0] * 2 * len(self.duties))
        price = self.compiled.problem.weights.travel * _SCALE
        times = []
        for vehicle, facts in enumerate(self.facts):
            size = count + 2 * len(self.duties)
            ways = np.zeros((size, size), dtype=np.int64)
            for row, spot in enumerate(spots):
                ways[row, :count] = self.compiled.travel.away(spot)[facts.mode, spots]
            start, end = count + vehicle, count + len(self.duties) + vehicle
            ways[start, :count] = self.compiled.travel.away(facts.start_spot)[facts.mode, spots]
            if facts.end_spot >= 0:
                ways[:count, end] = self.compiled.travel.to(facts.end_spot)[facts.mode, spots]
            cost = np.rint(ways * price).astype(np.int64)
            cost[:, :count] += np.array([self._sending(visit, facts) for visit in self.nodes], dtype=np.int64)
            self.routing.SetArcCostEvaluatorOfVehicle(self.routing.RegisterTransitMatrix(cost.tolist()), vehicle)
            times.append(self.routing.RegisterTransitMatrix((ways + ticks[:, None]).tolist()))
        self.routing.AddDimensionWithVehicleTransits(times, self.horizon, self.horizon, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for vehicle, facts in enumerate(self.facts):
            for index in (self.routing.Start(vehicle), self.routing.End(vehicle)):
                self.time.CumulVar(index).SetRange(facts.start - self.base, facts.end - self.base)

    def _sending(self, visit: int, duty: DutyFacts) -> int:
        """Scaled price of sending the worker of ``duty`` to ``visit``; a crew's share of it."""
        facts, weights = self.compiled.visits[visit], self.compiled.problem.weights
        worker = self.compiled.workers[duty.worker].id
        price = 0.0
        if facts.told is not None and worker not in facts.told.workers:
            price += weights.change_worker
        if facts.keep and worker not in facts.keep and facts.people == 1:
            price += weights.continuity
        return round(price * _SCALE)

    def _add_visits(self) -> None:
        for node, visit in enumerate(self.nodes):
            facts = self.compiled.visits[visit]
            index = self.manager.NodeToIndex(node)
            planned = visit in self.state.where
            if not planned or not (must_stay_planned(self.state, visit) or facts.people > 1):
                self.routing.AddDisjunction([index], round(facts.price * _SCALE))
                self.routing.VehicleVar(index).SetValues([-1, *self.able[node]])
            else:
                self.routing.VehicleVar(index).SetValues(self.able[node])
            start = self.time.CumulVar(index)
            windows = self._windows(visit)
            if not windows:
                self.routing.ActiveVar(index).SetValue(0)
                continue
            start.SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                start.RemoveInterval(closes + 1, opens - 1)
            if facts.due is not None and facts.late_weight > 0 and facts.people == 1:
                weight = round(facts.late_weight * _SCALE)
                self.time.SetCumulVarSoftUpperBound(index, max(0, facts.due - self.base), weight)

    def _windows(self, visit: int) -> list[tuple[int, int]]:
        """When ``visit`` may start, on the model's clock; a told visit that is out may only be as it was told."""
        facts = self.compiled.visits[visit]
        windows = self.state.windows[visit]
        if facts.told is not None and visit not in self.state.where:
            at = facts.told.start
            windows = ((at, at),) if any(first <= at <= last for first, last in windows) else ()
        now = self.compiled.problem.now
        if now > self.base and facts.told is None and facts.pin is None:
            # Whoever is sent sets out from now on; the nearest of them bounds the start.
            soonest = now + self._nearest(visit)
            windows = tuple((max(first, soonest), last) for first, last in windows)
        shifted = [(max(0, first - self.base), min(self.horizon, last - self.base)) for first, last in windows]
        return [(first, last) for first, last in shifted if first <= last]

    def _nearest(self, visit: int) -> int:
        """The shortest way to ``visit`` from anywhere in the model."""
        spots = [self.compiled.spot[other] for other in self.nodes if other != visit]
        ways = self.compiled.travel.to(self.compiled.spot[visit])
        return min(int(ways[facts.mode, [facts.start_spot, *spots]].min()) for facts in self.facts)

    def _add_breaks(self) -> None:
        """Breaks float in their spans, absences stand still; a break that can meet an absence is left out."""
        solver = self.routing.solver()
        service = [0] * self.routing.Size()
        for node, visit in enumerate(self.nodes):
            service[self.manager.NodeToIndex(node)] = self.compiled.ticks[visit]
        for vehicle, facts in enumerate(self.facts):
            breaks = [
                solver.FixedDurationIntervalVar(start - self.base, start - self.base, end - start, False, "")
                for start, end in facts.blocks
            ]
            for rest in facts.rests:
                if all(rest.last + rest.ticks <= start or end <= rest.first for start, end in facts.blocks):
                    first, last = rest.first - self.base, rest.last - self.base
                    breaks.append(solver.FixedDurationIntervalVar(first, last, rest.ticks, False, ""))
            if breaks:
                self.time.SetBreakIntervalsOfVehicle(breaks, vehicle, service)

    def _add_caps(self) -> None:
        """Caps per vehicle; of those of a day each of its duties gets what the others leave as they stand now."""
        duties = list(self.duties)
        visits_left, ticks_left = self.state.room()
        visits = np.minimum(visits_left[duties] + self.state.count[duties], _FAR)
        ticks = np.minimum(ticks_left[duties] + self.state.work[duties], _FAR)
        if visits.min() < _FAR:
            self._add_cap([1] * len(self.nodes) + [0] * 2 * len(self.duties), visits.tolist(), "visits")
        if ticks.min() < _FAR:
            work = [self.compiled.ticks[visit] for visit in self.nodes] + [0] * 2 * len(self.duties)
            self._add_cap(work, ticks.tolist(), "work")

    def _add_cap(self, demand: list[int], caps: list[int], name: str) -> None:
        self.routing.AddDimensionWithVehicleCapacity(
            self.routing.RegisterUnaryTransitVector(demand), 0, caps, True, name
        )
