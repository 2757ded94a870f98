"""What a route costs with a task, a store, or both put in: a walk along it from the first change on."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.span import all_rests, back_home, step_back
from dispatch.solver.search.timing import extend, home, join, leg, soft_cost


@inlined
def onward(
    routes: Routes, here: int, behind: int, task: int, store: int, store_behind: int, skip: int
) -> tuple[int, bool]:
    """What follows ``here`` with ``task`` after ``behind``, ``store`` after ``store_behind`` (maybe the task), without
    the store ``skip``; and whether that was passed over. -1 stands for none.
    """
    at = here
    if at == store_behind:
        return store, False
    if at == store:
        at = store_behind
    if at == behind:
        return task, False
    if at == task:
        at = behind
    following = int(routes.stops[at].next)
    if following == skip:
        return int(routes.stops[skip].next), True
    return following, False


@compiled
def lasts(facts: Facts, routes: Routes, work: Work, duty: int, begin: int, count: int, end: float) -> float:
    """Ticks ``duty`` lasts when it goes from ``begin`` on along the ``count`` nodes walked and is home at ``end``."""
    there, by, until = facts.tasks + facts.duty_count + duty, end, all_rests(facts, duty)
    for place in range(count - 1, -1, -1):
        node, start, taken = work.walked[place], work.walked_start[place], work.walked_taken[place]
        by = step_back(facts, duty, node, start, taken, there, by, until)
        there, until = node, taken
    return end - back_home(facts, routes, duty, begin, there, by, until)


@compiled
def walk(
    facts: Facts,
    routes: Routes,
    work: Work,
    duty: int,
    begin: int,
    behind: int,
    task: int,
    entry: int,
    store: int,
    store_behind: int,
    greatest: float,
) -> tuple[float, float, bool]:
    """What ``duty`` costs more with what `onward` puts in from ``begin`` on, the part no timing changes, and whether
    that is exact: otherwise it is a lower bound, as tasks of a larger group move. `NEVER` if something is too late.

    With a ``store`` any other on the route is passed over. Lateness beyond ``greatest`` is paid, too.
    """
    skip = int(routes.loads[duty].store) if store >= 0 else -1
    pending = int(task >= 0) + int(store >= 0) + int(skip >= 0)
    tail = facts.tasks + facts.duty_count + duty
    paid, plain = facts.duration_weight > 0.0, facts.duties[duty].plain != 0
    here, ready, taken = begin, routes.stops[begin].ready, int(routes.stops[begin].taken)
    long, early, late = (
        routes.stops[begin].before_long,
        routes.stops[begin].before_early,
        routes.stops[begin].before_late,
    )
    travel, soft, exact, latest_by, count = 0.0, 0.0, True, greatest, 0
    while True:
        there, jumped = onward(routes, here, behind, task, store, store_behind, skip)
        if here != task and here != store:
            travel -= routes.stops[here].ahead
        if jumped:
            travel -= routes.stops[skip].ahead
            pending -= 1
        way = leg(facts, duty, here, there)
        travel += way
        if there == tail:
            end = home(facts, duty, ready, taken, way)
            if end > facts.nodes[tail].closes:
                return NEVER, 0.0, False
            if paid and facts.joined:
                long = join(long, early, late, way, 0.0, facts.nodes[tail].opens, facts.nodes[tail].closes)[0]
            elif paid:
                long = lasts(facts, routes, work, duty, begin, count, end)
            break
        node, stop, depart, before = facts.nodes[there], routes.stops[there], routes.stops[there].depart, 0.0
        if there == task:
            depart = facts.able[entry].depart
            pending -= 1
        elif there == store:
            depart = facts.able[node.able_from].depart
            pending -= 1
        else:
            before = stop.soft
        start, taken = extend(facts, duty, ready, taken, way, there, depart)
        if start >= NEVER:
            return NEVER, 0.0, False
        if pending == 0 and there != task and there != store:
            if start > stop.late:
                return NEVER, 0.0, False
            same = start == stop.start or (plain and stop.start < start <= stop.free)
            if same and taken == stop.taken and (facts.joined or not paid):
                if paid:
                    long = join(long, early, late, way, stop.after_long, stop.after_early, stop.after_late)[0]
                break
            exact = exact and (start == stop.start or facts.groups[node.group].size == 1)
        soft += soft_cost(facts, there, start) - before
        latest_by = max(latest_by, start - node.due)
        if paid:
            long, early, late = join(long, early, late, way, node.ticks, node.opens, node.closes)
            work.walked[count], work.walked_start[count], work.walked_taken[count] = there, start, taken
            count += 1
        here, ready = there, start + node.ticks
    if long >= NEVER:
        return NEVER, 0.0, False
    sure = facts.travel_weight * travel
    if task >= 0:
        sure += facts.able[entry].fixed
        if routes.loads[duty].count == 0:
            sure += facts.duties[duty].price
    if paid:
        sure += facts.duration_weight * (long - routes.loads[duty].span)
    if facts.greatest_weight > 0.0 and latest_by > greatest:
        soft += facts.greatest_weight * (latest_by - greatest)
    return sure + soft, sure, exact
