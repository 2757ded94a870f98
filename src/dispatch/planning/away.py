"""When somebody is not to be had for visits, whatever their duties: absences, and trainings beside their own shifts."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from dispatch.decide.record import Away
from dispatch.model.people import Worker
from dispatch.model.time import at_clock
from dispatch.planning.area import AreaState


def away_of(state: AreaState, worker: str) -> tuple[Away, ...]:
    """The absences of ``worker``; of who does not work by roster, whose duties know nothing of them, trainings too."""
    record = state.workers[worker]
    item: Worker = record.item
    if item.terms is not None or not item.trainings:
        return record.away
    return (*record.away, *_trainings(item, state.policy.time_zone))


@lru_cache(maxsize=4096)
def _trainings(worker: Worker, time_zone: str) -> tuple[Away, ...]:
    starts = ((at_clock(one.day, one.start, time_zone), one.minutes) for one in worker.trainings)
    return tuple(Away(start, start + dt.timedelta(minutes=minutes)) for start, minutes in starts)
