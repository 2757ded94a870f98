"""Teams made before the day is routed: as many tasks as possible must find a team that can do them and has time.

The first teams are those a dispatcher would make: one for the hardest task that no team can do yet, taking in whoever
closes most of what is missing, then again with whoever is left. Where these would leave tasks out, a seeded annealing
moves and swaps people between teams. What it counts is how many tasks find a team, hardest to place first, each team
taking as many as its day holds at the instance's mean service and `WAY` of its mean distance between them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.kovacs import Strsp, Task, Technician

STEPS = 4000
HOT, COLD = 2.0, 0.05
WAY = 0.7
"""Of the mean distance between two tasks: what lies between neighbours on a good route, waiting included."""


@lru_cache(maxsize=64)
def teams_of(instance: Strsp) -> tuple[tuple[int, ...], ...]:
    """Technicians' ids by team; everybody alone where the instance has no teams. The same for the same instance."""
    if not instance.teams:
        return tuple((one.id,) for one in instance.technicians)
    return tuple(tuple(sorted(team)) for team in _annealed(instance, _first(instance)))


def can_do(members: Sequence[Sequence[int]], needs: Sequence[Sequence[int]]) -> bool:
    """Whether enough of ``members`` have each level that ``needs`` asks for."""
    return all(
        sum(levels[domain] >= level for levels in members) >= need
        for domain, row in enumerate(needs)
        for level, need in enumerate(row, 1)
    )


def _first(instance: Strsp) -> list[list[int]]:
    free = list(instance.technicians)
    hardest = sorted(instance.tasks, key=lambda task: (-task.price, task.id))
    teams: list[list[int]] = []
    while free:
        covered: list[list[Technician]] = []
        for task in hardest:
            if any(can_do([one.levels for one in team], task.needs) for team in covered):
                continue
            team = _team(task, free)
            if team is not None:
                free = [one for one in free if one not in team]
                covered.append(team)
        if not covered:
            break
        teams += [[one.id for one in team] for team in covered]
    return teams + [[one.id] for one in free]


def _team(task: Task, free: Sequence[Technician]) -> list[Technician] | None:
    """The fewest found by taking in whoever helps most; None if these people cannot do it."""
    team: list[Technician] = []
    while not team or not can_do([one.levels for one in team], task.needs):
        missing = _missing(task, team)
        left = [one for one in free if one not in team]
        best = min(left, key=lambda one: (_missing(task, [*team, one]), sum(one.levels), one.id), default=None)
        if best is None or (team and missing and _missing(task, [*team, best]) >= missing):
            return None
        team.append(best)
    return team


def _missing(task: Task, team: Sequence[Technician]) -> int:
    """How many people of some level in some domain are still wanted, counted for each level."""
    return sum(
        max(0, need - sum(one.levels[domain] >= level for one in team))
        for domain, row in enumerate(task.needs)
        for level, need in enumerate(row, 1)
    )


def _annealed(instance: Strsp, teams: list[list[int]]) -> list[list[int]]:
    counting = _Counting(instance)
    draw = random.Random(1)
    able = [counting.able(team) for team in teams]
    now = best = counting.placed(able)
    kept = teams
    possible = int(counting.able([one.id for one in instance.technicians]).sum())
    for step in range(STEPS):
        if best == possible:
            break
        heat = HOT * (COLD / HOT) ** (step / STEPS)
        changed = _moved(teams, draw)
        others = [
            able[index] if team is teams[index] else counting.able(team)
            for index, team in enumerate(changed[: len(teams)])
        ]
        others += [counting.able(team) for team in changed[len(teams) :]]
        changed, others = _without_empty(changed, others)
        placed = counting.placed(others)
        if placed >= now or draw.random() < math.exp((placed - now) / heat):
            teams, able, now = changed, others, placed
            if now > best:
                best, kept = now, teams
    return kept


def _moved(teams: list[list[int]], draw: random.Random) -> list[list[int]]:
    """Somebody goes to another team or alone, or two change places; teams not touched are the same objects."""
    changed = list(teams)
    here = draw.randrange(len(changed))
    changed[here] = list(changed[here])
    one = changed[here].pop(draw.randrange(len(changed[here])))
    there = draw.randrange(len(changed) + 1)
    if there == len(changed):
        changed.append([one])
        return changed
    changed[there] = list(changed[there])
    if changed[there] and draw.random() < 0.5:
        changed[here].append(changed[there].pop(draw.randrange(len(changed[there]))))
    changed[there].append(one)
    return changed


Able = NDArray[np.bool_]


def _without_empty(teams: list[list[int]], able: list[Able]) -> tuple[list[list[int]], list[Able]]:
    full = [index for index, team in enumerate(teams) if team]
    return [teams[index] for index in full], [able[index] for index in full]


class _Counting:
    """Levels and needs as tables, for counting many times."""

    def __init__(self, instance: Strsp) -> None:
        self._needs = np.array([np.ravel(task.needs) for task in instance.tasks])
        levels = len(instance.tasks[0].needs[0])
        self._has = {
            one.id: np.ravel([[level >= wanted for wanted in range(1, levels + 1)] for level in one.levels]).astype(int)
            for one in instance.technicians
        }
        count = len(instance.tasks)
        way = sum(instance.travel(here, there) for here in instance.tasks for there in instance.tasks) / count**2
        service = sum(task.service for task in instance.tasks) / count
        self._holds = max(1, int((instance.depot.due - instance.depot.ready) / (service + WAY * way)))

    def able(self, team: Sequence[int]) -> Able:
        """Which tasks a team can do."""
        has = sum((self._has[id_] for id_ in team), np.zeros(self._needs.shape[1], dtype=int))
        found: Able = np.asarray((self._needs <= has).all(axis=1), dtype=np.bool_)
        return found

    def placed(self, able: Sequence[Able]) -> int:
        """How many tasks find a team with room, those with the fewest teams first, each at the emptiest."""
        table = np.array(able).T
        fewest = np.argsort(table.sum(axis=1), kind="stable")
        load = np.zeros(len(able))
        placed = 0
        for task in fewest:
            cost = np.where(table[task], load, self._holds)
            team = int(cost.argmin())
            if cost[team] < self._holds:
                load[team] += 1
                placed += 1
        return placed
