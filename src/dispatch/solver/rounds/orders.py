"""Orders of checkpoints: the shortest way over all of them, and a pool of others not much longer, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

EXACT = 9
"""Checkpoints up to which the shortest way is found exactly (Held and Karp 1962)."""
POOL = 32
"""Orders drawn for one round at most."""
MOVES = 8
"""Moves per checkpoint between two orders that are drawn."""

Ways = Sequence[Sequence[int]]
"""Ticks from row to column."""
_NEVER = 10**12
"""Ticks of a way that no order takes if there is any other."""


def ends_held(ways: Ways) -> list[list[int]]:
    """``ways``, so dear into the first place and out of the last that every order begins and ends there."""
    held = [list(row) for row in ways]
    for place in range(len(held)):
        held[place][0] = held[-1][place] = _NEVER
    # The last right before the first would be as far from what is wanted as any single reversal leads.
    held[0][-1], held[-1][0] = _NEVER, 4 * _NEVER
    return held


def length(ways: Ways, order: Sequence[int]) -> int:
    """Ticks under way along ``order``, from its first to its last."""
    return sum(ways[here][there] for here, there in pairwise(order))


def shortest(ways: Ways) -> tuple[int, ...]:
    """A shortest way over all, from anywhere to anywhere: exact up to `EXACT`, else no reversal makes it shorter."""
    count = len(ways)
    if count <= EXACT:
        return _exact(ways)
    best = min((_nearest(ways, first) for first in range(count)), key=lambda order: (length(ways, order), order))
    return _exchanged(ways, best)


def _exact(ways: Ways) -> tuple[int, ...]:
    count = len(ways)
    best: dict[tuple[int, int], tuple[int, int]] = {(1 << last, last): (0, -1) for last in range(count)}
    for taken in range(1, 1 << count):
        for last in range(count):
            known = best.get((taken, last))
            if known is None:
                continue
            for other in range(count):
                if not taken >> other & 1:
                    key = (taken | 1 << other, other)
                    cost = known[0] + ways[last][other]
                    if key not in best or cost < best[key][0]:
                        best[key] = (cost, last)
    taken = (1 << count) - 1
    last = min(range(count), key=lambda one: best[taken, one][0])
    order = []
    while last >= 0:
        order.append(last)
        taken, last = taken ^ (1 << last), best[taken, last][1]
    return tuple(reversed(order))


def _nearest(ways: Ways, first: int) -> tuple[int, ...]:
    order, left = [first], set(range(len(ways))) - {first}
    while left:
        here = order[-1]
        there = min(left, key=lambda one: (ways[here][one], one))
        order.append(there)
        left.remove(there)
    return tuple(order)


def _exchanged(ways: Ways, order: tuple[int, ...]) -> tuple[int, ...]:
    """``order`` after every reversal of a stretch that makes it shorter, until none does (Croes 1958)."""
    cost, count = length(ways, order), len(order)
    better = True
    while better:
        better = False
        for first in range(count - 1):
            for last in range(first + 1, count):
                other = order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
                if (new := length(ways, other)) < cost:
                    order, cost, better = other, new, True
    return order


def drawn_orders(ways: Ways, best: tuple[int, ...], longest: int, seed: int) -> list[tuple[int, ...]]:
    """Up to `POOL` different orders no longer than ``longest`` ticks, ``best`` among them, drawn with ``seed``.

    A walk from ``best`` by reversals and moves of one checkpoint that never leaves what is short enough: each move is
    as likely as its way back, so that in the long run all orders it can reach come up alike (Metropolis et al. 1953).
    """
    draw = random.Random(seed)
    count = len(best)
    found = {best: None}
    order = best
    for _ in range(3 * POOL if count > 1 else 0):
        for _ in range(MOVES * count):
            other = _moved(order, draw)
            if length(ways, other) <= longest:
                order = other
        found[order] = None
        if len(found) == POOL:
            break
    return list(found)


def _moved(order: tuple[int, ...], draw: random.Random) -> tuple[int, ...]:
    first, last = sorted((draw.randrange(len(order)), draw.randrange(len(order))))
    if draw.random() < 0.5:
        return order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
    if draw.random() < 0.5:
        first, last = last, first
    rest = order[:first] + order[first + 1 :]
    return (*rest[:last], order[first], *rest[last:])
