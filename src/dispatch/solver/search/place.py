"""The cheapest place of a group: gaps with a lower bound of what they cost, then trials, the least bound first."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.crews import cheapest_crew
from dispatch.solver.search.facts import NEVER, Facts, Routes, Work
from dispatch.solver.search.gaps import keep, list_gaps, sure_cost, take_best
from dispatch.solver.search.joining import trial


@compiled
def cheapest(facts: Facts, routes: Routes, work: Work, group: int, limit: float, blink: float) -> float:
    """The cost of the cheapest place of ``group`` below ``limit``, written to ``work.choice``; `NEVER` if none is."""
    if facts.groups[group].size > 1:
        return cheapest_crew(facts, routes, work, group, limit, blink)
    task = facts.members[facts.groups[group].first]
    chosen = work.choice[0]
    chosen.best_node = -1
    end, best = list_gaps(facts, routes, work, task, 0, limit, blink, False)
    while end > 0:
        least = 0
        for place in range(1, end):
            if work.gaps[place].cost < work.gaps[least].cost:
                least = place
        gap = work.gaps[least]
        if gap.cost >= best:
            break
        chosen.node, chosen.entry, chosen.store, chosen.store_behind = gap.node, gap.entry, gap.store, gap.store_behind
        sure = gap.sure if gap.store >= 0 else sure_cost(facts, routes, task, gap.node, gap.entry)
        added = trial(facts, routes, work, group, best - sure)
        if sure + added < best:
            best = sure + added
            keep(work, gap.node, gap.entry, gap.store, gap.store_behind)
        end -= 1
        work.gaps[least] = work.gaps[end]
    if chosen.best_node < 0:
        return NEVER
    take_best(work, 0)
    return best
