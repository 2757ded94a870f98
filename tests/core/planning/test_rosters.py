"""Rosters from the folded state: what is asked of the solver, when one is due, what is published of the answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import on
from core.decide.sample import HOUR, entity, worker
from core.planning.folded import add, folded
from core.planning.rostered import (
    DAY,
    EARLY,
    MIDNIGHT,
    MONDAY,
    NIGHT,
    asked,
    duty,
    gate,
    guard,
    on_duty,
    person,
    policy,
    post,
    problem,
    publish,
    told,
)
from msgspec.structs import replace

from dispatch.events.horizon import HorizonPublished, HorizonRefused
from dispatch.events.post import PostChanged, PostRetired
from dispatch.events.roster import DutyDirected
from dispatch.events.worker import WorkerAbsent, WorkerBack, WorkerChanged, WorkerRetired
from dispatch.model.people import SkillHeld, Terms, Training, Wish
from dispatch.model.posts import Post
from dispatch.planning import horizons
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import publishing
from dispatch.planning.on_duty import duties_of
from dispatch.planning.rosters import Rosters
from dispatch.solver.roster_problem import RosterBefore, RosterPin, RosterRest


def test_where_nothing_is_to_be_manned_nothing_is_asked() -> None:
    assert asked(folded(policy(), guard("g0"))) is None
    assert asked(folded(policy(), post("gate"), on(entity("post", "gate"), PostRetired()))) is None


def test_only_those_with_terms_are_rostered_each_by_their_own() -> None:
    terms = Terms(rest_days=2, rest_days_in=8, rest_min=600, week_minutes=2400, nights_in_row=3, holidays="off")
    skills = (SkillHeld(skill="guarding", level=2, expires=dt.date(1970, 1, 11)),)
    state = folded(policy(), post("gate"), guard("g0", terms=terms, skills=skills), guard("w1", terms=None))
    (one,) = problem(state).people
    assert (one.rest_days, one.rest_minutes, one.holidays) == (RosterRest(days=2, in_any=8), 600, "off")
    assert one.week_minutes is not None and one.nights_in_row is not None and one.days_in_row is None
    assert (one.week_minutes.most, one.nights_in_row.most) == (2400, 3)
    assert [(held.skill, held.level, held.last) for held in one.skills] == [("guarding", 3, 10)]
    free = folded(policy(), post("gate"), guard("g0", terms=Terms(rest_days=0)))
    assert person(free).rest_days is None


def test_posts_with_the_same_hours_share_a_shift_and_ask_for_their_own_people() -> None:
    night = replace(NIGHT, minimum=2, wanted=3, days=("mon",), on=(MONDAY + 2 * DAY,))
    state = folded(policy(), post("gate", EARLY, night), post("desk", replace(EARLY, id="day"), skill="desk", level=1))
    found = problem(state)
    assert [(one.id, one.start, one.minutes, one.night) for one in found.shifts] == [
        ("06:00-14:00", 360, 480, False),
        ("22:00-06:00", 1320, 480, True),
    ]
    assert [(one.id, one.skill, one.level) for one in found.posts] == [("desk", "desk", 2), ("gate", None, 1)]
    nights = [(one.day, one.minimum, one.wanted) for one in found.cover if one.shift == "22:00-06:00"]
    assert nights == [(0, 2, 3), (2, 2, 3)]
    assert sum(one.post == "desk" for one in found.cover) == 7


def test_a_shift_of_today_that_is_over_asks_for_nobody() -> None:
    state = gate()
    for hours, minimum in ((13, 1), (14, 0)):
        (today, *_) = problem(state, now=MIDNIGHT + hours * HOUR).cover
        assert (today.day, today.minimum, today.wanted) == (0, minimum, minimum)


def test_holidays_are_days_of_the_period() -> None:
    state = folded(policy(holidays=(MONDAY - DAY, MONDAY + 3 * DAY, MONDAY + 7 * DAY)), post("gate"), guard("g0"))
    assert problem(state).holidays == (3,)


def test_what_somebody_worked_before_is_what_was_published_less_what_they_were_away_from() -> None:
    first = MONDAY - 9 * DAY  # a Saturday
    days = [first, first + DAY, MONDAY - 3 * DAY, MONDAY - 2 * DAY, MONDAY, MONDAY + DAY]
    shifts = [EARLY, NIGHT, NIGHT, EARLY, EARLY, EARLY]
    state = folded(policy(holidays=(first,)), post("gate", EARLY, NIGHT), guard("g0"), guard("g1"))
    duties = [duty(day, shift, night=shift is NIGHT) for day, shift in zip(days, shifts, strict=True)]
    told(state, "g0", *duties, since=first)
    add(state, on(entity("worker", "g0"), WorkerAbsent(start=duties[3].start, end=duties[3].end - 3 * HOUR)))
    early, night = "06:00-14:00", "22:00-06:00"
    before = person(state, first=MONDAY + 2 * DAY, days=5).before
    assert before == RosterBefore(
        shifts=(early, night, None, None, None, None, night, None, None, early, early),
        nights=2, weekends=1, holidays=1, days=11, week_minutes=960,
    )  # fmt: skip
    assert person(state, "g1").before == RosterBefore()


def pins(state: AreaState, **when: Any) -> set[tuple[str, int, str | None]]:
    return {(pin.person, pin.day, pin.shift) for pin in problem(state, **when).pins}


def test_frozen_days_stay_as_they_were_published_but_for_who_cannot_come() -> None:
    state = gate()
    assert pins(state) == set(), "nothing was told yet"
    told(state, "g0", duty(MONDAY), duty(MONDAY + DAY), duty(MONDAY + 2 * DAY))
    early = "06:00-14:00"
    free = {("g1", 0, None), ("g1", 1, None)}
    assert pins(state) == {("g0", 0, early), ("g0", 1, early), *free}
    add(state, on(entity("worker", "g0"), WorkerAbsent(start=MIDNIGHT + 24 * HOUR, end=MIDNIGHT + 48 * HOUR)))
    assert pins(state) == {("g0", 0, early), *free}
    assert person(state).absent == (1,), "who cannot come that day is given nothing else"
    add(state, on(entity("worker", "g0"), WorkerBack(at=MIDNIGHT)))
    changed = Post(id="gate", place="s1", skill="desk", shifts=(EARLY,))
    add(state, on(entity("post", "gate"), PostChanged(post=changed)))
    assert pins(state) == free, "nobody holds the skill any more"


def test_what_has_begun_and_what_a_dispatcher_chose_stays_too() -> None:
    state = gate()
    add(state, policy(freeze_days=0))
    told(state, "g0", duty(MONDAY), duty(MONDAY + 4 * DAY, directed=True))
    early = "06:00-14:00"
    assert pins(state) == {("g0", 4, early)}
    assert pins(state, now=MIDNIGHT + 6 * HOUR) == {("g0", 0, early), ("g0", 4, early)}
    assert RosterPin(person="g0", day=4, shift=early, post="gate") in problem(state).pins


def test_one_is_due_when_the_days_go_on_or_something_asked_has_changed_and_not_else() -> None:
    state = gate()
    first = publish(state)
    assert (first.start, first.until, first.frozen, first.why) == (MONDAY, MONDAY + 7 * DAY, MONDAY + 2 * DAY, "first")
    assert asked(state) is None
    assert asked(state, MIDNIGHT + 6 * 24 * HOUR) is None, "a day that passes is no reason"
    later = asked(state, MIDNIGHT + 7 * 24 * HOUR)
    assert later is not None and (later.start, later.why) == (MONDAY + 7 * DAY, "the days go on")
    for event in (
        WorkerAbsent(start=MIDNIGHT + 80 * HOUR, end=MIDNIGHT + 90 * HOUR),
        WorkerChanged(worker=worker("g0", terms=Terms(rest_min=700))),
        WorkerRetired(),
    ):
        add(state, on(entity("worker", "g0"), event))
        due = asked(state)
        assert due is not None and (due.start, due.why) == (MONDAY, "what was asked has changed")
        publish(state)
        assert asked(state) is None
    add(state, on(entity("worker", "g1"), WorkerChanged(worker=worker("g1", name="Wang", terms=Terms()))))
    publish(state)
    add(state, on(entity("worker", "g1"), WorkerChanged(worker=worker("g1", name="Li", terms=Terms()))))
    assert asked(state) is None, "a name is nothing that a roster is made of"


def test_what_was_refused_is_not_asked_again_until_something_changes() -> None:
    state = gate()
    due = asked(state)
    assert due is not None
    refused = HorizonRefused(parent=0, saw=1, inputs=due.inputs, findings=())
    add(state, on(entity("horizon", "roster"), refused))
    assert asked(state) is None
    add(state, guard("g9"))
    assert asked(state) is not None


def test_only_whose_duties_change_are_told_and_who_left_has_none() -> None:
    state = gate(guards=3)
    publish(state)
    assert on_duty(state).keys() == {MONDAY + number * DAY for number in range(7)}
    assert all(len(some) == 1 for some in on_duty(state).values())
    far = MONDAY + 5 * DAY
    (gone,) = on_duty(state)[far]
    start = MIDNIGHT + 5 * 24 * HOUR
    add(state, on(entity("worker", gone), WorkerAbsent(start=start, end=start + 24 * HOUR)))
    before = dict(state.rosters)
    publish(state)
    changed = {key for key, one in state.rosters.items() if key not in before or before[key].duties != one.duties}
    assert gone in changed and len(changed) == 2, "whose day it was, and who has it now"
    add(state, on(entity("worker", gone), WorkerRetired()))
    publish(state)
    assert state.rosters[gone].duties == {}


def test_more_than_one_append_takes_is_published_in_parts_of_which_the_last_says_it_is_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(horizons, "AT_ONCE", 2)
    more = (post(f"p{number}") for number in range(4))
    state = gate(*more, guards=6)
    due = asked(state)
    assert due is not None
    batches = list(publishing(state, Rosters(), due, answer(due).plan))
    heads = [batch[entity("horizon", "roster")][0] for batch in batches]
    assert len(batches) == 3
    assert [(one.number, one.parent) for one in heads if isinstance(one, HorizonPublished)] == [(1, 0), (2, 1), (3, 2)]
    assert [one.inputs == due.inputs for one in heads if isinstance(one, HorizonPublished)] == [False, False, True]
    assert all(len(batch) <= 3 for batch in batches)


def test_a_duty_a_dispatcher_gave_stays_theirs_and_stays_marked() -> None:
    state = gate(guards=3)
    publish(state)
    day = MONDAY + 3 * DAY
    (had,) = on_duty(state)[day]
    other = next(key for key in state.rosters if day not in state.rosters[key].duties)
    mine = replace(state.rosters[had].duties[day], directed=True)
    add(
        state,
        on(entity("roster", other), DutyDirected(number=2, day=day, duty=mine, other=had)),
        on(entity("roster", had), DutyDirected(number=2, day=day, duty=None, other=other)),
    )
    publish(state)
    assert on_duty(state)[day] == {other}
    assert state.rosters[other].duties[day].directed


def test_a_training_takes_its_day_like_a_shift_and_leaves_nobody_free_for_visits() -> None:
    day = MONDAY + 3 * DAY
    training = Training(day=day, start="13:00", minutes=120)
    far = Training(day=MONDAY + 9 * DAY)
    state = gate(guard("g2", trainings=(training, far)))
    publish(state)
    taken = state.rosters["g2"].duties[day]
    assert (taken.training, taken.post, taken.start) == (True, "training", MIDNIGHT + (3 * 24 + 13) * HOUR)
    assert taken.end - taken.start == 2 * HOUR
    assert duties_of(state, "g2", day, day) == ()
    assert asked(state) is None
    before = person(state, "g2", first=MONDAY + 5 * DAY, days=2).before
    assert before.shifts[3] == "13:00-15:00"
    start = MIDNIGHT + 3 * 24 * HOUR
    add(state, on(entity("worker", "g2"), WorkerAbsent(start=start, end=start + 24 * HOUR)))
    assert person(state, "g2").trainings == ()
    publish(state)
    assert day not in state.rosters["g2"].duties


def test_wishes_are_met_where_others_can_do_it() -> None:
    days = [MONDAY + number * DAY for number in range(2, 6)]
    state = gate(guard("g0", wishes=tuple(Wish(day=day) for day in days)), guard("g1"), guards=0)
    publish(state)
    assert not set(days) & state.rosters["g0"].duties.keys()
    state = gate(guard("g0", wishes=(Wish(day=days[0], wanted=True),)), guard("g1"), guard("g2"), guards=0)
    publish(state)
    assert on_duty(state)[days[0]] == {"g0"}
    add(state, guard("g0"))
    assert asked(state) is not None, "a wish taken back is news"


def test_on_duty_is_who_the_roster_says_unless_bound_and_everybody_else_by_their_shifts() -> None:
    state = gate(guards=1)
    week = (MONDAY, MONDAY + 6 * DAY)
    assert duties_of(state, "g0", *week) == ()
    told(state, "g0", duty(MONDAY, breaks=((MIDNIGHT, MIDNIGHT + HOUR, 30),)), duty(MONDAY + DAY, bound=True))
    (one,) = duties_of(state, "g0", *week)
    assert (one.worker, one.day, one.start, one.breaks) == ("g0", MONDAY, MIDNIGHT + 6 * HOUR, duty(
        MONDAY, breaks=((MIDNIGHT, MIDNIGHT + HOUR, 30),)
    ).breaks)  # fmt: skip
    assert duties_of(state, "g0", MONDAY + DAY, MONDAY + DAY) == ()
    add(state, on(entity("worker", "g0"), WorkerChanged(worker=worker("g0"))))
    assert len(duties_of(state, "g0", *week)) == 7
