"""The cheapest place of a group of which one person may do several tasks: one behind the other, others between or not.

Each task goes onto a route no other of its group is on, or along one where one is. What is chosen is linked at once, so
that ways, caps and tools of the next are what they are beside it.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.change import link, new_log, undo, unlink
from dispatch.solver.search.crews import is_day, list_for_crew
from dispatch.solver.search.facts import APART, NEVER, SAME, Facts, Routes, Work
from dispatch.solver.search.gaps import has_room
from dispatch.solver.search.joints import group_of
from dispatch.solver.search.keys import let_settle
from dispatch.solver.search.span import lasting
from dispatch.solver.search.timing import extend, leg


@compiled
def cheapest_shared(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> float:
    """`cheapest` for a group of several joints: bounds first where its tasks are on different routes."""
    first, size = facts.groups[group].first, facts.groups[group].size
    if not list_for_crew(facts, routes, work, group, limit, blink):
        return NEVER
    choice = work.choice
    choice[0].bound = 0.0
    list_rows(facts, routes, work, group, 0)
    level, best = 0, limit
    while level >= 0:
        task = facts.members[first + level]
        if routes.stops[task].duty >= 0:
            unlink(facts, routes, task)
        sure = next_place(facts, routes, work, group, level, best)
        if sure >= NEVER:
            level -= 1
            continue
        if level + 1 < size:
            level += 1
            choice[level].bound = sure
            list_rows(facts, routes, work, group, level)
            continue
        cost = shared_trial(facts, routes, work, group, sure, best)
        if cost < best:
            best = cost
            for place in range(size):
                choice[place].best_node, choice[place].best_entry = choice[place].node, choice[place].entry
    if best >= limit:
        return NEVER
    for place in range(size):
        choice[place].node, choice[place].entry = choice[place].best_node, choice[place].best_entry
        choice[place].store = -1
    return best


@inlined
def rows_from(work: Work, place: int) -> int:
    """Where the gap at ``place`` of those on routes of the group stands, behind all that are listed."""
    return len(work.gaps) // 2 + place


@compiled
def list_rows(facts: Facts, routes: Routes, work: Work, group: int, level: int) -> None:
    """List the gaps for the task of ``group`` at ``level`` on the routes that tasks chosen before it are on."""
    first = facts.groups[group].first
    task, own = facts.members[first + level], work.choice[level]
    count = work.choice[level - 1].row_to if level > 0 else 0
    own.row_from = count
    for before in range(level):
        duty = routes.stops[facts.members[first + before]].duty
        is_known = False
        for other in range(before):
            is_known = is_known or routes.stops[facts.members[first + other]].duty == duty
        if is_known or facts.entry[task, duty] < 0:
            continue
        behind, tail = facts.tasks + duty, facts.tasks + facts.duty_count + duty
        waited = awaited(facts, routes, group, level, duty)
        while behind != tail:
            if behind < facts.tasks and group_of(facts, behind) == group:
                waited -= comes_before(facts, group, level, behind)
            if waited == 0:
                gap = work.gaps[rows_from(work, count)]
                gap.node, gap.entry, gap.cost = behind, facts.entry[task, duty], 0.0
                count += 1
            behind = routes.stops[behind].next
    own.row_to = count
    own.at = own.row_from - count if count > own.row_from else own.gap_from


@compiled
def comes_before(facts: Facts, group: int, level: int, node: int) -> int:
    """1 where the task of ``group`` at ``level`` waits for ``node``, another of its tasks; else 0."""
    own = facts.groups[group]
    for before in range(level):
        if facts.members[own.first + before] == node:
            return int(facts.lag[own.lag + before * own.size + level] > -NEVER / 2)
    return 0


@compiled
def awaited(facts: Facts, routes: Routes, group: int, level: int, duty: int) -> int:
    """How many tasks on the route of ``duty`` the one of ``group`` at ``level`` waits for."""
    first, count = facts.groups[group].first, 0
    for before in range(level):
        task = facts.members[first + before]
        if routes.stops[task].duty == duty:
            count += comes_before(facts, group, level, task)
    return count


@compiled
def next_place(facts: Facts, routes: Routes, work: Work, group: int, level: int, best: float) -> float:
    """Link the task of ``group`` at ``level`` into its next gap that may be cheaper than ``best``; what is sure of the
    cost so far, `NEVER` if there is no such gap left.

    First come the gaps on routes of the group, then the listed ones, the least bound first.
    """
    own, task = work.choice[level], facts.members[facts.groups[group].first + level]
    while own.at < own.gap_to:
        along = own.at < 0
        if along:
            gap = work.gaps[rows_from(work, own.row_to + own.at)]
        else:
            gap = work.gaps[work.order[own.at]]
        behind, entry, bound = gap.node, gap.entry, gap.cost
        own.at += 1
        if along and own.at == 0:
            own.at = own.gap_from
        if not along and own.bound + bound >= best:
            return NEVER
        duty = routes.stops[behind].duty
        if not along and is_on(facts, routes, group, level, duty):
            continue
        if not may_take(facts, routes, work, group, level, duty) or not has_room(facts, routes, task, duty):
            continue
        sure = own.bound + sure_along(facts, routes, task, behind, entry)
        if sure >= best or not can_start(facts, routes, work, group, level, behind, entry):
            continue
        link(facts, routes, task, behind, entry)
        # Until times settle: no later than it can be, and no sooner.
        routes.stops[task].late = facts.nodes[task].closes
        routes.stops[task].ready = own.start + facts.able[entry].ticks
        routes.stops[task].taken = own.breaks
        own.node, own.entry = behind, entry
        return sure
    return NEVER


@compiled
def is_on(facts: Facts, routes: Routes, group: int, level: int, duty: int) -> bool:
    """Whether a task of ``group`` before ``level`` is on the route of ``duty``."""
    first, found = facts.groups[group].first, False
    for before in range(level):
        found = found or routes.stops[facts.members[first + before]].duty == duty
    return found


@compiled
def may_take(facts: Facts, routes: Routes, work: Work, group: int, level: int, duty: int) -> bool:
    """Whether ties let the person of ``duty`` have the task of ``group`` at ``level``, on that day."""
    own = facts.groups[group]
    task, worker = facts.members[own.first + level], facts.duties[duty].worker
    if facts.dayed and not is_day(facts, routes, work, group, level, duty):
        return False
    for before in range(level):
        other = facts.members[own.first + before]
        person = facts.person[own.lag + before * own.size + level]
        there = routes.stops[other].duty
        is_same = facts.duties[there].worker == worker
        if person == (APART if is_same else SAME):
            return False
        if there == duty and facts.nodes[other].joint == facts.nodes[task].joint:
            return False
    return True


@compiled
def sure_along(facts: Facts, routes: Routes, task: int, behind: int, entry: int) -> float:
    """What ``task`` costs behind ``behind`` beside times and duration: ways, the duty's price, the person."""
    duty, following = routes.stops[behind].duty, routes.stops[behind].next
    detour = leg(facts, duty, behind, task) + leg(facts, duty, task, following) - leg(facts, duty, behind, following)
    price = facts.duties[duty].price if routes.loads[duty].count == 0 else 0.0
    return float(facts.travel_weight * detour + facts.able[entry].fixed + price)


@compiled
def can_start(facts: Facts, routes: Routes, work: Work, group: int, level: int, behind: int, entry: int) -> bool:
    """Whether the task of ``group`` at ``level`` may fit behind ``behind``; its earliest start there, or a moment
    before that, and the breaks then behind, go into ``work``.
    """
    own, chosen = facts.groups[group], work.choice[level]
    task, duty, stop = facts.members[own.first + level], routes.stops[behind].duty, routes.stops[behind]
    way = leg(facts, duty, behind, task)
    start, chosen.breaks = extend(facts, duty, stop.ready, stop.taken, way, task, facts.able[entry].depart)
    for before in range(level):
        start = max(start, work.choice[before].start + facts.lag[own.lag + before * own.size + level])
    chosen.start = start
    done = start + facts.able[entry].ticks + leg(facts, duty, task, stop.next)
    return bool(start <= facts.nodes[task].closes and done <= routes.stops[stop.next].late)


@compiled
def shared_trial(facts: Facts, routes: Routes, work: Work, group: int, sure: float, limit: float) -> float:
    """What ``group`` costs as it is linked, of which ``sure`` is known; `NEVER` if that is more than ``limit``, or if
    it cannot be done in time. No times are changed.
    """
    first, size = facts.groups[group].first, facts.groups[group].size
    fullest = work.counts[0].fullest
    for place in range(size if facts.fair_weight > 0.0 else 0):
        fullest = max(fullest, routes.loads[routes.stops[facts.members[first + place]].duty].work)
    sure += facts.fair_weight * (fullest - work.counts[0].fullest)
    new_log(work)
    # The first start of each is kept for when another is tried: settling writes its own there.
    for place in range(size):
        work.choice[place].kept = work.choice[place].start
    added = let_settle(facts, routes, work, group, limit - sure)
    if added < NEVER and facts.duration_weight > 0.0:
        for place in range(size):
            duty = routes.stops[facts.members[first + place]].duty
            if not is_on(facts, routes, group, place, duty):
                added += facts.duration_weight * (lasting(facts, routes, duty) - routes.loads[duty].span)
    undo(routes, work)
    for place in range(size):
        work.choice[place].start = work.choice[place].kept
    return sure + added
