"""A first choice within all caps, at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.solver.zones.offers import NEVER, Choice, Ints
from dispatch.solver.zones.relax import Frame


def first_choice(frame: Frame, guess: Sequence[int | None]) -> Choice:
    """``guess`` where it may be and fits, the zones that cannot be left out first; then every zone left, largest
    first, to the cheapest helper with room.
    """
    zones, nobody = len(frame.price), frame.price.shape[1] - 1
    room = frame.caps.copy()
    choice: Choice = [None] * zones
    must = [bool(frame.price[zone, nobody] >= NEVER) for zone in range(zones)]

    def give(zone: int, helper: int) -> bool:
        needed: Ints = frame.takes[:, zone, helper]
        if bool((needed > room[:, helper]).any()):
            return False
        room[:, helper] -= needed
        choice[zone] = helper
        return True

    for zone in sorted(range(zones), key=lambda one: not must[one]):
        wanted = guess[zone]
        if must[zone]:
            give(zone, int(frame.price[zone].argmin()))
        elif wanted is not None and frame.price[zone, wanted] < NEVER:
            give(zone, wanted)
    size = frame.takes.sum(axis=0).max(axis=1) if zones else np.zeros(0)
    for zone in sorted(range(zones), key=lambda one: (-int(size[one]), one)):
        if choice[zone] is None:
            for helper in np.argsort(frame.price[zone], kind="stable").tolist():
                if helper == nobody or frame.price[zone, helper] >= NEVER:
                    break
                if give(zone, helper):
                    break
    return choice


def price_of(frame: Frame, choice: Sequence[int | None]) -> float:
    """What ``choice`` costs in minutes, even loads included."""
    nobody = frame.price.shape[1] - 1
    holders = np.array([nobody if one is None else one for one in choice], dtype=np.int64)
    zones = np.arange(len(holders))
    total = float(frame.price[zones, holders].sum())
    if frame.heavy < 0:
        return total
    load = np.zeros(nobody + 1, dtype=np.int64)
    np.add.at(load, holders, frame.takes[frame.heavy, zones, holders])
    return total + frame.balance * float(load.max(initial=0))
