"""How long a piece of a route lasts at least, and when it may begin to last no longer (Vidal et al. 2013)."""

from __future__ import annotations

from dispatch.solver.within.moment import NEVER, Moment


def join(
    long1: Moment, early1: Moment, late1: Moment, way: Moment, long2: Moment, early2: Moment, late2: Moment
) -> tuple[Moment, Moment, Moment]:
    """Two pieces as one, ``way`` ticks apart; a duration of `NEVER` if that cannot be done in time.

    Each piece is its least duration, and the earliest and latest start that give it. A stop alone is its ticks and its
    one window.
    """
    through = long1 + way
    if early1 + through > late2:
        return NEVER, early1, late1
    wait = max(0, early2 - through - late1)
    return through + long2 + wait, max(early2 - through, early1) - wait, min(late2 - through, late1)
