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
