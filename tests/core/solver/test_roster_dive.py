"""The relaxation over rows and the dive from it: what is required holds until released, and the dive ends whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from roster_problems import places, random_roster, roster_problem

from dispatch.solver.roster_problem import RosterLimit, RosterPerson
from dispatch.solver.rosters.dive import Pace, dive, generate
from dispatch.solver.rosters.ease import eased
from dispatch.solver.rosters.facts import OFF, RosterFacts
from dispatch.solver.rosters.master import Master
from dispatch.solver.rosters.rows import Rower
from dispatch.solver.rosters.state import Prices, Roster
from dispatch.solver.stop import Stop

PACE = Pace(first=50, then=6, part=0.2, until=2.0, hasty=2.0)
NEVER = Stop(None, None)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def begun(facts: RosterFacts, threads: ThreadPoolExecutor) -> tuple[Master, Prices, Roster]:
    """The relaxation over everybody, begun from nobody having anything but their trainings."""
    rowers = [Rower(facts, person) for person in facts.problem.people]
    prices = Prices(rowers, threads, 1)
    roster = Roster(facts, rowers, facts.rows(()))
    master = Master(facts, rowers, range(len(rowers)), roster.base(range(len(rowers))))
    for one, best in prices(list(range(len(rowers))), np.zeros(facts.asked.shape)):
        assert best is not None
        master.add(one, best.row, best.cost)
    return master, prices, roster


@pytest.mark.parametrize("seed", range(12))
def test_a_dive_ends_with_a_row_of_everybody_no_cheaper_than_the_bound(seed: int, threads: ThreadPoolExecutor) -> None:
    facts = RosterFacts(eased(random_roster(seed, people=5, days=7))[0])
    master, prices, roster = begun(facts, threads)
    master, bound = generate(master, prices, PACE, float("inf"), NEVER)
    found = dive(master, prices, PACE, random.Random(seed), 0.001, float("inf"), NEVER)
    assert found is not None
    assert sorted(found) == list(range(5))
    for one, row in found.items():
        assert np.isfinite(roster.rowers[one].cost(row))
        roster.take_off(one)
        roster.give(one, row)
    assert roster.total() >= bound - 1e-3


def test_what_is_required_holds_until_it_is_released(threads: ThreadPoolExecutor) -> None:
    people = tuple(RosterPerson(id=f"w{one}", duties=RosterLimit(most=2)) for one in range(3))
    facts = RosterFacts(roster_problem(people, places(3, "early")))
    master, prices, _ = begun(facts, threads)
    master, _ = generate(master, prices, PACE, float("inf"), NEVER)
    free = master.relax()
    with_duty = next(row for row in master.columns[0].rows if (row >= 0).any())
    day = int(np.flatnonzero(with_duty >= 0)[0])
    assert master.require(0, day, int(with_duty[day]))
    master.relax()
    shares = master.shares(0)
    assert sum(share for row, share in zip(master.columns[0].rows, shares, strict=True) if row[day] == OFF) < 1e-6
    assert master.duties(0, shares)[day, with_duty[day]] == pytest.approx(1.0)
    assert not master.require(0, 6, 0), "nobody was ever offered the last day"
    master.release()
    assert master.relax() == pytest.approx(free)
