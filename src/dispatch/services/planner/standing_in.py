"""Who can step in, in the words of whoever asked a running planner."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict

from dispatch.planning.stand_ins import Sought
from dispatch.planning.zones_away import ZoneAway
from dispatch.services.questions import (
    CouldStepIn,
    StandInsAsked,
    StandInsFound,
    WithoutHelper,
    ZonesAwayAsked,
    ZonesAwayFound,
)


def found_in(asked: StandInsAsked, sought: Sought) -> StandInsFound:
    """What is answered to ``asked``."""
    duty = sought.duty
    if duty is None:
        return StandInsFound(area=asked.area, worker=asked.worker, day=asked.day)
    left = {worker: f"{one.shift} at {one.post}" for worker, one in sought.leaves.items()}
    found = tuple(
        CouldStepIn(
            worker=one.person,
            cost=round(one.cost, 3),
            breaks={str(rule): text for rule, text in one.breaks.items()},
            leaves=left.get(one.person, ""),
            loses={str(rule): round(cost, 3) for rule, cost in one.loses.items()},
        )
        for one in sought.found
    )
    return StandInsFound(
        area=asked.area,
        worker=asked.worker,
        day=asked.day,
        post=duty.post,
        shift=duty.shift,
        start=duty.start,
        end=duty.end,
        found=found,
    )


def away_in(asked: ZonesAwayAsked, away: Iterable[ZoneAway]) -> ZonesAwayFound:
    """What is answered to ``asked``."""
    return ZonesAwayFound(area=asked.area, zones=tuple(WithoutHelper(**asdict(one)) for one in away))
