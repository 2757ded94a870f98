"""Tools and parts: what a duty carries, and the store it passes by where that is not enough.

From the store on every tool is there, and parts without limit; so a store may stand anywhere up to the first task whose
needs are not met by what is carried, and there is at most one on a route.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.change import link, new_log, propagate, refresh, touch_logged, unlink
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.walk import onward, walk
from dispatch.solver.within.carried import has_parts, has_tools, left_after


@inlined
def is_met(facts: Facts, duty: int, left: int, task: int) -> bool:
    """Whether what ``duty`` carries, with ``left`` of the parts, is enough for ``task``."""
    needed, own = facts.nodes[task], facts.duties[duty]
    return has_tools(needed.tools, own.tools) and has_parts(needed.parts, left, own.guards)


@compiled
def lacks(facts: Facts, routes: Routes, duty: int) -> bool:
    """Whether some task on the route of ``duty``, on which no store stands, needs what is not carried."""
    left = facts.duties[duty].parts
    node = routes.stops[facts.tasks + duty].next
    while node < facts.tasks:
        if not is_met(facts, duty, left, node):
            return True
        left = left_after(left, facts.nodes[node].parts)
        node = routes.stops[node].next
    return False


@compiled
def best_store(
    facts: Facts,
    routes: Routes,
    work: Work,
    duty: int,
    behind: int,
    task: int,
    entry: int,
    greatest: float,
    limit: float,
) -> tuple[float, float, bool, int, int]:
    """The cheapest store and the node after which it goes, maybe ``task``, so that all needs on ``duty`` are met with
    ``task`` (-1: none) after ``behind``; before it, cost, sure part and exactness as of `walk`. Store -1 if none is
    below ``limit``.
    """
    best, best_sure, best_exact, best_node, best_behind = limit, 0.0, False, -1, -1
    skip, tail = int(routes.loads[duty].store), facts.tasks + facts.duty_count + duty
    kinds = (facts.tasks - facts.visits) // facts.duty_count
    for kind in range(kinds):
        store = facts.visits + duty * kinds + kind
        node, passed, left = facts.tasks + duty, False, facts.duties[duty].parts
        while True:
            begin = behind if passed else node
            cost, sure, exact = walk(facts, routes, work, duty, begin, behind, task, entry, store, node, greatest)
            if cost < best:
                best, best_sure, best_exact, best_node, best_behind = cost, sure, exact, store, node
            following, _ = onward(routes, node, behind, task, -1, -2, skip)
            if following == tail or not is_met(facts, duty, left, following):
                break
            left = left_after(left, facts.nodes[following].parts)
            node = following
            passed = passed or node == task
    return best, best_sure, best_exact, best_node, best_behind


@inlined
def saving(facts: Facts, routes: Routes, duty: int) -> float:
    """What the store on the route of ``duty`` costs by ways and duration, by the pieces beside it."""
    store = routes.loads[duty].store
    before, after = routes.stops[routes.stops[store].prev], routes.stops[routes.stops[store].next]
    mode = facts.duties[duty].mode
    here, there = facts.nodes[routes.stops[store].prev].spot, facts.nodes[routes.stops[store].next].spot
    way = facts.way[mode, here, there]
    saved: float = facts.travel_weight * (before.ahead + routes.stops[store].ahead - way)
    if facts.duration_weight > 0.0:
        through = before.before_long + way
        wait = max(0.0, after.after_early - through - before.before_late)
        saved += facts.duration_weight * (routes.loads[duty].span - through - after.after_long - wait)
    return max(0.0, saved) + routes.loads[duty].slow


@compiled
def link_store(facts: Facts, routes: Routes, store: int, behind: int) -> None:
    """Put ``store`` on the route of ``behind``, right after it, with a key between. Times are not looked at."""
    key = (routes.stops[behind].key + routes.stops[routes.stops[behind].next].key) / 2
    link(facts, routes, store, behind, facts.nodes[store].able_from)
    routes.stops[store].key = key
    load = routes.loads[routes.stops[store].duty]
    load.count -= 1
    load.store = store


@compiled
def unlink_store(facts: Facts, routes: Routes, store: int) -> None:
    """Take ``store`` off its route. Times are not looked at."""
    load = routes.loads[routes.stops[store].duty]
    unlink(facts, routes, store)
    load.count += 1
    load.store = -1


@inlined
def spare(facts: Facts) -> int:
    """The first of the stops behind all nodes, where parked stores are kept."""
    return facts.tasks + 2 * facts.duty_count


@compiled
def park(facts: Facts, routes: Routes, work: Work, place: int) -> None:
    """Take the store off the route that ``work.choice[place]`` goes to, and put the chosen one in.

    Where that is beside the task still to come, its key has to be set once that of the task is known (`between`).
    """
    chosen = work.choice[place]
    duty = routes.stops[chosen.node].duty
    chosen.parked = routes.loads[duty].store
    if chosen.parked >= 0:
        routes.stops[spare(facts) + place] = routes.stops[chosen.parked]
        following = routes.stops[chosen.parked].next
        unlink_store(facts, routes, chosen.parked)
        if following < facts.tasks:
            push(work, facts.nodes[following].joint, routes.stops[following].key)
    at_task = chosen.store_behind < facts.visits and routes.stops[chosen.store_behind].duty < 0
    link_store(facts, routes, chosen.store, chosen.node if at_task else chosen.store_behind)


@compiled
def between(facts: Facts, routes: Routes, work: Work, place: int, task: int) -> None:
    """The store put in by `park` is to be looked at, with a key that fits that of ``task`` beside it."""
    store = work.choice[place].store
    before, after = routes.stops[store].prev, routes.stops[store].next
    if task in (before, after):
        routes.stops[store].key = (routes.stops[before].key + routes.stops[after].key) / 2
    push(work, facts.nodes[store].joint, routes.stops[store].key)


@compiled
def unpark(facts: Facts, routes: Routes, work: Work, place: int) -> None:
    """Undo `park`, once the tasks put in after it are off again."""
    chosen = work.choice[place]
    unlink_store(facts, routes, chosen.store)
    if chosen.parked >= 0:
        was = routes.stops[spare(facts) + place]
        routes.stops[chosen.parked] = was
        routes.stops[was.prev].next = chosen.parked
        routes.stops[was.next].prev = chosen.parked
        routes.loads[was.duty].store = chosen.parked


@compiled
def strip(facts: Facts, routes: Routes, work: Work) -> None:
    """Take the stores off all routes touched. Times settle later."""
    for index in range(work.counts[0].touched):
        store = routes.loads[work.touched[index]].store
        if store >= 0:
            following = routes.stops[store].next
            unlink_store(facts, routes, store)
            if following < facts.tasks:
                work.followers[work.counts[0].followers] = following
                work.counts[0].followers += 1


@compiled
def restock(facts: Facts, routes: Routes, work: Work) -> bool:
    """Put a store where it is cheapest on every route touched that needs one. False if there is no place for one."""
    for index in range(work.counts[0].touched):
        duty = work.touched[index]
        if routes.loads[duty].store >= 0 or not lacks(facts, routes, duty):
            continue
        _, _, _, store, behind = best_store(facts, routes, work, duty, -1, -1, -1, NEVER, NEVER)
        if store < 0:
            return False
        link_store(facts, routes, store, behind)
        new_log(work)
        push(work, facts.nodes[store].joint, routes.stops[store].key)
        possible = propagate(facts, routes, work, NEVER) < NEVER
        for place in range(work.counts[0].log):
            work.mark[routes.stops[work.log[place].node].duty] = True
        for place in range(work.counts[0].log):
            moved = routes.stops[work.log[place].node].duty
            if work.mark[moved]:
                work.mark[moved] = False
                refresh(facts, routes, moved)
        touch_logged(routes, work)
        if not possible:
            return False
    return True
