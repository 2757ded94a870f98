"""Teams made before the day is routed, as a dispatcher would: for the hardest task that no team can do yet.

A team takes in, one by one, whoever closes most of what is missing for that task (fewest spare levels first among
equals). When every task has a team the round begins again with whoever is left, until nobody is or no task can be done.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.instances.kovacs import Strsp, Task, Technician
from benchmarks.peers.models import can_do


def teams_of(instance: Strsp) -> list[tuple[int, ...]]:
    """Technicians' ids by team; everybody alone where the instance has no teams."""
    if not instance.teams:
        return [(one.id,) for one in instance.technicians]
    free = list(instance.technicians)
    hardest = sorted(instance.tasks, key=lambda task: (-task.price, task.id))
    teams: list[tuple[int, ...]] = []
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
        teams += [tuple(one.id for one in team) for team in covered]
    return teams


def _team(task: Task, free: Sequence[Technician]) -> list[Technician] | None:
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
