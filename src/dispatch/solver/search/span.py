"""How long a duty lasts that is paid by its duration, where pieces of route do not tell: by a walk back along it.

The end of a route is the earliest. Its start is the latest that keeps that end, moves no task of a larger group, and
adds nothing to what lateness and told starts cost. Breaks may be taken elsewhere between the same two stops than on
the way out; at home before setting out, and after the end, they are not paid.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.facts import NEVER, Facts, Routes
from dispatch.solver.search.timing import home, leg, on_site, set_out_busy, windows


@compiled
def clear_before(facts: Facts, duty: int, at: float, ticks: float) -> float:
    """The last moment up to ``at`` that leaves ``ticks`` without an absence of ``duty``."""
    if ticks == 0.0:
        return at
    for block in range(facts.duties[duty].block_to - 1, facts.duties[duty].block_from - 1, -1):
        if at >= facts.spans[block, 1]:
            break
        at = min(at, facts.spans[block, 0] - ticks)
    return at


@compiled
def rests_before(facts: Facts, at: float, first: int, last: int) -> float:
    """The last moment to begin the breaks ``spans[first:last]`` so that all are over by ``at``; -`NEVER` if none is."""
    for rest in range(last - 1, first - 1, -1):
        at = min(at - facts.spans[rest, 2], facts.spans[rest, 1])
        if at < facts.spans[rest, 0]:
            return -NEVER
    return at


@compiled
def rests_from(facts: Facts, at: float, first: int, last: int) -> float:
    """When the breaks ``spans[first:last]`` are over if begun as soon as can be from ``at`` on; `NEVER` if not all."""
    for rest in range(first, last):
        begin = max(at, facts.spans[rest, 0])
        if begin > facts.spans[rest, 1]:
            return NEVER
        at = begin + facts.spans[rest, 2]
    return at


@compiled
def leave_by(facts: Facts, duty: int, node: int, there: int, by: float, taken: int, until: int) -> float:
    """The last moment to be done at ``node`` for whoever starts at ``there`` by ``by``; for a head, to set out.

    Between the two lie the breaks ``taken`` to ``until``, some before the way, the others after it.
    """
    way = leg(facts, duty, node, there)
    first = facts.duties[duty].rest_from + taken
    last = facts.duties[duty].rest_from + until
    is_head = facts.tasks <= node
    best = -NEVER
    for split in range(last, first - 1, -1):
        if there >= facts.tasks:
            arrive = by if rests_from(facts, by, split, last) < NEVER else -NEVER
        else:
            arrive = rests_before(facts, by, split, last)
        if arrive == -NEVER:
            continue
        if facts.traffic:
            leave = set_out_busy(facts, duty, arrive, way)
        else:
            leave = clear_before(facts, duty, arrive - way, way)
        if not is_head:
            leave = rests_before(facts, leave, first, split)
        elif rests_from(facts, facts.nodes[node].opens, first, split) > leave:
            continue
        best = max(best, leave)
    return best


@compiled
def start_by(facts: Facts, duty: int, node: int, by: float) -> float:
    """The last start of ``node`` up to ``by`` by its windows and the absences of ``duty``; -`NEVER` if none."""
    while True:
        start = min(by, facts.nodes[node].closes)
        first, last = windows(facts, duty, node)
        if last - first > 1 or (facts.partly and node < facts.visits):
            start = -NEVER
            for index in range(last - 1, first - 1, -1):
                if by >= facts.spans[index, 0]:
                    start = min(by, facts.spans[index, 1])
                    break
        elif start < facts.nodes[node].opens:
            start = -NEVER
        by = clear_before(facts, duty, start, on_site(facts, duty, node)) if start > -NEVER else start
        if by == start:
            return start


@compiled
def step_back(facts: Facts, duty: int, node: int, start: float, taken: int, there: int, by: float, until: int) -> float:
    """The last start of ``node``, now at ``start`` with ``taken`` breaks behind, that lets ``there`` start by ``by``.

    ``until`` breaks are behind when ``there`` starts.
    """
    if facts.groups[facts.nodes[node].group].size > 1:
        return start
    done = leave_by(facts, duty, node, there, by, taken, until)
    late = start_by(facts, duty, node, done - on_site(facts, duty, node))
    if facts.nodes[node].late_weight > 0.0:
        late = min(late, max(start, facts.nodes[node].due))
    if facts.nodes[node].told_weight > 0.0:
        late = min(late, max(start, facts.nodes[node].told))
    return max(start, late)


@compiled
def all_rests(facts: Facts, duty: int) -> int:
    """How many breaks ``duty`` has."""
    return int(facts.duties[duty].rest_to - facts.duties[duty].rest_from)


@compiled
def back_home(facts: Facts, routes: Routes, duty: int, node: int, there: int, by: float, until: int) -> float:
    """The last moment to set out so that ``there``, right behind ``node`` on the route, starts by ``by``."""
    while node < facts.tasks:
        stop = routes.stops[node]
        by = step_back(facts, duty, node, stop.start, stop.taken, there, by, until)
        there, until = node, stop.taken
        node = stop.prev
    return leave_by(facts, duty, node, there, by, 0, until)


@compiled
def lasting(facts: Facts, routes: Routes, duty: int) -> float:
    """Ticks from the latest start of ``duty``, as its route is timed, to its end; 0 if nothing is on it."""
    tail = facts.tasks + facts.duty_count + duty
    node = routes.stops[tail].prev
    if node >= facts.tasks:
        return 0.0
    stop = routes.stops[node]
    end = home(facts, duty, stop.ready, stop.taken, leg(facts, duty, node, tail))
    return end - back_home(facts, routes, duty, node, tail, end, all_rests(facts, duty))
