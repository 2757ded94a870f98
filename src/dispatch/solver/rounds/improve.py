"""Shorter ways and fairer shares: walks given to other guards, or exchanged between two, as long as that costs less.

Starts stay as they were drawn.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from dispatch.solver.rounds.lines import Lines
from dispatch.solver.stop import Stop

TRIES = 1000
"""Changes tried for one unit of budget."""
_LEAST = 1e-9

Change = tuple[int, int, int]
"""A time, a duty that walks it, and the duty to walk it instead."""


def improve(lines: Lines, *, budget: int | None, seed: int, stop: Stop) -> int:
    """Try up to ``budget`` times `TRIES` changes, until ``stop``; how many units were used."""
    draw = random.Random(seed)
    times = sorted(lines.crew)
    used = 0
    while times and (budget is None or used < budget) and not stop.now():
        for _ in range(TRIES):
            changes = _drawn(lines, draw.choice(times), draw)
            if changes:
                _try(lines, changes)
        used += 1
    return used


def _drawn(lines: Lines, time: int, draw: random.Random) -> list[Change]:
    """A walk to somebody else or, half of the time, one of theirs from about then back for it."""
    ground = lines.ground
    duty = draw.choice(lines.crew[time])
    other = draw.choice(ground.on[time])
    guards = {ground.duties[one].guard for one in lines.crew[time]}
    if ground.duties[other].guard in guards:
        return []
    changes = [(time, duty, other)]
    if draw.random() < 0.5:
        start = lines.start[time]
        near = [item.time for item in lines.items[other] if item.time >= 0]
        if not near:
            return []
        nearest = sorted(near, key=lambda one: (abs(lines.start[one] - start), one))[:2]
        back = draw.choice(nearest)
        crew = lines.crew[back]
        if ground.duties[duty].guard in {ground.duties[one].guard for one in crew}:
            return []
        changes.append((back, other, duty))
    return changes


def _try(lines: Lines, changes: Sequence[Change]) -> None:
    """Make ``changes`` if they can be made and make the plan cheaper."""
    duties = sorted({duty for _, *both in changes for duty in both})
    before = _cost(lines, duties)
    stood = [(time, *lines.take(time)) for time, _, _ in changes]
    placed: list[int] = []
    for (time, start, crew), (_, old, new) in zip(stood, changes, strict=True):
        if not lines.fits(new, time, start):
            break
        others = [duty for duty in crew if duty != old]
        if any(not lines.fits(duty, time, start) for duty in others):
            break
        lines.put(time, start, (*others, new))
        placed.append(time)
    if len(placed) == len(changes) and _cost(lines, duties) < before - _LEAST:
        return
    for time in placed:
        lines.take(time)
    for time, start, crew in stood:
        lines.put(time, start, crew)


def _cost(lines: Lines, duties: Sequence[int]) -> float:
    weights, ground = lines.ground.problem.weights, lines.ground
    guards = {ground.duties[duty].guard for duty in duties}
    ways = sum(lines.ways(duty) for duty in duties)
    changes = sum(lines.changes(duty) for duty in duties)
    return changes + weights.travel * ways + weights.share * sum(lines.beyond(guard) for guard in sorted(guards))
