"""Which free workers a team takes on so that it can do one more job."""

from __future__ import annotations

import numpy as np

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.search.draw import uniform
from dispatch.solver.teams.desk import THRIFT, Desk
from dispatch.solver.teams.facts import Facts
from dispatch.solver.teams.state import FREE, State

CALLED = -3
"""In `State.team_of`, while one is asked: spoken for."""


@entry
def covered(facts: Facts, state: State, job: int, day: int, team: int) -> bool:
    """Whether the members have the skills for ``job`` as they are."""
    for at in range(facts.need_at[job], facts.need_at[job + 1]):
        if state.supply[day, team, facts.need_dim[at]] < facts.need_people[at]:
            return False
    return bool(state.size[day, team] > 0)


@inlined
def coverable(facts: Facts, state: State, job: int, day: int, team: int) -> bool:
    """Whether the members and all who are free have the skills for ``job`` together; ``team`` -1: the free alone."""
    for at in range(facts.need_at[job], facts.need_at[job + 1]):
        dim = facts.need_dim[at]
        there = state.free_supply[day, dim]
        if team >= 0:
            there += state.supply[day, team, dim]
        if there < facts.need_people[at]:
            return False
    return True


@compiled
def recruit(facts: Facts, state: State, desk: Desk, job: int, day: int, team: int, most: int) -> int:
    """How many free workers the team takes on for ``job``, listed in `Desk.recruits`; -1 if it would be over ``most``.

    One by one whoever meets most of what is short, sought-after ones last; then those go whom others make needless.
    """
    missing = _write_short(facts, state, desk, job, day, team)
    taken = 0
    while missing > 0 or (taken == 0 and team < 0):
        best = -1 if taken > most else _next(facts, state, desk, day, missing > 0)
        if best < 0:
            _give_back(state, desk, day, taken)
            return -1
        state.team_of[day, best] = CALLED
        desk.recruits[taken] = best
        taken += 1
        missing -= _count_in(facts, desk, job, best, 1)
    _give_back(state, desk, day, taken)
    kept = _without_needless(facts, desk, job, taken, team < 0)
    return kept if kept <= most else -1


@compiled
def _write_short(facts: Facts, state: State, desk: Desk, job: int, day: int, team: int) -> int:
    """Note how many people each need of ``job`` is short of; the number of needs that are."""
    for word in range(len(desk.short_bits)):
        desk.short_bits[word] = np.uint64(0)
    missing = 0
    for at in range(facts.need_at[job], facts.need_at[job + 1]):
        dim = facts.need_dim[at]
        desk.short[at] = facts.need_people[at]
        if team >= 0:
            desk.short[at] -= state.supply[day, team, dim]
        if desk.short[at] > 0:
            missing += 1
            desk.short_bits[dim >> 6] |= np.uint64(1) << np.uint64(dim & 63)
    return missing


@compiled
def _next(facts: Facts, state: State, desk: Desk, day: int, must_gain: bool) -> int:
    best_score, best = -1e18, -1
    for worker in range(len(facts.value)):
        if state.team_of[day, worker] != FREE:
            continue
        gain = 0
        for word in range(len(desk.short_bits)):
            gain += _ones(desk.short_bits[word] & facts.held_bits[worker, word])
        if gain > 0 or not must_gain:
            score = gain - desk.knobs[THRIFT] * facts.value[worker] + 0.5 * uniform(desk.seed)
            if score > best_score:
                best_score, best = score, worker
    return best


@inlined
def _ones(word: np.uint64) -> int:
    """The number of bits set (Wegner's sums in parallel, as in Warren, Hacker's Delight, 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _count_in(facts: Facts, desk: Desk, job: int, worker: int, people: int) -> int:
    """Take ``worker`` off what is short (``people`` 1) or put them back on (-1); by how many fewer needs are short."""
    met = 0
    for at in range(facts.need_at[job], facts.need_at[job + 1]):
        dim = facts.need_dim[at]
        if (facts.held_bits[worker, dim >> 6] >> np.uint64(dim & 63)) & np.uint64(1):
            desk.short[at] -= people
            if desk.short[at] == 0 and people > 0:
                met += 1
                desk.short_bits[dim >> 6] &= ~(np.uint64(1) << np.uint64(dim & 63))
    return met


@inlined
def _give_back(state: State, desk: Desk, day: int, taken: int) -> None:
    for at in range(taken):
        state.team_of[day, desk.recruits[at]] = FREE


@compiled
def _without_needless(facts: Facts, desk: Desk, job: int, taken: int, must_be_one: bool) -> int:
    """Drop the recruits, first ones first, without whom nothing gets short; how many stay."""
    kept = 0
    for at in range(taken):
        worker = desk.recruits[at]
        alone = must_be_one and kept == 0 and at == taken - 1
        _count_in(facts, desk, job, worker, -1)
        needed = alone
        for need in range(facts.need_at[job], facts.need_at[job + 1]):
            needed = needed or desk.short[need] > 0
        if needed:
            _count_in(facts, desk, job, worker, 1)
            desk.recruits[kept] = worker
            kept += 1
    return kept
