"""The loop: ruin, recreate, keep by simulated annealing; only what was touched is ever copied."""

from __future__ import annotations

import math
from typing import NamedTuple

from dispatch.solver.jit import compiled, entry
from dispatch.solver.search.draw import uniform
from dispatch.solver.search.facts import NEVER, Facts, Floats, Ints, Routes, Work
from dispatch.solver.search.recreate import count_missing, price_of_removed, recreate, total
from dispatch.solver.search.ruin import ruin, settle_all
from dispatch.solver.search.shared import copy_pieces
from dispatch.solver.search.sorting import sort_by


class Knobs(NamedTuple):
    """How the search goes: temperatures (cost), tasks removed on average, longest string, chance to overlook a gap,
    chances of the kinds of ruin and of the orders of recreation (each rising to 1).
    """

    hot: float
    cold: float
    size: float
    string: float
    blink: float
    ruins: Floats
    orders: Floats


@compiled
def copy_duty(facts: Facts, source: Routes, target: Routes, duty: int) -> None:
    """Make the route of ``duty`` in ``target`` what it is in ``source``."""
    head, tail = facts.tasks + duty, facts.tasks + facts.duty_count + duty
    store = target.loads[duty].store
    if store >= 0:
        target.stops[store].duty = -1
    target.stops[tail] = source.stops[tail]
    target.loads[duty] = source.loads[duty]
    if facts.duties[duty].pool >= 0:
        target.loads[facts.duties[duty].pool] = source.loads[facts.duties[duty].pool]
    if facts.shared > 0:
        copy_pieces(facts, source, target, duty)
    node = head
    while node != tail:
        target.stops[node] = source.stops[node]
        node = source.stops[node].next


@compiled
def copy_touched(facts: Facts, work: Work, source: Routes, target: Routes) -> None:
    """Make ``target`` what ``source`` is on every route touched and for every group removed, and forget both."""
    for place in range(work.counts[0].removed):
        group = work.removed[place]
        for index in range(facts.groups[group].first, facts.groups[group].first + facts.groups[group].size):
            task = facts.members[index]
            if source.stops[task].duty < 0:
                target.stops[task].duty = -1
                target.stops[task].next = -1
                target.stops[task].prev = -1
                target.stops[task].soft = 0.0
                target.stops[task].fixed = 0.0
    for place in range(work.counts[0].touched):
        duty = work.touched[place]
        copy_duty(facts, source, target, duty)
        work.is_touched[duty] = False
    work.counts[0].touched = 0
    work.counts[0].removed = 0


@compiled
def rank_keys(facts: Facts, work: Work, one: Routes, other: Routes) -> None:
    """Spread the keys evenly, in the order they have, in both of two equal states."""
    count = 0
    for task in range(facts.tasks):
        if one.stops[task].duty >= 0:
            work.list[count] = task
            work.score[task] = one.stops[task].key
            count += 1
    sort_by(work.score, work.list, 0, count)
    rank, last = 0.0, -NEVER
    for place in range(count):
        task = work.list[place]
        if work.score[task] > last:
            rank += 1.0
            last = work.score[task]
        one.stops[task].key = rank / (facts.tasks + 2.0)
        other.stops[task].key = one.stops[task].key


@compiled
def copy_links(facts: Facts, routes: Routes, best: Ints) -> None:
    """Keep the links of ``routes``: what follows each node."""
    for node in range(facts.tasks + facts.duty_count):
        best[node] = routes.stops[node].next


@entry
def anneal(
    facts: Facts,
    current: Routes,
    trial: Routes,
    best: Ints,
    work: Work,
    knobs: Knobs,
    costs: Floats,
    span: Floats,
    rounds: int,
) -> int:
    """``rounds`` of ruin and recreate while the share of the search done goes from ``span[0]`` to ``span[1]``.

    ``current`` and ``trial`` are equal before and after; ``best`` takes the links of the cheapest routes found.
    ``costs`` holds the cost of ``current`` and of ``best``. How many rounds were kept.
    """
    kept = 0
    cool = math.log(knobs.cold / knobs.hot)
    temperature = knobs.hot
    work.counts[0].missing = count_missing(facts, current)
    for step in range(rounds):
        if step % 64 == 0:
            done = span[0] + (span[1] - span[0]) * step / rounds
            temperature = knobs.hot * math.exp(cool * done)
        if facts.tied and step % 256 == 0:
            rank_keys(facts, work, current, trial)
        limit = costs[0] - temperature * math.log(max(1e-300, uniform(work.random)))
        ruin(facts, trial, work, knobs.ruins, knobs.size, knobs.string)
        cost, missing = NEVER, 0
        if settle_all(facts, trial, work):
            cost = recreate(facts, trial, work, knobs.orders, knobs.blink, total(facts, trial, work), limit)
        if cost < NEVER:
            price, missing = price_of_removed(facts, trial, work)
            cost = total(facts, trial, work) + price
        if cost < limit:
            work.counts[0].missing = missing
            copy_touched(facts, work, trial, current)
            costs[0] = cost
            kept += 1
            if cost < costs[1] - 1e-9:
                costs[1] = cost
                copy_links(facts, current, best)
        else:
            copy_touched(facts, work, current, trial)
        work.counts[0].followers = 0
    return kept
