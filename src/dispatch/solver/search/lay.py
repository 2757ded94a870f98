"""Between plans by visit and routes by task: laying given orders onto routes, and reading them off again."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, permutations
from typing import Any

import numpy as np

from dispatch.solver.jit import entry
from dispatch.solver.search.change import link, new_log, propagate, refresh
from dispatch.solver.search.facts import NEVER, Facts, Floats, Ints, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.room import empty_routes
from dispatch.solver.search.stores import link_store
from dispatch.solver.search.tasks import Tasks

Order = Mapping[int, Sequence[int]]
"""Visits and stores (by index, see `Compiled.stop_id`) per duty (by index), in the order they are to be done."""


@entry
def lay_all(facts: Facts, routes: Routes, work: Work, tasks: Ints, duties: Ints, keys: Floats) -> bool:
    """Put ``tasks`` one behind the other onto ``duties`` and let times settle. False if that cannot be done in time."""
    new_log(work)
    work.counts[0].greatest = NEVER
    for place in range(len(tasks)):
        task, duty = tasks[place], duties[place]
        tail = facts.tasks + facts.duty_count + duty
        if task < facts.visits:
            link(facts, routes, task, routes.stops[tail].prev, facts.entry[task, duty])
        else:
            link_store(facts, routes, task, routes.stops[tail].prev)
        routes.stops[task].key = keys[place]
    possible = True
    for place in range(len(tasks)):
        push(work, facts.nodes[tasks[place]].joint, keys[place])
    possible = propagate(facts, routes, work, NEVER) < NEVER
    new_log(work)
    for duty in range(facts.duty_count):
        refresh(facts, routes, duty)
    return possible


def lay(facts: Facts, tasks: Tasks, work: Work, order: Order) -> Routes:
    """Routes that hold ``order``: all of it if it can be done in time, else as many whole duties as can."""
    chosen = _members(facts, tasks, order)
    routes = empty_routes(facts)
    if _try(facts, tasks, work, routes, chosen):
        return routes
    if facts.tied:
        return empty_routes(facts)
    kept: dict[int, list[int]] = {}
    for duty, members in chosen.items():
        if _try(facts, tasks, work, empty_routes(facts), {duty: members}):
            kept[duty] = members
    routes = empty_routes(facts)
    return routes if _try(facts, tasks, work, routes, kept) else empty_routes(facts)


def _try(facts: Facts, tasks: Tasks, work: Work, routes: Routes, chosen: Mapping[int, Sequence[int]]) -> bool:
    keys = _keys(facts, chosen)
    if keys is None:
        return False
    flat = [(task, duty) for duty, members in chosen.items() for task in members]
    return lay_all(
        facts,
        routes,
        work,
        np.array([task for task, _ in flat], dtype=np.int32),
        np.array([duty for _, duty in flat], dtype=np.int32),
        np.array([keys[task] for task, _ in flat], dtype=np.float64),
    )


def _members(facts: Facts, tasks: Tasks, order: Order) -> dict[int, list[int]]:
    """Tasks per duty: who of a crew goes where; groups of which a part is missing or not able are left out."""
    where: dict[int, list[int]] = {}
    for duty, visits in order.items():
        for visit in visits:
            where.setdefault(visit, []).append(duty)
    task_on: dict[tuple[int, int], int] = {}
    for group, members in zip(tasks.groups, tasks.members, strict=True):
        found: dict[tuple[int, int], int] = {}
        for visit in group:
            places, duties = tasks.of_visit[visit], where.get(visit, [])
            fitting = next(
                (
                    some
                    for some in (permutations(duties) if len(duties) == len(places) else ())
                    if all(facts.entry[task, duty] >= 0 for task, duty in zip(places, some, strict=True))
                ),
                (),
            )
            found.update({(visit, duty): task for task, duty in zip(places, fitting, strict=False)})
        if len(found) == len(members):
            task_on.update(found)
    stores = _stores(facts)
    for duty in order:
        for place in range(stores):
            task_on[len(tasks.of_visit) + place, duty] = facts.visits + duty * stores + place
    return {
        duty: _one_store(facts, [task_on[visit, duty] for visit in visits if (visit, duty) in task_on])
        for duty, visits in order.items()
    }


def _stores(facts: Facts) -> int:
    """How many stores there are; none where nobody is on duty."""
    return (facts.tasks - facts.visits) // max(1, facts.duty_count)


def _one_store(facts: Facts, members: Sequence[int]) -> list[int]:
    """``members`` of a route without any store but the first: it has all that is needed from there on."""
    first = next((place for place, task in enumerate(members) if task >= facts.visits), -1)
    return [task for place, task in enumerate(members) if task < facts.visits or place == first]


def _keys(facts: Facts, chosen: Mapping[int, Sequence[int]]) -> dict[int, float] | None:
    """A key per task that rises along every route and along ties that are an order, and is one for all of a joint; None
    if there is a cycle.
    """
    if not facts.tied:
        return {task: float(place) for members in chosen.values() for place, task in enumerate(members)}
    nodes: Any = facts.nodes
    joint_of = nodes["joint"]
    members_of: dict[int, list[int]] = {}
    for members in chosen.values():
        for task in members:
            members_of.setdefault(int(joint_of[task]), []).append(task)
    after: dict[int, set[int]] = {joint: set() for joint in members_of}
    waits = dict.fromkeys(members_of, 0)
    along = [[int(joint_of[task]) for task in members] for members in chosen.values()]
    for before, behind in [*(pair for one in along for pair in pairwise(one)), *_ordered(facts, members_of)]:
        if behind not in after[before]:
            after[before].add(behind)
            waits[behind] += 1
    ready = [joint for joint, count in waits.items() if count == 0]
    heapq.heapify(ready)
    keys: dict[int, float] = {}
    done = 0
    while ready:
        joint = heapq.heappop(ready)
        done += 1
        for task in members_of[joint]:
            keys[task] = done / (len(waits) + 1.0)
        for behind in after[joint]:
            waits[behind] -= 1
            if waits[behind] == 0:
                heapq.heappush(ready, behind)
    return keys if done == len(waits) else None


def _ordered(facts: Facts, joints: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Of ``joints`` each with those of its group that wait for it."""
    own: Any = facts.joints
    groups: Any = facts.groups
    for joint in joints:
        group = groups[own["group"][joint]]
        for other in range(joint + 1, int(group["joint_to"])):
            here, there = (int(own["first"][one] - group["first"]) for one in (joint, other))
            if facts.lag[int(group["lag"]) + here * int(group["size"]) + there] > -NEVER / 2:
                yield joint, other


def read_order(facts: Facts, tasks: Tasks, following: Ints) -> dict[int, list[int]]:
    """Visits and stores per duty along the links ``following``, empty duties left out."""
    found: dict[int, list[int]] = {}
    for duty in range(facts.duty_count):
        node = int(following[facts.tasks + duty])
        along = []
        while node < facts.tasks:
            along.append(node)
            node = int(following[node])
        if along:
            found[duty] = visits_of(facts, tasks, along)
    return found


def visits_of(facts: Facts, tasks: Tasks, along: Sequence[int]) -> list[int]:
    """The visits and stores that the tasks of a route ``along`` belong to."""
    first_store = len(tasks.of_visit)
    return [
        tasks.visit[task] if task < facts.visits else first_store + (task - facts.visits) % _stores(facts)
        for task in along
    ]
