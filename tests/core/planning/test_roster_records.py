"""Single records stop no roster: who cannot be rostered is left aside and named, trainings too; the rest goes on."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import on
from core.decide.sample import CATALOGUE, HOUR, LAMP, PLACES, entity, opened, order_entity, worker
from core.planning.folded import add, folded, planned
from core.planning.rostered import (
    DAY,
    EARLY,
    MIDNIGHT,
    MONDAY,
    NIGHT,
    asked,
    away,
    duty,
    gate,
    guard,
    person,
    policy,
    post,
    problem,
    publish,
    told,
)
from msgspec.structs import replace

from dispatch.decide.horizon import HorizonHead
from dispatch.events.order import ReasonGiven
from dispatch.events.post import PostChanged
from dispatch.events.worker import WorkerChanged, WorkerRegistered
from dispatch.model.people import SkillHeld, Terms, Training
from dispatch.model.posts import Post, PostShift
from dispatch.model.time import Window
from dispatch.planning import horizons
from dispatch.planning.area import AreaState
from dispatch.planning.commit import placements
from dispatch.planning.horizons import publishing
from dispatch.planning.roster_said import said_of
from dispatch.planning.rosters import Rosters
from dispatch.planning.stand_ins import stand_ins_of
from dispatch.solver.plan import Effort, Reason
from dispatch.solver.roster_plan import OpenPlace, RosterPlan
from dispatch.solver.rules import Rule

BY_HAND = Effort(solver="by hand", seed=0, budget=0, used=0)
LONG = PostShift(id="long", start="20:00", end="08:00")


def open_places(*days: int, rule: Rule = Rule.PIN) -> RosterPlan:
    """Nobody has anything; the early shifts of these days are open for one reason."""
    places = tuple(
        OpenPlace(day=day, shift="06:00-14:00", post="gate", missing=1, short=1,
                  reasons=(Reason(rule=rule, message="so it is", workers=1, hint="what the solver said"),))
        for day in days
    )  # fmt: skip
    return RosterPlan(open=places, effort=BY_HAND)


def gave_way(state: AreaState) -> tuple[ReasonGiven, ...]:
    """What is said of a roster in which nobody has anything."""
    due = asked(state)
    assert due is not None
    return said_of(state, due, open_places()).gave_way


def test_whose_rest_goes_on_too_long_is_left_aside_and_named_and_all_others_are_rostered() -> None:
    tired = guard("g0", terms=Terms(rest_min=1440))
    state = folded(policy(), post("gate", LONG, EARLY), tired, *(guard(f"g{number}") for number in range(1, 5)))
    told(state, "g0", duty(MONDAY))
    assert [one.id for one in problem(state).people] == ["g1", "g2", "g3", "g4"]
    (named,) = gave_way(state)
    assert (named.rule, named.workers) == (Rule.REST, 1)
    assert named.message.startswith("g0 is left out of the roster: after shift '20:00-08:00' the rest")
    publish(state)
    assert state.rosters["g0"].duties == {} and state.rosters["g1"].duties
    gone = {one.person for one in stand_ins_of(state, "g0", MONDAY, MIDNIGHT).found}
    assert gone <= {"g1", "g2", "g3", "g4"}


def test_a_shift_that_is_not_asked_for_any_more_puts_nobody_aside() -> None:
    state = folded(policy(), post("gate", EARLY), guard("g0", terms=Terms(rest_min=1440)))
    told(state, "g0", duty(MONDAY - 9 * DAY, LONG, post="gone"), since=MONDAY - 9 * DAY)
    assert [one.id for one in problem(state).people] == ["g0"]


def test_duties_that_meet_since_their_post_has_other_hours_do_not_both_stay() -> None:
    state = folded(policy(), post("gate", NIGHT, EARLY), guard("g0"), guard("g1"))
    told(state, "g0", duty(MONDAY, NIGHT), duty(MONDAY + DAY, EARLY))
    both = {(0, "22:00-06:00"), (1, "06:00-14:00")}
    assert {(pin.day, pin.shift) for pin in problem(state).pins if pin.person == "g0"} == both
    sooner = Post(id="gate", place="s1", shifts=(NIGHT, replace(EARLY, start="05:00")))
    add(state, on(entity("post", "gate"), PostChanged(post=sooner)))
    assert {(pin.day, pin.shift) for pin in problem(state).pins if pin.person == "g0"} == {(0, "22:00-06:00")}
    publish(state)
    assert MONDAY in state.rosters["g0"].duties


def test_a_duty_that_goes_on_past_a_certificate_since_its_post_has_other_hours_does_not_stay() -> None:
    held = (SkillHeld(skill="guarding", expires=MONDAY),)
    state = folded(policy(), post("gate", EARLY, skill="guarding"), guard("g0", skills=held), guard("g1"))
    told(state, "g0", duty(MONDAY))
    assert {(pin.day, pin.shift) for pin in problem(state).pins if pin.shift} == {(0, "06:00-14:00")}
    later = Post(id="gate", place="s1", skill="guarding", shifts=(replace(EARLY, start="20:00", end="04:00"),))
    add(state, on(entity("post", "gate"), PostChanged(post=later)))
    assert {pin.shift for pin in problem(state).pins} == {None}
    publish(state)
    assert MONDAY not in state.rosters["g0"].duties


def test_two_trainings_of_one_day_are_one_and_one_that_cannot_be_is_named() -> None:
    days = [MONDAY + number * DAY for number in range(2, 5)]
    trainings = (
        Training(day=days[0], start="13:00", minutes=60),
        Training(day=days[0], start="09:00", minutes=120),
        Training(day=days[1], start="20:00", minutes=480),
        Training(day=days[2], start="03:00", minutes=60),
        Training(day=MONDAY + DAY, start="09:00", minutes=240),
    )
    state = folded(policy(), post("gate"), guard("g0", trainings=trainings), guard("g1"))
    away(state, "g0", MIDNIGHT + 33 * HOUR, 3)
    found = [(one.day, one.start, one.minutes) for one in person(state).trainings]
    assert found == [(2, 540, 300), (3, 1200, 480)]
    named = [one for one in gave_way(state) if one.rule == Rule.TRAINING]
    assert [one.message for one in named] == [
        "g0 cannot come to the training of 2026-11-24 at 09:00: g0 is absent then.",
        "g0 cannot come to the training of 2026-11-27 at 03:00: g0 is still at what they do the day before.",
    ]
    publish(state)
    assert {day for day, one in state.rosters["g0"].duties.items() if one.training} == {days[0], days[1]}


def test_what_is_frozen_and_open_says_that_a_stand_in_would_do() -> None:
    state = gate()
    told(state, "g0", duty(MONDAY), duty(MONDAY + DAY))
    away(state, "g0", MIDNIGHT, 24)
    due = asked(state)
    assert due is not None
    for batch in publishing(state, Rosters(), due, open_places()):
        add(state, *((on(where, *events)) for where, events in batch.items()))
    changed = post("gate", EARLY, NIGHT)
    add(state, changed)
    again = asked(state)
    assert again is not None
    hints = [one.reasons[0].hint for one in said_of(state, again, open_places(0, 1, 2)).open]
    assert hints == [
        "a stand-in by direction would do, instead of g0: the day is frozen until 2026-11-25.",
        "a stand-in by direction would do, instead of g0: the day is frozen until 2026-11-25.",
        "what the solver said",
    ]
    add(state, post("gate", replace(EARLY, id="new")))
    (hint,) = [one.reasons[0].hint for one in said_of(state, again, open_places(0)).open]
    assert "with gate as post and new as shift" in hint
    (other,) = [one.reasons[0].hint for one in said_of(state, again, open_places(0, rule=Rule.REST)).open]
    assert other == "what the solver said"


def test_all_that_is_open_is_named_the_first_of_it_with_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(horizons, "OPEN_SHOWN", 2)
    state = gate()
    due = asked(state)
    assert due is not None
    for batch in publishing(state, Rosters(), due, open_places(*range(7))):
        add(state, *((on(where, *events)) for where, events in batch.items()))
    head: HorizonHead = state.horizons["roster"]
    assert [bool(one.reasons) for one in head.open] == [True, True, *[False] * 5]
    assert all(head.missing("gate", MONDAY + number * DAY, "early") == 1 for number in range(7))


@pytest.mark.parametrize("trained", [False, True])
def test_who_has_no_terms_is_not_sent_out_while_they_are_trained(trained: bool) -> None:
    day = dt.date(2026, 11, 23)
    training = Training(day=day, start="09:00", minutes=180)
    who = worker("w1", trainings=(training,) if trained else ())
    start = MIDNIGHT + 10 * HOUR
    lamp = on(
        order_entity("lamp"), opened(LAMP, windows=(Window(start=start, end=start + HOUR),), reported_at=MIDNIGHT)
    )
    state = folded(CATALOGUE, PLACES, on(entity("worker", "w1"), WorkerRegistered(worker=who)), lamp)
    built, plan = planned(state, MIDNIGHT + HOUR)
    assert bool(placements(plan, built)) != trained
    rostered_now = worker("w1", trainings=(training,), terms=Terms(), shifts=())
    add(state, on(entity("worker", "w1"), WorkerChanged(worker=rostered_now)))
    assert placements(*reversed(planned(state, MIDNIGHT + HOUR))) == {}, "who works by roster has no duty of their own"
