"""Skill levels as a problem: a worker for each team, among those whose levels add up for a task.

Fewest handed out comes first, then travel: what is handed out costs the same for every task, more than any detour.
Teams are made before the day is routed; without teams everybody is one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.instances.kovacs import Strsp
from benchmarks.instances.teams import can_do, teams_of
from benchmarks.peers.models import OUT
from benchmarks.problems.scale import scale_of
from benchmarks.problems.solving import MODE, ORIGIN, matrix, numbers_by_worker, plan, spots
from benchmarks.recost.dump import Dump
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.plain import kovacs as timed
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, RouteProblem, RouteWeights, Span, Visit, Worker


def to_problem(instance: Strsp, teams: Sequence[Sequence[int]]) -> RouteProblem:
    """Spot 0 is the depot, spot i the i-th task; worker ``n`` is the n-th of ``teams`` (technicians' ids), from 1."""
    places = (instance.depot, *instance.tasks)
    ways = [[instance.travel(here, there) for there in places] for here in places]
    scale = scale_of(
        [value for row in ways for value in row]
        + [value for one in places for value in (one.ready, one.due, one.service)]
    )
    levels = {one.id: one.levels for one in instance.technicians}
    day = Span(scale.up(instance.depot.ready), scale.down(instance.depot.due))
    able = [
        tuple(str(number) for number, team in enumerate(teams, 1) if can_do([levels[id_] for id_ in team], task.needs))
        for task in instance.tasks
    ]
    return RouteProblem(
        area=instance.name,
        origin=ORIGIN,
        tick_seconds=1,
        now=day.start,
        spots=spots(len(places)),
        matrix=matrix([scale.up(way) for way in row] for row in ways),
        workers=tuple(
            Worker(
                id=str(number),
                mode=MODE,
                duties=(Duty(id=str(number), day=0, span=day, start_spot=0, end_spot=0),),
            )
            for number in range(1, len(teams) + 1)
        ),
        visits=tuple(
            Visit(
                id=str(task.id),
                spot=spot,
                ticks=scale.up(task.service),
                windows=(Span(scale.up(task.ready), scale.down(task.due) + scale.up(task.service)),),
                price=OUT * scale.ticks,
                among=who,
            )
            for spot, (task, who) in enumerate(zip(instance.tasks, able, strict=True), 1)
        ),
        weights=RouteWeights(continuity=0, change_worker=0, change_tick=0),
    )


def dump(instance: Strsp, seed: int, found: RoutePlan, teams: Sequence[Sequence[int]]) -> Dump:
    """The plan's orders, timed from the instance; a team's for each of its members."""
    orders = numbers_by_worker(found)
    if instance.teams:
        return timed(instance, seed, orders, dict(enumerate(teams, 1)))
    return timed(instance, seed, {teams[number - 1][0]: visits for number, visits in orders.items()})


def solve(instance: Strsp, effort: Effort) -> Answer:
    """Our answer."""
    began = time.perf_counter()
    teams = teams_of(instance)
    found = plan(to_problem(instance, teams), effort, began=began)
    return Answer(dump=dump(instance, effort.seed, found, teams), repeatable=found.effort.repeatable)
