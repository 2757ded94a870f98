"""Zones that hang together or lie close, in machine code: annealing by handing on one zone at a time.

A zone goes to somebody who has a zone beside it, to somebody who has none, or out and in again; what it leaves must
still hang together. All is counted as the check counts it, the middle of a helper's zones included.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.zones.chance import below, share
from dispatch.solver.zones.offers import Floats, Ints, Words


class Land(NamedTuple):
    """What does not change: n zones, m helpers, as the last column nobody.

    ``price`` n × (m + 1), ``takes`` and ``caps`` by kind as in `relax.Frame`. The zones beside zone z stand in
    ``beside[first[z]:first[z + 1]]``. ``ways``: modes × n × n minutes, ``mode`` of each helper; ``compact`` and
    ``balance`` are prices. Minutes above ``even`` cost ``above`` each while searching, beside the heaviest load.
    """

    price: Floats
    takes: Ints
    caps: Ints
    first: Ints
    beside: Ints
    ways: Ints
    mode: Ints
    compact: float
    heavy: int
    balance: float
    connected: bool
    even: float
    above: float


class Plots(NamedTuple):
    """Where a search is: who has which zone, and for every helper the list of theirs.

    ``sums``: minutes from each zone to all zones of its helper. ``cost``: least seen, now, and now as searched.
    """

    holder: Ints
    load: Ints
    members: Ints
    place: Ints
    size: Ints
    sums: Floats
    best: Ints
    cost: Floats
    seen: Ints
    queue: Ints
    seed: Words


@compiled
def _hangs_without(land: Land, at: Plots, zone: int) -> bool:
    """Whether the zones of its helper hang together without ``zone``."""
    helper = at.holder[zone]
    if at.size[helper] <= 2:
        return True
    at.queue[-1] += 1
    mark = at.queue[-1]
    at.seen[zone] = mark
    tail, head, wanted = 0, 0, 0
    for place in range(land.first[zone], land.first[zone + 1]):
        other = land.beside[place]
        if at.holder[other] != helper or at.seen[other] == mark:
            continue
        if wanted == 0:
            at.seen[other] = mark
            at.queue[tail] = other
            tail += 1
        wanted += 1
    if wanted <= 1:
        return True
    while head < tail:
        here = at.queue[head]
        head += 1
        for place in range(land.first[here], land.first[here + 1]):
            other = land.beside[place]
            if at.holder[other] == helper and at.seen[other] != mark:
                at.seen[other] = mark
                at.queue[tail] = other
                tail += 1
    return bool(tail == at.size[helper] - 1)


@compiled
def _middle(land: Land, at: Plots, helper: int, zone: int, sign: int) -> float:
    """Minutes from all zones of the helper to their middle, once ``zone`` has come (1), gone (-1), or neither (0)."""
    if helper == land.price.shape[1] - 1:
        return 0.0
    mode, best, own, count = land.mode[helper], 1e18, 0.0, 0
    for place in range(at.size[helper]):
        other = at.members[helper, place]
        if sign < 0 and other == zone:
            continue
        total = at.sums[other]
        if sign != 0:
            way = land.ways[mode, other, zone]
            total += sign * way
            own += way
        best = min(best, total)
        count += 1
    if sign > 0:
        best = min(best, own)
        count += 1
    return best if count else 0.0


@inlined
def _above(land: Land, load: int) -> float:
    return land.above * max(0.0, load - land.even)


@compiled
def _heaviest(land: Land, at: Plots, one: int, first: int, other: int, second: int) -> int:
    """The heaviest load, were those of ``one`` and ``other`` so."""
    heaviest = 0
    for helper in range(land.price.shape[1] - 1):
        load = at.load[land.heavy, helper]
        if helper == one:
            load = first
        elif helper == other:
            load = second
        heaviest = max(heaviest, load)
    return int(heaviest)


@compiled
def _hand(land: Land, at: Plots, zone: int, to: int) -> None:
    """Give ``zone`` to ``to``: lists, loads and sums follow."""
    source = at.holder[zone]
    nobody = land.price.shape[1] - 1
    last = at.members[source, at.size[source] - 1]
    at.members[source, at.place[zone]] = last
    at.place[last] = at.place[zone]
    at.size[source] -= 1
    if source != nobody and land.compact > 0.0:
        for place in range(at.size[source]):
            other = at.members[source, place]
            at.sums[other] -= land.ways[land.mode[source], other, zone]
    at.sums[zone] = 0.0
    if to != nobody and land.compact > 0.0:
        for place in range(at.size[to]):
            other = at.members[to, place]
            way = land.ways[land.mode[to], other, zone]
            at.sums[other] += way
            at.sums[zone] += way
    at.members[to, at.size[to]] = zone
    at.place[zone] = at.size[to]
    at.size[to] += 1
    at.holder[zone] = to
    for kind in range(land.takes.shape[0]):
        at.load[kind, source] -= land.takes[kind, zone, source]
        at.load[kind, to] += land.takes[kind, zone, to]


@compiled
def _fits(land: Land, at: Plots, zone: int, to: int) -> bool:
    for kind in range(land.takes.shape[0]):
        if at.load[kind, to] + land.takes[kind, zone, to] > land.caps[kind, to]:
            return False
    return True


@compiled
def _whom(land: Land, at: Plots, zone: int) -> int:
    """Somebody to give ``zone`` to: who has a zone beside it, sometimes who has none, or nobody."""
    nobody = land.price.shape[1] - 1
    chance = share(at.seed)
    if chance < 0.02:
        return int(nobody)
    if chance < 0.05:
        helper: int = below(at.seed, nobody)
        return helper if at.size[helper] == 0 or not land.connected else int(at.holder[zone])
    count = land.first[zone + 1] - land.first[zone]
    if count == 0:
        return int(at.holder[zone])
    return int(at.holder[land.beside[land.first[zone] + below(at.seed, count)]])


@entry
def flips(land: Land, at: Plots, rounds: int, hot: float, cold: float) -> None:
    """``rounds`` of annealing from temperature ``hot`` to ``cold``; the cheapest choice seen is kept in ``at``."""
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, rounds))
    nobody = land.price.shape[1] - 1
    for _ in range(rounds):
        heat *= cooling
        zone = below(at.seed, len(at.holder))
        source = at.holder[zone]
        to = _whom(land, at, zone)
        if to == source or land.price[zone, to] >= 1e12 or (to != nobody and not _fits(land, at, zone, to)):
            continue
        true = land.price[zone, to] - land.price[zone, source]
        if land.compact > 0.0:
            true += land.compact * (_middle(land, at, source, zone, -1) - _middle(land, at, source, zone, 0))
            true += land.compact * (_middle(land, at, to, zone, 1) - _middle(land, at, to, zone, 0))
        searched = 0.0
        if land.heavy >= 0:
            left = at.load[land.heavy, source] - land.takes[land.heavy, zone, source]
            came = at.load[land.heavy, to] + land.takes[land.heavy, zone, to]
            now = _heaviest(land, at, -1, 0, -1, 0)
            true += land.balance * (_heaviest(land, at, source, left, to, came) - now)
            if source != nobody:
                searched += _above(land, left) - _above(land, at.load[land.heavy, source])
            if to != nobody:
                searched += _above(land, came) - _above(land, at.load[land.heavy, to])
        change = true + searched
        if change > 0.0 and change >= -heat * math.log(max(1e-300, share(at.seed))):
            continue
        if land.connected and source != nobody and not _hangs_without(land, at, zone):
            continue
        _hand(land, at, zone, to)
        at.cost[1] += true
        if at.cost[1] < at.cost[0] - 1e-7:
            at.cost[0] = at.cost[1]
            for one in range(len(at.holder)):
                at.best[one] = at.holder[one]
