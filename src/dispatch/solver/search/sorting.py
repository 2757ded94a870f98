"""Sorting without allocating: the search may not."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.facts import Floats, Ints


@compiled
def sort_by(score: Floats, order: Ints, begin: int, end: int) -> None:
    """Bring ``order[begin:end]`` into rising order of ``score[order]`` (a heap sort above a few, stable below)."""
    count = end - begin
    if count <= 16:
        for place in range(begin + 1, end):
            item = order[place]
            free = place
            while free > begin and score[order[free - 1]] > score[item]:
                order[free] = order[free - 1]
                free -= 1
            order[free] = item
        return
    for root in range(count // 2 - 1, -1, -1):
        _sift(score, order, begin, root, count)
    for last in range(count - 1, 0, -1):
        order[begin], order[begin + last] = order[begin + last], order[begin]
        _sift(score, order, begin, 0, last)


@compiled
def _sift(score: Floats, order: Ints, begin: int, root: int, count: int) -> None:
    item = order[begin + root]
    while True:
        below = 2 * root + 1
        if below >= count:
            break
        if below + 1 < count and score[order[begin + below]] < score[order[begin + below + 1]]:
            below += 1
        if score[item] >= score[order[begin + below]]:
            break
        order[begin + root] = order[begin + below]
        root = below
    order[begin + root] = item


@compiled
def least_first(score: Floats, order: Ints, count: int, wanted: int) -> None:
    """Bring the ``wanted`` least of ``order[:count]`` by ``score[order]`` to its front, in rising order."""
    for place in range(min(wanted, count)):
        least = place
        for other in range(place + 1, count):
            if score[order[other]] < score[order[least]]:
                least = other
        order[place], order[least] = order[least], order[place]
