"""Taking groups off the routes: strings of neighbours, related ones, a slice of the day, the worst, whole routes."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.change import new_log, propagate, refresh, touch, touch_logged, unlink
from dispatch.solver.search.draw import below, uniform
from dispatch.solver.search.facts import NEVER, Facts, Floats, Routes, Work
from dispatch.solver.search.heap import push
from dispatch.solver.search.joints import group_of
from dispatch.solver.search.sorting import least_first
from dispatch.solver.search.stores import restock, strip
from dispatch.solver.search.timing import leg

STRINGS, RELATED, ANY, SLICE, WORST, WHOLE = range(6)
"""Kinds of ruin, by place in the list of their chances."""


@compiled
def remove(facts: Facts, routes: Routes, work: Work, group: int) -> None:
    """Take every task of ``group`` off its route and list the group as removed. Times settle later."""
    for index in range(facts.groups[group].first, facts.groups[group].first + facts.groups[group].size):
        task = facts.members[index]
        touch(work, routes.stops[task].duty)
        following = routes.stops[task].next
        if following < facts.tasks:
            work.followers[work.counts[0].followers] = following
            work.counts[0].followers += 1
        unlink(facts, routes, task)
    work.removed[work.counts[0].removed] = group
    work.counts[0].removed += 1


@compiled
def settle_all(facts: Facts, routes: Routes, work: Work) -> bool:
    """After removals: let times settle on all routes touched and on those crews tie to them.

    False if some route cannot do without what was removed (a detour was the shorter way).
    """
    new_log(work)
    if facts.stocked:
        strip(facts, routes, work)
    for index in range(work.counts[0].followers):
        node = work.followers[index]
        if routes.stops[node].duty >= 0:
            push(work, facts.nodes[node].joint, routes.stops[node].key)
    work.counts[0].followers = 0
    possible = propagate(facts, routes, work, NEVER) < NEVER
    touch_logged(routes, work)
    for index in range(work.counts[0].touched):
        refresh(facts, routes, work.touched[index])
    return possible and (not facts.stocked or restock(facts, routes, work))


@compiled
def ruin(facts: Facts, routes: Routes, work: Work, chances: Floats, size: float, string: float) -> None:
    """Remove some groups in one of the ways, drawn by ``chances`` (which rise to 1).

    ``size`` is how many tasks are removed on average, ``string`` the longest string taken off one route.
    """
    seed = pick_seed(facts, routes, work)
    if seed < 0:
        return
    draw = uniform(work.random)
    count = 1 + below(work.random, int(2 * size) - 1)
    if draw < chances[STRINGS]:
        strings(facts, routes, work, seed, size, string)
    elif draw < chances[RELATED]:
        related(facts, routes, work, seed, count)
    elif draw < chances[ANY]:
        for _ in range(count):
            take_off(facts, routes, work, below(work.random, facts.visits))
    elif draw < chances[SLICE]:
        scored(facts, routes, work, count, moment_of(facts, routes, seed))
    elif draw < chances[WORST]:
        scored(facts, routes, work, count, NEVER)
    else:
        whole(facts, routes, work, seed)


@compiled
def pick_seed(facts: Facts, routes: Routes, work: Work) -> int:
    """A task on a route, or half of the time one that is on none while there are such; -1 if nothing is planned."""
    if work.counts[0].missing > 0 and uniform(work.random) < 0.5:
        first = below(work.random, facts.visits)
        for step in range(facts.visits):
            task = first + step if first + step < facts.visits else first + step - facts.visits
            if routes.stops[task].duty < 0:
                return task
    seed = -1
    for _ in range(20):
        seed = below(work.random, facts.visits)
        if routes.stops[seed].duty >= 0:
            return seed
    for task in range(facts.visits):
        if routes.stops[task].duty >= 0:
            return task
    return -1


@inlined
def moment_of(facts: Facts, routes: Routes, task: int) -> float:
    """When ``task`` starts, or might start if it is on no route."""
    return float(routes.stops[task].start if routes.stops[task].duty >= 0 else facts.nodes[task].opens)


@inlined
def take_off(facts: Facts, routes: Routes, work: Work, task: int) -> None:
    """Remove the group of ``task`` if it is a visit's, planned and not held."""
    if task < facts.visits and routes.stops[task].duty >= 0 and facts.groups[group_of(facts, task)].held == 0:
        remove(facts, routes, work, group_of(facts, task))


@compiled
def strings(facts: Facts, routes: Routes, work: Work, seed: int, size: float, longest: float) -> None:
    """Strings off the routes near ``seed``, one each (Christiaens and Vanden Berghe 2020)."""
    stops, used = 0, 0
    for duty in range(facts.duty_count):
        if routes.loads[duty].count > 0:
            stops += routes.loads[duty].count
            used += 1
    limit = min(longest, stops / max(1, used))
    count = int(1 + uniform(work.random) * max(0.0, 4.0 * size / (1.0 + limit) - 1.0))
    ruined = 0
    for place in range(-1, facts.near.shape[1]):
        task = seed if place < 0 else facts.near[seed, place]
        if task < 0 or ruined >= count:
            break
        duty = routes.stops[task].duty
        if duty < 0 or work.mark[duty]:
            continue
        work.mark[duty] = True
        work.list[ruined] = duty
        ruined += 1
        length = int(1 + uniform(work.random) * min(float(routes.loads[duty].count), limit))
        length = min(length, routes.loads[duty].count)
        string_off(facts, routes, work, task, length)
    for place in range(ruined):
        work.mark[work.list[place]] = False


@compiled
def string_off(facts: Facts, routes: Routes, work: Work, task: int, length: int) -> None:
    """Remove ``length`` stops in a row around ``task``, half of the time sparing a few in their midst."""
    duty = routes.stops[task].duty
    spared = 0
    if length > 1 and uniform(work.random) < 0.5:
        while length + spared < routes.loads[duty].count and uniform(work.random) > 0.01:
            spared += 1
            if uniform(work.random) < 0.5:
                break
    whole_length = length + spared
    ahead = 0
    node = routes.stops[task].prev
    while node < facts.tasks and ahead < whole_length - 1:
        ahead += 1
        node = routes.stops[node].prev
    behind = 0
    node = routes.stops[task].next
    while node < facts.tasks and behind < whole_length - 1:
        behind += 1
        node = routes.stops[node].next
    least = max(0, whole_length - 1 - behind)
    back = least + below(work.random, ahead - least + 1) if ahead > least else least
    node = task
    for _ in range(back):
        node = routes.stops[node].prev
    spare_from = below(work.random, length + 1) if spared > 0 else whole_length
    taken = 0
    for place in range(whole_length):
        if node >= facts.tasks:
            break
        if spare_from <= place < spare_from + spared:
            node = routes.stops[node].next
            continue
        work.order[taken] = node
        taken += 1
        node = routes.stops[node].next
    for place in range(taken):
        take_off(facts, routes, work, work.order[place])


@compiled
def related(facts: Facts, routes: Routes, work: Work, seed: int, count: int) -> None:
    """The tasks most like ``seed``: near it, with like times, little waiting between (Shaw 1998)."""
    scored_tasks = 0
    moment = moment_of(facts, routes, seed)
    for place in range(facts.near.shape[1]):
        task = facts.near[seed, place]
        if task < 0:
            break
        if routes.stops[task].duty < 0:
            continue
        way = facts.way[0, facts.nodes[seed].spot, facts.nodes[task].spot]
        apart = abs(routes.stops[task].start - moment)
        wait = max(0.0, apart - facts.nodes[seed].ticks - way)
        score = way + 0.2 * wait + 0.1 * abs(facts.nodes[task].opens - facts.nodes[seed].opens)
        work.score[task] = score * (1.0 + 0.5 * uniform(work.random))
        work.list[scored_tasks] = task
        scored_tasks += 1
    least_first(work.score, work.list, scored_tasks, count - 1)
    take_off(facts, routes, work, seed)
    for place in range(min(count - 1, scored_tasks)):
        take_off(facts, routes, work, work.list[place])


@compiled
def scored(facts: Facts, routes: Routes, work: Work, count: int, moment: float) -> None:
    """The tasks nearest in time to ``moment``; with `NEVER`, those that cost the most."""
    for task in range(facts.visits):
        duty = routes.stops[task].duty
        score = NEVER
        if duty >= 0 and moment < NEVER:
            score = abs(routes.stops[task].start - moment)
        elif duty >= 0:
            behind, following = routes.stops[task].prev, routes.stops[task].next
            detour = leg(facts, duty, behind, task) + leg(facts, duty, task, following)
            detour -= leg(facts, duty, behind, following)
            score = -(facts.travel_weight * detour + routes.stops[task].soft + routes.stops[task].fixed)
        work.score[task] = score * (0.5 + uniform(work.random)) if score < NEVER else NEVER
        work.list[task] = task
    least_first(work.score, work.list, facts.visits, count)
    for place in range(min(count, facts.visits)):
        take_off(facts, routes, work, work.list[place])


@compiled
def whole(facts: Facts, routes: Routes, work: Work, seed: int) -> None:
    """Every stop of the route of ``seed``, or of the nearest task on a route."""
    duty = routes.stops[seed].duty
    for place in range(facts.near.shape[1]):
        if duty >= 0 or facts.near[seed, place] < 0:
            break
        duty = routes.stops[facts.near[seed, place]].duty
    if duty < 0:
        return
    node = routes.stops[facts.tasks + duty].next
    while node < facts.tasks:
        following = routes.stops[node].next
        # What goes along with it may stand right behind it.
        while following < facts.tasks and group_of(facts, following) == group_of(facts, node):
            following = routes.stops[following].next
        take_off(facts, routes, work, node)
        node = following
