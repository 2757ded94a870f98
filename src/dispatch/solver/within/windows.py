"""Windows: spans in which a stop may be begun. Rows are the first and the last start, apart and in order."""

from __future__ import annotations

from dispatch.solver.within.absences import clear, clear_before
from dispatch.solver.within.moment import NEVER, Moment, Rows


def opening_of_one(opens: Moment, closes: Moment, at: Moment) -> Moment:
    """The first start from ``at`` on in the one window from ``opens`` to ``closes``; `NEVER` if there is none."""
    start = max(at, opens)
    return start if start <= closes else NEVER


def opening(windows: Rows, first: int, last: int, at: Moment) -> Moment:
    """The first start from ``at`` on in one of ``windows[first:last]``; `NEVER` if there is none."""
    for window in range(first, last):
        if at <= windows[window][1]:
            start: Moment = max(at, windows[window][0])
            return start
    return NEVER


def earliest(
    windows: Rows, first: int, last: int, absences: Rows, away: int, back: int, at: Moment, ticks: Moment
) -> Moment:
    """`opening` of ``ticks`` of work that ``absences[away:back]`` do not interrupt."""
    start = opening(windows, first, last, at)
    while start < NEVER:
        free = clear(absences, away, back, start, ticks)
        if free == start:
            break
        start = opening(windows, first, last, free)
    return start


def closing(windows: Rows, first: int, last: int, by: Moment) -> Moment:
    """The last start up to ``by`` in one of ``windows[first:last]``; -`NEVER` if there is none."""
    for window in range(last - 1, first - 1, -1):
        if by >= windows[window][0]:
            start: Moment = min(by, windows[window][1])
            return start
    return -NEVER


def latest(
    windows: Rows, first: int, last: int, absences: Rows, away: int, back: int, by: Moment, ticks: Moment
) -> Moment:
    """`closing` of ``ticks`` of work that ``absences[away:back]`` do not interrupt."""
    start = closing(windows, first, last, by)
    while start > -NEVER:
        free = clear_before(absences, away, back, start, ticks)
        if free == start:
            break
        start = closing(windows, first, last, free)
    return start
