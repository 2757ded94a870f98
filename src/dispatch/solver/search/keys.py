"""Keys for the joints of a group that was just linked: the order in which times settle has to go on rising."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.change import propagate
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.joints import group_of


@compiled
def let_settle(facts: Facts, routes: Routes, work: Work, group: int, limit: float) -> float:
    """Give the joints of ``group``, linked but not timed, their keys and let times settle; what the times add, `NEVER`
    if that is over ``limit``, too late, or a circle.
    """
    if not give_keys(facts, routes, work, group):
        return NEVER
    for joint in range(facts.groups[group].joint_from, facts.groups[group].joint_to):
        push(work, joint, routes.stops[facts.members[facts.joints[joint].first]].key)
    return propagate(facts, routes, work, limit)


@compiled
def give_keys(facts: Facts, routes: Routes, work: Work, group: int) -> bool:
    """Keys for all tasks of ``group``, one per joint, that rise along every route and from joint to joint where one
    waits for the other. False if there are none.
    """
    own, choice = facts.groups[group], work.choice
    count = own.joint_to - own.joint_from
    for place in range(count):
        choice[place].key_low, choice[place].key_high = between_keys(facts, routes, own.joint_from + place)
        choice[place].rank = -1
    for rank in range(count):
        found = -1
        for place in range(count):
            if found < 0 and choice[place].rank < 0 and is_next(facts, routes, work, group, place):
                found = place
        if found < 0:
            return False
        choice[found].rank = rank
    for rank in range(count - 1, -1, -1):
        here = ranked(work, count, rank)
        for there in range(count):
            if choice[there].rank > rank and waits(facts, routes, group, there, here):
                choice[here].key_high = min(choice[here].key_high, choice[there].key_high)
    for rank in range(count):
        here = ranked(work, count, rank)
        low, high = choice[here].key_low, choice[here].key_high
        key = (low + high) / 2
        if not low < key < high:
            return False
        for there in range(count):
            if choice[there].rank > rank and waits(facts, routes, group, there, here):
                choice[there].key_low = max(choice[there].key_low, key)
        joint = facts.joints[own.joint_from + here]
        for index in range(joint.first, joint.first + joint.size):
            routes.stops[facts.members[index]].key = key
    return True


@compiled
def between_keys(facts: Facts, routes: Routes, joint: int) -> tuple[float, float]:
    """The keys before and behind ``joint`` on its routes, those of its own group left out."""
    low, high = -NEVER, NEVER
    first, group = facts.joints[joint].first, facts.joints[joint].group
    for index in range(first, first + facts.joints[joint].size):
        node = routes.stops[facts.members[index]].prev
        while node < facts.tasks and group_of(facts, node) == group:
            node = routes.stops[node].prev
        low = max(low, routes.stops[node].key)
        node = routes.stops[facts.members[index]].next
        while node < facts.tasks and group_of(facts, node) == group:
            node = routes.stops[node].next
        high = min(high, routes.stops[node].key)
    return low, high


@compiled
def ranked(work: Work, count: int, rank: int) -> int:
    """Which of ``count`` joints has this ``rank``."""
    for place in range(count):
        if work.choice[place].rank == rank:
            return place
    return -1


@compiled
def is_next(facts: Facts, routes: Routes, work: Work, group: int, place: int) -> bool:
    """Whether all joints that the one at ``place`` of ``group`` waits for have their rank."""
    for other in range(facts.groups[group].joint_to - facts.groups[group].joint_from):
        if other != place and work.choice[other].rank < 0 and waits(facts, routes, group, place, other):
            return False
    return True


@compiled
def waits(facts: Facts, routes: Routes, group: int, place: int, other: int) -> bool:
    """Whether of the joints of ``group`` the one at ``place`` waits for the ``other``: by a tie, or as it stands behind
    it on a route, with nothing but their own group between.
    """
    own = facts.groups[group]
    here, there = facts.joints[own.joint_from + place], facts.joints[own.joint_from + other]
    lag = facts.lag[own.lag + (there.first - own.first) * own.size + here.first - own.first]
    if other < place and lag > -NEVER / 2:
        return True
    for index in range(here.first, here.first + here.size):
        node = routes.stops[facts.members[index]].prev
        while node < facts.tasks and group_of(facts, node) == group:
            if facts.nodes[node].joint == own.joint_from + other:
                return True
            node = routes.stops[node].prev
    return False
