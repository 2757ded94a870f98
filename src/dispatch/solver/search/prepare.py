"""A route problem as the flat arrays of the search, and routes with nothing on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from dispatch.solver.problem import RouteProblem, RouteWeights, Visit
from dispatch.solver.routes.compiled import NO_FLOOR, Compiled
from dispatch.solver.search.facts import (
    NEVER,
    Able,
    Choice,
    Count,
    Duty,
    Entry,
    Facts,
    Gap,
    Group,
    Load,
    Node,
    Routes,
    Stop,
    Waiting,
    Work,
    record,
)

NEAR = 100
"""Neighbours kept per task."""
MUST = 1e9
"""Price of leaving out what must be planned: a pin, a round."""


class Tasks:
    """The tasks and groups of a problem: which visit each task serves, which tasks go together."""

    def __init__(self, compiled: Compiled) -> None:
        problem = compiled.problem
        self.visit: list[int] = []
        self.of_visit: list[list[int]] = []
        for index, visit in enumerate(problem.visits):
            self.of_visit.append(list(range(len(self.visit), len(self.visit) + visit.people)))
            self.visit += [index] * visit.people
        leader = list(range(len(problem.visits)))
        for tie in problem.ties:
            one, other = (_root(leader, compiled.visit_index[end]) for end in (tie.first, tie.then))
            leader[max(one, other)] = min(one, other)
        by_leader: dict[int, list[int]] = {}
        for index in range(len(problem.visits)):
            by_leader.setdefault(_root(leader, index), []).append(index)
        self.groups = list(by_leader.values())
        self.members = [[task for visit in group for task in self.of_visit[visit]] for group in self.groups]


def _root(leader: list[int], index: int) -> int:
    while leader[index] != index:
        index = leader[index]
    return index


def lags(compiled: Compiled, tasks: Tasks, members: Sequence[int]) -> NDArray[np.float64]:
    """Least start of one member after another, through every chain of ties (k × k)."""
    size = len(members)
    lag = np.full((size, size), -NEVER)
    place = {task: index for index, task in enumerate(members)}
    for one in members:
        for other in members:
            if tasks.visit[one] == tasks.visit[other]:
                lag[place[one], place[other]] = 0.0
    inside = {tasks.visit[task] for task in members}
    for tie in compiled.problem.ties:
        first, then = compiled.visit_index[tie.first], compiled.visit_index[tie.then]
        if first in inside:
            here, there = place[tasks.of_visit[first][0]], place[tasks.of_visit[then][0]]
            lag[here, there] = max(lag[here, there], float(tie.least))
            lag[there, here] = max(lag[there, here], -float(tie.most))
    for through in range(size):
        for here in range(size):
            for there in range(size):
                lag[here, there] = max(lag[here, there], lag[here, through] + lag[through, there])
    return lag


def _able(compiled: Compiled) -> list[list[tuple[int, float, float]]]:
    """Per visit: the duties able to take it, what the person costs, and the moment before which they may not set out."""
    weights, worker_of = compiled.problem.weights, compiled.duty_worker
    found = []
    for index, visit in enumerate(compiled.problem.visits):
        mask = compiled.eligible(visit)
        open_then = np.zeros(len(mask), dtype=bool)
        for first, last in compiled.windows[index]:
            open_then |= np.maximum(compiled.duty_start, first) <= np.minimum(compiled.duty_end - visit.ticks, last)
        entries = []
        for duty in np.flatnonzero(mask & open_then).tolist():
            floor = compiled.floor(index, int(worker_of[duty]))
            cost = _person(visit, compiled.workers[worker_of[duty]].id, weights)
            entries.append((duty, cost, -NEVER if floor == NO_FLOOR else float(floor)))
        found.append(entries)
    return found


def _pinned(
    compiled: Compiled, visit: Visit, place: int, entries: list[tuple[int, float, float]]
) -> list[tuple[int, float, float]]:
    """Of ``entries`` those the pin leaves to the ``place``-th person of ``visit``."""
    if visit.pin is None or place >= len(visit.pin.workers):
        return entries
    pinned = compiled.worker_index.get(visit.pin.workers[place], -1)
    return [entry for entry in entries if compiled.duty_worker[entry[0]] == pinned]


def _person(visit: Visit, worker: str, weights: RouteWeights) -> float:
    """What it costs to send ``worker``: a change of what was told, somebody the household is not used to."""
    cost = 0.0
    if visit.told is not None and worker not in visit.told.workers:
        cost += weights.change_worker
    if visit.keep and worker not in visit.keep:
        cost += weights.continuity
    return cost / visit.people


def _ways(compiled: Compiled, spots: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ticks between the ``spots`` used, by mode, with a last row and column of zeros for nowhere."""
    count = len(spots)
    way = np.zeros((max(1, len(compiled.travel.modes)), count + 1, count + 1))
    matrix = compiled.problem.matrix
    if matrix is not UNSET:
        for index, mode in enumerate(compiled.travel.modes):
            way[index, :count, :count] = np.array(matrix.ticks[mode], dtype=np.float64)[np.ix_(spots, spots)]
        return way
    for place, spot in enumerate(spots.tolist()):
        way[: len(compiled.travel.modes), place, :count] = compiled.travel.away(spot)[:, spots]
    return way


def _starts(compiled: Compiled, index: int) -> tuple[tuple[float, float], ...]:
    """When a visit may start: not before what people were told, as long as that lies in a window."""
    visit = compiled.visits[index]
    windows = tuple((float(first), float(last)) for first, last in compiled.windows[index])
    if visit.told is None or visit.pin is not None:
        return windows
    told = float(visit.told.start)
    held = tuple((max(first, told), last) for first, last in windows if last >= told)
    return held if any(first == told for first, _ in held) else windows


def prepare(compiled: Compiled) -> tuple[Facts, Tasks]:
    """The problem as arrays, and which task is which."""
    problem = compiled.problem
    tasks = Tasks(compiled)
    used = sorted({visit.spot for visit in problem.visits} | _duty_spots(compiled))
    place = {spot: index for index, spot in enumerate(used)}
    way = _ways(compiled, np.array(used, dtype=np.int64))
    spans: list[tuple[float, float, float]] = []
    entries: list[tuple[int, float, float]] = []
    nodes = _nodes(compiled, tasks, place, spans, entries)
    lag: list[float] = []
    groups = _groups(compiled, tasks, lag, nodes, way)
    facts = Facts(
        tasks=len(tasks.visit),
        duty_count=len(compiled.duties),
        group_count=len(tasks.members),
        nodes=nodes,
        able=np.array(entries, dtype=record(Able)),
        groups=groups,
        duties=_duties(compiled, spans),
        members=np.array([task for members in tasks.members for task in members], dtype=np.int32),
        lag=np.array(lag, dtype=np.float64),
        spans=np.array(spans, dtype=np.float64).reshape(-1, 3),
        near=_near(way, nodes["spot"][: len(tasks.visit)]),
        way=way,
        travel_weight=float(problem.weights.travel),
        duration_weight=float(problem.weights.duration),
        greatest_weight=float(problem.weights.greatest_late),
        tied=any(len(members) > 1 for members in tasks.members),
    )
    return facts, tasks


def _nodes(
    compiled: Compiled,
    tasks: Tasks,
    place: dict[int, int],
    spans: list[tuple[float, float, float]],
    entries: list[tuple[int, float, float]],
) -> NDArray[np.void]:
    """A record per node; windows and able duties are added to ``spans`` and ``entries``."""
    problem, count, duties = compiled.problem, len(tasks.visit), len(compiled.duties)
    nodes = np.zeros(count + 2 * duties, dtype=record(Node))
    nodes["spot"], nodes["due"] = len(place), NEVER
    able = _able(compiled)
    for task, index in enumerate(tasks.visit):
        visit, node = problem.visits[index], nodes[task]
        starts = _starts(compiled, index)
        node["spot"], node["ticks"] = place[visit.spot], visit.ticks
        node["window_from"] = len(spans)
        spans += [(first, last, 0.0) for first, last in starts]
        node["window_to"] = len(spans)
        node["opens"], node["closes"] = (starts[0][0], starts[-1][1]) if starts else (NEVER, -NEVER)
        node["able_from"] = len(entries)
        entries += _pinned(compiled, visit, task - tasks.of_visit[index][0], able[index])
        node["able_to"] = len(entries)
        node["visits"], node["work"], node["weight"] = 1.0, visit.ticks, visit.weight
        if task == tasks.of_visit[index][0]:
            if visit.due is not None and visit.late_weight > 0:
                node["due"], node["late_weight"] = visit.due, visit.late_weight
            if visit.told is not None:
                node["told"], node["told_weight"] = visit.told.start, problem.weights.change_tick
    for group, members in enumerate(tasks.members):
        nodes["group"][members] = group
    for duty, facts in enumerate(compiled.duties):
        head, tail = nodes[count + duty], nodes[count + duties + duty]
        head["spot"] = place[facts.start_spot]
        if facts.end_spot >= 0:
            tail["spot"] = place[facts.end_spot]
        for node in (head, tail):
            node["opens"], node["closes"] = facts.start, facts.end
    return nodes


def _groups(
    compiled: Compiled, tasks: Tasks, lag: list[float], nodes: NDArray[np.void], way: NDArray[np.float64]
) -> NDArray[np.void]:
    """A record per group; tables of least starts apart are added to ``lag``."""
    heads = nodes["spot"][len(tasks.visit) : len(tasks.visit) + len(compiled.duties)]
    rows = []
    first = 0
    for group, members in zip(tasks.groups, tasks.members, strict=True):
        far = float(way[0][heads, nodes["spot"][members[0]]].min()) if len(heads) else 0.0
        rows.append((first, len(members), len(lag), _price(compiled.problem, group), far))
        lag += lags(compiled, tasks, members).ravel().tolist() if len(members) > 1 else []
        first += len(members)
    return np.array(rows, dtype=record(Group))


def _duties(compiled: Compiled, spans: list[tuple[float, float, float]]) -> NDArray[np.void]:
    """A record per duty; absences and breaks are added to ``spans``."""
    duties = np.zeros(len(compiled.duties), dtype=record(Duty))
    for record_of, facts, source in zip(duties, compiled.duties, compiled.duty_source, strict=True):
        record_of["mode"], record_of["plain"] = facts.mode, not facts.blocks and not facts.rests
        record_of["block_from"] = len(spans)
        spans += [(float(start), float(end), 0.0) for start, end in facts.blocks]
        record_of["block_to"] = record_of["rest_from"] = len(spans)
        spans += [(float(rest.first), float(rest.last), float(rest.ticks)) for rest in facts.rests]
        record_of["rest_to"] = len(spans)
        record_of["price"] = source.price
        record_of["max_visits"], record_of["max_work"] = facts.max_visits, facts.max_ticks
        record_of["max_weight"] = NEVER if source.max_weight is None else source.max_weight
        record_of["max_households"] = NEVER
    return duties


def _duty_spots(compiled: Compiled) -> set[int]:
    starts = {facts.start_spot for facts in compiled.duties}
    return starts | {facts.end_spot for facts in compiled.duties if facts.end_spot >= 0}


def _price(problem: RouteProblem, group: Sequence[int]) -> float:
    visits = [problem.visits[index] for index in group]
    if any(visit.pin is not None or visit.cover for visit in visits):
        return MUST
    return sum(visit.price for visit in visits)


def _near(way: NDArray[np.float64], spot: NDArray[np.int32]) -> NDArray[np.int32]:
    """For every task the tasks nearest to it, there and back, the nearest first; -1 where there are fewer."""
    count = len(spot)
    keep = min(NEAR, count - 1)
    near = np.full((count, max(1, keep)), -1, dtype=np.int32)
    for task in range(count):
        apart = way[0, spot[task], spot] + way[0, spot, spot[task]]
        apart[task] = np.inf
        if keep > 0:
            nearest = np.argpartition(apart, keep - 1)[:keep]
            near[task] = nearest[np.lexsort((nearest, apart[nearest]))]
    return near


def empty_routes(facts: Facts) -> Routes:
    """Routes with nothing on them."""
    duties, tasks = facts.duty_count, facts.tasks
    heads = np.arange(tasks, tasks + duties)
    tails = heads + duties
    nodes: Any = facts.nodes
    stops = np.zeros(tasks + 2 * duties, dtype=record(Stop))
    for field in ("next", "prev", "duty"):
        stops[field] = -1
    stops["next"][heads], stops["prev"][tails] = tails, heads
    stops["duty"][heads] = stops["duty"][tails] = np.arange(duties)
    stops["start"][heads] = stops["ready"][heads] = nodes["opens"][heads]
    stops["key"][tails] = 1.0
    stops["late"] = NEVER
    stops["late"][tails] = nodes["closes"][tails]
    stops["free"] = stops["late"]
    for side in ("before", "after"):
        stops[side + "_early"], stops[side + "_late"] = nodes["opens"], nodes["closes"]
    return Routes(stops=stops, loads=np.zeros(duties, dtype=record(Load)))


def copy_routes(routes: Routes) -> Routes:
    """Routes of their own that are the same."""
    stops: Any = routes.stops
    loads: Any = routes.loads
    return Routes(stops=stops.copy(), loads=loads.copy())


def working_room(facts: Facts, seed: int) -> Work:
    """Room for a search with the random numbers of ``seed``."""
    nodes, duties = facts.tasks + 2 * facts.duty_count + 8, facts.duty_count + 1
    sizes: Any = facts.groups
    widest = int(sizes["size"].max(initial=1))
    gaps = widest * (facts.tasks + facts.duty_count) + 8
    return Work(
        random=np.array([seed], dtype=np.uint64),
        count=np.zeros(1, dtype=record(Count)),
        heap=np.zeros(nodes, dtype=record(Waiting)),
        log=np.zeros(2 * nodes, dtype=record(Entry)),
        gaps=np.zeros(gaps, dtype=record(Gap)),
        choice=np.zeros(8, dtype=record(Choice)),
        order=np.zeros(max(gaps, nodes), dtype=np.int32),
        removed=np.zeros(nodes, dtype=np.int32),
        touched=np.zeros(duties, dtype=np.int32),
        followers=np.zeros(nodes, dtype=np.int32),
        list=np.zeros(nodes, dtype=np.int32),
        score=np.zeros(max(gaps, nodes)),
        is_heaped=np.zeros(facts.group_count + 1, dtype=np.bool_),
        is_touched=np.zeros(duties, dtype=np.bool_),
        mark=np.zeros(max(duties, facts.group_count) + 1, dtype=np.bool_),
    )
