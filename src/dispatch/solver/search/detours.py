"""The gaps of a task that may need a store, or on duties whose duration only a walk along the route tells."""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.draw import uniform
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.gaps import SPARSE, detour, gap_cost, has_room, keep_or_note, unfair
from dispatch.solver.search.stores import best_store, is_met, saving
from dispatch.solver.search.walk import walk


@inlined
def is_special(facts: Facts, task: int) -> bool:
    """Whether the gaps of ``task`` are listed by `list_special`."""
    if facts.stocked and (facts.nodes[task].tools != 0 or facts.nodes[task].parts != 0):
        return True
    return facts.duration_weight > 0.0 and not facts.joined


@compiled
def mark_near(facts: Facts, routes: Routes, work: Work, task: int, flag: bool) -> None:
    """Flag, or flag no more, every duty that serves a task near to ``task``."""
    for index in range(facts.near.shape[1]):
        beside = facts.near[task, index]
        if beside < 0:
            break
        if routes.stops[beside].duty >= 0:
            work.mark[routes.stops[beside].duty] = flag


@compiled
def list_special(
    facts: Facts, routes: Routes, work: Work, task: int, place: int, limit: float, blink: float, crew: bool
) -> tuple[int, float, int, int]:
    """As `list_gaps`; at `detour` stands for every gap the store it needs, for the best exact one
    ``work.choice[0].best_store``. In large problems only routes are looked at that serve a task near by.
    """
    best, best_node, best_entry = limit, -1, -1
    greatest = NEVER if crew else work.counts[0].greatest
    work.counts[0].stamp += 1
    sparse = facts.sparse and uniform(work.random) < SPARSE
    if sparse:
        mark_near(facts, routes, work, task, True)
    for entry in range(facts.nodes[task].able_from, facts.nodes[task].able_to):
        duty = facts.able[entry].duty
        if routes.loads[duty].count == 0:
            if work.seen[facts.duties[duty].kin] == work.counts[0].stamp and not crew:
                continue
            work.seen[facts.duties[duty].kin] = work.counts[0].stamp
        elif sparse and not work.mark[duty]:
            continue
        if not has_room(facts, routes, task, duty):
            continue
        share = 0.0 if crew else unfair(facts, routes, work, task, duty)
        behind = facts.tasks + duty
        tail = behind + facts.duty_count
        carried, slack = is_met(facts, duty, routes.loads[duty].left, task), 0.0
        if not carried and routes.loads[duty].store >= 0:
            slack = saving(facts, routes, duty)
        while behind != tail:
            if behind == routes.loads[duty].store:
                carried, slack = True, 0.0
            cost, exact, go_on = gap_cost(facts, routes, greatest, duty, behind, task, entry, best + slack - share)
            if not go_on:
                break
            sure, store, at = 0.0, -1, -1
            if cost < best + slack - share and not carried:
                cost, sure, exact, store, at = best_store(
                    facts, routes, work, duty, behind, task, entry, greatest, best - share
                )
            elif cost < best - share and facts.duration_weight > 0.0 and not facts.joined:
                cost, sure, exact = walk(facts, routes, work, duty, behind, behind, task, entry, -1, -2, greatest)
            listed = place
            place, best, best_node, best_entry = keep_or_note(
                facts, work, (place, best, best_node, best_entry), cost + share, behind, entry, exact and not crew,
                blink,
            )  # fmt: skip
            # Every gap is looked at once: where the best is this one, it was kept just now.
            if best_node == behind:
                work.choice[0].best_store, work.choice[0].best_store_behind = store, at
            elif place > listed and store >= 0:
                beside = work.gaps[detour(work, listed)]
                beside.node, beside.entry, beside.cost = store, at, sure
            behind = routes.stops[behind].next
    if sparse:
        mark_near(facts, routes, work, task, False)
    return place, best, best_node, best_entry
