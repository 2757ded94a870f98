"""Visits being planned, and what follows from them: who is where on which day, what each promise is short of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solver.contracts.facts import BROKEN, CALLED_OFF, PACE, SHORT, Facts, Floats, Ints

FREE = -1


class State(NamedTuple):
    """A visit has ``contract`` (`FREE` where there is none), ``kind``, ``day``, ``helper``; ``told`` the told visit it
    carries on, or -1; ``fixed`` is 1 where it stays.

    ``spare`` is a stack of free places for visits, ``spares`` its height. ``by_contract`` and ``by_day`` list visits of
    a contract, and of a helper on a day, with their numbers in ``of_contract`` and ``on_day``. ``work`` is minutes of a
    helper's day, ways kept included, ``week_work`` those of visits in a week, ``tree`` the tree of a day. ``have``
    counts visits by row, ``short`` what a group lacks, ``held`` visits by helper and contract, ``holds`` contracts by
    helper, ``month_held`` and ``month_holds`` the same of the month of the first day, with what was made. ``told_by``
    is the visit that carries on a told one, or -1. ``cost`` holds the cost.
    """

    contract: Ints
    kind: Ints
    day: Ints
    helper: Ints
    told: Ints
    fixed: Ints
    spare: Ints
    spares: Ints
    by_contract: Ints
    of_contract: Ints
    by_day: Ints
    on_day: Ints
    work: Ints
    week_work: Ints
    tree: Ints
    have: Ints
    short: Ints
    held: Ints
    holds: Ints
    month_held: Ints
    month_holds: Ints
    told_by: Ints
    cost: Floats


class Desk(NamedTuple):
    """Notes of the search: chance, the last answer of `best_place` (visit kind, day, helper), contracts to fill, what
    was done and can be undone (``log``: -1 - visit for one put in; contract, kind, day, helper, told for one taken
    out), and scratch for trees.
    """

    seed: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]
    place: Ints
    queue: Ints
    queued: Ints
    log: Ints
    logged: Ints
    key: Ints
    nodes: Ints


def empty_state(facts: Facts) -> State:
    """Nothing planned: every told visit is called off, every promise short of all it needs."""
    contracts = len(facts.minutes)
    helpers, days = facts.room.shape
    told = len(facts.told_day)
    needs = np.zeros(contracts, dtype=np.int64)
    np.add.at(needs, facts.row_contract, facts.row_need)
    needs += np.diff(facts.told_of) + 2
    per_contract = int(needs.max(initial=1))
    least = int(facts.minutes.min(initial=1440))
    per_day = max(1, min(int(facts.room.max(initial=0)) // max(1, least) + 1, int(needs.sum())))
    visits = int(needs.sum())
    short = np.zeros(int(facts.row_group.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(short, facts.row_group, facts.row_need)

    def zeros(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    state = State(
        contract=zeros(visits) + FREE,
        kind=zeros(visits),
        day=zeros(visits),
        helper=zeros(visits),
        told=zeros(visits) - 1,
        fixed=zeros(visits),
        spare=np.arange(visits, dtype=np.int64)[::-1].copy(),
        spares=zeros(1) + visits,
        by_contract=zeros(contracts, per_contract),
        of_contract=zeros(contracts),
        by_day=zeros(helpers, days, per_day),
        on_day=zeros(helpers, days),
        work=zeros(helpers, days),
        week_work=zeros(*facts.week_room.shape),
        tree=zeros(helpers, days),
        have=zeros(len(facts.row_need)),
        short=short,
        held=zeros(helpers, contracts),
        holds=zeros(helpers),
        month_held=facts.seen.astype(np.int64),
        month_holds=facts.seen.sum(axis=1).astype(np.int64) + facts.seen_else,
        told_by=zeros(told) - 1,
        cost=np.zeros(1),
    )
    state.cost[0] = _nothing(facts, short) + facts.weights[CALLED_OFF] * told
    return state


def _nothing(facts: Facts, short: Ints) -> float:
    """What it costs to keep no promise at all."""
    missing = int(facts.row_need[facts.row_hard].sum())
    behind = int(facts.row_need[~facts.row_hard].sum())
    broken = len(set(facts.row_group[facts.row_hard].tolist()))
    weights = facts.weights
    return float(weights[BROKEN] * broken + weights[SHORT] * missing + weights[PACE] * behind)


def new_desk(facts: Facts, state: State, seed: int) -> Desk:
    """A desk with nothing on it. The same ``seed`` draws the same."""

    def zeros(size: int) -> Ints:
        return np.zeros(max(1, size), dtype=np.int64)

    widest = state.by_day.shape[2] + 2
    return Desk(
        seed=np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (2**64 - 1) + 1], dtype=np.uint64),
        place=zeros(3),
        queue=zeros(len(facts.minutes)),
        queued=zeros(1),
        log=zeros(6 * 4 * len(state.contract) + 64),
        logged=zeros(1),
        key=zeros(widest),
        nodes=zeros(widest),
    )


def visits_of(state: State) -> Ints:
    """The visits alone, a row each: contract, kind, day, helper, told, fixed; by day, helper and contract."""
    there = np.flatnonzero(state.contract != FREE)
    columns = (state.contract, state.kind, state.day, state.helper, state.told, state.fixed)
    return in_order(np.stack([column[there] for column in columns], axis=1))


def in_order(rows: Ints) -> Ints:
    """Rows of visits without free ones: what is fixed, what was told, others; by day, helper, contract and kind."""
    rows = rows[rows[:, 0] != FREE]
    order = np.lexsort((rows[:, 1], rows[:, 0], rows[:, 3], rows[:, 2], rows[:, 4] < 0, -rows[:, 5]))
    return rows[order]
