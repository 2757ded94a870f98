"""Somebody steps in for somebody else: by one direction, under the rules about one duty, and once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Given, Happening, given, on
from core.decide.sample import ESTATE, HOUR, POST, entity, worker
from msgspec.structs import replace

from dispatch.decide.horizon import HorizonHead
from dispatch.decide.horizon import evolve as head_after
from dispatch.decide.roster import RosterState
from dispatch.decide.roster import evolve as roster_after
from dispatch.events.horizon import HorizonDirected, HorizonPublished, HorizonRefused, LeftOpen
from dispatch.events.post import PostRegistered, PostRetired
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty
from dispatch.events.worker import WorkerAbsent, WorkerChanged
from dispatch.model.people import SkillHeld, Terms

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
HEAD = entity("horizon", "roster")
GUARD = {"skills": (SkillHeld(skill="guarding"),), "shifts": (), "terms": Terms()}
SUBJECT = "direct.east.stand-in"
WHERE = LeftOpen(id="gate", day=TODAY + DAY, part="day")


def duty(day: dt.date, first: int = 8, hours: int = 8, **more: Any) -> RosteredDuty:
    """A duty at the gate from an hour of the local clock on."""
    start = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(hours=first - 8)
    fields = {"post": "gate", "shift": "day", "start": start, "end": start + hours * HOUR, **more}
    return RosteredDuty(day=day, **fields)


def guard(key: str, **changes: Any) -> tuple[Happening, ...]:
    """Somebody who works by roster."""
    return on(entity("worker", key), WorkerChanged(worker=worker(key, **{**GUARD, **changes})))


def published(key: str, *duties: RosteredDuty) -> tuple[Happening, ...]:
    """A week of theirs."""
    return on(entity("roster", key), DutiesPublished(number=1, start=TODAY, until=TODAY + 7 * DAY, duties=duties))


def horizon(*open_: LeftOpen, number: int = 1) -> HorizonPublished:
    """A week that was published."""
    return HorizonPublished(
        number=number, parent=number - 1, start=TODAY, until=TODAY + 7 * DAY, frozen=TODAY + 2 * DAY, saw=1,
        why="first", inputs="so", solver="rosters-1", seed=1, budget=1, used=1, repeatable=True, cost={}, changed=2,
        open_count=len(open_), open=open_,
    )  # fmt: skip


def estate(*more: tuple[Happening, ...]) -> Given:
    """w1 stands at the gate tomorrow, w2 has the day off."""
    post = on(entity("post", "gate"), PostRegistered(post=POST))
    return given(
        ESTATE, post, guard("w1"), guard("w2"), published("w1", duty(TODAY + DAY)), published("w2"),
        on(HEAD, horizon()), *more,
    )  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    day = (TODAY + DAY).isoformat()
    return {"id": "d1", "by": "chen", "at": NOW.isoformat(), "worker": "w2", "day": day, "instead": "w1", **changes}


def test_the_duty_goes_over_under_the_head_of_the_roster() -> None:
    taken = replace(duty(TODAY + DAY), directed=True)
    estate().when(SUBJECT, body()).then(
        on(HEAD, HorizonDirected(number=2, parent=1, verb="stand-in", filled=(WHERE,))),
        on(entity("roster", "w2"), DutyDirected(number=2, day=taken.day, duty=taken, other="w1")),
        on(entity("roster", "w1"), DutyDirected(number=2, day=taken.day, duty=None, other="w2")),
    )


def test_what_was_taken_off_somebody_who_cannot_come_is_taken_over_as_long_as_it_is_open() -> None:
    gone = (published("w1"), on(HEAD, horizon(WHERE, number=2)))
    taken = replace(duty(TODAY + DAY), directed=True)
    estate(*gone).when(SUBJECT, body()).then(
        on(HEAD, HorizonDirected(number=3, parent=2, verb="stand-in", filled=(WHERE,))),
        on(entity("roster", "w2"), DutyDirected(number=3, day=taken.day, duty=taken, other="w1")),
    )
    filled = estate(*gone, on(HEAD, horizon(number=3)))
    filled.when(SUBJECT, body()).refused("no_duty")


def test_an_open_place_that_nobody_had_is_taken_by_its_post_and_shift() -> None:
    where = LeftOpen(id="gate", day=TODAY + 2 * DAY, part="day")
    opened = estate(on(HEAD, horizon(replace(where, missing=2))))
    said = {**body(day=(TODAY + 2 * DAY).isoformat()), "post": "gate", "shift": "day"}
    del said["instead"]
    taken = duty(TODAY + 2 * DAY, directed=True)
    opened.when(SUBJECT, said).then(
        on(HEAD, HorizonDirected(number=2, parent=1, verb="stand-in", filled=(where,))),
        on(entity("roster", "w2"), DutyDirected(number=2, day=taken.day, duty=taken, other="w2")),
    )
    opened.when(SUBJECT, {**said, "id": "d2"}, said=101).then()
    for number, wrong in enumerate(({"shift": "late"}, {"post": "desk"}, {"day": (TODAY + DAY).isoformat()})):
        estate(on(HEAD, horizon(where))).when(SUBJECT, {**said, "id": f"w{number}", **wrong}).refused("no_duty")
    away = on(entity("worker", "w2"), WorkerAbsent(start=taken.start, end=taken.start + HOUR))
    estate(on(HEAD, horizon(where)), away).when(SUBJECT, said).refused("is_absent")
    nothing = {key: value for key, value in said.items() if key not in ("post", "shift")}
    estate(on(HEAD, horizon(where))).when(SUBJECT, nothing).refused("no_duty")


def test_who_has_it_already_has_it_whoever_says_so_again() -> None:
    so = estate()
    so.when(SUBJECT, body()).recorded()
    so.when(SUBJECT, body(id="d2"), said=101).then()
    so.when(SUBJECT, body(id="d3", worker="w1", instead="w2"), said=102).recorded()
    assert so.happened()[-2][1] == DutyDirected(number=3, day=TODAY + DAY, duty=None, other="w1")


def test_a_duty_of_their_own_is_left_open_only_if_that_is_said() -> None:
    own = duty(TODAY + DAY, 16, shift="late")
    so = estate(published("w2", own))
    so.when(SUBJECT, body()).refused("has_duty")
    late = LeftOpen(id="gate", day=own.day, part="late")
    events = so.when(SUBJECT, body(id="d2", leaves=True)).recorded()
    (head,) = [event for where, event in so.happened() if where == HEAD and isinstance(event, HorizonDirected)]
    assert (head.filled, head.opened) == ((WHERE,), (late,))
    assert HEAD in events


@pytest.mark.parametrize(
    ("more", "changes", "code"),
    [
        ((), {"worker": "w9"}, "unknown_worker"),
        ((guard("w2", terms=None),), {}, "not_rostered"),
        ((), {"day": (TODAY + 2 * DAY).isoformat()}, "no_duty"),
        ((), {"instead": "w3"}, "no_duty"),
        ((on(entity("post", "gate"), PostRetired()),), {}, "no_duty"),
        ((published("w1", duty(TODAY, 0)),), {"day": TODAY.isoformat()}, "duty_over"),
        ((guard("w2", skills=()),), {}, "lacks_skill"),
        ((guard("w2", skills=(SkillHeld(skill="guarding", expires=TODAY),)),), {}, "lacks_skill"),
        ((on(entity("worker", "w2"), WorkerAbsent(start=NOW + 29 * HOUR, end=NOW + 40 * HOUR)),), {}, "is_absent"),
        ((published("w2", duty(TODAY, 22, 11)),), {}, "has_duty"),
        ((published("w2", duty(TODAY, 14)),), {}, "short_rest"),
        ((published("w1", duty(TODAY + DAY, training=True)),), {}, "no_duty"),
        ((published("w2", duty(TODAY + DAY, post="training", training=True)),), {"leaves": True}, "has_duty"),
        ((published("w2", duty(TODAY + 2 * DAY, 2)),), {}, "short_rest"),
    ],
)
def test_it_is_refused_by_the_rules(
    more: tuple[tuple[Happening, ...], ...], changes: dict[str, Any], code: str
) -> None:
    estate(*more).when(SUBJECT, body(**changes)).refused(code)


@pytest.mark.parametrize("rest", [duty(TODAY, 13), duty(TODAY + 2 * DAY, 3)])
def test_eleven_hours_between_two_duties_are_enough(rest: RosteredDuty) -> None:
    assert estate(published("w2", rest)).when(SUBJECT, body()).recorded()


def test_a_night_ends_on_a_day_on_which_the_certificate_must_still_hold() -> None:
    for expires, refused in ((TODAY + DAY, True), (TODAY + 2 * DAY, False)):
        held = (SkillHeld(skill="guarding", expires=expires),)
        so = estate(guard("w2", skills=held), published("w1", duty(TODAY + DAY, 22)))
        if refused:
            so.when(SUBJECT, body()).refused("lacks_skill")
        else:
            assert so.when(SUBJECT, body()).recorded()


def test_a_roster_keeps_what_other_days_hold_and_remembers_what_was_taken_off() -> None:
    first, second = duty(TODAY), duty(TODAY + DAY)
    state = roster_after(
        None, DutiesPublished(number=1, start=TODAY, until=TODAY + 2 * DAY, duties=(first, second)), NOW
    )
    state = roster_after(state, DutiesPublished(number=2, start=TODAY + DAY, until=TODAY + 9 * DAY, duties=()), NOW)
    assert state == RosterState(TODAY, {TODAY: first}, {TODAY + DAY: second})
    state = roster_after(state, DutyDirected(number=3, day=TODAY, duty=None, other="w2"), NOW)
    assert state == RosterState(TODAY, {}, {TODAY: first, TODAY + DAY: second})
    assert state is not None
    assert state.from_day(TODAY + DAY) == RosterState(TODAY, {}, {TODAY + DAY: second})


def test_the_head_of_a_horizon_knows_what_is_open_and_what_was_refused() -> None:
    twice = replace(WHERE, missing=2)
    head = head_after(None, horizon(twice), NOW)
    head = head_after(head, HorizonDirected(number=2, parent=1, verb="stand-in", filled=(WHERE,)), NOW)
    assert head is not None and head.missing("gate", TODAY + DAY, "day") == 1
    head = head_after(head, HorizonDirected(number=3, parent=2, verb="stand-in", filled=(WHERE, WHERE)), NOW)
    head = head_after(head, HorizonRefused(parent=3, saw=9, inputs="other", findings=()), NOW)
    assert head == HorizonHead(3, TODAY, TODAY + 7 * DAY, "so", "other", ())
