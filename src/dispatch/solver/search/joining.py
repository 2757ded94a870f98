"""Putting a group where it was chosen to go: to try, to stay, and back."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.change import link, new_log, propagate, refresh, touch_logged, undo, unlink
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.keys import let_settle
from dispatch.solver.search.stores import between, park, unpark


@compiled
def join_in(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """Link the tasks of ``group`` where chosen and let times settle; what the times add, `NEVER` if over ``limit``."""
    new_log(work)
    first, size = facts.groups[group].first, facts.groups[group].size
    if facts.groups[group].joint_to > facts.groups[group].joint_from + 1:
        for place in range(size):
            link(facts, routes, facts.members[first + place], work.choice[place].node, work.choice[place].entry)
        return let_settle(facts, routes, work, group, limit)
    low, high = -NEVER, NEVER
    for place in range(size):
        task, chosen = facts.members[first + place], work.choice[place]
        behind = chosen.node
        if chosen.store >= 0:
            park(facts, routes, work, place)
            if chosen.store_behind == behind:
                behind = chosen.store
        link(facts, routes, task, behind, chosen.entry)
        before, after = routes.stops[task].prev, routes.stops[task].next
        # A store beside it that comes along gives way: the gap was chosen by the keys there were.
        before = routes.stops[before].prev if before == chosen.store else before
        after = routes.stops[after].next if after == chosen.store else after
        low, high = max(low, routes.stops[before].key), min(high, routes.stops[after].key)
    key = (low + high) / 2
    for place in range(size):
        routes.stops[facts.members[first + place]].key = key
    for place in range(size):
        if work.choice[place].store >= 0:
            between(facts, routes, work, place, facts.members[first + place])
    push(work, facts.groups[group].joint_from, key)
    return propagate(facts, routes, work, limit)


@compiled
def take_back(facts: Facts, routes: Routes, work: Work, group: int) -> None:
    """Undo `join_in`."""
    undo(routes, work)
    first = facts.groups[group].first
    for place in range(facts.groups[group].size - 1, -1, -1):
        unlink(facts, routes, facts.members[first + place])
        if work.choice[place].store >= 0:
            unpark(facts, routes, work, place)


@compiled
def trial(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """What the times of all routes add to the cost with ``group`` as chosen; nothing changes. `NEVER` if too much."""
    added = join_in(facts, routes, work, group, limit)
    take_back(facts, routes, work, group)
    return added


@compiled
def commit(facts: Facts, routes: Routes, work: Work, group: int) -> bool:
    """Put ``group`` where chosen, with all that is cached. False, with nothing changed, if it does not fit."""
    if join_in(facts, routes, work, group, NEVER) >= NEVER:
        take_back(facts, routes, work, group)
        return False
    for place in range(work.counts[0].log):
        node = work.log[place].node
        if node < facts.visits:
            late = routes.stops[node].start - facts.nodes[node].due
            work.counts[0].greatest = max(work.counts[0].greatest, late)
        work.mark[routes.stops[node].duty] = True
    for place in range(work.counts[0].log):
        duty = routes.stops[work.log[place].node].duty
        if work.mark[duty]:
            work.mark[duty] = False
            work.counts[0].fullest = max(work.counts[0].fullest, routes.loads[duty].work)
            refresh(facts, routes, duty)
    touch_logged(routes, work)
    return True
