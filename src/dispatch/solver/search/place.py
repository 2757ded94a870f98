"""The cheapest place of a group: gaps with a lower bound of what they cost, then trials, the least bound first."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.crews import cheapest_crew
from dispatch.solver.search.detours import is_special, list_special
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.gaps import detour, list_gaps, sure_cost, unfair
from dispatch.solver.search.joining import trial
from dispatch.solver.search.sharing import cheapest_shared


@compiled
def cheapest(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> float:
    """The cost of the cheapest place of ``group`` below ``limit``, written to ``work.choice``; `NEVER` if none is."""
    if facts.groups[group].joint_to > facts.groups[group].joint_from + 1:
        return cheapest_shared(facts, routes, work, group, limit, blink)
    if facts.groups[group].size > 1:
        return cheapest_crew(facts, routes, work, group, limit, blink)
    task = facts.members[facts.groups[group].first]
    chosen = work.choice[0]
    chosen.best_store = -1
    if is_special(facts, task):
        end, best, node, entry = list_special(facts, routes, work, task, 0, limit, blink, False)
    else:
        end, best, node, entry = list_gaps(facts, routes, work, task, 0, limit, blink, False)
    while end > 0:
        least = 0
        for place in range(1, end):
            if work.gaps[place].cost < work.gaps[least].cost:
                least = place
        if work.gaps[least].cost >= best:
            break
        chosen.node, chosen.entry = work.gaps[least].node, work.gaps[least].entry
        beside = work.gaps[detour(work, least)]
        if facts.stocked:
            chosen.store, chosen.store_behind = beside.node, beside.entry
        if chosen.store >= 0:
            sure = beside.cost
        else:
            sure = sure_cost(facts, routes, task, chosen.node, chosen.entry)
        sure += unfair(facts, routes, work, task, routes.stops[chosen.node].duty)
        added = trial(facts, routes, work, group, best - sure)
        if sure + added < best:
            best, node, entry = sure + added, work.gaps[least].node, work.gaps[least].entry
            chosen.best_store, chosen.best_store_behind = chosen.store, chosen.store_behind
        end -= 1
        work.gaps[least] = work.gaps[end]
        if facts.stocked:
            work.gaps[detour(work, least)] = work.gaps[detour(work, end)]
    if node < 0:
        return NEVER
    chosen.node, chosen.entry = node, entry
    chosen.store, chosen.store_behind = chosen.best_store, chosen.best_store_behind
    return best
