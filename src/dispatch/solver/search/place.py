"""The cheapest place of a group: gaps with a lower bound of what they cost, then exact trials, the least bound first."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.change import link, propagate, push, refresh, touch_logged, undo, unlink
from dispatch.solver.search.draw import uniform
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.sorting import sort_by
from dispatch.solver.search.timing import extend, join, leg, opening, soft_cost


@inlined
def has_room(facts: Facts, routes: Routes, task: int, duty: int) -> bool:
    """Whether ``duty`` may take ``task`` under its caps."""
    load, node, limits = routes.loads[duty], facts.nodes[task], facts.duties[duty]
    return (
        load.visits + node.visits <= limits.max_visits
        and load.work + node.work <= limits.max_work
        and load.weight + node.weight <= limits.max_weight
        and load.households + node.households <= limits.max_households
    )


@compiled
def longer(facts: Facts, routes: Routes, duty: int, behind: int, task: int) -> float:
    """Ticks by which ``duty`` lasts longer with ``task`` after ``behind``; `NEVER` if it does not fit."""
    following = routes.stops[behind].next
    before, after = routes.stops[behind], routes.stops[following]
    node = facts.nodes[task]
    with_task = join(
        before.before_long, before.before_early, before.before_late, leg(facts, duty, behind, task),
        node.ticks, node.opens, node.closes,
    )  # fmt: skip
    if with_task[0] >= NEVER:
        return NEVER
    whole = join(
        with_task[0], with_task[1], with_task[2], leg(facts, duty, task, following),
        after.after_long, after.after_early, after.after_late,
    )  # fmt: skip
    return whole[0] - routes.loads[duty].span if whole[0] < NEVER else NEVER


@compiled
def push_cost(
    facts: Facts, routes: Routes, greatest: float, node: int, start: float, taken: int, limit: float
) -> tuple[float, bool, float]:
    """What it costs on its own route that ``node`` starts only at ``start``: a lower bound, whether it is exact, and
    the greatest lateness met.

    Stops as soon as it passes ``limit`` or nothing moves any more; `NEVER` where something cannot be done in time.
    Not exact where it moves a task of a larger group: what that does on other routes is left out.
    """
    cost, exact = 0.0, True
    duty = routes.stops[node].duty
    while True:
        stop = routes.stops[node]
        cost += soft_cost(facts, node, start) - stop.soft
        greatest = max(greatest, start - facts.nodes[node].due)
        if facts.groups[facts.nodes[node].group].size > 1:
            exact = False
        following = stop.next
        if cost > limit or following >= facts.tasks:
            break
        ready = start + facts.nodes[node].ticks
        onward = leg(facts, duty, node, following)
        start, taken = extend(facts, duty, ready, taken, onward, following, routes.stops[following].depart)
        if start > routes.stops[following].late:
            return NEVER, False, greatest
        if start <= routes.stops[following].free and taken == routes.stops[following].taken:
            break
        node = following
    return cost, exact, greatest


@inlined
def gap_cost(
    facts: Facts, routes: Routes, greatest: float, duty: int, behind: int, task: int, entry: int, limit: float
) -> tuple[float, bool, bool]:
    """What ``task`` costs right after ``behind``: a lower bound, whether it is exact, and whether to look further on.

    `NEVER` if it does not fit there. No further gap on the route fits once the last window is missed. Lateness
    beyond ``greatest`` is paid, too. No more than a bound is wanted once it passes ``limit``.
    """
    here, plain = routes.stops[behind], facts.duties[duty].plain != 0
    following = here.next
    way = leg(facts, duty, behind, task)
    start, taken = extend(facts, duty, here.ready, here.taken, way, task, facts.able[entry].depart)
    if start >= NEVER:
        return NEVER, False, not plain
    onward = leg(facts, duty, task, following)
    ready = start + facts.nodes[task].ticks
    there = routes.stops[following]
    if ready + onward > there.late:
        return NEVER, False, True
    cost = facts.able[entry].fixed + soft_cost(facts, task, start)
    cost += facts.travel_weight * (way + onward - leg(facts, duty, behind, following))
    latest_by = max(greatest, start - facts.nodes[task].due)
    if routes.loads[duty].count == 0:
        cost += facts.duties[duty].price
    exact = plain
    if following < facts.tasks and cost < limit:
        pushed, taken = extend(facts, duty, ready, taken, onward, following, there.depart)
        if pushed > there.late:
            return NEVER, False, True
        if pushed > there.free:
            more, sure, latest_by = push_cost(facts, routes, latest_by, following, pushed, taken, limit - cost)
            cost += more
            exact = exact and sure
    if facts.greatest_weight > 0.0 and latest_by > greatest:
        cost += facts.greatest_weight * (latest_by - greatest)
    return cost, exact, True


@compiled
def list_gaps(
    facts: Facts, routes: Routes, work: Work, task: int, place: int, limit: float, blink: float, crew: bool
) -> tuple[int, float, int, int]:
    """List the gaps ``task`` may go into at less than ``limit`` from ``place`` on: their end, and the best exact one.

    The best exact one (cost, node, entry) is not listed, nor is what cannot be cheaper than it; for a ``crew``
    everything is listed. Of every gap it is drawn whether it is overlooked, with probability ``blink``.
    """
    best, best_node, best_entry = limit, -1, -1
    greatest = NEVER if crew else work.count[0].greatest
    for entry in range(facts.nodes[task].able_from, facts.nodes[task].able_to):
        duty = facts.able[entry].duty
        if not has_room(facts, routes, task, duty):
            continue
        behind = facts.tasks + duty
        tail = behind + facts.duty_count
        while behind != tail:
            cost, exact, go_on = gap_cost(facts, routes, greatest, duty, behind, task, entry, best)
            if not go_on:
                break
            if facts.duration_weight > 0.0 and cost < best:
                more = longer(facts, routes, duty, behind, task)
                cost = cost + facts.duration_weight * more if more < NEVER else NEVER
            if cost < best and (blink == 0.0 or uniform(work.random) >= blink):
                if exact and not crew:
                    best, best_node, best_entry = cost, behind, entry
                else:
                    gap = work.gaps[place]
                    gap.cost = cost
                    gap.node = behind
                    gap.entry = entry
                    place += 1
            behind = routes.stops[behind].next
    return place, best, best_node, best_entry


@compiled
def join_in(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """Link the tasks of ``group`` where chosen and let times settle; what the times add, `NEVER` if over ``limit``."""
    work.count[0].log = 0
    first, size = facts.groups[group].first, facts.groups[group].size
    low, high = -NEVER, NEVER
    for place in range(size):
        task = facts.members[first + place]
        link(facts, routes, task, work.choice[place].node, work.choice[place].entry)
        low = max(low, routes.stops[routes.stops[task].prev].key)
        high = min(high, routes.stops[routes.stops[task].next].key)
    key = (low + high) / 2
    for place in range(size):
        routes.stops[facts.members[first + place]].key = key
    push(work, group, key)
    return propagate(facts, routes, work, limit)


@compiled
def take_back(facts: Facts, routes: Routes, work: Work, group: int) -> None:
    """Undo `join_in`."""
    undo(routes, work)
    first = facts.groups[group].first
    for place in range(facts.groups[group].size - 1, -1, -1):
        unlink(facts, routes, facts.members[first + place])


@compiled
def trial(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """What the times of all routes add to the cost with ``group`` as chosen; nothing is changed. `NEVER` if too much."""
    added = join_in(facts, routes, work, group, limit)
    take_back(facts, routes, work, group)
    return added


@compiled
def commit(facts: Facts, routes: Routes, work: Work, group: int) -> bool:
    """Put ``group`` where chosen, with all that is cached. False, with nothing changed, if it does not fit."""
    if join_in(facts, routes, work, group, NEVER) >= NEVER:
        take_back(facts, routes, work, group)
        return False
    for place in range(work.count[0].log):
        node = work.log[place].node
        late = routes.stops[node].start - facts.nodes[node].due
        work.count[0].greatest = max(work.count[0].greatest, late)
        work.mark[routes.stops[node].duty] = True
    for place in range(work.count[0].log):
        duty = routes.stops[work.log[place].node].duty
        if work.mark[duty]:
            work.mark[duty] = False
            refresh(facts, routes, duty)
    touch_logged(routes, work)
    return True


@compiled
def cheapest(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> float:
    """The cost of the cheapest place of ``group`` below ``limit``, written to ``work.choice``; `NEVER` if none is."""
    if facts.groups[group].size > 1:
        return cheapest_crew(facts, routes, work, group, limit, blink)
    task = facts.members[facts.groups[group].first]
    end, best, node, entry = list_gaps(facts, routes, work, task, 0, limit, blink, False)
    chosen = work.choice[0]
    while end > 0:
        least = 0
        for place in range(1, end):
            if work.gaps[place].cost < work.gaps[least].cost:
                least = place
        if work.gaps[least].cost >= best:
            break
        chosen.node, chosen.entry = work.gaps[least].node, work.gaps[least].entry
        sure = sure_cost(facts, routes, task, chosen.node, chosen.entry)
        added = trial(facts, routes, work, group, best - sure)
        if sure + added < best:
            best, node, entry = sure + added, work.gaps[least].node, work.gaps[least].entry
        end -= 1
        work.gaps[least] = work.gaps[end]
    if node < 0:
        return NEVER
    chosen.node, chosen.entry = node, entry
    return best


@compiled
def sure_cost(facts: Facts, routes: Routes, task: int, behind: int, entry: int) -> float:
    """The part of the cost of ``task`` after ``behind`` that no timing changes: ways, the duty's price, the person."""
    following, duty = routes.stops[behind].next, routes.stops[behind].duty
    detour = leg(facts, duty, behind, task) + leg(facts, duty, task, following) - leg(facts, duty, behind, following)
    cost = facts.travel_weight * detour + facts.able[entry].fixed
    if routes.loads[duty].count == 0:
        cost += facts.duties[duty].price
    if facts.duration_weight > 0.0:
        cost += facts.duration_weight * longer(facts, routes, duty, behind, task)
    return cost


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
        if not takes(routes, work, level, gap):
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
                choice[place].best_node, choice[place].best_entry = choice[place].node, choice[place].entry
    if best >= limit:
        return NEVER
    for place in range(size):
        choice[place].node, choice[place].entry = choice[place].best_node, choice[place].best_entry
    return best


@compiled
def takes(routes: Routes, work: Work, level: int, gap: int) -> bool:
    """Choose ``gap`` for the task at ``level``, if its route is another and its keys meet those of the gaps before."""
    behind = work.gaps[gap].node
    duty = routes.stops[behind].duty
    low, high = routes.stops[behind].key, routes.stops[routes.stops[behind].next].key
    for before in range(level):
        if routes.stops[work.choice[before].node].duty == duty:
            return False
    if level > 0:
        low, high = max(low, work.choice[level - 1].key_low), min(high, work.choice[level - 1].key_high)
        if not low < (low + high) / 2 < high:
            return False
    chosen = work.choice[level]
    chosen.key_low, chosen.key_high = low, high
    chosen.node, chosen.entry = behind, work.gaps[gap].entry
    return True


@compiled
def list_for_crew(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> bool:
    """List and sort the gaps of every task of ``group``; False if some task has none."""
    first = facts.groups[group].first
    begin = 0
    for member in range(facts.groups[group].size):
        end, _, _, _ = list_gaps(facts, routes, work, facts.members[first + member], begin, limit, blink, True)
        if end == begin:
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
    sure = 0.0
    for place in range(size):
        chosen = work.choice[place]
        task, behind = facts.members[first + place], chosen.node
        sure += sure_cost(facts, routes, task, behind, chosen.entry)
        stop, duty = routes.stops[behind], routes.stops[behind].duty
        chosen.start, _ = extend(
            facts, duty, stop.ready, stop.taken, leg(facts, duty, behind, task), task, facts.able[chosen.entry].depart
        )
    bound = sure
    for place in range(size):
        task, following = facts.members[first + place], routes.stops[work.choice[place].node].next
        start = work.choice[place].start
        for other in range(size):
            start = max(start, work.choice[other].start + facts.lag[lag + other * size + place])
        bound += soft_cost(facts, task, start)
        end = start + facts.nodes[task].ticks + leg(facts, routes.stops[following].duty, task, following)
        if start > facts.nodes[task].closes or end > routes.stops[following].late:
            return NEVER
        if following < facts.tasks:
            pushed = opening(facts, following, end)
            if pushed > routes.stops[following].free:
                taken = routes.stops[following].taken
                bound += push_cost(facts, routes, 0.0, following, pushed, taken, limit - bound)[0]
        if bound >= limit:
            return NEVER
    if bound >= limit:
        return NEVER
    return sure + trial(facts, routes, work, group, limit - sure)
