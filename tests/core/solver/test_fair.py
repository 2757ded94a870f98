"""Fair shares: the fullest duty gives work away where that costs less than what it has above the mean."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, random_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, RouteWeights
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.rules import Rule
from dispatch.solver.search.choose import Choice, Columns, choose
from dispatch.solver.search.lay import Order, lay
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.recreate import price_out, total
from dispatch.solver.search.room import working_room
from dispatch.solver.solve import solve


def row(fair: float, people: int = 2, **more: object) -> RouteProblem:
    """Six visits of half an hour at spots 1 to 6, all nearest to the first of ``people`` who begin at spots 0, 9, …"""
    workers = tuple(worker(f"w{index}", duty(start_spot=9 * min(1, index))) for index in range(people))
    visits = tuple(visit(f"v{spot}", spot, 30, **more) for spot in range(1, 7))
    return line_problem(workers, visits, weights=RouteWeights(fair=fair))


def searched(problem: RouteProblem) -> RoutePlan:
    plan = solve(problem, budget=4, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    return plan


def shares(plan: RoutePlan) -> dict[str, int]:
    return {route.worker: len(route.stops) for route in plan.routes}


def test_without_a_price_the_nearest_does_it_all() -> None:
    plan = searched(row(0.0))
    assert (shares(plan), plan.total) == ({"w0": 6}, 60.0)


@pytest.mark.parametrize(
    ("fair", "expected", "above"),
    [
        (0.2, {"w0": 6}, 90),
        (1.0, {"w0": 3, "w1": 3}, 0),
    ],
)
def test_with_one_work_is_shared_where_that_pays(fair: float, expected: dict[str, int], above: int) -> None:
    plan = searched(row(fair))
    assert shares(plan) == expected
    assert plan.cost[Rule.FAIR] == pytest.approx(fair * above)


def test_the_way_to_the_first_visit_given_away_is_the_longest_so_none_or_three_are() -> None:
    """From spot 9 it takes 30 to spot 6, which saves 10; each one after it costs as much as it saves."""
    fairs = (0.2, 0.22, 0.225, 0.5)
    assert [searched(row(fair)).total for fair in fairs] == pytest.approx([min(60 + 90 * fair, 80) for fair in fairs])


def test_who_does_nothing_counts_in_the_mean() -> None:
    """Of three one is too far from everything; the fullest of the others still has more than a third."""
    problem = row(1.0, people=3)
    far = replace(problem.workers[2], duties=(duty("d1", 22 * HOUR, 23 * HOUR),))
    plan = searched(replace(problem, workers=(*problem.workers[:2], far)))
    assert (shares(plan), plan.cost[Rule.FAIR]) == ({"w0": 3, "w1": 3}, 90 - 180 / 3)


@pytest.mark.parametrize(("fair", "out"), [(0.9, 0), (1.1, 1)])
def test_what_makes_the_fullest_fuller_may_stay_out(fair: float, out: int) -> None:
    """One visit more for one of four takes 30 ticks, of which three quarters are above the mean; it saves 20."""
    people = tuple(worker(f"w{index}", duty(start_spot=1)) for index in range(4))
    problem = line_problem(people, (visit("v", 1, 30, price=22.5),), weights=RouteWeights(fair=fair))
    assert len(searched(problem).unplanned) == out


def test_a_crew_counts_once_for_the_fullest_of_them() -> None:
    """Three for two people, over three workers: each takes two, though who comes from afar pays for the way."""
    people = tuple(worker(f"w{index}", duty(start_spot=spot)) for index, spot in enumerate((0, 0, 2)))
    visits = tuple(visit(f"v{index}", 0, 30, people=2) for index in range(3))
    plan = searched(line_problem(people, visits, weights=RouteWeights(fair=1.0)))
    assert (shares(plan), plan.total) == ({"w0": 2, "w1": 2, "w2": 2}, 20.0)
    assert shares(searched(line_problem(people, visits))) == {"w0": 3, "w1": 3}


def chosen(problem: RouteProblem, *orders: Order) -> tuple[Choice, float]:
    """The choice among the routes of ``orders``, the first being known, and what it costs."""
    facts, tasks = prepare(Compiled(problem))
    work, columns = working_room(facts, 1), Columns()
    costs = []
    for order in orders:
        routes = lay(facts, tasks, work, order)
        costs.append(total(facts, routes, work) + price_out(facts, routes))
        columns.add(facts, routes, costs[-1])
    known = {number: tuple(along) for number, along in orders[0].items()}
    found = choose(facts, columns, known=known, cost=costs[0], seed=1, work=1.0)
    routes = lay(facts, tasks, work, found)
    return found, total(facts, routes, work) + price_out(facts, routes)


def test_the_choice_across_routes_pays_for_the_fullest() -> None:
    alone, half, other = {0: [0, 1, 2, 3, 4, 5]}, {0: [0, 1, 2]}, {1: [5, 4, 3]}
    assert chosen(row(0.0), alone, half, other)[0] == {0: (0, 1, 2, 3, 4, 5)}
    found, cost = chosen(row(1.0), alone, half, other)
    assert found == {0: (0, 1, 2), 1: (5, 4, 3)}
    assert cost == 80.0 + 90


@pytest.mark.parametrize("seed", range(4))
def test_a_crowded_day_is_shared_for_less(seed: int) -> None:
    """What the search saves by looking at the shares, against the plan it finds where they have no price."""
    problem = random_problem(seed, workers=6, visits=40)
    fair = replace(problem, weights=replace(problem.weights, fair=5.0))
    blind = solve(problem, budget=20, seed=seed)
    assert isinstance(blind, RoutePlan)
    totals = np.array([solve(fair, budget=20, seed=seed).total, solve(fair, start=blind, budget=0, seed=seed).total])
    assert totals[0] < totals[1]
