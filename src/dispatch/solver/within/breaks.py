"""Breaks: each begun within its span, one after the other. Rows are the first and the last start, and the ticks.

Before which way, and at which stop, they are taken is a choice: what is instant looks at every one, the search goes by
a rule of thumb. What a break needs, and whether it can be, is the same for both.
"""

from __future__ import annotations

from dispatch.solver.within.moment import NEVER, Moment, Rows


def begun(breaks: Rows, one: int, at: Moment) -> Moment:
    """When ``breaks[one]`` begins for whoever is free for it from ``at`` on; `NEVER` if that is too late."""
    begin: Moment = max(at, breaks[one][0])
    return begin if begin <= breaks[one][1] else NEVER


def over(breaks: Rows, one: int, begin: Moment) -> Moment:
    """When ``breaks[one]`` is over that is begun at ``begin``."""
    end: Moment = begin + breaks[one][2]
    return end


def all_over(breaks: Rows, first: int, last: int, at: Moment) -> Moment:
    """When ``breaks[first:last]`` are over if begun as soon as can be from ``at`` on; `NEVER` if not all can be."""
    for one in range(first, last):
        begin = begun(breaks, one, at)
        if begin >= NEVER:
            return NEVER
        at = over(breaks, one, begin)
    return at


def all_before(breaks: Rows, first: int, last: int, at: Moment) -> Moment:
    """The last moment to begin ``breaks[first:last]`` so that all are over by ``at``; -`NEVER` if there is none."""
    for one in range(last - 1, first - 1, -1):
        at = min(at - breaks[one][2], breaks[one][1])
        if at < breaks[one][0]:
            return -NEVER
    return at
