"""Ruin and recreate against deadlines: until every job has a place before its deadline, or the steps are used up.

After the way in which Christiaens & Vanden Berghe (2020) save a vehicle: what finds no place stays out, at a price that
rises as long as it does.
"""

from __future__ import annotations

import math

from dispatch.solver.jit import compiled, entry
from dispatch.solver.search.draw import below, uniform
from dispatch.solver.search.sorting import sort_by
from dispatch.solver.teams.desk import BLINK, IDLE, LATE, NOISE, PRESS, SOON, THRIFT, Desk
from dispatch.solver.teams.facts import Facts, Ints
from dispatch.solver.teams.place import insert, window
from dispatch.solver.teams.ruin import hand_out, ruin, take_out
from dispatch.solver.teams.state import HANDED, OUT, Copies, State, settle

TRIED_MAX = 60
"""Jobs tried at most by one recreate."""


@entry
def fill(facts: Facts, state: State, copies: Copies, desk: Desk, count: int) -> None:
    """Plan the first ``count`` jobs of `Desk.order` one by one, each where it is cheapest, else with a contractor."""
    for place in range(count):
        job = desk.order[place]
        if state.day[job] == OUT and not insert(facts, state, copies, desk, job):
            hand_out(facts, state, job)


@entry
def search(facts: Facts, state: State, copies: Copies, desk: Desk, steps: int, heat: float) -> int:
    """Ruin and recreate ``state``, up to ``steps`` times, until nothing is out; how many steps were left, -1 if none.

    ``heat``: how much dearer a new state may be, in mean out-prices.
    """
    price = _price(facts, state, desk)
    for step in range(steps):
        seed_job = _seed(state, desk)
        if seed_job < 0:
            return steps - step
        _turn_knobs(desk)
        ruin(facts, state, copies, desk, seed_job)
        fill(facts, state, copies, desk, _list_out(facts, state, desk))
        new = _price(facts, state, desk)
        if new <= price - heat * math.log(1.0 - uniform(desk.seed)):
            settle(state, copies, True)
            price = new
        else:
            settle(state, copies, False)
        if step % 64 == 63:
            price += _raise_prices(state, desk)
    return -1


@compiled
def _price(facts: Facts, state: State, desk: Desk) -> float:
    """Out-prices of all that is out; less, a little, for work that contractors do."""
    price = 0.0
    for job in range(len(state.day)):
        if state.day[job] == OUT:
            price += desk.out_price[job]
        elif state.day[job] == HANDED:
            price -= 1e-6 * facts.work[job]
    return price


@compiled
def _raise_prices(state: State, desk: Desk) -> float:
    """What is out now is dearer from now on; by how much in all."""
    added = 0.0
    for job in range(len(state.day)):
        if state.day[job] == OUT:
            desk.out_price[job] += 0.05
            added += 0.05
    return added


@compiled
def _seed(state: State, desk: Desk) -> int:
    """A job that is out; -1 if there is none."""
    count = 0
    for job in range(len(state.day)):
        if state.day[job] == OUT:
            desk.marks[count] = job
            count += 1
    return desk.marks[below(desk.seed, count)] if count > 0 else -1


@compiled
def _turn_knobs(desk: Desk) -> None:
    """Draw anew what places are judged by."""
    knobs, seed = desk.knobs, desk.seed
    knobs[IDLE] = 0.6 * uniform(seed)
    kind = uniform(seed)
    knobs[LATE] = 0.0 if kind < 0.6 else (20.0 * uniform(seed) if kind < 0.8 else -20.0 * uniform(seed))
    knobs[NOISE] = 0.5 * uniform(seed)
    knobs[BLINK] = 0.02
    knobs[THRIFT] = 2.0 * uniform(seed)
    knobs[SOON] = 0.05
    knobs[PRESS] = 0.0 if uniform(seed) < 0.3 else uniform(seed)


@compiled
def _list_out(facts: Facts, state: State, desk: Desk) -> int:
    """Write to `Desk.order` the jobs that are out, in one of several orders with some chance; how many to try."""
    kind, count = below(desk.seed, 5), 0
    for job in range(len(state.day)):
        if state.day[job] != OUT:
            continue
        key = 0.2 + uniform(desk.seed)
        if kind == 1:
            key *= facts.work[job]
        elif kind == 2:
            key = 0.3 * key + 1e3 * (1.0 - desk.deadline[job] / (len(state.top) * facts.day_ticks))
        elif kind == 3:
            key *= desk.out_price[job]
        elif kind == 4:
            key *= facts.people[job]
        desk.order[count] = job
        desk.key[job] = -key
        count += 1
    sort_by(desk.key, desk.order, 0, count)
    return min(count, TRIED_MAX)


@entry
def drop_late(facts: Facts, state: State, copies: Copies, desk: Desk) -> None:
    """Take out every job that ends after its deadline."""
    for job in range(len(state.day)):
        if state.day[job] >= 0 and state.start[job] + facts.ticks[job] > desk.deadline[job]:
            take_out(facts, state, copies, desk, job)
    settle(state, copies, True)


@entry
def draw_together(facts: Facts, state: State, copies: Copies, desk: Desk) -> None:
    """Every job as early as its team and its predecessors let it; teams, days and orders kept."""
    planned = 0
    for job in range(len(state.day)):
        if state.day[job] >= 0:
            desk.order[planned] = job
            desk.key[job] = state.start[job]
            planned += 1
    sort_by(desk.key, desk.order, 0, planned)
    for place in range(planned):
        job = desk.order[place]
        day, team = state.day[job], state.team[job]
        start = max(day * facts.day_ticks, window(facts, state, desk.deadline, job)[0])
        for at in range(state.filled[day, team]):
            other = state.jobs[day, team, at]
            if other == job:
                break
            start = max(start, state.start[other] + facts.ticks[other])
        state.start[job] = start
    settle(state, copies, True)


@entry
def set_deadlines(facts: Facts, state: State, desk: Desk, by_grade: Ints, order: Ints, loose: bool) -> None:
    """Each job's deadline: its grade's, and early enough for all that comes after it and is not handed out.

    ``loose``: what might be handed out binds nothing before it either. ``order``: the jobs, successors last.
    """
    for at in range(len(order) - 1, -1, -1):
        job = order[at]
        closes = by_grade[facts.grade[job]]
        for place in range(facts.after_at[job], facts.after_at[job + 1]):
            other = facts.after[place]
            may_go = loose and 0 <= facts.price[other] <= facts.budget
            if state.day[other] != HANDED and not may_go:
                closes = min(closes, _latest_start(facts, desk, other))
        desk.deadline[job] = closes


@compiled
def _latest_start(facts: Facts, desk: Desk, job: int) -> int:
    """The latest moment at which ``job`` can start within one day and meet its deadline."""
    closes = desk.deadline[job]
    within = closes % facts.day_ticks
    if 0 < within < facts.ticks[job]:
        closes -= within
    return int(closes - facts.ticks[job])
