"""The gaps a task may go into, each with a lower bound of what it costs there, exact where that can be told at once."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.change import new_households
from dispatch.solver.search.draw import uniform
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.shared import is_left
from dispatch.solver.search.timing import (
    end_cost,
    extend,
    leg,
    leg_to,
    rested_by,
    time_cost,
)
from dispatch.solver.within.caps import keeps, keeps_load
from dispatch.solver.within.duration import join

SPARSE = 0.98
"""How often only gaps beside near tasks are looked at, where the problem is large."""


@inlined
def work_of(facts: Facts, task: int, duty: int) -> float:
    """Ticks of work that ``task`` is on ``duty``, which is able to take it."""
    return float(facts.able[facts.entry[task, duty]].ticks)


@inlined
def has_room(facts: Facts, routes: Routes, task: int, duty: int) -> bool:
    """Whether ``duty`` may take ``task`` under its caps, with a piece left of every shared tool that takes."""
    load, node, limits = routes.loads[duty], facts.nodes[task], facts.duties[duty]
    work = work_of(facts, task, duty)
    if limits.pool >= 0:
        of_day = routes.loads[limits.pool]
        if not keeps(of_day.visits + node.visits, of_day.work + work, limits.day_visits, limits.day_work):
            return False
    if not keeps(load.visits + node.visits, load.work + work, limits.max_visits, limits.max_work):
        return False
    if node.shared_from < node.shared_to and not is_left(facts, routes, task, duty):
        return False
    households = load.households + new_households(facts, routes, task, duty)
    return bool(keeps_load(load.weight + node.weight, households, limits.max_weight, limits.max_households))


@inlined
def unfair(facts: Facts, routes: Routes, work: Work, task: int, duty: int) -> float:
    """What fair shares cost more with ``task`` on ``duty``, wherever it stands there: its work above the fullest."""
    if facts.fair_weight == 0.0:
        return 0.0
    return facts.fair_weight * max(0.0, routes.loads[duty].work + work_of(facts, task, duty) - work.counts[0].fullest)


@compiled
def longer(facts: Facts, routes: Routes, duty: int, behind: int, task: int) -> float:
    """Ticks by which ``duty`` lasts longer with ``task`` after ``behind``; `NEVER` if it does not fit."""
    following = routes.stops[behind].next
    before, after = routes.stops[behind], routes.stops[following]
    node = facts.nodes[task]
    with_task = join(
        before.before_long, before.before_early, before.before_late, leg_to(facts, duty, behind, task),
        facts.able[facts.entry[task, duty]].ticks, node.opens, node.closes,
    )  # fmt: skip
    if with_task[0] >= NEVER:
        return NEVER
    whole = join(
        with_task[0], with_task[1], with_task[2], leg(facts, duty, task, following),
        after.after_long, after.after_early, after.after_late,
    )  # fmt: skip
    return whole[0] - routes.loads[duty].span if whole[0] < NEVER else NEVER


@compiled
def push_cost(
    facts: Facts, routes: Routes, greatest: float, node: int, start: float, taken: int, way: float, limit: float
) -> tuple[float, bool, float]:
    """What it costs on its own route that ``node`` starts only at ``start``, after a ``way``: a lower bound, whether it
    is exact, and the greatest lateness met.

    Stops as soon as it passes ``limit`` or nothing moves any more; `NEVER` where something cannot be done in time.
    Not exact where it moves a task of a larger group: what that does on other routes is left out.
    """
    cost, exact = 0.0, True
    duty = routes.stops[node].duty
    while True:
        stop = routes.stops[node]
        cost += time_cost(facts, duty, node, start, way) - stop.soft
        greatest = max(greatest, start - facts.nodes[node].due)
        if facts.joints[facts.nodes[node].joint].wide > 1:
            exact = False
        following = stop.next
        if cost > limit:
            break
        ready = start + stop.ticks
        onward = stop.ahead
        if following >= facts.tasks:
            if facts.overtime:
                cost += end_cost(facts, duty, ready, taken, onward) - routes.stops[following].soft
            break
        start, taken = extend(facts, duty, ready, taken, onward, following, routes.stops[following].depart)
        crew = facts.joints[facts.nodes[following].joint].wide > 1
        if crew and start < routes.stops[following].start and facts.duties[duty].plain == 0:
            # It waits for the rest of its crew as before, and may rest meanwhile.
            taken = rested_by(facts, duty, start, taken, routes.stops[following].start)
            start = routes.stops[following].start
        if start > routes.stops[following].late:
            return NEVER, False, greatest
        if start <= routes.stops[following].free and taken == routes.stops[following].taken:
            break
        node, way = following, onward
    return cost, exact, greatest


@inlined
def gap_cost(
    facts: Facts, routes: Routes, greatest: float, duty: int, behind: int, task: int, entry: int, limit: float
) -> tuple[float, bool, bool]:
    """What ``task`` costs right after ``behind``: a lower bound, whether it is exact, and whether to look further on.

    `NEVER` if it does not fit there. No further gap on the route fits once the last window is missed, unless ways are
    such that another stop on the way makes it sooner. Lateness
    beyond ``greatest`` is paid, too. No more than a bound is wanted once it passes ``limit``.
    """
    here, plain = routes.stops[behind], facts.duties[duty].plain != 0
    following = here.next
    # What traffic costs now may all be gone with another stop on the way.
    limit += routes.loads[duty].slow
    way, onward = leg_to(facts, duty, behind, task), leg(facts, duty, task, following)
    cost = facts.able[entry].fixed + facts.travel_weight * (way + onward - here.ahead)
    if routes.loads[duty].count == 0:
        cost += facts.duties[duty].price
    if cost >= limit and facts.duration_weight == 0.0:
        # Times only add to it.
        return cost, False, True
    start, taken = extend(facts, duty, here.ready, here.taken, way, task, facts.able[entry].depart)
    if start >= NEVER:
        return NEVER, False, not plain or facts.crooked
    ready = start + facts.able[entry].ticks
    there = routes.stops[following]
    if ready + onward > there.late:
        return NEVER, False, True
    cost += time_cost(facts, duty, task, start, way)
    latest_by = max(greatest, start - facts.nodes[task].due)
    exact = plain
    if following < facts.tasks and cost < limit:
        pushed, taken = extend(facts, duty, ready, taken, onward, following, there.depart)
        if pushed > there.late:
            return NEVER, False, True
        if pushed > there.free or facts.traffic:
            more, sure, latest_by = push_cost(facts, routes, latest_by, following, pushed, taken, onward, limit - cost)
            cost += more
            exact = exact and sure
    elif facts.overtime and following >= facts.tasks:
        cost += end_cost(facts, duty, ready, taken, onward) - there.soft
    if facts.greatest_weight > 0.0 and latest_by > greatest:
        cost += facts.greatest_weight * (latest_by - greatest)
    if facts.duration_weight > 0.0 and cost < limit:
        more = longer(facts, routes, duty, behind, task)
        cost = cost + facts.duration_weight * more if more < NEVER else NEVER
    return cost, exact, True


@inlined
def detour(work: Work, place: int) -> int:
    """Where what is needed from a store for the gap listed at ``place`` stands."""
    return len(work.gaps) // 2 + place


@inlined
def note(facts: Facts, work: Work, place: int, cost: float, behind: int, entry: int) -> None:
    """List a gap at ``place``."""
    gap = work.gaps[place]
    gap.cost = cost
    gap.node = behind
    gap.entry = entry
    if facts.stocked:
        work.gaps[detour(work, place)].node = -1


@inlined
def keep_or_note(
    facts: Facts, work: Work, found: tuple[int, float, int, int], cost: float, behind: int, entry: int, keep: bool,
    blink: float,
) -> tuple[int, float, int, int]:  # fmt: skip
    """``found`` (as `list_gaps` returns it) with one more gap, which is kept as the best or else listed.

    Left as it is where the gap is no cheaper, or overlooked.
    """
    place, best, _, _ = found
    if cost >= best or (blink > 0.0 and uniform(work.random) < blink):
        return found
    if keep:
        return place, cost, behind, entry
    note(facts, work, place, cost, behind, entry)
    return place + 1, best, found[2], found[3]


@compiled
def list_near(
    facts: Facts, routes: Routes, work: Work, task: int, place: int, limit: float, blink: float, crew: bool
) -> tuple[int, float, int, int]:
    """`list_gaps` of the gaps beside tasks near to ``task`` only."""
    best, best_node, best_entry = limit, -1, -1
    greatest = NEVER if crew else work.counts[0].greatest
    for index in range(facts.near.shape[1]):
        beside = facts.near[task, index]
        if beside < 0:
            break
        duty = routes.stops[beside].duty
        if duty < 0 or facts.entry[task, duty] < 0 or not has_room(facts, routes, task, duty):
            continue
        entry = facts.entry[task, duty]
        share = 0.0 if crew else unfair(facts, routes, work, task, duty)
        behind = beside
        for _ in range(2):
            cost, exact, _ = gap_cost(facts, routes, greatest, duty, behind, task, entry, best - share)
            place, best, best_node, best_entry = keep_or_note(
                facts, work, (place, best, best_node, best_entry), cost + share, behind, entry, exact and not crew,
                blink,
            )  # fmt: skip
            behind = routes.stops[beside].prev
    return place, best, best_node, best_entry


@compiled
def find_idle(facts: Facts, routes: Routes, work: Work) -> None:
    """Find of every kind of duty the first with nothing on it."""
    work.idle[:] = -1
    kinds = 0
    for duty in range(facts.duty_count - 1, -1, -1):
        kinds = max(kinds, facts.duties[duty].kin + 1)
        if routes.loads[duty].count == 0:
            work.idle[facts.duties[duty].kin] = duty
    work.counts[0].kinds = kinds


@inlined
def no_more_idle(facts: Facts, routes: Routes, work: Work, duty: int) -> None:
    """``duty`` has something on it now: another of its kind comes next."""
    kin = facts.duties[duty].kin
    if work.idle[kin] != duty:
        return
    work.idle[kin] = -1
    for other in range(duty + 1, facts.duty_count):
        if facts.duties[other].kin == kin and routes.loads[other].count == 0:
            work.idle[kin] = other
            break


@compiled
def list_idle(
    facts: Facts, routes: Routes, work: Work, task: int, found: tuple[int, float, int, int], blink: float
) -> tuple[int, float, int, int]:
    """``found`` (as `list_gaps` returns it) with the gaps of duties that have nothing on them yet."""
    for kin in range(work.counts[0].kinds):
        duty = work.idle[kin]
        if duty < 0:
            continue
        entry = facts.entry[task, duty]
        if entry < 0 or not has_room(facts, routes, task, duty):
            continue
        behind, share = facts.tasks + duty, unfair(facts, routes, work, task, duty)
        cost, exact, _ = gap_cost(facts, routes, work.counts[0].greatest, duty, behind, task, entry, found[1] - share)
        found = keep_or_note(facts, work, found, cost + share, behind, entry, exact, blink)
    return found


@compiled
def list_gaps(
    facts: Facts, routes: Routes, work: Work, task: int, place: int, limit: float, blink: float, crew: bool
) -> tuple[int, float, int, int]:
    """List the gaps ``task`` may go into at less than ``limit`` from ``place`` on: their end, and the best exact one.

    The best exact one (cost, node, entry) is not listed, nor is what cannot be cheaper than it; for a ``crew``
    everything is listed. Of every gap it is drawn whether it is overlooked, with probability ``blink``.
    """
    best, best_node, best_entry = limit, -1, -1
    greatest = NEVER if crew else work.counts[0].greatest
    work.counts[0].stamp += 1
    sparse = facts.sparse and uniform(work.random) < SPARSE
    if sparse:
        found = list_near(facts, routes, work, task, place, limit, blink, crew)
        if not crew:
            return list_idle(facts, routes, work, task, found, blink)
        place, best, best_node, best_entry = found
    for entry in range(facts.nodes[task].able_from, facts.nodes[task].able_to):
        duty = facts.able[entry].duty
        if routes.loads[duty].count == 0:
            if work.seen[facts.duties[duty].kin] == work.counts[0].stamp and not crew:
                continue
            work.seen[facts.duties[duty].kin] = work.counts[0].stamp
        elif sparse:
            continue
        if not has_room(facts, routes, task, duty):
            continue
        share = 0.0 if crew else unfair(facts, routes, work, task, duty)
        behind = facts.tasks + duty
        tail = behind + facts.duty_count
        while behind != tail:
            cost, exact, go_on = gap_cost(facts, routes, greatest, duty, behind, task, entry, best - share)
            if not go_on:
                break
            place, best, best_node, best_entry = keep_or_note(
                facts, work, (place, best, best_node, best_entry), cost + share, behind, entry, exact and not crew,
                blink,
            )  # fmt: skip
            behind = routes.stops[behind].next
    return place, best, best_node, best_entry


@compiled
def sure_cost(facts: Facts, routes: Routes, task: int, behind: int, entry: int) -> float:
    """The part of the cost of ``task`` after ``behind`` that no timing changes: ways, the duty's price, the person."""
    following, duty = routes.stops[behind].next, routes.stops[behind].duty
    detour = leg_to(facts, duty, behind, task) + leg(facts, duty, task, following) - routes.stops[behind].ahead
    cost = facts.travel_weight * detour + facts.able[entry].fixed
    if routes.loads[duty].count == 0:
        cost += facts.duties[duty].price
    if facts.duration_weight > 0.0:
        cost += facts.duration_weight * longer(facts, routes, duty, behind, task)
    return cost
