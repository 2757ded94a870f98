"""Zones when they are many: a first choice at once, then a few helpers at a time decided anew, exactly."""

from __future__ import annotations

import random

import numpy as np

from dispatch.solver.zones.model import Choice, Part, solve_part
from dispatch.solver.zones.pairs import Pairs

WHOLE_MAX = 6_000
"""Pairs of zone and helper up to which everything is decided in one model."""

WORK_BASE = 2.0
WORK_PER_BUDGET = 0.1
"""Deterministic seconds of CP-SAT: for one whole model, more per unit of budget."""

_HELPERS = 8
_PART_WORK = 0.2


def search(pairs: Pairs, guess: Choice, *, budget: int, seed: int) -> tuple[Choice, bool]:
    """The cheapest choice found from ``guess`` within ``budget``, and whether it is proven to be so."""
    choice = first_choice(pairs, guess)
    if sum(len(offered) for offered in pairs.helpers) <= WHOLE_MAX:
        everything = Part(list(range(len(pairs.problem.zones))), list(range(len(pairs.problem.helpers))))
        work = WORK_BASE + WORK_PER_BUDGET * budget
        found, proven = solve_part(pairs, choice, everything, seed=seed, work=work)
        return (found, proven) if proven else (min(choice, found, key=pairs.total), False)
    draw = random.Random(seed)
    cost = pairs.total(choice)
    for _ in range(budget):
        part = _part(pairs, choice, draw)
        found, _ = solve_part(pairs, choice, part, seed=seed, work=_PART_WORK)
        total = pairs.total(found)
        if total < cost:
            choice, cost = found, total
    return choice, False


def first_choice(pairs: Pairs, guess: Choice) -> Choice:
    """Pins, then ``guess`` where it fits, then every zone left, largest first, to the cheapest helper with room."""
    problem = pairs.problem
    households, minutes = [0] * len(problem.helpers), [0] * len(problem.helpers)
    choice: Choice = [None] * len(problem.zones)

    def give(index: int, helper: int) -> bool:
        zone, facts = problem.zones[index], problem.helpers[helper]
        if facts.max_households is not None and households[helper] + zone.households > facts.max_households:
            return False
        if facts.max_minutes is not None and minutes[helper] + zone.minutes > facts.max_minutes:
            return False
        households[helper] += zone.households
        minutes[helper] += zone.minutes
        choice[index] = helper
        return True

    order = range(len(problem.zones))
    for index in sorted(order, key=lambda one: problem.zones[one].pin is None):
        wanted = guess[index]
        if wanted is not None and wanted in pairs.helpers[index]:
            give(index, wanted)
    for index in sorted(order, key=lambda one: (-problem.zones[one].minutes, -problem.zones[one].households, one)):
        if choice[index] is None:
            by_cost = pairs.helpers[index][np.argsort(pairs.costs(index), kind="stable")]
            any(give(index, int(helper)) for helper in by_cost)
    return choice


def _part(pairs: Pairs, choice: Choice, draw: random.Random) -> Part:
    """Some helpers near one zone, with all they have and the nearest zones nobody has."""
    out = [index for index, helper in enumerate(choice) if helper is None]
    center = draw.choice(out) if out and draw.random() < 0.5 else draw.randrange(len(choice))
    by_way = np.argsort(pairs.ways[center] * np.array([0.7 + 0.6 * draw.random() for _ in pairs.problem.helpers]))
    helpers = sorted(by_way[:_HELPERS].tolist())
    inside = set(helpers)
    zones = [index for index, helper in enumerate(choice) if helper in inside]
    near = [index for index in out if not inside.isdisjoint(pairs.helpers[index].tolist())]
    near.sort(key=lambda index: (int(pairs.ways[index, helpers].min()), index))
    return Part(sorted([*zones, *near[: 2 * _HELPERS]]), helpers)
