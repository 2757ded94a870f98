"""Who is on duty when: by the published roster for those who work by it, by their own shifts for everybody else."""

from __future__ import annotations

import datetime as dt

from dispatch.events.roster import RosteredDuty
from dispatch.model.people import Duty, duties
from dispatch.planning.area import AreaState


def duties_of(state: AreaState, worker: str, first: dt.date, last: dt.date) -> tuple[Duty, ...]:
    """The duties of ``worker`` that start on the local days ``first`` to ``last`` and leave them free for visits.

    Who is bound to a post, or at a training, is not. Of somebody who works by roster only what is published is a duty.
    """
    record = state.workers[worker].item
    if record.terms is None:
        return duties(record, first, last, state.policy.time_zone)
    roster = state.rosters.get(worker)
    known = {} if roster is None else roster.duties
    days = (first + dt.timedelta(days=more) for more in range((last - first).days + 1))
    found = (known[day] for day in days if day in known)
    return tuple(_duty(worker, duty) for duty in found if not (duty.bound or duty.training))


def _duty(worker: str, duty: RosteredDuty) -> Duty:
    return Duty(worker=worker, day=duty.day, start=duty.start, end=duty.end, breaks=duty.breaks)
