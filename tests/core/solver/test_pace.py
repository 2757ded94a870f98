"""The legs of a search: all of its budget, in order, and none too long to be stopped after."""

from __future__ import annotations

import itertools
import math

import pytest

from dispatch.solver.search.pace import LEG, LEGS, LONGEST, Pace
from dispatch.solver.stop import Stop


@pytest.mark.parametrize("budget", [1, 7, LEGS, LEGS + 1, LEGS * LONGEST, LEGS * LONGEST + 1, 100_000])
def test_the_legs_of_a_budget_are_all_of_it(budget: int) -> None:
    pace = Pace(budget, Stop(None, None))
    legs = list(pace.legs())
    assert sum(leg.rounds for leg in legs) == budget * LEG
    assert max(leg.rounds for leg in legs) <= LONGEST * LEG
    assert (legs[0].begin, legs[-1].end) == (0.0, 1.0)
    assert all(one.end == other.begin for one, other in itertools.pairwise(legs))
    assert (pace.effort(1).used, pace.effort(1).repeatable) == (budget, True)


def test_between_legs_it_stops_when_told() -> None:
    asked = itertools.count()
    pace = Pace(1_000_000, Stop(None, lambda: next(asked) >= 2))
    assert len(list(pace.legs())) == 2
    assert (pace.effort(1).used, pace.effort(1).repeatable) == (2 * LONGEST, False)


def test_what_is_done_between_legs_has_to_end_in_time() -> None:
    whole = 0.05
    for leg in itertools.islice(Pace(None, Stop(whole, None)).legs(), 3):
        assert 0 <= leg.within <= whole / 2
    assert {leg.within for leg in Pace(7, Stop(None, None)).legs()} == {math.inf}


def test_without_budget_and_clock_no_leg_is_too_long_to_be_stopped_after() -> None:
    asked = itertools.count()
    pace = Pace(None, Stop(None, lambda: next(asked) >= 30))
    legs = list(pace.legs())
    assert len(legs) == 30
    assert {leg.rounds for leg in legs} == {LONGEST * LEG}
    assert pace.effort(1).used == 30 * LONGEST
    assert not pace.effort(1).repeatable


class Ticking(Stop):
    """A clock that goes on by what each leg is said to take."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds, None)
        self.clock = 0.0

    def passed(self) -> float:
        return self.clock


def test_one_leg_with_more_to_do_than_its_rounds_does_not_make_the_next_short() -> None:
    stop = Ticking(100.0)
    rounds = []
    for number, leg in enumerate(Pace(None, stop).legs()):
        stop.clock += leg.rounds / 1000 + (20.0 if number == 10 else 0.0)
        rounds.append(leg.rounds)
    assert all(one == 2000 for one in rounds[1:-1])
    assert stop.clock == pytest.approx(100.0)


def test_a_machine_that_stays_slower_is_believed_the_second_time() -> None:
    stop = Ticking(100.0)
    rounds = []
    for number, leg in enumerate(Pace(None, stop).legs()):
        stop.clock += leg.rounds / (1000 if number < 10 else 100)
        rounds.append(leg.rounds)
    assert rounds[10:14] == [2000, 2000, 200, 200]
    assert stop.clock == pytest.approx(100.0)
