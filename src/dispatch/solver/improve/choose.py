"""Which duties to look at next: near each other, at the same time, around a visit that is out, in trouble or random."""

from __future__ import annotations

import random

import numpy as np

from dispatch.solver.routes.gaps import able_duties
from dispatch.solver.routes.insert import missing
from dispatch.solver.routes.part import on_duties
from dispatch.solver.routes.state import State

DUTIES_MAX = 5
VISITS_MAX = 70
_NEAREST = 10


def choose_duties(state: State, draw: random.Random) -> list[int]:
    """Two to five related duties, in order; empty when there is nothing to improve."""
    out = [visit for visit in missing(state) if state.windows[visit]]
    planned = sorted(state.where)
    if out and (not planned or draw.random() < 0.4):
        visit = draw.choice(out)
        able = able_duties(state, visit).tolist()
        if able:
            return _around(state, visit, draw.choice(able), draw)
    if not planned:
        return []
    visit = _troubled(state, planned, draw) if draw.random() < 0.3 else draw.choice(planned)
    return _around(state, visit, draw.choice(state.where[visit]), draw)


def _troubled(state: State, planned: list[int], draw: random.Random) -> int:
    """A visit that is late, given to others than told, or not with its usual worker; any if none is."""
    compiled = state.compiled
    troubled = []
    for visit in planned:
        facts = compiled.visits[visit]
        if facts.due is None and facts.told is None and not facts.keep:
            continue
        people = {compiled.workers[compiled.duties[duty].worker].id for duty in state.where[visit]}
        moved = facts.told is not None and people != set(facts.told.workers)
        late = facts.due is not None and facts.late_weight > 0 and state.start_of(visit) > facts.due
        if moved or late or (facts.keep and people.isdisjoint(facts.keep)):
            troubled.append(visit)
    return draw.choice(troubled or planned)


def _around(state: State, visit: int, first: int, draw: random.Random) -> list[int]:
    """``first`` and some of the duties nearest to ``visit`` that overlap it in time and may do some of its work."""
    compiled = state.compiled
    facts = compiled.duties[first]
    overlap = np.minimum(compiled.duty_end, facts.end) - np.maximum(compiled.duty_start, facts.start)
    others = np.flatnonzero(overlap > 0)
    others = others[others != first]
    chosen = [first]
    if len(others):
        ways = compiled.travel.to(compiled.spot[visit])[compiled.duty_mode[others][:, None], state.prev[others]]
        used = np.arange(ways.shape[1]) <= state.count[others][:, None]
        distance = np.where(used, ways, 2**40).min(axis=1)
        told = compiled.visits[visit].told
        if told is not None:
            distance[compiled.duties_mask(told.workers)[others]] = -1
        near = others[np.argsort(distance, kind="stable")[:_NEAREST]].tolist()
        wanted = draw.randint(1, DUTIES_MAX - 1)
        while near and len(chosen) <= wanted:
            # Skewed towards the nearest, so that pairs of neighbours come up often.
            chosen.append(near.pop(int(len(near) * draw.random() ** 2)))
    while len(chosen) > 2 and len(on_duties(state, chosen)) > VISITS_MAX:
        chosen.pop()
    return sorted(chosen)
