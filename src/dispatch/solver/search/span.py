"""How long a duty lasts that is paid by its duration, where pieces of route do not tell: by a walk back along it.

The end of a route is the earliest. Its start is the latest that keeps that end, moves no task of a larger group, and
adds nothing to what lateness and told starts cost. Breaks may be taken elsewhere between the same two stops than on
the way out; at home before setting out, and after the end, they are not paid.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.facts import NEVER, Facts, Routes
from dispatch.solver.search.timing import home, leg, on_site, set_out, windows
from dispatch.solver.within.breaks import all_before, all_over
from dispatch.solver.within.windows import latest


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
            arrive = by if all_over(facts.spans, split, last, by) < NEVER else -NEVER
        else:
            arrive = all_before(facts.spans, split, last, by)
        if arrive == -NEVER:
            continue
        leave = set_out(facts, duty, arrive, way)
        if not is_head:
            leave = all_before(facts.spans, first, split, leave)
        elif all_over(facts.spans, first, split, facts.nodes[node].opens) > leave:
            continue
        best = max(best, leave)
    return best


@compiled
def start_by(facts: Facts, duty: int, node: int, by: float) -> float:
    """The last start of ``node`` up to ``by`` by its windows and the absences of ``duty``; -`NEVER` if none."""
    own = facts.duties[duty]
    first, last = windows(facts, duty, node)
    return latest(facts.spans, first, last, facts.spans, own.block_from, own.block_to, by, on_site(facts, duty, node))


@compiled
def step_back(facts: Facts, duty: int, node: int, start: float, taken: int, there: int, by: float, until: int) -> float:
    """The last start of ``node``, now at ``start`` with ``taken`` breaks behind, that lets ``there`` start by ``by``.

    ``until`` breaks are behind when ``there`` starts.
    """
    if facts.joints[facts.nodes[node].joint].wide > 1:
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
