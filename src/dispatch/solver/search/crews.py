"""The cheapest place of a crew: gaps of every member, nested, the least bound first."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.detours import is_special, list_special
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.gaps import detour, list_gaps, push_cost, sure_cost, unfair
from dispatch.solver.search.joining import trial
from dispatch.solver.search.shared import are_left
from dispatch.solver.search.sorting import sort_by
from dispatch.solver.search.timing import extend, leg, opening, soft_cost


@compiled
def cheapest_crew(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> float:
    """`cheapest` for several tasks: every choice of gaps on different routes that no cycle forbids, bounds first."""
    size = facts.groups[group].size
    if not list_for_crew(facts, routes, work, group, limit, blink):
        return NEVER
    choice = work.choice
    level = 0
    choice[0].at = choice[0].gap_from
    choice[0].bound = 0.0
    best = limit
    while level >= 0:
        if choice[level].at >= choice[level].gap_to:
            level -= 1
            continue
        gap = work.order[choice[level].at]
        choice[level].at += 1
        so_far = choice[level].bound + work.gaps[gap].cost
        rest = 0.0
        for later in range(level + 1, size):
            rest += work.gaps[work.order[choice[later].gap_from]].cost
        if so_far + rest >= best:
            level -= 1
            continue
        if not takes(facts, routes, work, group, level, gap):
            continue
        if level + 1 < size:
            level += 1
            choice[level].bound = so_far
            choice[level].at = choice[level].gap_from
            continue
        cost = crew_trial(facts, routes, work, group, best)
        if cost < best:
            best = cost
            for place in range(size):
                chosen = choice[place]
                chosen.best_node, chosen.best_entry = chosen.node, chosen.entry
                chosen.best_store, chosen.best_store_behind = chosen.store, chosen.store_behind
    if best >= limit:
        return NEVER
    for place in range(size):
        choice[place].node, choice[place].entry = choice[place].best_node, choice[place].best_entry
        choice[place].store, choice[place].store_behind = choice[place].best_store, choice[place].best_store_behind
    return best


@inlined
def takes(facts: Facts, routes: Routes, work: Work, group: int, level: int, gap: int) -> bool:
    """Choose ``gap`` for the task of ``group`` at ``level``, if the worker is another, the day is that of those it must
    share it with, shared tools are left beside theirs, and its keys meet those of the gaps before.
    """
    behind = work.gaps[gap].node
    duty = routes.stops[behind].duty
    worker = facts.duties[duty].worker
    if facts.dayed and not is_day(facts, routes, work, group, level, duty):
        return False
    if facts.shared > 0 and level > 0 and not are_left(facts, routes, work, group, level, duty):
        return False
    low, high = routes.stops[behind].key, routes.stops[routes.stops[behind].next].key
    for before in range(level):
        if facts.duties[routes.stops[work.choice[before].node].duty].worker == worker:
            return False
    if level > 0:
        low, high = max(low, work.choice[level - 1].key_low), min(high, work.choice[level - 1].key_high)
        if not low < (low + high) / 2 < high:
            return False
    chosen = work.choice[level]
    chosen.key_low, chosen.key_high = low, high
    chosen.node, chosen.entry = behind, work.gaps[gap].entry
    if facts.stocked:
        beside = work.gaps[detour(work, gap)]
        chosen.store, chosen.store_behind, chosen.sure = beside.node, beside.entry, beside.cost
    return True


@compiled
def is_day(facts: Facts, routes: Routes, work: Work, group: int, level: int, duty: int) -> bool:
    """Whether ``duty`` is of the day that the tasks chosen so far leave to that of ``group`` at ``level``."""
    first = facts.groups[group].first
    day_of = facts.nodes[facts.members[first + level]].day_of
    for before in range(level):
        if day_of >= 0 and facts.nodes[facts.members[first + before]].day_of == day_of:
            # All before are of one day, so the first of them tells.
            return bool(facts.duties[routes.stops[work.choice[before].node].duty].day == facts.duties[duty].day)
    return True


@compiled
def list_for_crew(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> bool:
    """List and sort the gaps of every task of ``group``; False if one that needs its own has none."""
    first = facts.groups[group].first
    begin = 0
    for member in range(facts.groups[group].size):
        task = facts.members[first + member]
        if is_special(facts, task):
            end, _, _, _ = list_special(facts, routes, work, task, begin, limit, blink, True)
        else:
            end, _, _, _ = list_gaps(facts, routes, work, task, begin, limit, blink, True)
        if end == begin and facts.groups[group].joint_to == facts.groups[group].joint_from + 1:
            return False
        for place in range(begin, end):
            work.score[place] = work.gaps[place].cost
            work.order[place] = place
        sort_by(work.score, work.order, begin, end)
        work.choice[member].gap_from, work.choice[member].gap_to = begin, end
        begin = end
    return True


@compiled
def crew_trial(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """What ``group`` costs where chosen; `NEVER` if that is more than ``limit`` or cannot be done in time."""
    first, size, lag = facts.groups[group].first, facts.groups[group].size, facts.groups[group].lag
    sure, share = 0.0, 0.0
    for place in range(size):
        chosen = work.choice[place]
        task, behind = facts.members[first + place], chosen.node
        share = max(share, unfair(facts, routes, work, task, routes.stops[behind].duty))
        chosen.start = -NEVER
        if chosen.store >= 0:
            sure += chosen.sure
            continue
        sure += sure_cost(facts, routes, task, behind, chosen.entry)
        stop, duty = routes.stops[behind], routes.stops[behind].duty
        chosen.start, _ = extend(
            facts, duty, stop.ready, stop.taken, leg(facts, duty, behind, task), task, facts.able[chosen.entry].depart
        )
    sure += share
    bound = sure
    for place in range(size):
        if work.choice[place].store >= 0:
            continue
        task, following = facts.members[first + place], routes.stops[work.choice[place].node].next
        start = work.choice[place].start
        for other in range(size):
            start = max(start, work.choice[other].start + facts.lag[lag + other * size + place])
        bound += soft_cost(facts, task, start)
        duty = routes.stops[following].duty
        end = start + facts.able[work.choice[place].entry].ticks + leg(facts, duty, task, following)
        if start > facts.nodes[task].closes or end > routes.stops[following].late:
            return NEVER
        if following < facts.tasks:
            pushed = opening(facts, duty, following, end)
            if pushed > routes.stops[following].free:
                taken = routes.stops[following].taken
                way = leg(facts, routes.stops[following].duty, task, following)
                more = push_cost(facts, routes, 0.0, following, pushed, taken, way, limit - bound)[0]
                # In traffic all may cost less than on its own route alone.
                bound += 0.0 if facts.traffic and more < NEVER else more
        if bound >= limit:
            return NEVER
    if bound >= limit:
        return NEVER
    return sure + trial(facts, routes, work, group, limit - sure)
