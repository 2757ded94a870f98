"""The search keeps the cap on households: the same one twice counts once, whatever is taken off and put back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.anneal import Knobs, anneal
from dispatch.solver.search.facts import Facts, Routes
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.recreate import price_out, total
from dispatch.solver.search.room import copy_routes, empty_routes, working_room

CHANCES = np.array([0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
KNOBS = Knobs(hot=200.0, cold=1.0, size=4.0, string=6.0, blink=0.05, ruins=CHANCES, orders=CHANCES)


def planned(problem: RouteProblem, rounds: int, seed: int = 1) -> tuple[Facts, Routes]:
    """Routes after ``rounds`` of ruin and recreate, the first of which only puts on empty routes what fits."""
    facts, _ = prepare(Compiled(problem))
    current = empty_routes(facts)
    trial, work = copy_routes(current), working_room(facts, seed)
    cost = total(facts, current, work) + price_out(facts, current)
    costs, best = np.array([cost, cost]), np.full(facts.tasks + facts.duty_count, -1, dtype=np.int32)
    anneal(facts, current, trial, best, work, KNOBS, costs, np.array([0.0, 1.0]), rounds)
    return facts, current


def households(problem: RouteProblem, facts: Facts, routes: Routes) -> list[list[str | None]]:
    """The households of the visits on each duty, in order; every visit here is one task."""
    stops: Any = routes.stops
    found = []
    for index in range(facts.duty_count):
        node, on_it = int(stops["next"][facts.tasks + index]), []
        while node < facts.tasks:
            on_it.append(problem.visits[node].household)
            node = int(stops["next"][node])
        found.append(on_it)
    return found


def day(cap: int | None) -> RouteProblem:
    """Three people, twelve visits to six households and two to none."""
    people = tuple(worker(f"w{index}", duty(max_households=cap)) for index in range(3))
    homes = tuple(visit(f"v{index}", 1 + index % 9, 10, household=f"h{index % 6}") for index in range(12))
    return line_problem(people, (*homes, visit("bench", 4, 10), visit("gate", 5, 10)))


@pytest.mark.parametrize("rounds", [1, 300])
@pytest.mark.parametrize("cap", [0, 1, 2])
def test_no_duty_has_more_households_than_its_cap(cap: int, rounds: int) -> None:
    problem = day(cap)
    facts, routes = planned(problem, rounds)
    loads: Any = routes.loads
    for on_it, counted in zip(households(problem, facts, routes), loads["households"], strict=True):
        assert len({*on_it} - {None}) == counted <= cap
    # Visits to no household need no room under the cap; three people with two households each have room for all six.
    planned_visits = sum(len(on_it) for on_it in households(problem, facts, routes))
    assert rounds == 1 or planned_visits == {0: 2, 1: 8, 2: 14}[cap]


def test_without_a_cap_one_takes_them_all() -> None:
    problem = day(None)
    facts, routes = planned(problem, 300)
    assert sorted(len(on_it) for on_it in households(problem, facts, routes)) == [0, 0, 14]


def test_an_empty_duty_with_another_cap_is_another_kind_of_duty() -> None:
    people = (worker("w0", duty(max_households=0)), worker("w1", duty(max_households=1)))
    problem = line_problem(people, (visit(household="h"),))
    facts, routes = planned(problem, 1)
    assert households(problem, facts, routes) == [[], ["h"]]
