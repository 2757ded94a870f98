"""When the tasks of a joint start: together, and after the joints of their group that they wait for."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.timing import extend, leg, rested_by, start_on


@inlined
def group_of(facts: Facts, task: int) -> int:
    """The group of ``task``."""
    return facts.joints[facts.nodes[task].joint].group


@inlined
def arrival(facts: Facts, routes: Routes, task: int) -> tuple[float, int]:
    """The earliest start of ``task`` where it stands, from its own route alone, and the breaks then behind."""
    duty, behind = routes.stops[task].duty, routes.stops[task].prev
    way = leg(facts, duty, behind, task)
    return extend(
        facts, duty, routes.stops[behind].ready, routes.stops[behind].taken, way, task, routes.stops[task].depart
    )


@compiled
def settle(facts: Facts, routes: Routes, work: Work, joint: int) -> bool:
    """The earliest starts of the tasks of ``joint`` together, after those of their group that stand before them, into
    ``work``. False if there are none.
    """
    choice = work.choice
    first, size = facts.joints[joint].first, facts.joints[joint].size
    group = facts.joints[joint].group
    before, wide = first - facts.groups[group].first, facts.groups[group].size
    for place in range(size):
        task = facts.members[first + place]
        choice[place].start, choice[place].breaks = arrival(facts, routes, task)
        if choice[place].start >= NEVER:
            return False
    if before > 0 and not follow(facts, routes, work, joint):
        return False
    lag_at = facts.groups[group].lag + before * (wide + 1)
    moved = True
    while moved:
        moved = False
        for here in range(size):
            for there in range(size):
                least = choice[here].start + facts.lag[lag_at + here * wide + there]
                if choice[there].start < least:
                    task = facts.members[first + there]
                    start = start_on(facts, routes.stops[task].duty, task, least)
                    if start >= NEVER:
                        return False
                    choice[there].start = start
                    moved = True
    if before > 0 and not is_soon(facts, routes, work, joint):
        return False
    for place in range(size):
        task = facts.members[first + place]
        duty = routes.stops[task].duty
        if facts.duties[duty].plain == 0:
            alone, taken = arrival(facts, routes, task)
            choice[place].breaks = rested_by(facts, duty, alone, taken, choice[place].start)
    return True


@compiled
def follow(facts: Facts, routes: Routes, work: Work, joint: int) -> bool:
    """Let no task of ``joint`` start in ``work`` sooner than those of its group before let it. False if one cannot."""
    own, choice = facts.joints[joint], work.choice
    group = facts.groups[own.group]
    for place in range(own.size):
        task = facts.members[own.first + place]
        for before in range(own.first - group.first):
            lag = facts.lag[group.lag + before * group.size + own.first - group.first + place]
            least = routes.stops[facts.members[group.first + before]].start + lag
            if choice[place].start < least:
                choice[place].start = start_on(facts, routes.stops[task].duty, task, least)
                if choice[place].start >= NEVER:
                    return False
    return True


@compiled
def is_soon(facts: Facts, routes: Routes, work: Work, joint: int) -> bool:
    """Whether no task of ``joint`` starts too late in ``work`` after those of its group before, which do not wait."""
    own = facts.joints[joint]
    group = facts.groups[own.group]
    for place in range(own.size):
        for before in range(own.first - group.first):
            lag = facts.lag[group.lag + (own.first - group.first + place) * group.size + before]
            # What is not timed yet is not waited for.
            if lag > -NEVER / 2 and routes.stops[facts.members[group.first + before]].start < (
                work.choice[place].start + lag
            ):
                return False
    return True


@compiled
def push_behind(facts: Facts, routes: Routes, work: Work, joint: int) -> None:
    """Put the joints of the same group that wait for ``joint`` on the heap."""
    group = facts.groups[facts.joints[joint].group]
    here = facts.joints[joint].first - group.first
    for other in range(joint + 1, group.joint_to):
        there = facts.joints[other].first - group.first
        if facts.lag[group.lag + here * group.size + there] > -NEVER / 2:
            push(work, other, routes.stops[facts.members[group.first + there]].key)
