"""Absences in a roster: they bar shifts, not days; what is published stays; the hours they take of a duty are named."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.sample import HOUR
from core.planning.folded import folded
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

from dispatch.decide.roster import lost
from dispatch.planning.area import AreaState
from dispatch.planning.roster_said import said_of
from dispatch.planning.rosters import standing
from dispatch.planning.stand_ins import stand_ins_of
from dispatch.solver.checks import check
from dispatch.solver.plan import Effort
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterDuty
from dispatch.solver.rules import Rule

EARLY_KEY, NIGHT_KEY = "06:00-14:00", "22:00-06:00"
BY_HAND = Effort(solver="by hand", seed=0, budget=0, used=0)


def cannot(state: AreaState) -> tuple[tuple[int, ...], set[tuple[int, str]]]:
    """The days on which g0 can have nothing, and of others the shifts they cannot have."""
    found = person(state)
    return found.absent, {(one.day, one.shift) for one in found.absent_from}


@pytest.mark.parametrize(
    ("start", "hours", "days", "shifts"),
    [
        (24, 24, (1,), {(0, NIGHT_KEY)}),  # the night before loses six hours
        (25, 1, (), {(0, NIGHT_KEY)}),
        (6, 8, (), {(0, EARLY_KEY)}),
        (14, 8, (), set()),  # between the two shifts
        (13.5, 9, (0,), set()),
        (6 * 24 + 23, 24, (), {(6, NIGHT_KEY)}),  # on past the last day
        (-3, 2, (), set()),
    ],
)
def test_who_has_no_duty_is_given_none_that_an_absence_takes_anything_of(
    start: float, hours: float, days: tuple[int, ...], shifts: set[tuple[int, str]]
) -> None:
    state = folded(policy(), post("gate", EARLY, NIGHT), guard("g0"))
    away(state, "g0", MIDNIGHT + start * HOUR, hours)
    assert cannot(state) == (days, shifts)


@pytest.mark.parametrize(("hours", "days", "shifts"), [(4, (), set()), (5, (0,), set())])
def test_a_duty_is_kept_while_an_absence_takes_no_more_than_half(
    hours: int, days: tuple[int, ...], shifts: set[tuple[int, str]]
) -> None:
    state = gate()
    told(state, "g0", duty(MONDAY))
    away(state, "g0", MIDNIGHT + 6 * HOUR, hours)
    assert cannot(state) == (days, shifts)
    assert (0 in {pin.day for pin in problem(state).pins if pin.shift}) == (not days)


def test_what_is_published_beside_absences_is_as_it_would_be_asked_again() -> None:
    state = folded(policy(), post("gate", NIGHT), guard("g0"))
    away(state, "g0", MIDNIGHT + 24 * HOUR, 24)
    publish(state)
    nights = state.rosters["g0"].duties
    assert MONDAY not in nights and MONDAY + 2 * DAY in nights
    record = state.workers["g0"]
    assert all(not lost(record.away, one.start, one.end) for one in nights.values())
    again = problem(state)
    assert again.told and standing(state, again, MONDAY).duties == again.told, "nothing is taken off again"
    assert asked(state) is None


def test_a_duty_that_an_absence_takes_a_part_of_is_found_by_the_check_unless_it_was_theirs() -> None:
    state = gate()
    away(state, "g0", MIDNIGHT + 10 * HOUR, 2)
    given = RosterPlan(duties=(RosterDuty(person="g0", day=0, shift=EARLY_KEY, post="gate"),), effort=BY_HAND)
    assert Rule.ABSENT in {one.rule for one in check(problem(state), given)}
    told(state, "g0", duty(MONDAY))
    assert Rule.ABSENT not in {one.rule for one in check(problem(state), given)}


def test_who_is_away_for_a_part_of_a_duty_does_not_stand_in_for_it() -> None:
    state = folded(policy(), post("gate", NIGHT), *(guard(f"g{number}") for number in range(3)))
    told(state, "g0", duty(MONDAY, NIGHT))
    away(state, "g1", MIDNIGHT + 28 * HOUR, 20)
    assert {one.person for one in stand_ins_of(state, "g0", MONDAY, MIDNIGHT).found} == {"g2"}


def test_the_hours_of_a_duty_that_an_absence_takes_are_named_with_who_could_be_asked() -> None:
    state = gate()
    told(state, "g0", duty(MONDAY))
    away(state, "g0", MIDNIGHT + 11 * HOUR, 9)
    due = asked(state)
    assert due is not None
    plan = RosterPlan(duties=(RosterDuty(person="g0", day=0, shift=EARLY_KEY, post="gate"),), effort=BY_HAND)
    (missed,) = said_of(state, due, plan).gave_way
    assert missed.rule == Rule.ABSENT
    assert missed.message == "g0 is away from 11:00 to 14:00 of early at gate on 2026-11-23, and missed there."
    assert "roster standins --area east --worker g0 --day 2026-11-23" in missed.hint
    publish(state)
    assert dt.date(2026, 11, 23) in state.rosters["g0"].duties
