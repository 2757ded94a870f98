"""Ruin and recreate: some visits are taken out, and what promises then lack is put in where it is cheapest.

After Schrimpf et al. (2000), with blinks after Christiaens & Vanden Berghe (2020). Machine code.
"""

from __future__ import annotations

import math

from dispatch.solver.contracts.change import (
    best_told,
    gain,
    has_room,
    is_spaced,
    may_be_new,
    own_price,
    put,
    take,
    tree_with,
    undo,
)
from dispatch.solver.contracts.facts import BROKEN, NEAR, Facts, Ints
from dispatch.solver.contracts.state import Desk, State
from dispatch.solver.jit import compiled, entry
from dispatch.solver.search.draw import below, uniform

BLINK = 0.02
"""How often a place is overlooked."""

MANY = 12
"""Visits taken out at most by one ruin."""


@compiled
def best_place(facts: Facts, state: State, desk: Desk, row: int, blink: float) -> float:
    """The cheapest kind, day and helper for a visit that counts for ``row``, in `Desk.place`, and what it costs."""
    contract = facts.row_contract[row]
    best = 0.0
    desk.place[0] = -1
    for kind in range(facts.counts.shape[0]):
        if not facts.counts[kind, facts.row_kind[row]]:
            continue
        for day in range(facts.row_first[row], facts.row_last[row] + 1):
            if not may_be_new(facts, contract, kind, day) or not is_spaced(facts, state, contract, kind, day):
                continue
            saved = gain(facts, state, contract, kind, day, True)
            for helper in range(facts.room.shape[0]):
                if not has_room(facts, state, contract, kind, day, helper):
                    continue
                told = best_told(facts, state, contract, kind, day, helper)
                price = own_price(facts, state, contract, kind, day, helper, told) - saved
                if price >= best or (blink > 0.0 and uniform(desk.seed) < blink):
                    continue
                way = tree_with(facts, state, desk, helper, day, contract) - state.tree[helper, day]
                price += facts.weights[NEAR] * way
                if price < best:
                    best = price
                    desk.place[0], desk.place[1], desk.place[2] = kind, day, helper
    return best


@compiled
def fill(facts: Facts, state: State, desk: Desk, contract: int, blink: float) -> None:
    """Put in visits of the contract as long as they save more than they cost."""
    for row in range(facts.row_of[contract], facts.row_of[contract + 1]):
        while state.have[row] < facts.row_need[row]:
            if best_place(facts, state, desk, row, blink) >= 0.0:
                break
            kind, day, helper = desk.place[0], desk.place[1], desk.place[2]
            told = best_told(facts, state, contract, kind, day, helper)
            put(facts, state, desk, contract, kind, day, helper, told, 0)


@compiled
def prune(facts: Facts, state: State, desk: Desk, contract: int) -> None:
    """Take out visits of the contract that keep no promise whole."""
    place = 0
    while place < state.of_contract[contract]:
        visit = state.by_contract[contract, place]
        place += 1
        if state.fixed[visit] == 1:
            continue
        kind, day, helper, told = state.kind[visit], state.day[visit], state.helper[visit], state.told[visit]
        take(facts, state, desk, visit)
        if gain(facts, state, contract, kind, day, False) >= facts.weights[BROKEN]:
            put(facts, state, desk, contract, kind, day, helper, told, 0)
        else:
            place = 0


@entry
def fill_all(facts: Facts, state: State, desk: Desk, order: Ints) -> None:
    """`fill` contract by contract."""
    for place in range(len(order)):
        fill(facts, state, desk, order[place], 0.0)
    desk.logged[0] = 0


@entry
def lay(facts: Facts, state: State, desk: Desk, rows: Ints, laid: Ints) -> None:
    """Put in visits as they are (contract, kind, day, helper, told, fixed), in order, those that can be; 1 in ``laid``.

    Where ``told`` is -1 the visit carries on what `best_told` says.
    """
    for place in range(len(rows)):
        contract, kind, day, helper = rows[place, 0], rows[place, 1], rows[place, 2], rows[place, 3]
        told, fixed = rows[place, 4], rows[place, 5]
        if told >= 0 and state.told_by[told] >= 0:
            continue
        if not (facts.open[contract, day] if told >= 0 else may_be_new(facts, contract, kind, day)):
            continue
        if not has_room(facts, state, contract, kind, day, helper):
            continue
        if not is_spaced(facts, state, contract, kind, day):
            continue
        if told < 0:
            told = best_told(facts, state, contract, kind, day, helper)
        put(facts, state, desk, contract, kind, day, helper, told, fixed)
        laid[place] = 1
    desk.logged[0] = 0


@entry
def search(facts: Facts, state: State, desk: Desk, rounds: int, heat: float, whole: bool, best: Ints) -> float:
    """``rounds`` of ruin and recreate, each kept if it is no dearer than ``heat`` (minutes) allows; the least cost.

    With ``whole`` a promise that cannot be kept whole gets no visits.
    ``best`` gets the visits that cost it, a row each (contract, `FREE` for none, kind, day, helper, told, fixed).
    """
    least = state.cost[0]
    note(state, best)
    for _ in range(rounds):
        desk.logged[0] = 0
        before = state.cost[0]
        _ruin(facts, state, desk)
        for place in range(desk.queued[0]):
            other = place + below(desk.seed, desk.queued[0] - place)
            desk.queue[place], desk.queue[other] = desk.queue[other], desk.queue[place]
            fill(facts, state, desk, desk.queue[place], BLINK)
            if whole:
                prune(facts, state, desk, desk.queue[place])
        if state.cost[0] > before - heat * math.log(1.0 - uniform(desk.seed)):
            undo(facts, state, desk)
            state.cost[0] = before
        elif state.cost[0] < least - 1e-6:
            least = state.cost[0]
            note(state, best)
    desk.logged[0] = 0
    return float(least)


@compiled
def note(state: State, best: Ints) -> None:
    """Write down the visits."""
    for visit in range(len(state.contract)):
        best[visit, 0] = state.contract[visit]
        best[visit, 1], best[visit, 2] = state.kind[visit], state.day[visit]
        best[visit, 3], best[visit, 4] = state.helper[visit], state.told[visit]
        best[visit, 5] = state.fixed[visit]


@compiled
def _queue(desk: Desk, contract: int) -> None:
    for place in range(desk.queued[0]):
        if desk.queue[place] == contract:
            return
    desk.queue[desk.queued[0]] = contract
    desk.queued[0] += 1


@compiled
def _take_day(facts: Facts, state: State, desk: Desk, helper: int, day: int, left: int) -> int:
    """Take out what can be of the helper's day, up to ``left`` visits; how many may still be."""
    place = 0
    while left > 0 and place < state.on_day[helper, day]:
        visit = state.by_day[helper, day, place]
        if state.fixed[visit] == 1:
            place += 1
            continue
        _queue(desk, state.contract[visit])
        take(facts, state, desk, visit)
        left -= 1
    return left


@compiled
def _take_contract(facts: Facts, state: State, desk: Desk, contract: int, first: int, last: int) -> None:
    """Take out the visits of the contract from ``first`` to ``last``."""
    _queue(desk, contract)
    place = 0
    while place < state.of_contract[contract]:
        visit = state.by_contract[contract, place]
        if state.fixed[visit] == 1 or not first <= state.day[visit] <= last:
            place += 1
            continue
        take(facts, state, desk, visit)


@compiled
def _ruin(facts: Facts, state: State, desk: Desk) -> None:
    """Take out visits that have to do with each other, round one drawn by chance or a promise not kept."""
    desk.queued[0] = 0
    rows = len(facts.row_need)
    row = below(desk.seed, rows)
    for _ in range(8):
        if state.have[row] < facts.row_need[row]:
            break
        row = below(desk.seed, rows)
    contract = facts.row_contract[row]
    first, last = facts.row_first[row], facts.row_last[row]
    days = last - first + 1
    how = uniform(desk.seed)
    if state.have[row] < facts.row_need[row] or how < 0.25:
        _queue(desk, contract)
        helper = _some_helper(facts, state, desk, contract)
        if helper < 0:
            return
        left = 1 + below(desk.seed, MANY)
        for _ in range(1 + below(desk.seed, 4)):
            left = _take_day(facts, state, desk, helper, first + below(desk.seed, days), left)
        if how < 0.1:
            _take_contract(facts, state, desk, contract, first, last)
        return
    _take_contract(facts, state, desk, contract, first, last)
    helper = _some_helper(facts, state, desk, contract)
    if how < 0.6:
        _take_near(facts, state, desk, contract, first, last)
    elif helper >= 0:
        _take_day(facts, state, desk, helper, first + below(desk.seed, days), MANY)


@compiled
def _take_near(facts: Facts, state: State, desk: Desk, contract: int, first: int, last: int) -> None:
    """Take out the visits of a few contracts near this one: of several drawn, the nearest each time."""
    if len(facts.mode) == 0:
        return
    for _ in range(1 + below(desk.seed, 3)):
        best, least = contract, 1e18
        for _ in range(8):
            other = below(desk.seed, len(facts.spot))
            way = facts.ways[facts.mode[0], facts.spot[contract], facts.spot[other]] * (0.5 + uniform(desk.seed))
            if other != contract and way < least:
                best, least = other, way
        _take_contract(facts, state, desk, best, first, last)


@compiled
def _some_helper(facts: Facts, state: State, desk: Desk, contract: int) -> int:
    """Somebody who visits the contract, else somebody who may; -1 if nobody."""
    if state.of_contract[contract] > 0 and uniform(desk.seed) < 0.7:
        return int(state.helper[state.by_contract[contract, below(desk.seed, state.of_contract[contract])]])
    helpers = facts.room.shape[0]
    if helpers == 0:
        return -1
    start = below(desk.seed, helpers)
    for step in range(helpers):
        helper = (start + step) % helpers
        if facts.may[contract, helper]:
            return int(helper)
    return -1
