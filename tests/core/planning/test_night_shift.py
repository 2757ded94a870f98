"""A night shift reaches into the next day: certificates count by the day of the work, as clocks on the wall show it."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import Happening, on
from core.decide.sample import CATALOGUE, LAMP, PLACES, entity, opened, order_entity, worker
from core.planning.folded import folded, planned

from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Shift, SkillHeld
from dispatch.model.policy import Policy
from dispatch.model.time import Window, at_clock
from dispatch.planning.commit import placements

EVENING = dt.date(2026, 11, 22)
MORNING = EVENING + dt.timedelta(days=1)


def staffed(zone: str, held: SkillHeld) -> tuple[Happening, ...]:
    """One electrician who works from ten at night to six."""
    nightly = worker("w1", skills=(held,), shifts=(Shift(start="22:00", end="06:00", on=(EVENING,)),))
    policy = on(entity("policy", "current"), PolicySet(policy=Policy(time_zone=zone)))
    return CATALOGUE + PLACES + policy + on(entity("worker", "w1"), WorkerRegistered(worker=nightly))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Asia/Kathmandu"])
@pytest.mark.parametrize(
    "last, hour, done", [(EVENING, "23:00", True), (EVENING, "02:00", False), (MORNING, "02:00", True)]
)
@pytest.mark.parametrize("later", [False, True], ids=["before the shift", "in the night"])
def test_a_certificate_ends_with_its_last_day_though_the_shift_goes_on(
    zone: str, last: dt.date, hour: str, done: bool, later: bool
) -> None:
    start = at_clock(EVENING if hour > "12" else MORNING, hour, zone)
    window = Window(start=start, end=start + dt.timedelta(minutes=30))
    lamp = on(order_entity("lamp"), opened(LAMP, windows=(window,), reported_at=start - dt.timedelta(hours=20)))
    state = folded(staffed(zone, SkillHeld(skill="electric", expires=last)), lamp)
    now = start - dt.timedelta(minutes=59 if later else 300)
    built, plan = planned(state, now)
    assert bool(placements(plan, built)) == done
