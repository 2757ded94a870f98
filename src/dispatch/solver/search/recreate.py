"""Putting groups back: one after the other in some order, each where it is cheapest, or left out at its price."""

from __future__ import annotations

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.search.draw import uniform
from dispatch.solver.search.facts import NEVER, Facts, Floats, Routes, Work
from dispatch.solver.search.gaps import find_idle, no_more_idle
from dispatch.solver.search.joining import commit
from dispatch.solver.search.place import cheapest
from dispatch.solver.search.sorting import sort_by

RANDOM, CREWS, EARLIEST, LATEST, FAR, FEWEST, TIGHT = range(7)
"""Orders in which groups are put back, by place in the list of their chances."""


@inlined
def visit_groups(facts: Facts) -> int:
    """How many groups are of visits, not stores."""
    return facts.group_count - (facts.tasks - facts.visits)


@compiled
def list_missing(facts: Facts, routes: Routes, work: Work) -> int:
    """List every group on no route in ``work.removed``; many hopeless ones take turns, once anything is planned."""
    removed = work.counts[0].removed
    if work.counts[0].missing == 0:
        return removed
    for place in range(removed):
        work.mark[work.removed[place]] = True
    missing = 0
    for group in range(visit_groups(facts)):
        if routes.stops[facts.members[facts.groups[group].first]].duty < 0:
            missing += 1
    few = missing - removed <= 10 or missing == visit_groups(facts)
    chance = 1.0 if few else 10.0 / (missing - removed)
    for group in range(visit_groups(facts)):
        if routes.stops[facts.members[facts.groups[group].first]].duty >= 0 or work.mark[group]:
            continue
        if chance == 1.0 or uniform(work.random) < chance:
            work.removed[work.counts[0].removed] = group
            work.counts[0].removed += 1
    for place in range(removed):
        work.mark[work.removed[place]] = False
    return missing


@compiled
def sort_missing(facts: Facts, work: Work, chances: Floats) -> None:
    """Bring ``work.removed`` into an order drawn by ``chances`` (which rise to 1)."""
    count = work.counts[0].removed
    draw = uniform(work.random)
    order = 0
    while order < TIGHT and draw >= chances[order]:
        order += 1
    for place in range(count):
        group = work.removed[place]
        first = facts.groups[group].first
        task = facts.members[first]
        jitter = uniform(work.random)
        score = jitter
        if order == CREWS:
            score = jitter - 10.0 * (facts.groups[group].size)
        elif order == EARLIEST:
            score = facts.nodes[task].opens
        elif order == LATEST:
            score = -facts.nodes[task].opens
        elif order == FAR:
            score = -facts.groups[group].far
        elif order == FEWEST:
            score = jitter + facts.nodes[task].able_to - facts.nodes[task].able_from
        elif order == TIGHT:
            score = min(facts.nodes[task].closes, facts.nodes[task].due) - facts.nodes[task].opens
        work.score[group] = score
    sort_by(work.score, work.removed, 0, count)


@compiled
def recreate(
    facts: Facts, routes: Routes, work: Work, chances: Floats, blink: float, cost: float, limit: float
) -> float:
    """Put back what is missing; the cost after it, `NEVER` as soon as it passes ``limit``.

    ``cost`` is that of the routes as they stand, without the price of anything left out.
    """
    missing = list_missing(facts, routes, work)
    for group in range(visit_groups(facts) if missing > work.counts[0].removed else 0):
        if routes.stops[facts.members[facts.groups[group].first]].duty < 0:
            cost += facts.groups[group].price
    if missing > work.counts[0].removed:
        for place in range(work.counts[0].removed):
            cost -= facts.groups[work.removed[place]].price
    sort_missing(facts, work, chances)
    if facts.sparse:
        find_idle(facts, routes, work)
    for place in range(work.counts[0].removed):
        group = work.removed[place]
        price = facts.groups[group].price
        added = cheapest(facts, routes, work, group, min(price, limit - cost), blink)
        if added < NEVER and not commit(facts, routes, work, group):
            added = NEVER
        if facts.sparse and added < NEVER:
            first = facts.groups[group].first
            for index in range(first, first + facts.groups[group].size):
                no_more_idle(facts, routes, work, routes.stops[facts.members[index]].duty)
        cost += min(added, price)
        if cost >= limit:
            return NEVER
    return cost


@entry
def total(facts: Facts, routes: Routes, work: Work) -> float:
    """What the routes cost as they stand, without what is left out; sets the greatest lateness and the fullest duty.

    Fair shares are the work on the fullest duty alone: the mean is in the prices of what is left out.
    """
    cost, greatest, fullest = 0.0, 0.0, 0.0
    for duty in range(facts.duty_count):
        load = routes.loads[duty]
        if load.count > 0:
            cost += facts.travel_weight * load.travel + facts.duties[duty].price + load.soft
            cost += facts.duration_weight * load.span
            greatest = max(greatest, load.latest_by)
            fullest = max(fullest, load.work)
    work.counts[0].greatest, work.counts[0].fullest = greatest, fullest
    return cost + facts.greatest_weight * greatest + facts.fair_weight * fullest


@entry
def price_out(facts: Facts, routes: Routes) -> float:
    """The price of everything left out."""
    price = 0.0
    for group in range(visit_groups(facts)):
        if routes.stops[facts.members[facts.groups[group].first]].duty < 0:
            price += facts.groups[group].price
    return price


@compiled
def count_missing(facts: Facts, routes: Routes) -> int:
    """How many groups of visits are on no route."""
    missing = 0
    for group in range(visit_groups(facts)):
        missing += int(routes.stops[facts.members[facts.groups[group].first]].duty < 0)
    return missing


@compiled
def price_of_removed(facts: Facts, routes: Routes, work: Work) -> tuple[float, int]:
    """The price of everything left out, and how many groups that is.

    Where nothing was out before, only what was taken off can be out now.
    """
    if work.counts[0].missing > 0:
        return price_out(facts, routes), count_missing(facts, routes)
    price, missing = 0.0, 0
    for place in range(work.counts[0].removed):
        group = work.removed[place]
        if routes.stops[facts.members[facts.groups[group].first]].duty < 0:
            price += facts.groups[group].price
            missing += 1
    return price, missing
