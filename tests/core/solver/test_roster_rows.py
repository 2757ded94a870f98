"""Rows of one person: the best and all that cost little more are those that trying every row finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from roster_problems import random_roster

from dispatch.solver.rosters import rows
from dispatch.solver.rosters.facts import OFF, TRAINING, Floats, RosterFacts, Singles
from dispatch.solver.rosters.rows import ROOM_MAX, Rower

SCRATCH: Singles = np.empty(ROOM_MAX, dtype=np.float32)
EVERY = 5_000
"""More rows than there are."""


def drawn(seed: int) -> tuple[Rower, Floats, dict[tuple[int, ...], float]]:
    """Somebody, prices of places, and every row that keeps all rules with what it costs at these."""
    problem = random_roster(seed, people=1, days=5)
    facts, person = RosterFacts(problem), problem.people[0]
    rower, trained = Rower(facts, person), {one.day for one in person.trainings}
    prices: Floats = np.round(np.random.default_rng(seed).uniform(-6, 6, facts.asked.shape), 2)
    found = {}
    may = [[TRAINING] if day in trained else [OFF, *range(len(facts.kinds))] for day in range(problem.days)]
    for days in itertools.product(*may):
        row = np.array(days, dtype=np.int16)
        worked = np.flatnonzero(row >= 0)
        cost = rower.cost(row) + float(prices[worked, row[worked]].sum())
        if np.isfinite(cost):
            found[days] = cost
    return rower, prices, found


@pytest.mark.parametrize("seed", range(30))
def test_the_rows_near_the_best_are_all_there_are(seed: int) -> None:
    rower, prices, every = drawn(seed)
    best = rower.best(prices, SCRATCH)
    assert (best is None) == (not every)
    for room in (0.0, 2.0, 8.0) if best is not None else ():
        least = min(every.values())
        assert best is not None and best.cost == pytest.approx(least, abs=1e-3)
        near = {tuple(row.tolist()) for row in rower.near(prices, SCRATCH, room, EVERY)}
        assert near == {row for row, cost in every.items() if cost <= least + room + 1e-6}


@pytest.mark.parametrize("seed", range(30))
def test_caps_that_are_paid_for_are_kept_and_the_bound_is_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "COUNTED_TIMES", 0)
    monkeypatch.setattr(rows, "COUNTED_ROOM", 0)
    rower, prices, every = drawn(seed)
    for _ in range(3):
        best = rower.best(prices, SCRATCH)
        assert (best is None) == (not every)
        if best is not None:
            assert best.bound - 1e-3 <= min(every.values()) <= best.cost + 1e-3
            assert best.cost == pytest.approx(every[tuple(best.row.tolist())], abs=1e-3)
        near = rower.near(prices, SCRATCH, 4.0, EVERY)
        assert {row for row, cost in every.items() if cost <= min(every.values()) + 4.0 - 1e-3} <= {
            tuple(row.tolist()) for row in near
        }


def test_of_too_many_rows_near_the_best_those_nearer_are_given() -> None:
    rower, prices, every = drawn(3)
    least = min(every.values())
    few = rower.near(prices, SCRATCH, 8.0, 5)
    assert 0 < len(few) <= 5 < sum(cost <= least + 8.0 for cost in every.values())
    assert all(every[tuple(row.tolist())] <= least + 8.0 for row in few)


@pytest.mark.parametrize("seed", range(20))
def test_rows_with_what_is_required_are_the_only_ones_found_until_it_is_released(seed: int) -> None:
    rower, prices, every = drawn(seed)
    for wanted in list(every)[:: max(1, len(every) // 4)]:
        worked = [day for day, kind in enumerate(wanted) if kind >= 0][::2]
        for day in worked:
            rower.require(day, wanted[day])
        best = rower.best(prices, SCRATCH)
        least = min(cost for row, cost in every.items() if all(row[day] == wanted[day] for day in worked))
        assert best is not None
        assert best.cost == pytest.approx(least, abs=1e-3)
        assert all(best.row[day] == wanted[day] for day in worked)
        rower.release()
        best = rower.best(prices, SCRATCH)
        assert best is not None
        assert best.cost == pytest.approx(min(every.values()), abs=1e-3)
