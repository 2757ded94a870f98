"""Who is in which team on which day, and what the teams do; the steps that change it, and how to take them back.

Teams are numbered within a day; a number without a job is free to be used anew. A team is as large as its jobs ask: who
is no longer needed goes back among the free of that day. What is about to change is first copied, day by day.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.teams.facts import Facts, Ints

OUT = -1
"""In `State.day`: planned nowhere."""
HANDED = -2
"""In `State.day`: handed to a contractor."""
SHELVED = -3
"""In `State.day`: cannot be done at all, or comes after what cannot."""
FREE = -1
"""In `State.team_of`: there, in no team."""
AWAY = -2
"""In `State.team_of`: absent."""


class State(NamedTuple):
    """A plan being searched. ``[d, t]`` is team ``t`` of day ``d``, both from 0; times are absolute.

    ``filled`` jobs, of ``load`` ticks in all, stand in ``jobs`` in order of time; ``supply`` and ``free_supply`` count
    members and free workers by dimension; ``top`` is one more than the highest team number used on a day.
    ``numbers`` holds what is spent of the budget; ``asked`` is a note of `shrink`.
    """

    filled: Ints
    load: Ints
    size: Ints
    jobs: Ints
    supply: Ints
    top: Ints
    team_of: Ints
    free_supply: Ints
    day: Ints
    team: Ints
    start: Ints
    numbers: Ints
    asked: Ints


class Copies(NamedTuple):
    """The days that were changed, as they were: ``touched`` says which, ``old`` how they were."""

    touched: Ints
    old: State


def empty_state(facts: Facts, days: int) -> State:
    """Nothing planned on ``days`` days."""
    workers, jobs = facts.available.shape[1], len(facts.ticks)
    dims = max(1, int(facts.need_dim.max(initial=-1)) + 1)
    deep = max(1, facts.day_ticks // max(1, int(facts.ticks.min(initial=facts.day_ticks))))
    deep, teams = min(deep, max(jobs, 1)), max(1, min(workers, jobs))
    free_supply = np.zeros((days, dims), dtype=np.int64)
    for worker in range(workers):
        dims_held = facts.held[facts.held_at[worker] : facts.held_at[worker + 1]]
        free_supply[:, dims_held] += facts.available[:days, worker : worker + 1]
    return State(
        np.zeros((days, teams), dtype=np.int64),
        np.zeros((days, teams), dtype=np.int64),
        np.zeros((days, teams), dtype=np.int64),
        np.zeros((days, teams, deep), dtype=np.int64),
        np.zeros((days, teams, dims), dtype=np.int64),
        np.zeros(days, dtype=np.int64),
        np.where(facts.available[:days] > 0, FREE, AWAY).astype(np.int64),
        free_supply,
        np.full(jobs, OUT, dtype=np.int64),
        np.zeros(jobs, dtype=np.int64),
        np.zeros(jobs, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(dims, dtype=np.int64),
    )


def copy_of(state: State) -> State:
    """The same plan in arrays of its own."""
    return State(*(array.copy() for array in state))


def copies_for(state: State) -> Copies:
    """Room for the copies of the days of ``state``."""
    return Copies(np.zeros(len(state.top), dtype=np.int64), copy_of(state))


def assign(into: State, source: State) -> None:
    """Make ``into`` the same plan as ``source``."""
    for array, other in zip(into, source, strict=True):
        array[...] = other


@compiled
def touch(state: State, copies: Copies, day: int) -> None:
    """Keep ``day`` as it is, if that was not done since the last `settle`."""
    if copies.touched[day]:
        return
    copies.touched[day] = 1
    _copy_day(copies.old, state, day, state.top[day])


@compiled
def _copy_day(into: State, source: State, day: int, teams: int) -> None:
    into.top[day] = source.top[day]
    for team in range(teams):
        into.filled[day, team] = source.filled[day, team]
        into.load[day, team] = source.load[day, team]
        into.size[day, team] = source.size[day, team]
        for place in range(source.filled[day, team]):
            into.jobs[day, team, place] = source.jobs[day, team, place]
        for dim in range(source.supply.shape[2]):
            into.supply[day, team, dim] = source.supply[day, team, dim]
    for worker in range(source.team_of.shape[1]):
        into.team_of[day, worker] = source.team_of[day, worker]
    for dim in range(source.free_supply.shape[1]):
        into.free_supply[day, dim] = source.free_supply[day, dim]


@compiled
def settle(state: State, copies: Copies, keep: bool) -> None:
    """Accept what was changed since the last call (``keep``), or take all of it back."""
    kept = copies.old
    for day in range(len(state.top)):
        if copies.touched[day]:
            copies.touched[day] = 0
            if not keep:
                for team in range(kept.top[day], state.top[day]):
                    state.filled[day, team] = 0
                    state.load[day, team] = 0
                    state.size[day, team] = 0
                    for dim in range(state.supply.shape[2]):
                        state.supply[day, team, dim] = 0
                _copy_day(state, kept, day, kept.top[day])
    source, into = (state, kept) if keep else (kept, state)
    for job in range(len(state.day)):
        into.day[job] = source.day[job]
        into.team[job] = source.team[job]
        into.start[job] = source.start[job]
    into.numbers[0] = source.numbers[0]


@entry
def join(facts: Facts, state: State, day: int, team: int, worker: int) -> None:
    """A free worker becomes a member."""
    state.team_of[day, worker] = team
    state.size[day, team] += 1
    for at in range(facts.held_at[worker], facts.held_at[worker + 1]):
        state.supply[day, team, facts.held[at]] += 1
        state.free_supply[day, facts.held[at]] -= 1


@inlined
def leave(facts: Facts, state: State, day: int, team: int, worker: int) -> None:
    """A member becomes free."""
    state.team_of[day, worker] = FREE
    state.size[day, team] -= 1
    for at in range(facts.held_at[worker], facts.held_at[worker + 1]):
        state.supply[day, team, facts.held[at]] -= 1
        state.free_supply[day, facts.held[at]] += 1


@entry
def put(facts: Facts, state: State, job: int, day: int, team: int, place: int, start: int) -> None:
    """``job`` becomes the one at ``place`` of the team; those after it start later where they must."""
    count = state.filled[day, team]
    for at in range(count, place, -1):
        state.jobs[day, team, at] = state.jobs[day, team, at - 1]
    state.jobs[day, team, place] = job
    state.filled[day, team] = count + 1
    state.load[day, team] += facts.ticks[job]
    state.top[day] = max(state.top[day], team + 1)
    state.day[job] = day
    state.team[job] = team
    state.start[job] = start
    end = start + facts.ticks[job]
    for at in range(place + 1, count + 1):
        later = state.jobs[day, team, at]
        if state.start[later] >= end:
            break
        state.start[later] = end
        end += facts.ticks[later]


@compiled
def take(facts: Facts, state: State, job: int) -> None:
    """``job`` leaves its team and is out; the team keeps its members until `shrink`."""
    day, team = state.day[job], state.team[job]
    count = state.filled[day, team] - 1
    found = False
    for at in range(count):
        found = found or state.jobs[day, team, at] == job
        if found:
            state.jobs[day, team, at] = state.jobs[day, team, at + 1]
    state.filled[day, team] = count
    state.load[day, team] -= facts.ticks[job]
    state.day[job] = OUT


@entry
def shrink(facts: Facts, state: State, day: int, team: int, from_worker: int) -> None:
    """Free the members without whom every job of the team still has its people; asked in turn from ``from_worker``."""
    workers = len(facts.value)
    asked = state.asked
    for dim in range(len(asked)):
        asked[dim] = 0
    for place in range(state.filled[day, team]):
        job = state.jobs[day, team, place]
        for at in range(facts.need_at[job], facts.need_at[job + 1]):
            dim = facts.need_dim[at]
            asked[dim] = max(asked[dim], facts.need_people[at])
    least = 1 if state.filled[day, team] > 0 else 0
    for offset in range(workers):
        worker = (from_worker + offset) % workers
        if state.size[day, team] <= least:
            break
        if state.team_of[day, worker] != team:
            continue
        needed = False
        for at in range(facts.held_at[worker], facts.held_at[worker + 1]):
            dim = facts.held[at]
            if state.supply[day, team, dim] <= asked[dim] and asked[dim] > 0:
                needed = True
                break
        if not needed:
            leave(facts, state, day, team, worker)
    while state.top[day] > 0 and state.filled[day, state.top[day] - 1] == 0:
        state.top[day] -= 1
