"""Absences: spans that hold neither work nor a way. Rows are begin and end, apart and in order."""

from __future__ import annotations

from dispatch.solver.within.moment import Moment, Rows


def clear(absences: Rows, first: int, last: int, at: Moment, ticks: Moment) -> Moment:
    """The first moment from ``at`` on that leaves ``ticks`` before the next of ``absences[first:last]`` begins."""
    if ticks == 0:
        return at
    for away in range(first, last):
        if at + ticks <= absences[away][0]:
            break
        at = max(at, absences[away][1])
    return at


def clear_before(absences: Rows, first: int, last: int, at: Moment, ticks: Moment) -> Moment:
    """The last moment up to ``at`` that leaves ``ticks`` outside of ``absences[first:last]``."""
    if ticks == 0:
        return at
    for away in range(last - 1, first - 1, -1):
        if at >= absences[away][1]:
            break
        at = min(at, absences[away][0] - ticks)
    return at
