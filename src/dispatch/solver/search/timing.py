"""Time along a route, written once: how it extends along a stop, and how two pieces of a route join.

Earliest is best: whatever costs grows with time, except a told start, before which its visit is not begun while it is
held there. Breaks are taken when their span has opened and the worker arrives or waits; absences hold neither work
nor a way.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes


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
    leave = max(ready, depart)
    arrive = clear(facts, duty, leave, way) + way
    # A break whose last moment passes on the way is taken before setting out.
    while rest < last and arrive > rests[rest, 1]:
        begin = max(ready, rests[rest, 0])
        if begin > rests[rest, 1]:
            return NEVER, taken
        ready = begin + rests[rest, 2]
        leave = max(ready, depart)
        arrive = clear(facts, duty, leave, way) + way
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
        return opening(facts, duty, node, max(ready, depart) + way), taken
    return extend_broken(facts, duty, ready, taken, way, node, depart)


@compiled
def home(facts: Facts, duty: int, ready: float, taken: int, way: float) -> float:
    """When the tail of ``duty`` is reached after ``way`` ticks, every break taken; `NEVER` if a break cannot be."""
    if facts.duties[duty].plain:
        return ready + way
    rests, last = facts.spans, facts.duties[duty].rest_to
    rest = facts.duties[duty].rest_from + taken
    arrive = clear(facts, duty, ready, way) + way
    while rest < last and arrive > rests[rest, 1]:
        begin = max(ready, rests[rest, 0])
        if begin > rests[rest, 1]:
            return NEVER
        ready = begin + rests[rest, 2]
        arrive = clear(facts, duty, ready, way) + way
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


@compiled
def end_cost(facts: Facts, duty: int, ready: float, taken: int, way: float) -> float:
    """What overtime costs where ``duty`` ends ``way`` ticks on from ``ready``; `NEVER` if that is too late.

    ``taken`` breaks lie behind by then.
    """
    tail = facts.tasks + facts.duty_count + duty
    end = home(facts, duty, ready, taken, way)
    return soft_cost(facts, tail, end) if end <= facts.nodes[tail].closes else NEVER


@inlined
def latest(facts: Facts, routes: Routes, duty: int, node: int, following: int) -> float:
    """The last start of ``node`` from which ``following`` can be reached by its own last start; breaks left out."""
    end = routes.stops[following].late - leg(facts, duty, node, following)
    start = end - routes.stops[node].ticks
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
