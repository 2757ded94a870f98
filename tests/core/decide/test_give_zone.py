"""A dispatcher gives a zone to somebody, who can have it by the zone's own rules; whoever cannot is refused by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Given, Happening, given, on
from core.decide.sample import ESTATE, POLICY, WORKERS, ZONE, entity, worker
from msgspec.structs import replace

from dispatch.decide.absence import absence_at
from dispatch.decide.record import Away
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerAbsent, WorkerRegistered, WorkerRetired
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneRetired
from dispatch.model.people import Caps, Role, SkillHeld
from dispatch.model.policy import ZonePolicy

Z1, H1 = entity("zone", "z1"), entity("worker", "h1")
SUBJECT = "direct.east.give-zone"
DAY = dt.timedelta(days=1)


def helper(**changes: Any) -> tuple[Happening, ...]:
    """Somebody who can have the zone."""
    fields = {"role": Role.HELPER, "skills": (SkillHeld(skill="cleaning"),), **changes}
    return on(H1, WorkerRegistered(worker=worker("h1", **fields)))


def estate(*more: tuple[Happening, ...], **changes: Any) -> Given:
    """The estate, and that helper."""
    return given(ESTATE, helper(**changes), *more)


def said(key: str | None = "h1") -> dict[str, Any]:
    return {"id": "d1", "by": "chen", "at": NOW.isoformat(), "zone": "z1", "helper": key}


def test_a_zone_is_pinned_to_a_helper_and_freed() -> None:
    pinned = ZoneChanged(zone=replace(ZONE, helper="h1"))
    estate().when(SUBJECT, said()).then(on(Z1, pinned))
    estate(on(Z1, pinned)).when(SUBJECT, said()).then()
    estate(on(Z1, pinned)).when(SUBJECT, said(None)).then(on(Z1, ZoneChanged(zone=ZONE)))
    estate(on(Z1, ZoneGiven(helper="h1", plan=1))).when(SUBJECT, said(None)).then()


def test_zones_and_helpers_must_be_there_to_be_given() -> None:
    given(WORKERS).when(SUBJECT, said("w1")).refused("unknown_record")
    estate().when(SUBJECT, said("w9")).refused("unknown_worker")
    estate(on(H1, WorkerRetired())).when(SUBJECT, said()).refused("unknown_worker")
    estate(on(Z1, ZoneRetired())).when(SUBJECT, said()).refused("unknown_record")


@pytest.mark.parametrize(
    ("rule", "person", "zone", "policy"),
    [
        ("role", {"role": Role.GUARD}, {}, {}),
        ("skill", {"skills": ()}, {}, {}),
        ("skill", {"skills": (SkillHeld(skill="cleaning", expires=NOW.date() - DAY),)}, {}, {}),
        ("skill", {}, {"level": 2}, {}),
        ("consent", {}, {"never": ("h1",)}, {}),
        ("consent", {}, {"only": ("w1", "w2")}, {}),
        ("serves", {"serves": ("south",)}, {"part": "north"}, {}),
        ("serves", {"serves": ("south",)}, {}, {}),
        ("households_cap", {"caps": Caps(households=29)}, {}, {}),
        ("zone_minutes_cap", {"caps": Caps(minutes_per_day=119)}, {}, {}),
        ("zone_week_cap", {"caps": Caps(zone_minutes_per_week=599)}, {"minutes_per_week": 600}, {}),
        ("far", {}, {"place": "b3-1202"}, {"far": 2}),
    ],
)
def test_who_can_never_have_it_is_refused_by_the_rule(
    rule: str, person: dict[str, Any], zone: dict[str, Any], policy: dict[str, Any]
) -> None:
    changed = on(Z1, ZoneChanged(zone=replace(ZONE, **zone)))
    rules = on(entity("policy", "current"), PolicySet(policy=replace(POLICY, zones=ZonePolicy(**policy))))
    asked = estate(changed, rules, **person).when(SUBJECT, said())
    assert f"({rule})" in asked.refused("cannot_have_zone")


def test_who_may_have_it_just_so_is_given_it() -> None:
    item = replace(ZONE, part="north", only=("h1",), never=("w1",), minutes_per_week=600)
    caps = Caps(households=30, minutes_per_day=120, zone_minutes_per_week=600)
    changed = on(Z1, ZoneChanged(zone=item))
    estate(changed, caps=caps, serves=("north",)).when(SUBJECT, said()).then(
        on(Z1, ZoneChanged(zone=replace(item, helper="h1")))
    )


def test_who_is_away_for_long_is_refused_also_where_two_absences_touch() -> None:
    first = WorkerAbsent(start=NOW - DAY, end=NOW + 7 * DAY)
    second = WorkerAbsent(start=NOW + 7 * DAY, end=NOW + 14 * DAY)
    estate(on(H1, first)).when(SUBJECT, said()).then(on(Z1, ZoneChanged(zone=replace(ZONE, helper="h1"))))
    asked = estate(on(H1, second, first)).when(SUBJECT, said())
    assert "(absent)" in asked.refused("cannot_have_zone")


def test_absences_that_touch_are_one_and_those_with_a_gap_are_not() -> None:
    def away(*spans: tuple[int, int]) -> list[Away]:
        return [Away(NOW + first * DAY, NOW + last * DAY) for first, last in spans]

    assert absence_at(away((0, 10), (10, 20)), NOW) == away((0, 20))[0]
    assert absence_at(away((5, 20), (-3, 8), (2, 4)), NOW) == away((-3, 20))[0]
    assert absence_at(away((0, 10), (11, 20)), NOW) == away((0, 10))[0]
    assert absence_at(away((-10, -1), (1, 2)), NOW) is None
    assert absence_at(away((-10, 0)), NOW) is None and absence_at([], NOW) is None
