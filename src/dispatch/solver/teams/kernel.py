"""Ruin and recreate against deadlines: until every job has a place before its deadline, or the steps are used up.

After Christiaens & Vanden Berghe (2020), whose way of saving a vehicle this is: what finds no place stays out, at a price
that rises as long as it does.
"""

from __future__ import annotations

import math

import numpy as np

from dispatch.solver.jit import jit
from dispatch.solver.teams.chance import chance, one_of
from dispatch.solver.teams.compiled import Facts, Ints
from dispatch.solver.teams.desk import BLINK, IDLE, LATE, NOISE, SOON, THRIFT, Desk
from dispatch.solver.teams.place import insert
from dispatch.solver.teams.ruin import hand_out, ruin, take_out
from dispatch.solver.teams.state import HANDED, OUT, Copies, State, settle

TRIED_MAX = 60
"""Jobs tried at most by one recreate."""


@jit
def fill(facts: Facts, state: State, copies: Copies, desk: Desk, order: Ints) -> int:
    """Plan the jobs of ``order`` one after the other, each at its cheapest place or with a contractor; how many stay out."""
    left = 0
    for job in order:
        if state.day[job] == OUT and not insert(facts, state, copies, desk, job) and not hand_out(facts, state, job):
            left += 1
    return left


@jit
def search(facts: Facts, state: State, copies: Copies, desk: Desk, steps: int, heat: float) -> int:
    """Ruin and recreate ``state``, up to ``steps`` times, until nothing is out; how many steps were left, -1 if none.

    Jobs with an ``out_price`` of zero may stay out. ``heat``: how much dearer a new state may be, in mean out-prices.
    """
    price = _price(facts, state, desk)
    for step in range(steps):
        seed_job = _seed(state, desk)
        if seed_job < 0:
            return steps - step
        _turn_knobs(desk)
        ruin(facts, state, copies, desk, seed_job)
        fill(facts, state, copies, desk, _order(facts, state, desk))
        new = _price(facts, state, desk)
        if new <= price - heat * math.log(1.0 - chance(desk.seed)):
            settle(state, copies, True)
            price = new
        else:
            settle(state, copies, False)
        if step % 64 == 63:
            price += _raise_prices(state, desk)
    return -1


@jit
def _price(facts: Facts, state: State, desk: Desk) -> float:
    """Out-prices of all that is out; less, a little, for work that contractors do."""
    price = 0.0
    for job in range(len(state.day)):
        if state.day[job] == OUT:
            price += desk.out_price[job]
        elif state.day[job] == HANDED:
            price -= 1e-6 * facts.work[job]
    return price


@jit
def _raise_prices(state: State, desk: Desk) -> float:
    """What is out now is dearer from now on; by how much in all."""
    added = 0.0
    for job in range(len(state.day)):
        if state.day[job] == OUT and desk.out_price[job] > 0:
            desk.out_price[job] += 0.05
            added += 0.05
    return added


@jit
def _seed(state: State, desk: Desk) -> int:
    """A job that must not stay out; -1 if there is none."""
    count = 0
    for job in range(len(state.day)):
        if state.day[job] == OUT and desk.out_price[job] > 0:
            desk.marks[count] = job
            count += 1
    return desk.marks[one_of(desk.seed, count)] if count > 0 else -1


@jit
def _turn_knobs(desk: Desk) -> None:
    knobs, seed = desk.knobs, desk.seed
    knobs[IDLE] = 0.6 * chance(seed)
    kind = chance(seed)
    knobs[LATE] = 0.0 if kind < 0.6 else (20.0 * chance(seed) if kind < 0.8 else -20.0 * chance(seed))
    knobs[NOISE] = 0.5 * chance(seed)
    knobs[BLINK] = 0.02
    knobs[THRIFT] = 2.0 * chance(seed)
    knobs[SOON] = 0.05


@jit
def _order(facts: Facts, state: State, desk: Desk) -> Ints:
    """The jobs that are out, in one of several orders with some chance in it; `TRIED_MAX` of them at most."""
    kind, count = one_of(desk.seed, 5), 0
    for job in range(len(state.day)):
        if state.day[job] != OUT:
            continue
        key = 0.2 + chance(desk.seed)
        if kind == 1:
            key *= facts.work[job]
        elif kind == 2:
            key = 0.3 * key + 1e3 * (1.0 - desk.deadline[job] / (len(state.top) * facts.day_ticks))
        elif kind == 3:
            key *= desk.out_price[job]
        elif kind == 4:
            key *= facts.people[job]
        desk.order[count] = job
        desk.key[count] = -key
        count += 1
    chosen = desk.order[:count][np.argsort(desk.key[:count])]
    return chosen[:TRIED_MAX]


@jit
def drop_late(facts: Facts, state: State, copies: Copies, desk: Desk) -> None:
    """Take out every job that ends after its deadline."""
    for job in range(len(state.day)):
        if state.day[job] >= 0 and state.start[job] + facts.ticks[job] > desk.deadline[job]:
            take_out(facts, state, copies, desk, job)
    settle(state, copies, True)


@jit
def draw_together(facts: Facts, state: State, copies: Copies) -> None:
    """Every job as early as its team and its predecessors let it, order and days kept."""
    order = np.argsort(state.start)
    free_from = np.zeros(state.count.shape, dtype=np.int64)
    for job in order:
        if state.day[job] < 0:
            continue
        day, team = state.day[job], state.team[job]
        start = max(free_from[day, team], day * facts.day_ticks)
        for at in range(facts.before_at[job], facts.before_at[job + 1]):
            other = facts.before[at]
            if state.day[other] >= 0:
                start = max(start, state.start[other] + facts.ticks[other])
        state.start[job] = start
        free_from[day, team] = start + facts.ticks[job]
    settle(state, copies, True)


@jit
def set_deadlines(facts: Facts, desk: Desk, by_grade: Ints, order: Ints) -> None:
    """Each job's deadline: its grade's, and early enough for all that comes after it. ``order``: successors last."""
    for at in range(len(order) - 1, -1, -1):
        job = order[at]
        closes = by_grade[facts.grade[job]]
        for place in range(facts.after_at[job], facts.after_at[job + 1]):
            closes = min(closes, latest_start(facts, desk, facts.after[place]))
        desk.deadline[job] = closes


@jit
def latest_start(facts: Facts, desk: Desk, job: int) -> int:
    """The latest moment at which ``job`` can start within one day and meet its deadline."""
    closes = desk.deadline[job]
    within = closes % facts.day_ticks
    if 0 < within < facts.ticks[job]:
        closes -= within
    return int(closes - facts.ticks[job])
