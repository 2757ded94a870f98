"""The choice across routes: of all routes the search has seen, one for every duty, by CP-SAT.

Ruin and recreate changes a few routes at a time; which worker should have which kind of day it settles slowly where
workers differ. Routes seen in good plans are kept as columns, and the cheapest set of them that serves what can be
served is chosen under the limits that join duties (set partitioning with cover at least once).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dispatch.solver.cp import cp_solver
from dispatch.solver.late import Late
from dispatch.solver.search.facts import NEVER, Facts, Ints, Routes, Work
from dispatch.solver.search.lay import lay, visits_of
from dispatch.solver.search.shelves import pieces_taken
from dispatch.solver.search.tasks import Tasks

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

COLUMNS = 3_000
"""Routes to choose from at most: with twice as many CP-SAT finds nothing within seconds."""
_WHOLE = 1e7
"""Whole units that the plan to better costs: what CP-SAT adds up are whole numbers, and large ones slow it down."""

_DEAREST = 1e12
"""More than any price counts for: some are so high that their sum would be too large a number."""

Route = tuple[int, tuple[int, ...]]
"""A duty and the tasks on its route, in order."""
Choice = dict[int, tuple[int, ...]]
"""Tasks per duty, in order."""


class Seen(NamedTuple):
    """A route: what it costs and the least cost of a plan it stood in."""

    cost: float
    plan: float


class Columns:
    """Routes seen, each once."""

    def __init__(self) -> None:
        self._seen: dict[Route, Seen] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, facts: Facts, routes: Routes, plan: float) -> None:
        """Every route of ``routes``, which as a plan cost ``plan``."""
        stops: Any = routes.stops
        costs = duty_costs(facts, routes).tolist()
        for key in routes_of(facts, stops["next"]).items():
            self._see(key, Seen(costs[key[0]], plan))

    def keep(self, limit: int = COLUMNS) -> None:
        """Forget all but the ``limit`` that stood in the cheapest plans."""
        if len(self._seen) > limit:
            best = sorted(self._seen.items(), key=lambda item: (item[1].plan, item[0]))
            self._seen = dict(best[:limit])

    def join(self, other: Columns) -> None:
        """Take in those of ``other``."""
        for key, seen in other._seen.items():
            self._see(key, seen)

    def _see(self, key: Route, seen: Seen) -> None:
        known = self._seen.get(key)
        if known is None or seen.plan < known.plan:
            self._seen[key] = seen

    def items(self) -> Iterable[tuple[Route, Seen]]:
        """Duty and tasks with what was seen of them, in a fixed order."""
        return sorted(self._seen.items())


def routes_of(facts: Facts, following: Ints) -> Choice:
    """Tasks per duty along the links ``following``, empty duties left out."""
    after = following.tolist()
    found: Choice = {}
    for duty in range(facts.duty_count):
        node = after[facts.tasks + duty]
        tasks = []
        while node < facts.tasks:
            tasks.append(node)
            node = after[node]
        if tasks:
            found[duty] = tuple(tasks)
    return found


def duty_costs(facts: Facts, routes: Routes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What each duty costs as it stands, but for the greatest lateness and fair shares, which no duty has alone."""
    every: Any = routes.stops
    stops, tails = every[: facts.tasks], every[facts.tasks + facts.duty_count :][: facts.duty_count]
    loads: Any = routes.loads
    duties: Any = facts.duties
    count = facts.duty_count
    on = stops["duty"] >= 0
    cost = np.bincount(stops["duty"][on], (stops["soft"] + stops["fixed"])[on], minlength=count)
    used = loads["count"][:count] > 0
    way = facts.travel_weight * loads["travel"][:count] + facts.duration_weight * loads["span"][:count]
    return np.where(used, cost + tails["soft"] + way + duties["price"][:count], 0.0)


def choose(
    facts: Facts, columns: Columns, *, known: Choice, cost: float, seed: int, work: float, within: float = math.inf
) -> Choice:
    """The cheapest choice found of one route per duty, visits that stand in two of them still double.

    ``known`` is the choice to better and ``cost`` what it costs. ``work`` is the deterministic time CP-SAT may take, so
    the answer is repeatable unless ``within`` seconds of wall clock end it first. Only for facts without ties between
    tasks: a crew's times depend on several routes.
    """
    if cost <= 0.0:
        return dict(known)
    scale = _WHOLE / cost
    model = cp_model.CpModel()
    routes: list[Route] = []
    ones: list[cp_model.IntVar] = []
    terms: list[cp_model.LinearExprT] = []
    for (duty, tasks), seen in columns.items():
        one = model.new_bool_var("")
        model.add_hint(one, known.get(duty) == tasks)
        routes.append((duty, tasks))
        ones.append(one)
        terms.append(round(min(scale * seen.cost, _DEAREST)) * one)
    _one_per_duty(model, routes, ones)
    terms += _serve(facts, model, routes, ones, scale)
    terms += _share(facts, model, routes, ones, scale)
    _cap_days(facts, model, routes, ones)
    _share_tools(facts, model, routes, ones)
    model.minimize(cp_model.LinearExpr.sum(terms))
    solver = cp_solver(seed, work)
    if within < math.inf:
        solver.parameters.max_time_in_seconds = within
    solver.parameters.linearization_level = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return dict(known)
    return {duty: tasks for (duty, tasks), one in zip(routes, ones, strict=True) if solver.boolean_value(one)}


def _one_per_duty(model: cp_model.CpModel, routes: Sequence[Route], ones: Sequence[cp_model.IntVar]) -> None:
    by_duty: dict[int, list[cp_model.IntVar]] = {}
    for (duty, _), one in zip(routes, ones, strict=True):
        by_duty.setdefault(duty, []).append(one)
    for some in by_duty.values():
        model.add_at_most_one(some)


def _serve(
    facts: Facts, model: cp_model.CpModel, routes: Sequence[Route], ones: Sequence[cp_model.IntVar], scale: float
) -> list[cp_model.LinearExprT]:
    """Every visit that stands in a column is served or paid for; the terms of that price."""
    nodes: Any = facts.nodes
    groups: Any = facts.groups
    joints: Any = facts.joints
    group_of, prices = joints["group"][nodes["joint"]].tolist(), groups["price"].tolist()
    by_group: dict[int, list[cp_model.IntVar]] = {}
    for (_, tasks), one in zip(routes, ones, strict=True):
        for task in tasks:
            if task < facts.visits:
                by_group.setdefault(group_of[task], []).append(one)
    terms: list[cp_model.LinearExprT] = []
    for group, some in by_group.items():
        out = model.new_bool_var("")
        model.add_bool_or([*some, out])
        terms.append(round(min(scale * prices[group], _DEAREST)) * out)
    return terms


def _share(
    facts: Facts, model: cp_model.CpModel, routes: Sequence[Route], ones: Sequence[cp_model.IntVar], scale: float
) -> list[cp_model.LinearExprT]:
    """The work on the fullest duty, at the price of fair shares; the mean is in the prices of what is left out."""
    if facts.fair_weight == 0.0:
        return []
    loads = [_work(facts, duty, tasks) for duty, tasks in routes]
    by_duty: dict[int, list[cp_model.LinearExprT]] = {}
    for (duty, _), load, one in zip(routes, loads, ones, strict=True):
        by_duty.setdefault(duty, []).append(load * one)
    fullest = model.new_int_var(0, max(loads, default=0), "")
    for some in by_duty.values():
        model.add(fullest >= cp_model.LinearExpr.sum(some))
    return [round(min(scale * facts.fair_weight, _DEAREST)) * fullest]


def _work(facts: Facts, duty: int, tasks: Sequence[int]) -> int:
    """The ticks of work of ``tasks`` on ``duty``."""
    able: Any = facts.able
    return int(able["ticks"][facts.entry[[task for task in tasks if task < facts.visits], duty]].sum())


def _cap_days(facts: Facts, model: cp_model.CpModel, routes: Sequence[Route], ones: Sequence[cp_model.IntVar]) -> None:
    """The caps of a worker's day over all duties of it."""
    nodes: Any = facts.nodes
    duties: Any = facts.duties
    days: dict[int, list[int]] = {}
    for place, (duty, _) in enumerate(routes):
        if duties["pool"][duty] >= 0:
            days.setdefault(int(duties["pool"][duty]), []).append(place)
    for places in days.values():
        limits = duties[routes[places[0]][0]]
        visits = [int(nodes["visits"][list(routes[place][1])].sum()) for place in places]
        work = [_work(facts, *routes[place]) for place in places]
        for cap, weights in ((limits["day_visits"], visits), (limits["day_work"], work)):
            if cap < NEVER:
                model.add(cp_model.LinearExpr.weighted_sum([ones[place] for place in places], weights) <= int(cap))


def _share_tools(
    facts: Facts, model: cp_model.CpModel, routes: Sequence[Route], ones: Sequence[cp_model.IntVar]
) -> None:
    """At no moment more duties with a piece of a shared tool along than there are pieces."""
    duties: Any = facts.duties
    takers: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    most: dict[int, int] = {}
    for (duty, tasks), one in zip(routes, ones, strict=True):
        for tool, pieces in pieces_taken(facts, duty, tasks).items():
            most[tool] = pieces
            for moment in range(duties["moment_from"][duty], duties["moment_to"][duty]):
                takers.setdefault((tool, moment), []).append(one)
    for (tool, _), some in takers.items():
        model.add(cp_model.LinearExpr.sum(some) <= most[tool])


def single(facts: Facts, tasks: Tasks, work: Work, chosen: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """``chosen`` tasks per duty as visits, every visit on one route: it stays where going without it saves less."""
    order = {duty: visits_of(facts, tasks, along) for duty, along in chosen.items()}
    stands: dict[int, list[int]] = {}
    for duty, visits in order.items():
        for visit in visits:
            if visit < len(tasks.of_visit):
                stands.setdefault(visit, []).append(duty)

    def saved(visit: int, duty: int) -> float:
        routes = lay(facts, tasks, work, {duty: order[duty]})
        less = lay(facts, tasks, work, {duty: [one for one in order[duty] if one != visit]})
        return float(duty_costs(facts, routes)[duty] - duty_costs(facts, less)[duty])

    for visit, duties in sorted(stands.items()):
        keeps = min(duties, key=lambda duty: (saved(visit, duty), duty)) if len(duties) > 1 else duties[0]
        for duty in duties:
            if duty != keeps:
                order[duty] = [one for one in order[duty] if one != visit]
    return order
