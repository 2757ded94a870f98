"""Time along a route, written once: how it extends along a stop, and how two pieces of a route join.

Earliest is best: whatever costs grows with time, except a told start, before which its visit is not begun while it is
held there. Breaks are taken when their span has opened and the worker arrives or waits; absences hold neither work
nor a way. A way is as on free roads wherever it is handed on; `reach` and `set_out` know the traffic.
"""

from __future__ import annotations

import math

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes

FREE = 100.0
"""How far one gets in a tick on free roads."""


@inlined
def leg(facts: Facts, duty: int, here: int, there: int) -> float:
    """Ticks from node ``here`` to node ``there`` by the means of ``duty``."""
    return float(facts.way[facts.duties[duty].mode, facts.nodes[here].spot, facts.nodes[there].spot])


@inlined
def leg_to(facts: Facts, duty: int, here: int, there: int) -> float:
    """`leg`, for when many ways to the same node ``there`` are looked at: they lie side by side."""
    return float(facts.back[facts.duties[duty].mode, facts.nodes[there].spot, facts.nodes[here].spot])


@inlined
def clear(facts: Facts, duty: int, at: float, ticks: float) -> float:
    """The first moment from ``at`` on that leaves ``ticks`` before the next absence of ``duty`` begins."""
    if ticks == 0.0:
        return at
    for block in range(facts.duties[duty].block_from, facts.duties[duty].block_to):
        if at + ticks <= facts.spans[block, 0]:
            break
        at = max(at, facts.spans[block, 1])
    return at


@inlined
def knot_of(facts: Facts, duty: int, column: int, value: float) -> int:
    """The last knot of the course of ``duty`` of which ``column`` is not above ``value``; -1 before them all."""
    low, high = facts.duties[duty].course_from, facts.duties[duty].course_to
    while low < high:
        middle = (low + high) >> 1
        if facts.spans[middle, column] <= value:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low > facts.duties[duty].course_from else -1


@inlined
def course_at(facts: Facts, duty: int, at: float) -> float:
    """How far ``duty`` has got by ``at``, see `dispatch.solver.traffic`."""
    knot = knot_of(facts, duty, 0, at)
    if knot < 0:
        first = facts.duties[duty].course_from
        return float(facts.spans[first, 1] + (at - facts.spans[first, 0]) * FREE)
    return float(facts.spans[knot, 1] + (at - facts.spans[knot, 0]) * facts.spans[knot, 2])


@compiled
def course_to(facts: Facts, duty: int, at: float, way: float) -> float:
    """When ``way`` is over that is set out for at ``at``; of a negative one, when to set out to be there ``at``."""
    if way == 0.0 or facts.duties[duty].course_from == facts.duties[duty].course_to:
        return at + way
    target = course_at(facts, duty, at) + FREE * way
    knot = knot_of(facts, duty, 1, target)
    speed = FREE
    if knot < 0:
        knot = facts.duties[duty].course_from
    else:
        speed = facts.spans[knot, 2]
    ticks = (target - facts.spans[knot, 1]) / speed
    return float(facts.spans[knot, 0] + (math.ceil(ticks) if way > 0.0 else math.floor(ticks)))


@compiled
def reach_busy(facts: Facts, duty: int, at: float, way: float) -> float:
    """`reach` in traffic."""
    arrive = course_to(facts, duty, at, way)
    if way == 0.0:
        return arrive
    for block in range(facts.duties[duty].block_from, facts.duties[duty].block_to):
        if arrive <= facts.spans[block, 0]:
            break
        if facts.spans[block, 1] > at:
            at = facts.spans[block, 1]
            arrive = course_to(facts, duty, at, way)
    return arrive


@inlined
def reach(facts: Facts, duty: int, at: float, way: float) -> float:
    """When the end of ``way`` is reached that ``duty`` sets out for from ``at`` on, as soon as absences let it."""
    if facts.traffic:
        return reach_busy(facts, duty, at, way)
    return clear(facts, duty, at, way) + way


@inlined
def reach_plain(facts: Facts, duty: int, at: float, way: float) -> float:
    """`reach` on a duty without absences."""
    return reach_busy(facts, duty, at, way) if facts.traffic else at + way


@compiled
def set_out_busy(facts: Facts, duty: int, by: float, way: float) -> float:
    """The last moment to set out for a ``way`` that ends by ``by`` and meets no absence of ``duty``."""
    leave = course_to(facts, duty, by, -way)
    if way == 0.0:
        return leave
    for block in range(facts.duties[duty].block_to - 1, facts.duties[duty].block_from - 1, -1):
        if leave >= facts.spans[block, 1]:
            break
        if facts.spans[block, 0] < by:
            by = facts.spans[block, 0]
            leave = course_to(facts, duty, by, -way)
    return leave


@compiled
def slow_cost(facts: Facts, duty: int, way: float, by: float) -> float:
    """What traffic adds to the price of ``way`` for who sets out as late as brings them there ``by``."""
    if way == 0.0 or facts.duties[duty].course_from == facts.duties[duty].course_to:
        return 0.0
    leave = set_out_busy(facts, duty, by, way)
    return facts.travel_weight * (course_to(facts, duty, leave, way) - leave - way)


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
    first, end = windows(facts, duty, node)
    if end - first <= 1 and not (facts.partly and node < facts.visits):
        start = max(at, facts.nodes[node].opens)
        return start if start <= facts.nodes[node].closes else NEVER
    for index in range(first, end):
        if at <= facts.spans[index, 1]:
            return float(max(at, facts.spans[index, 0]))
    return NEVER


@compiled
def start_on(facts: Facts, duty: int, node: int, at: float) -> float:
    """The first start of ``node`` from ``at`` on by its windows and the absences of ``duty``."""
    start = opening(facts, duty, node, at)
    if facts.duties[duty].plain:
        return start
    while start < NEVER:
        free = clear(facts, duty, start, on_site(facts, duty, node))
        if free == start:
            break
        start = opening(facts, duty, node, free)
    return start


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
        begin = max(ready, rests[rest, 0])
        if begin > rests[rest, 1]:
            return NEVER, taken
        ready = begin + rests[rest, 2]
        arrive = reach(facts, duty, max(ready, depart), way)
        rest += 1
    start = start_on(facts, duty, node, arrive)
    while rest < last:
        # Taken on arrival where it costs nothing, or where afterwards is too late.
        begin = max(arrive, rests[rest, 0])
        after = start_on(facts, duty, node, begin + rests[rest, 2])
        if start < NEVER and after > start and start + on_site(facts, duty, node) <= rests[rest, 1]:
            break
        if begin > rests[rest, 1]:
            return NEVER, taken
        arrive = begin + rests[rest, 2]
        start = after
        rest += 1
    return start, rest - facts.duties[duty].rest_from


@compiled
def rested_by(facts: Facts, duty: int, start: float, taken: int, until: float) -> int:
    """The breaks behind somebody who could start at ``start`` with ``taken`` of them, but waits on site ``until``."""
    rests, rest = facts.spans, facts.duties[duty].rest_from + taken
    while rest < facts.duties[duty].rest_to:
        begin = max(start, rests[rest, 0])
        if begin > rests[rest, 1] or begin + rests[rest, 2] > until:
            break
        start = begin + rests[rest, 2]
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
        begin = max(ready, rests[rest, 0])
        if begin > rests[rest, 1]:
            return NEVER
        ready = begin + rests[rest, 2]
        arrive = reach(facts, duty, ready, way)
        rest += 1
    at = arrive
    for index in range(rest, last):
        begin = max(at, rests[index, 0])
        if begin > rests[index, 1]:
            return NEVER
        at = begin + rests[index, 2]
    return arrive


@inlined
def soft_cost(facts: Facts, node: int, start: float) -> float:
    """Price of starting ``node`` at ``start``: lateness, and the change of what was told."""
    cost = 0.0
    if start > facts.nodes[node].due:
        cost = facts.nodes[node].late_weight * (start - facts.nodes[node].due)
    if facts.nodes[node].told_weight > 0.0:
        cost += facts.nodes[node].told_weight * abs(start - facts.nodes[node].told)
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
    return course_to(facts, duty, by, -way) if facts.traffic else by - way


@inlined
def latest(facts: Facts, routes: Routes, duty: int, node: int, following: int) -> float:
    """The last start of ``node`` from which ``following`` can be reached by its own last start; breaks left out."""
    way = leg(facts, duty, node, following)
    start = done_by(facts, duty, routes.stops[following].late, way) - routes.stops[node].ticks
    first, last = windows(facts, duty, node)
    if last - first <= 1 and not (facts.partly and node < facts.visits):
        return min(start, facts.nodes[node].closes)
    for index in range(last - 1, first - 1, -1):
        if start >= facts.spans[index, 0]:
            return float(min(start, facts.spans[index, 1]))
    return -NEVER


@inlined
def join(
    long1: float, early1: float, late1: float, way: float, long2: float, early2: float, late2: float
) -> tuple[float, float, float]:
    """Two pieces as one, ``way`` ticks apart; a duration of `NEVER` if that cannot be done in time.

    Each piece is its least duration, and the earliest and latest start that give it (Vidal et al. 2013).
    """
    through = long1 + way
    if early1 + through > late2:
        return NEVER, 0.0, 0.0
    wait = max(0.0, early2 - through - late1)
    return through + long2 + wait, max(early2 - through, early1) - wait, min(late2 - through, late1)
