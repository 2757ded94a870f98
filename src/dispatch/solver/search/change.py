"""Changing routes: link and unlink a task, let times settle along routes and across crews, undo, refresh labels."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.heap import forget, pop, push
from dispatch.solver.search.joints import arrival, push_behind, settle
from dispatch.solver.search.shared import count_pieces
from dispatch.solver.search.span import lasting
from dispatch.solver.search.timing import (
    done_by,
    home,
    is_as_slow,
    latest,
    leg,
    slow_cost,
    time_cost,
)
from dispatch.solver.within.caps import work_of
from dispatch.solver.within.carried import left_after
from dispatch.solver.within.duration import join


@inlined
def new_log(work: Work) -> None:
    """Empty the log: from now on the former times of every node retimed are kept once."""
    work.counts[0].log = 0
    work.counts[0].epoch += 1.0


@inlined
def touch(work: Work, duty: int) -> None:
    """Remember that ``duty`` is not as it was."""
    if not work.is_touched[duty]:
        work.is_touched[duty] = True
        work.touched[work.counts[0].touched] = duty
        work.counts[0].touched += 1


@compiled
def new_households(facts: Facts, routes: Routes, task: int, duty: int) -> float:
    """Households that ``duty`` has more with ``task`` than without: 1 or 0. ``task`` is not on it."""
    household = facts.nodes[task].household
    if household < 0 or facts.duties[duty].max_households >= NEVER:
        return 0.0
    node = routes.stops[facts.tasks + duty].next
    while node < facts.tasks:
        if facts.nodes[node].household == household:
            return 0.0
        node = routes.stops[node].next
    return 1.0


@inlined
def tally(facts: Facts, routes: Routes, task: int, duty: int, by: int) -> None:
    """Count ``task`` for ``duty``, and for what that shares with others: it comes (``by`` 1), or goes (-1)."""
    load, node = routes.loads[duty], facts.nodes[task]
    work = work_of(routes.stops[task].ticks, node.visits)
    load.count += by
    load.visits += by * node.visits
    load.work += by * work
    load.weight += by * node.weight
    if facts.duties[duty].pool >= 0:
        of_day = routes.loads[facts.duties[duty].pool]
        of_day.visits += by * node.visits
        of_day.work += by * work
    if node.shared_from < node.shared_to:
        count_pieces(facts, routes, task, duty, by)


@compiled
def link(facts: Facts, routes: Routes, task: int, behind: int, entry: int) -> None:
    """Put ``task`` on the route of ``behind``, right after it. Times are not looked at."""
    duty = routes.stops[behind].duty
    following = routes.stops[behind].next
    routes.loads[duty].households += new_households(facts, routes, task, duty)
    routes.stops[behind].next = task
    routes.stops[task].prev = behind
    routes.stops[task].next = following
    routes.stops[following].prev = task
    routes.stops[task].duty = duty
    routes.stops[task].depart = facts.able[entry].depart
    routes.stops[task].ticks = facts.able[entry].ticks
    routes.stops[task].start = -NEVER
    routes.stops[task].soft = 0.0
    routes.stops[task].fixed = facts.able[entry].fixed
    tally(facts, routes, task, duty, 1)


@compiled
def unlink(facts: Facts, routes: Routes, task: int) -> None:
    """Take ``task`` off its route. Times are not looked at."""
    duty = routes.stops[task].duty
    behind, following = routes.stops[task].prev, routes.stops[task].next
    routes.stops[behind].next = following
    routes.stops[following].prev = behind
    routes.stops[task].next = -1
    routes.stops[task].prev = -1
    routes.stops[task].duty = -1
    routes.stops[task].soft = 0.0
    routes.stops[task].fixed = 0.0
    tally(facts, routes, task, duty, -1)
    routes.loads[duty].households -= new_households(facts, routes, task, duty)


@inlined
def retime(facts: Facts, routes: Routes, work: Work, task: int, start: float, taken: int) -> float:
    """Let ``task`` start at ``start``; what that adds to the cost. Can be undone."""
    stop = routes.stops[task]
    if stop.epoch != work.counts[0].epoch:
        stop.epoch = work.counts[0].epoch
        entry = work.log[work.counts[0].log]
        work.counts[0].log += 1
        entry.node = task
        entry.start = stop.start
        entry.ready = stop.ready
        entry.soft = stop.soft
        entry.taken = stop.taken
    before = stop.soft
    stop.start = start
    stop.ready = start + stop.ticks
    stop.taken = taken
    stop.soft = time_cost(facts, stop.duty, task, start, leg(facts, stop.duty, stop.prev, task))
    if not facts.tied:
        stop.key = start
    return stop.soft - before


@compiled
def end_behind(facts: Facts, routes: Routes, work: Work, task: int) -> float:
    """Let the duty end right behind ``task``: what that adds to the cost, `NEVER` if it is too late. Can be undone."""
    tail, duty = routes.stops[task].next, routes.stops[task].duty
    stop = routes.stops[task]
    end = home(facts, duty, stop.ready, stop.taken, leg(facts, duty, task, tail))
    if end > facts.nodes[tail].closes:
        return NEVER
    return retime(facts, routes, work, tail, end, 0) if facts.overtime else 0.0


@compiled
def refresh_end(facts: Facts, routes: Routes, duty: int) -> float:
    """When ``duty`` ends as it stands, and up to when it may for no more overtime; what that and traffic home cost."""
    tail = facts.tasks + facts.duty_count + duty
    last, end = routes.stops[routes.stops[tail].prev], routes.stops[tail]
    end.start, end.soft = 0.0, 0.0
    if routes.loads[duty].count > 0:
        way = leg(facts, duty, end.prev, tail)
        end.start = home(facts, duty, last.ready, last.taken, way)
        end.soft = time_cost(facts, duty, tail, end.start, way)
    end.free = min(facts.nodes[tail].closes, max(facts.nodes[tail].due, end.start))
    return float(end.soft)


@compiled
def propagate(facts: Facts, routes: Routes, work: Work, limit: float) -> float:
    """Let times settle from the groups on the heap on. What that adds to the cost; `NEVER` if more than ``limit``.

    Joints are looked at in the order of their keys, so each once; work is proportional to what moves. `NEVER` also
    where some window, break or end cannot be kept; the caller undoes. Lateness beyond the greatest is paid, too.
    """
    choice = work.choice
    added = 0.0
    greatest = work.counts[0].greatest
    while work.counts[0].heap > 0:
        joint = pop(work)
        first, size, behind = facts.joints[joint].first, facts.joints[joint].size, facts.joints[joint].behind
        if facts.joints[joint].wide == 1:
            choice[0].start, choice[0].breaks = arrival(facts, routes, facts.members[first])
            possible = choice[0].start < NEVER
        else:
            possible = settle(facts, routes, work, joint)
        if not possible:
            forget(work)
            return NEVER
        for place in range(size):
            task = facts.members[first + place]
            start, breaks = choice[place].start, choice[place].breaks
            same = start == routes.stops[task].start and breaks == routes.stops[task].taken
            if same and (not facts.traffic or is_as_slow(facts, routes, task)):
                continue
            if behind > 0 and start != routes.stops[task].start:
                push_behind(facts, routes, work, joint)
            added += retime(facts, routes, work, task, start, breaks)
            if facts.greatest_weight > 0.0 and start - facts.nodes[task].due > greatest:
                added += facts.greatest_weight * (start - facts.nodes[task].due - greatest)
                greatest = start - facts.nodes[task].due
            following = routes.stops[task].next
            if following < facts.tasks:
                push(work, facts.nodes[following].joint, routes.stops[following].key)
                continue
            more = end_behind(facts, routes, work, task)
            if more >= NEVER:
                forget(work)
                return NEVER
            added += more
        if added > limit and not facts.traffic:
            # In traffic what comes later may cost less.
            forget(work)
            return NEVER
    return added


@compiled
def undo(routes: Routes, work: Work) -> None:
    """Give every node retimed since the log was emptied its former times back."""
    for place in range(work.counts[0].log - 1, -1, -1):
        entry = work.log[place]
        stop = routes.stops[entry.node]
        stop.start = entry.start
        stop.ready = entry.ready
        stop.soft = entry.soft
        stop.taken = entry.taken
    new_log(work)


@compiled
def touch_logged(routes: Routes, work: Work) -> None:
    """Remember every duty on which something was retimed since the log was emptied; empty the log."""
    for place in range(work.counts[0].log):
        touch(work, routes.stops[work.log[place].node].duty)
    new_log(work)


@compiled
def refresh(facts: Facts, routes: Routes, duty: int) -> None:
    """Everything cached about the route of ``duty``, from its links and starts."""
    head, tail = facts.tasks + duty, facts.tasks + facts.duty_count + duty
    node = routes.stops[tail].prev
    following = tail
    travel, latest_by, slow = 0.0, 0.0, 0.0
    soft = refresh_end(facts, routes, duty) if facts.overtime else 0.0
    while True:
        way = leg(facts, duty, node, following)
        routes.stops[node].ahead = way
        travel += way
        if facts.traffic and routes.loads[duty].count > 0:
            slow += slow_cost(facts, duty, way, routes.stops[following].start)
        if node == head:
            break
        routes.stops[node].late = latest(facts, routes, duty, node, following)
        free = done_by(facts, duty, routes.stops[following].free, way) - routes.stops[node].ticks
        free = min(routes.stops[node].late, free)
        joint = facts.nodes[node].joint
        if facts.joints[joint].wide > 1:
            free = min(free, routes.stops[node].start)
        elif facts.nodes[node].late_weight > 0.0 and free > facts.nodes[node].due:
            free = max(facts.nodes[node].due, routes.stops[node].start)
        if facts.nodes[node].told_weight > 0.0:
            free = min(free, max(facts.nodes[node].told, routes.stops[node].start))
        if facts.traffic:
            free = min(free, routes.stops[node].start)
        routes.stops[node].free = free
        soft += routes.stops[node].soft + routes.stops[node].fixed
        if node < facts.visits:
            latest_by = max(latest_by, routes.stops[node].start - facts.nodes[node].due)
        following, node = node, routes.stops[node].prev
    load = routes.loads[duty]
    load.travel, load.soft, load.latest_by, load.slow = travel, soft, latest_by, slow
    if facts.duration_weight > 0.0:
        _segments(facts, routes, duty)
        if not facts.joined:
            routes.loads[duty].span = lasting(facts, routes, duty)
    if facts.stocked:
        _count_parts(facts, routes, duty)


@compiled
def _count_parts(facts: Facts, routes: Routes, duty: int) -> None:
    """What is left of the parts carried when the store is reached, or at the end where there is none."""
    left = facts.duties[duty].parts
    node = routes.stops[facts.tasks + duty].next
    while node < facts.visits:
        left = left_after(left, facts.nodes[node].parts)
        node = routes.stops[node].next
    routes.loads[duty].left = left


@compiled
def _segments(facts: Facts, routes: Routes, duty: int) -> None:
    """The pieces up to and from every node of ``duty``, and how long the duty lasts from its latest start on."""
    head, tail = facts.tasks + duty, facts.tasks + facts.duty_count + duty
    node = head
    while node != tail:
        following = routes.stops[node].next
        here = routes.stops[node]
        joined = join(
            here.before_long, here.before_early, here.before_late, here.ahead,
            routes.stops[following].ticks, facts.nodes[following].opens, facts.nodes[following].closes,
        )  # fmt: skip
        there = routes.stops[following]
        there.before_long, there.before_early, there.before_late = joined
        node = following
    while node != head:
        behind = routes.stops[node].prev
        alone, there = facts.nodes[behind], routes.stops[node]
        joined = join(
            routes.stops[behind].ticks, alone.opens, alone.closes, routes.stops[behind].ahead,
            there.after_long, there.after_early, there.after_late,
        )  # fmt: skip
        here = routes.stops[behind]
        here.after_long, here.after_early, here.after_late = joined
        node = behind
    routes.loads[duty].span = routes.stops[tail].before_long if routes.loads[duty].count > 0 else 0.0
