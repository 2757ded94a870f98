"""What a choice of helpers costs by weighted rule, in minutes, from the tables of the search."""

from __future__ import annotations

import numpy as np

from dispatch.solver.rules import Rule
from dispatch.solver.zones.neighbours import ways_between
from dispatch.solver.zones.offers import Choice, Offers


def zone_cost(offers: Offers, choice: Choice) -> dict[Rule, float]:
    """Cost by weighted rule of ``choice``."""
    problem, weights = offers.problem, offers.problem.weights
    given = [(index, helper) for index, helper in enumerate(choice) if helper is not None]
    rows = np.array([index for index, _ in given], dtype=np.int64)
    columns = np.array([helper for _, helper in given], dtype=np.int64)
    walks = offers.walks[rows, columns]
    moved = sum(problem.zones[index].helper not in (None, problem.helpers[helper].id) for index, helper in given)
    load = np.zeros(offers.shape[1], dtype=np.int64)
    np.add.at(load, columns, offers.load[rows, columns])
    out = [index for index, helper in enumerate(choice) if helper is None]
    return {
        Rule.MOVED: weights.moved * moved,
        Rule.DISTANCE: weights.distance * float(offers.ways[rows, columns].sum()),
        Rule.BEYOND: weights.beyond * float(np.maximum(0, walks - problem.near).sum()) if weights.beyond else 0.0,
        Rule.ZONE_PRICE: sum(
            problem.zones[index].prices.get(problem.helpers[helper].id, 0.0) for index, helper in given
        ),
        Rule.COMPACT: weights.compact * _to_the_middles(offers, choice) if weights.compact else 0.0,
        Rule.BALANCE: weights.balance * int(load.max(initial=0)),
        Rule.UNPLANNED: float(offers.out[out].sum()),
    }


def _to_the_middles(offers: Offers, choice: Choice) -> int:
    """Minutes from all zones to the middle of the zones of their helper."""
    modes = sorted({helper.mode for helper in offers.problem.helpers})
    ways = ways_between(offers.problem, modes)
    total = 0
    for index, helper in enumerate(offers.problem.helpers):
        own = [zone for zone, one in enumerate(choice) if one == index]
        if own:
            total += int(ways[modes.index(helper.mode)][np.ix_(own, own)].sum(axis=1).min())
    return total
