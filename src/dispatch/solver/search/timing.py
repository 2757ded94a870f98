"""Time along a route as the search has it: how it extends along a stop, and how late a stop may be.

The rules themselves stand in `dispatch.solver.within`; here is where their numbers lie, and the rule of thumb for
breaks.
Earliest is best: whatever costs grows with time, except a told start, before which its visit is not begun while it is
held there. Breaks are taken when their span has opened and the worker arrives or waits; absences hold neither work
nor a way. A way is as on free roads wherever it is handed on; `reach` and `set_out` know the traffic.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes
from dispatch.solver.within import ways
from dispatch.solver.within import windows as of_windows
from dispatch.solver.within.breaks import all_over, begun, over
from dispatch.solver.within.prices import late, told
from dispatch.solver.within.ways import course_to, reach_free, set_out_free, slower
from dispatch.solver.within.windows import closing, earliest, opening_of_one


@inlined
def leg(facts: Facts, duty: int, here: int, there: int) -> float:
    """Ticks from node ``here`` to node ``there`` by the means of ``duty``."""
    return float(facts.way[facts.duties[duty].mode, facts.nodes[here].spot, facts.nodes[there].spot])


@inlined
def leg_to(facts: Facts, duty: int, here: int, there: int) -> float:
    """`leg`, for when many ways to the same node ``there`` are looked at: they lie side by side."""
    return float(facts.back[facts.duties[duty].mode, facts.nodes[there].spot, facts.nodes[here].spot])


@compiled
def reach_busy(facts: Facts, duty: int, at: float, way: float) -> float:
    """`reach` in traffic."""
    own = facts.duties[duty]
    return ways.reach(facts.spans, own.course_from, own.course_to, facts.spans, own.block_from, own.block_to, at, way)


@inlined
def reach(facts: Facts, duty: int, at: float, way: float) -> float:
    """When the end of ``way`` is reached that ``duty`` sets out for from ``at`` on, as soon as absences let it."""
    if facts.traffic:
        return reach_busy(facts, duty, at, way)
    return reach_free(facts.spans, facts.duties[duty].block_from, facts.duties[duty].block_to, at, way)


@inlined
def reach_plain(facts: Facts, duty: int, at: float, way: float) -> float:
    """`reach` on a duty without absences."""
    return reach_busy(facts, duty, at, way) if facts.traffic else at + way


@compiled
def set_out(facts: Facts, duty: int, by: float, way: float) -> float:
    """The last moment to set out for a ``way`` that ends by ``by`` and meets no absence of ``duty``."""
    own = facts.duties[duty]
    if facts.traffic:
        return ways.set_out(
            facts.spans, own.course_from, own.course_to, facts.spans, own.block_from, own.block_to, by, way
        )
    return set_out_free(facts.spans, own.block_from, own.block_to, by, way)


@compiled
def slow_cost(facts: Facts, duty: int, way: float, by: float) -> float:
    """What traffic adds to the price of ``way`` for who sets out as late as brings them there ``by``."""
    own = facts.duties[duty]
    if way == 0.0 or own.course_from == own.course_to:
        return 0.0
    leave = set_out(facts, duty, by, way)
    return facts.travel_weight * slower(facts.spans, own.course_from, own.course_to, leave, way)


@inlined
def windows(facts: Facts, duty: int, node: int) -> tuple[int, int]:
    """Where the windows of ``node`` on ``duty`` begin and end in `Facts.spans`."""
    if facts.partly and node < facts.visits:
        own = facts.able[facts.entry[node, duty]]
        return own.window_from, own.window_to
    return facts.nodes[node].window_from, facts.nodes[node].window_to


@inlined
def on_site(facts: Facts, duty: int, node: int) -> float:
    """Ticks that whoever is on ``duty`` takes at ``node``."""
    if facts.paced and node < facts.visits:
        return float(facts.able[facts.entry[node, duty]].ticks)
    return float(facts.nodes[node].ticks)


@inlined
def opening(facts: Facts, duty: int, node: int, at: float) -> float:
    """The first start of ``node`` on ``duty`` from ``at`` on by its windows; `NEVER` if there is none."""
    first, last = windows(facts, duty, node)
    if last - first <= 1 and not (facts.partly and node < facts.visits):
        return opening_of_one(facts.nodes[node].opens, facts.nodes[node].closes, at)
    return of_windows.opening(facts.spans, first, last, at)


@compiled
def start_on(facts: Facts, duty: int, node: int, at: float) -> float:
    """The first start of ``node`` from ``at`` on by its windows and the absences of ``duty``."""
    own = facts.duties[duty]
    if own.plain:
        return opening(facts, duty, node, at)
    first, last = windows(facts, duty, node)
    return earliest(facts.spans, first, last, facts.spans, own.block_from, own.block_to, at, on_site(facts, duty, node))


@compiled
def extend_broken(
    facts: Facts, duty: int, ready: float, taken: int, way: float, node: int, depart: float
) -> tuple[float, int]:
    """`extend` on a duty with breaks or absences."""
    rests, last = facts.spans, facts.duties[duty].rest_to
    rest = facts.duties[duty].rest_from + taken
    arrive = reach(facts, duty, max(ready, depart), way)
    # A break whose last moment passes on the way is taken before setting out.
    while rest < last and arrive > rests[rest, 1]:
        begin = begun(rests, rest, ready)
        if begin >= NEVER:
            return NEVER, taken
        ready = over(rests, rest, begin)
        arrive = reach(facts, duty, max(ready, depart), way)
        rest += 1
    start = start_on(facts, duty, node, arrive)
    while rest < last:
        # Taken on arrival where it costs nothing, or where afterwards is too late.
        begin = begun(rests, rest, arrive)
        after = start_on(facts, duty, node, over(rests, rest, begin))
        if start < NEVER and after > start and start + on_site(facts, duty, node) <= rests[rest, 1]:
            break
        if begin >= NEVER:
            return NEVER, taken
        arrive = over(rests, rest, begin)
        start = after
        rest += 1
    return start, rest - facts.duties[duty].rest_from


@compiled
def rested_by(facts: Facts, duty: int, start: float, taken: int, until: float) -> int:
    """The breaks behind somebody who could start at ``start`` with ``taken`` of them, but waits on site ``until``."""
    rests, rest = facts.spans, facts.duties[duty].rest_from + taken
    while rest < facts.duties[duty].rest_to:
        begin = begun(rests, rest, start)
        if begin >= NEVER or over(rests, rest, begin) > until:
            break
        start = over(rests, rest, begin)
        rest += 1
    return rest - facts.duties[duty].rest_from


@inlined
def extend(
    facts: Facts, duty: int, ready: float, taken: int, way: float, node: int, depart: float
) -> tuple[float, int]:
    """The earliest start of ``node`` after ``way`` ticks set out for from ``ready`` on, and the breaks then behind.

    ``taken`` breaks lie behind the stop left; ``depart`` is the moment before which nobody sets out for this one.
    """
    if facts.duties[duty].plain:
        return opening(facts, duty, node, reach_plain(facts, duty, max(ready, depart), way)), taken
    return extend_broken(facts, duty, ready, taken, way, node, depart)


@compiled
def home(facts: Facts, duty: int, ready: float, taken: int, way: float) -> float:
    """When the tail of ``duty`` is reached after ``way`` ticks, every break taken; `NEVER` if a break cannot be."""
    if facts.duties[duty].plain:
        return reach_plain(facts, duty, ready, way)
    rests, last = facts.spans, facts.duties[duty].rest_to
    rest = facts.duties[duty].rest_from + taken
    arrive = reach(facts, duty, ready, way)
    while rest < last and arrive > rests[rest, 1]:
        begin = begun(rests, rest, ready)
        if begin >= NEVER:
            return NEVER
        ready = over(rests, rest, begin)
        arrive = reach(facts, duty, ready, way)
        rest += 1
    return arrive if all_over(rests, rest, last, arrive) < NEVER else NEVER


@inlined
def soft_cost(facts: Facts, node: int, start: float) -> float:
    """Price of starting ``node`` at ``start``: lateness, and the change of what was told."""
    cost = late(start, facts.nodes[node].due, facts.nodes[node].late_weight)
    if facts.nodes[node].told_weight > 0.0:
        cost += told(start, facts.nodes[node].told, facts.nodes[node].told_weight)
    return cost


@inlined
def time_cost(facts: Facts, duty: int, node: int, start: float, way: float) -> float:
    """`soft_cost`, and what traffic adds to the ``way`` to ``node`` on ``duty``."""
    cost = soft_cost(facts, node, start)
    return cost + slow_cost(facts, duty, way, start) if facts.traffic else cost


@inlined
def is_as_slow(facts: Facts, routes: Routes, task: int) -> bool:
    """Whether traffic costs on the way to ``task``, maybe from another stop than before, what it did."""
    stop = routes.stops[task]
    way = leg(facts, stop.duty, stop.prev, task)
    return bool(time_cost(facts, stop.duty, task, stop.start, way) == stop.soft)


@compiled
def end_cost(facts: Facts, duty: int, ready: float, taken: int, way: float) -> float:
    """What overtime, and traffic on the way home, cost where ``duty`` ends a ``way`` on from ``ready``; `NEVER` if that
    is too late. ``taken`` breaks lie behind by then.
    """
    tail = facts.tasks + facts.duty_count + duty
    end = home(facts, duty, ready, taken, way)
    return time_cost(facts, duty, tail, end, way) if end <= facts.nodes[tail].closes else NEVER


@inlined
def done_by(facts: Facts, duty: int, by: float, way: float) -> float:
    """The last moment to set out for a ``way`` that is over ``by``; absences left out."""
    own = facts.duties[duty]
    return course_to(facts.spans, own.course_from, own.course_to, by, -way) if facts.traffic else by - way


@inlined
def latest(facts: Facts, routes: Routes, duty: int, node: int, following: int) -> float:
    """The last start of ``node`` from which ``following`` can be reached by its own last start; breaks left out."""
    way = leg(facts, duty, node, following)
    start = done_by(facts, duty, routes.stops[following].late, way) - routes.stops[node].ticks
    first, last = windows(facts, duty, node)
    if last - first <= 1 and not (facts.partly and node < facts.visits):
        return min(start, facts.nodes[node].closes)
    return closing(facts.spans, first, last, start)
