"""Zones that hang together, shared again: what has to move goes to whoever has zones beside it."""

from __future__ import annotations

import random

from dispatch.solver.zones.districts import grow, land_of
from dispatch.solver.zones.neighbours import beside
from dispatch.solver.zones.offers import Choice, Ints
from dispatch.solver.zones.scene import Scene


def hang_together(scene: Scene, seed: int) -> Choice:
    """What stays hangs together; the rest is taken, zone by zone, by those who have a zone beside it and room."""
    near = beside(scene.offers.problem)
    land = land_of(scene.offers, scene.frame, near, None, 0.0)
    kept: Choice = [None if zone in scene.forced else helper for zone, helper in enumerate(scene.now)]
    for helper in sorted(scene.over):
        _shed(scene, near, kept, helper)
    return grow(land, near, kept, random.Random(seed))


def _shed(scene: Scene, near: list[list[int]], kept: Choice, helper: int) -> None:
    """Take zones from the helper until no cap is passed: each time one whose leaving divides nothing, that has somebody
    else beside it who may have it, the largest first.
    """
    offers = scene.offers
    pinned = {zone for zone, one in offers.pins.items() if one == helper}
    while True:
        own = {zone for zone, one in enumerate(kept) if one == helper} | pinned
        held: Choice = [helper if zone in own else None for zone in range(len(kept))]
        over = [rule for rule, load in offers.loads(held).items() if load[helper] > offers.room[rule][helper]]
        free = sorted(own - pinned)
        if not over or not free:
            return
        takes = offers.takes[over[0]]

        def key(zone: int, own: set[int] = own, takes: Ints = takes) -> tuple[bool, bool, int, int]:
            others = {kept[other] for other in near[zone]} - {None, helper}
            wanted = any(bool(scene.offered[zone, one]) for one in others if one is not None)
            return _hangs(own - {zone}, near), wanted, int(takes[zone, helper]), -zone

        kept[max(free, key=key)] = None


def _hangs(zones: set[int], near: list[list[int]]) -> bool:
    if not zones:
        return True
    edge = [min(zones)]
    seen = set(edge)
    while edge:
        fresh = {other for other in near[edge.pop()] if other in zones} - seen
        seen |= fresh
        edge += sorted(fresh)
    return len(seen) == len(zones)
