"""What a route costs with a task, a store, or both put in: a walk along it from the first change on."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.span import all_rests, back_home, step_back
from dispatch.solver.search.timing import extend, home, leg, time_cost
from dispatch.solver.within.duration import join


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


TOO_LATE, SETTLED, MOVED = range(3)
"""What becomes of the rest of a route that is itself as it was."""


@inlined
def rest_of(facts: Facts, routes: Routes, duty: int, there: int, start: float, taken: int) -> tuple[int, bool]:
    """What becomes of the route from ``there`` on when that starts at ``start``, and whether no crew is moved there."""
    stop = routes.stops[there]
    if start > stop.late:
        return TOO_LATE, False
    same = start == stop.start or (facts.duties[duty].plain != 0 and stop.start < start <= stop.free)
    alike = start == stop.start or facts.joints[facts.nodes[there].joint].wide == 1
    if same and taken == stop.taken and (facts.joined or facts.duration_weight == 0.0):
        return SETTLED, alike
    return MOVED, alike


@compiled
def lasts(facts: Facts, routes: Routes, work: Work, duty: int, begin: int, count: int, end: float) -> float:
    """Ticks ``duty`` lasts when it goes from ``begin`` on along the ``count`` nodes walked and is home at ``end``."""
    there, by, until = facts.tasks + facts.duty_count + duty, end, all_rests(facts, duty)
    for place in range(count - 1, -1, -1):
        node, start, taken = work.log[place].node, work.log[place].start, work.log[place].taken
        by = step_back(facts, duty, node, start, taken, there, by, until)
        there, until = node, taken
    return end - back_home(facts, routes, duty, begin, there, by, until)


@inlined
def put_in(
    facts: Facts, routes: Routes, task: int, entry: int, store: int, there: int
) -> tuple[bool, float, float, float]:
    """Whether ``there`` is put in, the moment before which nobody sets out for it, the ticks it takes, and what its
    time costs so far.
    """
    if there == task:
        return True, float(facts.able[entry].depart), float(facts.able[entry].ticks), 0.0
    if there == store:
        own = facts.able[facts.nodes[there].able_from]
        return True, float(own.depart), float(own.ticks), 0.0
    stop = routes.stops[there]
    return False, float(stop.depart), float(stop.ticks), float(stop.soft)


@inlined
def sure_part(facts: Facts, routes: Routes, duty: int, task: int, entry: int, travel: float, long: float) -> float:
    """What ``travel`` ticks more under way, a duration of ``long`` and the person of ``task`` cost."""
    cost = facts.travel_weight * travel
    if task >= 0:
        cost += facts.able[entry].fixed
        if routes.loads[duty].count == 0:
            cost += facts.duties[duty].price
    if facts.duration_weight > 0.0:
        cost += facts.duration_weight * (long - routes.loads[duty].span)
    return cost


@compiled
def walk(
    facts: Facts, routes: Routes, work: Work, duty: int, begin: int, behind: int, task: int, entry: int, store: int,
    store_behind: int, greatest: float,
) -> tuple[float, float, bool]:  # fmt: skip
    """What ``duty`` costs more with what `onward` puts in from ``begin`` on, `NEVER` if something is too late; the part
    no timing changes; whether it is exact, not a lower bound as where crews move. Lateness beyond ``greatest`` is paid.
    """
    skip = int(routes.loads[duty].store) if store >= 0 else -1
    pending = int(task >= 0) + int(store >= 0) + int(skip >= 0)
    tail = facts.tasks + facts.duty_count + duty
    paid, first = facts.duration_weight > 0.0, routes.stops[begin]
    here, ready, taken = begin, first.ready, int(first.taken)
    long, early, late = first.before_long, first.before_early, first.before_late
    travel, soft, exact, changed, latest_by, count = 0.0, 0.0, True, False, greatest, 0
    while True:
        there, jumped = onward(routes, here, behind, task, store, store_behind, skip)
        travel -= 0.0 if changed else routes.stops[here].ahead
        if jumped:
            travel -= routes.stops[skip].ahead
            pending -= 1
        way = leg(facts, duty, here, there)
        travel += way
        if there == tail:
            end = home(facts, duty, ready, taken, way)
            if end > facts.nodes[tail].closes:
                return NEVER, 0.0, False
            soft += time_cost(facts, duty, tail, end, way) - routes.stops[tail].soft
            if paid and facts.joined:
                long = join(long, early, late, way, 0.0, facts.nodes[tail].opens, facts.nodes[tail].closes)[0]
            elif paid:
                long = lasts(facts, routes, work, duty, begin, count, end)
            break
        changed, depart, ticks, before = put_in(facts, routes, task, entry, store, there)
        pending -= int(changed)
        start, taken = extend(facts, duty, ready, taken, way, there, depart)
        if start >= NEVER:
            return NEVER, 0.0, False
        if pending == 0 and not changed:
            state, alike = rest_of(facts, routes, duty, there, start, taken)
            if state == TOO_LATE:
                return NEVER, 0.0, False
            if state == SETTLED:
                stop = routes.stops[there]
                soft += time_cost(facts, duty, there, start, way) - before if facts.traffic else 0.0
                if paid:
                    long = join(long, early, late, way, stop.after_long, stop.after_early, stop.after_late)[0]
                break
            exact = exact and alike
        soft += time_cost(facts, duty, there, start, way) - before
        node = facts.nodes[there]
        latest_by = max(latest_by, start - node.due)
        if paid:
            long, early, late = join(long, early, late, way, ticks, node.opens, node.closes)
            walked = work.log[count]
            walked.node, walked.start, walked.taken = there, start, taken
            count += 1
        here, ready = there, start + ticks
    if long >= NEVER:
        return NEVER, 0.0, False
    soft += facts.greatest_weight * (latest_by - greatest)
    sure = sure_part(facts, routes, duty, task, entry, travel, long)
    return sure + soft, sure, exact
