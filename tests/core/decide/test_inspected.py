"""Marks count for the inspection planned for whoever gives them; a breach gets its notice and a day of re-check."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Given, given, on
from core.decide.sample import ESTATE, HOUR, entity
from msgspec.structs import replace

from dispatch.events import inspection as i
from dispatch.events import notice as n
from dispatch.events.order import Proof
from dispatch.events.personal import remark
from dispatch.events.policy import PolicySet
from dispatch.model.places import PlaceRef
from dispatch.model.policy import InspectionPolicy, Policy
from dispatch.requests.report import Breach

TODAY = dt.date(2026, 11, 22)
ZONE = entity("inspection", "z1")


def planned(level: str, inspector: str, work: str = "z1-20261116") -> i.PlannedInspection:
    """An inspection of today."""
    return i.PlannedInspection(level=level, work=work, inspector=inspector, day=TODAY, team="t1")


PUBLISHED = on(
    ZONE,
    i.InspectionsPublished(
        number=1,
        start=TODAY,
        until=dt.date(2026, 12, 1),
        inspections=(planned("leader", "w1"), planned("supervisor", "w2"), planned("leader", "w2", "z1-20261109")),
    ),
)


def mark(points: float = 90, key: str = "m1", **more: Any) -> dict[str, Any]:
    """A mark."""
    said = {"report": "inspected", "id": key, "at": NOW.isoformat(), "zone": "z1", "work": "z1-20261116"}
    return said | {"points": points} | more


def test_a_mark_counts_for_the_level_its_giver_was_to_inspect_for() -> None:
    history = given(ESTATE, PUBLISHED)
    kept = i.InspectionMarked(
        worker="w1", level="leader", work="z1-20261116", points=90.0, remark=remark("dust"), proof=Proof(photo="p/1")
    )
    history.when("report.east.w1", mark(note="dust", proof={"photo": "p/1"})).then(on(ZONE, kept))
    above = i.InspectionMarked(worker="w2", level="supervisor", work="z1-20261116", points=70.0)
    history.when("report.east.w2", mark(70), said=101).then(on(ZONE, above))


@pytest.mark.parametrize(
    ("who", "change", "code"),
    [
        ("w3", {}, "unknown_inspection"),
        ("w1", {"work": "z1-20261109"}, "unknown_inspection"),
        ("w1", {"zone": "z9"}, "unknown_inspection"),
        ("w1", {"level": "supervisor"}, "unknown_inspection"),
        ("w9", {}, "unknown_worker"),
        ("w1", {"points": 100.5}, "out_of_range"),
        ("w1", {"points": -1}, "out_of_range"),
        ("w1", {"work": "No Token"}, "bad_value"),
    ],
)
def test_a_mark_of_nothing_planned_is_refused(who: str, change: dict[str, Any], code: str) -> None:
    given(ESTATE, PUBLISHED).when(f"report.east.{who}", mark(**change)).refused(code)


def test_a_second_mark_is_refused_and_the_first_stands() -> None:
    history = given(ESTATE, PUBLISHED)
    history.when("report.east.w1", mark()).recorded()
    history.when("report.east.w1", mark(20, "m2"), said=101).refused("marked_before")


def breach(key: str = "b1", **more: Any) -> dict[str, Any]:
    """A breach found at a flat."""
    return {"report": "breach", "id": key, "at": NOW.isoformat(), "place": {"unit": "b3-1202"}} | more


def of(key: str = "b1") -> Any:
    """Its notice."""
    from dispatch.decide.notice import notice_of

    return notice_of("east", "w1", Breach(id=key, at=NOW, place=PlaceRef(unit="b3-1202")))


def issued(recheck: dt.date, **more: Any) -> n.NoticeIssued:
    """What is issued today."""
    return n.NoticeIssued(worker="w1", place=PlaceRef(unit="b3-1202"), found=TODAY, recheck=recheck, **more)


def estate(worked: tuple[dt.date, ...] = (), **inspections: Any) -> Given:
    """The estate with a holiday on the coming Wednesday; ``worked``: days worked instead of others."""
    policy = Policy(holidays=(dt.date(2026, 11, 25),), workdays=worked, inspections=InspectionPolicy(**inspections))
    return given(ESTATE, on(entity("policy", "current"), PolicySet(policy=policy)))


@pytest.mark.parametrize(
    ("days", "worked", "recheck"),
    [(1, (), 23), (3, (), 26), (5, (), 30), (3, (dt.date(2026, 11, 25),), 25), (0, (), 23)],
)
def test_a_breach_found_on_a_sunday_is_re_checked_after_so_many_working_days(
    days: int, worked: tuple[dt.date, ...], recheck: int
) -> None:
    history = estate(recheck_days=days, worked=worked)
    history.when("report.east.w1", breach()).then(on(of(), issued(dt.date(2026, 11, recheck))))


def test_what_is_not_put_right_gets_another_day_and_what_is_put_right_is_over() -> None:
    history = estate(recheck_days=1)
    history.when("report.east.w1", breach(note="a wall")).then(
        on(of(), issued(dt.date(2026, 11, 23), remark=remark("a wall")))
    )
    again = {"report": "rechecked", "id": "c1", "at": NOW.isoformat(), "notice": of().id, "put_right": False}
    still = n.NoticeRechecked(worker="w2", day=TODAY, put_right=False, recheck=dt.date(2026, 11, 23))
    history.when("report.east.w2", again, said=101).then(on(of(), still))
    well = n.NoticeRechecked(worker="w2", day=TODAY, put_right=True)
    history.when("report.east.w2", again | {"id": "c2", "put_right": True}, said=102).then(on(of(), well))
    history.when("report.east.w2", again | {"id": "c3", "put_right": True}, said=103).then()
    history.when("report.east.w2", again | {"id": "c4"}, said=104).refused("not_now")


def test_breaches_and_re_checks_that_cannot_be_are_refused() -> None:
    again = {"report": "rechecked", "id": "c1", "at": NOW.isoformat(), "notice": "n9", "put_right": True}
    estate().when("report.east.w1", again).refused("unknown_notice")
    estate().when("report.east.w9", breach()).refused("unknown_worker")
    estate().when("report.east.w1", breach(place={"unit": "u1", "site": "s1"})).refused("bad_place")
    estate(weekdays=()).when("report.east.w1", breach()).refused("no_working_day")


def test_the_day_a_breach_was_found_is_that_of_the_area() -> None:
    night = (NOW.replace(hour=0) - 9 * HOUR).isoformat()
    found = replace(issued(dt.date(2026, 11, 23)), found=dt.date(2026, 11, 21))
    estate(recheck_days=1).when("report.east.w1", breach(at=night)).then(on(of(), found))
