"""The heap of joints whose times are to be looked at, the least key first."""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.facts import Work


@compiled
def push(work: Work, joint: int, key: float) -> None:
    """Put ``joint`` on the heap of joints to look at, unless it is there."""
    if work.is_heaped[joint]:
        return
    work.is_heaped[joint] = True
    place = work.counts[0].heap
    work.counts[0].heap += 1
    while place > 0:
        above = (place - 1) >> 1
        if work.heap[above].key <= key:
            break
        work.heap[place] = work.heap[above]
        place = above
    work.heap[place].joint = joint
    work.heap[place].key = key


@compiled
def pop(work: Work) -> int:
    """Take the joint of the least key off the heap."""
    top = work.heap[0].joint
    work.is_heaped[top] = False
    work.counts[0].heap -= 1
    size = work.counts[0].heap
    joint, key = work.heap[size].joint, work.heap[size].key
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and work.heap[below + 1].key < work.heap[below].key:
            below += 1
        if work.heap[below].key >= key:
            break
        work.heap[place] = work.heap[below]
        place = below
    work.heap[place].joint = joint
    work.heap[place].key = key
    return top


@compiled
def forget(work: Work) -> None:
    """Empty the heap."""
    for place in range(work.counts[0].heap):
        work.is_heaped[work.heap[place].joint] = False
    work.counts[0].heap = 0
