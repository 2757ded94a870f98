"""From the relaxation to whole rows: what is nearly whole is fixed, the rest priced anew, until everybody has a row."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from dispatch.solver.rosters.facts import Floats, Row
from dispatch.solver.rosters.master import Master, Pricing
from dispatch.solver.stop import Stop

SMOOTH = 0.5
"""Share of the best prices so far in those that rows are looked for at (Wentges 1997): less swinging to and fro."""
CLOSE = 0.5
"""How near the bound may be to the relaxation for it to be near enough."""
TIDY = 12
"""Rounds of pricing after which rows of no use are dropped."""
KEPT = 30
"""Rows of each person that are kept then."""
SMALL = 24
"""People for so few of whom nothing is dropped while diving."""
HASTE = 0.3
"""Part of the people fixed at a time when it is late."""
CERTAIN = 0.9
"""Share from which on a row is fixed."""
LIKELY = 0.5
"""Share from which on more rows than one are fixed at a time."""


@dataclass(frozen=True)
class Pace:
    """``first``: rounds of pricing before anything is fixed; ``then``: after each fixing; ``part``: of people fixed.

    ``until``: the part of the wall clock, if there is one, after which fixing begins; after ``hasty`` many are fixed
    at a time.
    """

    first: int
    then: int
    part: float
    until: float
    hasty: float


def generate(master: Master, price: Pricing, pace: Pace, below: float, stop: Stop) -> tuple[Master, float]:
    """Add rows until none gains, `Pace.first` times at most, or nothing costs less than ``below``.

    The master that came of it (rows of no use are dropped on the way), and the best lower bound.
    """
    bound, center = -float("inf"), None
    for turn in range(pace.first):
        master.relax()
        if turn % TIDY == TIDY - 1 and master.size() > KEPT * len(master.chosen):
            master = master.smaller(KEPT)
            master.relax()
        used: Floats = master.prices if center is None else SMOOTH * center + (1 - SMOOTH) * master.prices
        gained, least = master.price(price, used)
        if not gained:
            used = master.prices
            gained, least = master.price(price)
        if least > bound:
            bound, center = least, used
        close = master.value - bound < CLOSE or bound > below
        if not gained or close or stop.now() or _late(pace.until, stop):
            break
    master.relax()
    return master, bound


def dive(
    master: Master, price: Pricing, pace: Pace, draw: random.Random, noise: float, below: float, stop: Stop
) -> dict[int, Row] | None:
    """A row of everybody in ``master``; None if what is to come costs ``below`` or more, or at a stop.

    ``noise``: how much chance adds to a share at most.
    """
    found: dict[int, Row] = {}
    while len(master.fixed) < len(master.chosen):
        _fix(master, pace.part if not _late(pace.hasty, stop) else HASTE, draw, noise)
        if len(master.fixed) == len(master.chosen):
            break
        if len(master.fixed) > len(master.chosen) // 3 and len(master.chosen) > SMALL:
            found |= fixed_rows(master)
            master = master.smaller(KEPT)
        for _ in range(pace.then if not _late(pace.hasty, stop) else 0):
            master.relax()
            if stop.now() or not master.price(price)[0]:
                break
        master.relax()
        if master.value >= below or stop.now():
            return None
    return found | fixed_rows(master)


def _late(part: float, stop: Stop) -> bool:
    return stop.passed() > part * stop.whole()


def _fix(master: Master, part: float, draw: random.Random, noise: float) -> None:
    """Fix the rows that are nearly whole, one at least."""
    free = [one for one in master.chosen if one not in master.fixed]
    likely = []
    for one in free:
        shares = master.shares(one)
        index = int(np.argmax(shares))
        likely.append((shares[index] + noise * draw.random(), one, index))
    likely.sort(reverse=True)
    most = max(1, int(part * len(free)))
    for place, (share, one, index) in enumerate(likely):
        if share > CERTAIN or place == 0 or (place < most and share > LIKELY):
            master.fix(one, index)


def fixed_rows(master: Master) -> dict[int, Row]:
    """The row of everybody fixed."""
    return {one: master.columns[one].rows[index] for one, index in master.fixed.items()}
