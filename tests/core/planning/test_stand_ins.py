"""Who can step in: asked of what is published, for whoever has a duty, or had one they cannot come to."""

from __future__ import annotations

import pytest
from core.decide.given import on
from core.decide.sample import HOUR, entity
from core.planning.folded import add
from core.planning.rostered import DAY, MIDNIGHT, MONDAY, gate, guard, on_duty, publish

from dispatch.events.worker import WorkerAbsent
from dispatch.model.errors import ProblemError
from dispatch.planning.area import AreaState
from dispatch.planning.stand_ins import stand_ins_of


@pytest.fixture
def state() -> AreaState:
    """Three guards for one gate, published."""
    made = gate(guards=3)
    publish(made)
    return made


def test_everybody_who_is_free_is_named_by_cost(state: AreaState) -> None:
    (has,) = on_duty(state)[MONDAY]
    sought = stand_ins_of(state, has, MONDAY, MIDNIGHT)
    assert sought.duty == state.rosters[has].duties[MONDAY]
    assert {one.person for one in sought.found} == {"g0", "g1", "g2"} - {has}
    costs = [one.cost for one in sought.found if not one.breaks]
    assert costs == sorted(costs)


def test_what_was_taken_off_somebody_absent_is_sought_for_as_long_as_it_is_open(state: AreaState) -> None:
    (gone,) = on_duty(state)[MONDAY]
    add(state, on(entity("worker", gone), WorkerAbsent(start=MIDNIGHT, end=MIDNIGHT + 24 * HOUR)))
    before = stand_ins_of(state, gone, MONDAY, MIDNIGHT)
    publish(state)
    assert MONDAY not in on_duty(state), "what is frozen is given to nobody by the planner"
    after = stand_ins_of(state, gone, MONDAY, MIDNIGHT)
    assert after.duty == before.duty
    assert {one.person for one in after.found} == {one.person for one in before.found}


def test_who_has_nothing_that_day_needs_nobody(state: AreaState) -> None:
    free = next(key for key in state.rosters if MONDAY not in state.rosters[key].duties)
    sought = stand_ins_of(state, free, MONDAY, MIDNIGHT)
    assert (sought.duty, sought.found) == (None, ())


def test_who_is_not_rostered_and_days_it_does_not_reach_are_said_so(state: AreaState) -> None:
    add(state, guard("w1", terms=None))
    for who in ("w1", "nobody"):
        with pytest.raises(ProblemError, match="does not work by roster"):
            stand_ins_of(state, who, MONDAY, MIDNIGHT)
    for day in (MONDAY - DAY, MONDAY + 7 * DAY):
        with pytest.raises(ProblemError, match="says nothing of"):
            stand_ins_of(state, "g0", day, MIDNIGHT)
    with pytest.raises(ProblemError, match="nothing is published"):
        stand_ins_of(gate(), "g0", MONDAY, MIDNIGHT)
