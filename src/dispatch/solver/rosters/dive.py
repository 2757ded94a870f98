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
WHOLE = 0.999
"""Share from which on a row is fixed."""
CERTAIN = 0.99
"""Share from which on a duty is required."""
LIKELY = 0.6
"""Share from which on more duties than one are required at a time."""


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
    everybody = master.chosen
    try:
        return _dive(master, price, pace, draw, noise, below, stop)
    finally:
        for one in everybody:
            master.rowers[one].release()


def _dive(
    master: Master, price: Pricing, pace: Pace, draw: random.Random, noise: float, below: float, stop: Stop
) -> dict[int, Row] | None:
    found: dict[int, Row] = {}
    while True:
        _fix(master, pace.part if not _late(pace.hasty, stop) else HASTE, draw, noise)
        if len(master.fixed) == len(master.chosen):
            return found | fixed_rows(master)
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


def _late(part: float, stop: Stop) -> bool:
    return stop.passed() > part * stop.whole()


def _fix(master: Master, part: float, draw: random.Random, noise: float) -> None:
    """Fix the rows that are whole, and require the duties that are nearly so, one at least.

    Single duties, as Strandmark, Qu & Curtois (2020) fix them: a whole row is a far larger step, and those who come
    last would have nothing left to choose from.
    """
    whole, likely, left = [], [], 0.0
    for one in master.chosen:
        if one in master.fixed:
            continue
        shares = master.shares(one)
        index = int(np.argmax(shares))
        if shares[index] > WHOLE:
            whole.append((one, index))
            continue
        duties = master.duties(one, shares)
        for day, kind in np.argwhere(duties > 1e-6).tolist():
            if day not in master.required[one]:
                left += duties[day, kind]
                likely.append((duties[day, kind] + noise * draw.random(), one, day, kind))
    for one, index in whole:
        master.fix(one, index)
    likely.sort(reverse=True)
    most, done = max(1, int(part * left)), 0
    for share, one, day, kind in likely:
        if done and (share < LIKELY or (done >= most and share < CERTAIN)):
            break
        done += master.require(one, day, kind)


def fixed_rows(master: Master) -> dict[int, Row]:
    """The row of everybody fixed."""
    return {one: master.columns[one].rows[index] for one, index in master.fixed.items()}
