"""A plan that stands, read back into the arrays of a search."""

from __future__ import annotations

import random

import numpy as np

from dispatch.solver.plan import Team, TeamPlan, TeamStop
from dispatch.solver.teams.desk import new_desk
from dispatch.solver.teams.first import Scene, complete
from dispatch.solver.teams.recruit import covered
from dispatch.solver.teams.ruin import hand_out
from dispatch.solver.teams.state import FREE, OUT, State, copies_for, empty_state, join, put, shrink


def carry(scene: Scene, plan: TeamPlan, draw: random.Random) -> State:
    """``plan`` as far as it keeps the rules, the rest planned round it, what is most urgent first."""
    state = empty_state(scene.facts, scene.days)
    jobs = {job.id: number for number, job in enumerate(scene.problem.jobs)}
    for one in plan.handed_out:
        if one in jobs and state.day[jobs[one]] == OUT:
            hand_out(scene.facts, state, jobs[one])
    free_team = np.zeros(scene.days, dtype=np.int64)
    stops = sorted(
        (
            (stop.start, day.day - 1, number, stop, team)
            for day in plan.days
            for number, team in enumerate(day.teams)
            for stop in team.stops
            if stop.job in jobs and 1 <= day.day <= scene.days
        ),
        key=lambda one: one[:3],
    )
    numbers: dict[tuple[int, int], int] = {}
    for _, day, team_number, stop, team in stops:
        if (day, team_number) not in numbers and free_team[day] < state.filled.shape[1]:
            numbers[day, team_number] = int(free_team[day])
            free_team[day] += 1
            _gather(scene, state, day, numbers[day, team_number], team)
        if (day, team_number) in numbers:
            _place(scene, state, day, numbers[day, team_number], jobs[stop.job], stop)
    for (day, _), number in sorted(numbers.items(), reverse=True):
        shrink(scene.facts, state, day, number, 0)
    order = tuple(sorted(range(len(scene.grades)), key=lambda grade: -scene.weights[grade]))
    complete(scene, state, copies_for(state), new_desk(scene.facts, 0), order, 0.0, draw)
    return state


def _gather(scene: Scene, state: State, day: int, team: int, members: Team) -> None:
    numbers = {worker.id: number for number, worker in enumerate(scene.problem.workers)}
    for one in members.workers:
        if one in numbers and state.team_of[day, numbers[one]] == FREE:
            join(scene.facts, state, day, team, numbers[one])
    state.top[day] = max(state.top[day], team + 1)


def _place(scene: Scene, state: State, day: int, team: int, job: int, stop: TeamStop) -> None:
    facts = scene.facts
    count = int(state.filled[day, team])
    opens = day * facts.day_ticks
    if count:
        last = int(state.jobs[day, team, count - 1])
        opens = max(opens, int(state.start[last] + facts.ticks[last]))
    before = facts.before[facts.before_at[job] : facts.before_at[job + 1]]
    ready = all(state.day[one] >= 0 and state.start[one] + facts.ticks[one] <= stop.start for one in before)
    fits = opens <= stop.start and stop.start + facts.ticks[job] <= (day + 1) * facts.day_ticks
    if state.day[job] == OUT and ready and fits and covered(facts, state, job, day, team):
        put(facts, state, job, day, team, count, stop.start)
