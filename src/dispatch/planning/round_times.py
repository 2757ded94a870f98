"""When a registered round is due on a day: in each of its bands, and at each moment of its interval."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from dispatch.model.places import Round
from dispatch.model.time import at_clock

DAY = dt.timedelta(days=1)


class Due(NamedTuple):
    """A round is to start from ``first`` to ``last``, both allowed."""

    first: dt.datetime
    last: dt.datetime


@lru_cache(maxsize=4096)
def times_on(item: Round, day: dt.date, time_zone: str) -> tuple[Due, ...]:
    """The times of ``item`` that are due on the local ``day``; of an interval the moments count, not the tolerance.

    A band within the hour that clocks skip would end before it starts; its round is still walked, then. The moments of
    an interval are as far apart as it says, also on a day on which clocks are changed.
    """
    found = []
    for band in dict.fromkeys(item.bands):
        first = at_clock(day, band.start_from, time_zone)
        last = at_clock(day if band.start_to > band.start_from else day + DAY, band.start_to, time_zone)
        found.append(Due(first, max(first, last)))
    every = item.every
    if every is not None:
        step, off = dt.timedelta(minutes=every.minutes), dt.timedelta(minutes=every.tolerance)
        moment = at_clock(day, every.start_from, time_zone)
        end = at_clock(day if every.start_to > every.start_from else day + DAY, every.start_to, time_zone)
        while moment < end:
            found.append(Due(moment - off, moment + off))
            moment += step
    return tuple(found)
