"""What is taken out of a plan before it is made whole again, some other way."""

from __future__ import annotations

import numpy as np

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.search.draw import below, uniform
from dispatch.solver.search.sorting import least_first
from dispatch.solver.teams.desk import Desk
from dispatch.solver.teams.facts import Facts
from dispatch.solver.teams.state import HANDED, OUT, Copies, State, shrink, take, touch

JOBS_MAX = 24
"""Jobs taken out at most by one ruin, give or take a team."""


@compiled
def ruin(facts: Facts, state: State, copies: Copies, desk: Desk, seed_job: int) -> None:
    """Take out some jobs: whole teams of one or two days round ``seed_job``, or single ones anywhere."""
    kind = uniform(desk.seed)
    if kind < 0.8:
        day = _day_for(facts, state, desk, seed_job)
        _teams_of(facts, state, copies, desk, seed_job, day, 1 + below(desk.seed, 3))
        if kind < 0.15:
            other = _day_for(facts, state, desk, seed_job)
            _teams_of(facts, state, copies, desk, seed_job, other, 1 + below(desk.seed, 2))
    elif kind < 0.9:
        _waiting(facts, state, copies, desk, seed_job)
    elif kind < 0.95:
        _single(facts, state, copies, desk, 1 + below(desk.seed, 6))
    else:
        _alike(facts, state, copies, desk, seed_job, 2 + below(desk.seed, 6))
    if state.numbers[0] > 0 and uniform(desk.seed) < 0.1:
        call_back(facts, state, desk, 1 + below(desk.seed, 3))


@compiled
def take_out(facts: Facts, state: State, copies: Copies, desk: Desk, job: int) -> None:
    """Take out a planned job, and let go the members only it needed."""
    day, team = state.day[job], state.team[job]
    touch(state, copies, day)
    take(facts, state, job)
    shrink(facts, state, day, team, below(desk.seed, len(facts.value)))


@compiled
def clear_team(facts: Facts, state: State, copies: Copies, day: int, team: int) -> int:
    """Take out all jobs of a team, and with them the team; how many they were."""
    touch(state, copies, day)
    count = int(state.filled[day, team])
    for _ in range(count):
        take(facts, state, state.jobs[day, team, state.filled[day, team] - 1])
    shrink(facts, state, day, team, 0)
    return count


@compiled
def _day_for(facts: Facts, state: State, desk: Desk, job: int) -> int:
    """A day on which ``job`` might be done."""
    first = facts.head[job] // facts.day_ticks
    last = min((desk.deadline[job] - 1) // facts.day_ticks, len(state.top) - 1)
    return int(min(first + below(desk.seed, max(1, last - first + 1)), len(state.top) - 1))


@compiled
def _teams_of(facts: Facts, state: State, copies: Copies, desk: Desk, job: int, day: int, teams: int) -> None:
    """Take out ``teams`` teams of ``day``, by chance, those likelier that hold more of the skills ``job`` needs."""
    top = state.top[day]
    key, teams_there = desk.key, 0
    for team in range(top):
        if state.filled[day, team] > 0:
            held, asked = 0.0, 1.0
            for at in range(facts.need_at[job], facts.need_at[job + 1]):
                asked += facts.need_people[at]
                held += min(state.supply[day, team, facts.need_dim[at]], facts.need_people[at])
            key[team] = uniform(desk.seed) - 0.3 * held / asked
            desk.marks[teams_there] = team
            teams_there += 1
    least_first(key, desk.marks, teams_there, teams)
    removed = 0
    for place in range(min(teams, teams_there)):
        if removed < JOBS_MAX:
            removed += clear_team(facts, state, copies, day, desk.marks[place])


@compiled
def _single(facts: Facts, state: State, copies: Copies, desk: Desk, jobs: int) -> None:
    """Take out up to ``jobs`` jobs, any."""
    for _ in range(jobs):
        job = below(desk.seed, len(facts.ticks))
        if state.day[job] >= 0:
            take_out(facts, state, copies, desk, job)


@compiled
def _waiting(facts: Facts, state: State, copies: Copies, desk: Desk, seed_job: int) -> None:
    """Take out jobs of one day that could as well be done after the end aimed at, and a team round ``seed_job``."""
    day = _day_for(facts, state, desk, seed_job)
    removed = 0
    for job in range(len(facts.ticks)):
        can_wait = state.day[job] == day and desk.deadline[job] > desk.aim[0]
        if can_wait and removed < JOBS_MAX and uniform(desk.seed) < 0.7:
            take_out(facts, state, copies, desk, job)
            removed += 1
    _teams_of(facts, state, copies, desk, seed_job, day, 1)


@compiled
def _alike(facts: Facts, state: State, copies: Copies, desk: Desk, seed_job: int, jobs: int) -> None:
    """Take out up to ``jobs`` jobs that need a skill ``seed_job`` needs."""
    count = len(facts.ticks)
    offset = below(desk.seed, count)
    removed = 0
    for step in range(count):
        job = (offset + step) % count
        if state.day[job] < 0:
            continue
        shared = False
        for word in range(facts.need_bits.shape[1]):
            shared = shared or (facts.need_bits[job, word] & facts.need_bits[seed_job, word]) != np.uint64(0)
        if shared and uniform(desk.seed) < 0.5:
            take_out(facts, state, copies, desk, job)
            removed += 1
            if removed >= jobs:
                return


@compiled
def call_back(facts: Facts, state: State, desk: Desk, jobs: int) -> None:
    """Up to ``jobs`` jobs handed out are ours again, and what of theirs must come before."""
    count = len(facts.ticks)
    for _ in range(jobs):
        offset = below(desk.seed, count)
        for step in range(count):
            job = (offset + step) % count
            if state.day[job] != HANDED:
                continue
            _ours_again(facts, state, job)
            for at in range(facts.all_before_at[job], facts.all_before_at[job + 1]):
                other = facts.all_before[at]
                if state.day[other] == HANDED:
                    _ours_again(facts, state, other)
            break


@inlined
def _ours_again(facts: Facts, state: State, job: int) -> None:
    state.day[job] = OUT
    state.numbers[0] -= facts.price[job]


@entry
def hand_out(facts: Facts, state: State, job: int) -> bool:
    """Give ``job``, which is out, and all that follows it to a contractor, if none of that is planned and the budget
    allows. What was put aside and follows it goes along, and is paid for too.
    """
    if facts.price[job] < 0:
        return False
    price = facts.price[job]
    for at in range(facts.all_after_at[job], facts.all_after_at[job + 1]):
        other = facts.all_after[at]
        if state.day[other] >= 0 or facts.price[other] < 0:
            return False
        if state.day[other] != HANDED:
            price += facts.price[other]
    if state.numbers[0] + price > facts.budget:
        return False
    state.numbers[0] += price
    state.day[job] = HANDED
    for at in range(facts.all_after_at[job], facts.all_after_at[job + 1]):
        state.day[facts.all_after[at]] = HANDED
    return True
