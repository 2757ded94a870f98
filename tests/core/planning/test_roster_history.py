"""What somebody worked is known for a year, though duties are forgotten sooner; so are the days they were there."""

from __future__ import annotations

import msgspec
import pytest
from core.planning.folded import folded
from core.planning.rostered import DAY, EARLY, MIDNIGHT, MONDAY, NIGHT, away, duty, guard, person, policy, post, told

from dispatch.decide.roster import RosterState
from dispatch.planning.area import KEEP_DUTIES, KEEP_WORKED, AreaState

LONG_AGO = MONDAY - 100 * DAY
"""A Saturday, after which duties are forgotten, ..."""
FAR = MONDAY - 300 * DAY


@pytest.fixture
def state() -> AreaState:
    """A guard with a night on a holiday and another on a Sunday, one that they were away from, and an old training."""
    made = folded(policy(holidays=(LONG_AGO,)), post("gate", EARLY, NIGHT), guard("g0"))
    days = (LONG_AGO, LONG_AGO + DAY, LONG_AGO + 2 * DAY)
    nights = [duty(day, NIGHT, night=True) for day in days]
    training = duty(LONG_AGO - DAY, post="training", training=True, night=True)
    told(made, "g0", training, *nights, duty(MONDAY - DAY), since=FAR)
    away(made, "g0", nights[2].start, 8)
    return made


def test_what_was_worked_counts_for_a_year_though_its_duties_are_forgotten(state: AreaState) -> None:
    before = person(state).before
    assert (before.nights, before.weekends, before.holidays) == (2, 2, 1)
    assert KEEP_DUTIES < 100 * DAY < KEEP_WORKED
    state.forget(MIDNIGHT)
    assert [*state.rosters["g0"].duties] == [MONDAY - DAY]
    assert person(state).before == before
    state.forget(MIDNIGHT)
    assert person(state).before == before
    kept = msgspec.json.decode(msgspec.json.encode(state.rosters["g0"]), type=RosterState)
    assert kept == state.rosters["g0"]
    later = MIDNIGHT + KEEP_WORKED
    state.forget(later)
    assert state.rosters["g0"].worked == {MONDAY - DAY: kept.work()[MONDAY - DAY]}
    assert person(state, first=MONDAY + KEEP_WORKED, now=later).before.nights == 0


def test_the_days_somebody_was_there_are_those_since_their_first_roster_less_whole_days_away(state: AreaState) -> None:
    assert person(state).before.days == 300
    away(state, "g0", MIDNIGHT - 50 * DAY, 10 * 24 + 12)
    assert person(state).before.days == 290
    assert person(state, first=MONDAY + KEEP_WORKED).before.days == 365, "of the year behind, no longer away in it"
