"""A scan of a checkpoint names no order: the walk it is of is found on the schedule of whoever scanned."""

from __future__ import annotations

import datetime as dt

from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.register import Register
from dispatch.decide.schedule import ScheduleState
from dispatch.decide.walk import scanned, walk_of
from dispatch.events.envelope import Entity
from dispatch.model.quoting import quoted
from dispatch.requests.report import Scan
from dispatch.services.desk.work import Work

_NEAR = dt.timedelta(days=1)
"""How far from a scan a walk may lie that its refusal speaks of."""


async def decide(report: Scan, worker: str, area: str, work: Work, register: Register) -> Happened:
    """What ``worker``'s scan makes happen to the order of the walk it is of.

    A device's clock that is ahead is taken for now. Raises `Refused`: ``unknown_checkpoint``, ``no_walk``,
    ``scan_too_early``, ``scan_too_late``.
    """
    if area not in register.places.get(report.checkpoint, {}):
        raise Refused(
            f"There is no checkpoint {quoted(report.checkpoint)} in area {quoted(area)}.",
            code="unknown_checkpoint",
            hint="it was mistyped, or is to be registered as a place of this area.",
        )
    at = min(report.at, work.now)
    schedule: ScheduleState | None = (await work.get(Entity(area, "schedule", worker))).state
    # The order of a round lies at its first checkpoint.
    near = [
        Entity(area, "order", stop.order)
        for route in (schedule.routes.values() if schedule is not None else ())
        for stop in route.stops
        if stop.place.checkpoint is not None and stop.start - _NEAR < at < stop.end + _NEAR
    ]
    await work.load(near)
    orders = {entity.id: (await work.get(entity)).state for entity in near}
    walk = walk_of(report, worker, at, orders)
    return Happened(Entity(area, "order", walk.order), scanned(report, worker, at, walk, work.now), at)
