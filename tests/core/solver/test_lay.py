"""Plans laid onto routes by task and read off again, whatever a plan names, and room for groups of any size."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from msgspec.structs import replace
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.problem import RouteProblem, RouteWeights, Store, Tie
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.improve import improve
from dispatch.solver.search.lay import Order, lay, read_order
from dispatch.solver.search.pace import Leg
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.room import working_room

STORES = (Store(id="near", spot=2), Store(id="far", spot=8))
NEAR, FAR = 3, 4
"""Indexes of the stores: they come after the three visits."""
NOTHING = RoutePlan(effort=Effort(solver="hand", seed=1, budget=0, used=0))


def laid(problem: RouteProblem, order: Order) -> dict[int, list[int]]:
    """``order`` put on routes and read off again."""
    facts, tasks = prepare(Compiled(problem))
    stops: Any = lay(facts, tasks, working_room(facts, 1), order).stops
    return read_order(facts, tasks, stops["next"])


def stocked() -> RouteProblem:
    """Three visits that need a ladder, which nobody carries but two stores have."""
    people = (worker("w0", duty(end_spot=0)), worker("w1", duty(end_spot=0)))
    visits = tuple(visit(f"v{index}", 1 + index, 10, tools=("ladder",)) for index in range(3))
    return line_problem(people, visits, stores=STORES)


def test_visits_and_stores_come_back_as_they_were_laid() -> None:
    order = {0: [NEAR, 1], 1: [FAR, 2, 0]}
    assert laid(stocked(), order) == order


def test_of_several_stores_on_a_route_the_first_is_enough() -> None:
    assert laid(stocked(), {0: [NEAR, 1, NEAR, FAR, 2]}) == {0: [NEAR, 1, 2]}


def test_stores_are_not_laid_where_everybody_carries_all() -> None:
    people = (worker("w0", duty(end_spot=0), tools=("ladder",)),)
    visits = tuple(visit(f"v{index}", 1 + index, 10, tools=("ladder",)) for index in range(3))
    assert laid(line_problem(people, visits, stores=STORES), {0: [0, NEAR, 1]}) == {0: [0, 1]}


def test_a_plan_that_passes_a_store_twice_is_improved() -> None:
    times = [("near", 500, 500), ("v0", 510, 520), ("near", 530, 530), ("v1", 530, 540)]
    stops = tuple(Stop(visit=name, arrive=start, start=start, end=end) for name, start, end in times)
    route = Route(worker="w0", duty="d1", stops=stops)
    plan = RoutePlan(routes=(route,), effort=NOTHING.effort)
    found = improve(stocked(), plan, budget=1, seed=1)
    named = [stop.visit for one in found.routes for stop in one.stops]
    assert sorted(name for name in named if name.startswith("v")) == ["v0", "v1", "v2"]


def test_with_stores_and_nobody_on_duty_all_stays_out() -> None:
    plan = improve(replace(stocked(), workers=()), NOTHING, budget=1, seed=1)
    assert [one.id for one in plan.unplanned] == ["v0", "v1", "v2"]


def test_there_is_room_for_groups_of_any_size() -> None:
    people = tuple(worker(f"w{index}") for index in range(10))
    problem = line_problem(
        people,
        (visit("five", 1, people=5), visit("four", 2, people=4), visit("one", 3)),
        ties=(Tie(first="five", then="four", least=0, most=600), Tie(first="four", then="one", least=0, most=600)),
        weights=RouteWeights(travel=1.0),
    )
    facts, tasks = prepare(Compiled(problem))
    room = working_room(facts, 1)
    assert len(tasks.members[0]) == len(room.choice) == 10
    plan = improve(problem, NOTHING, budget=1, seed=1)
    assert sum(len(route.stops) for route in plan.routes) == 10


@pytest.mark.parametrize("seed", [*range(20), 238, 273, 281])
def test_what_is_found_with_ties_and_stores_can_be_laid_again(seed: int) -> None:
    """A crew that passes a store has one key for all of it, on every route between those of its neighbours."""
    rules = {"late", "greatest_late", "crew", "tie", "needs", "windows", "duty_price", "overtime", "halves", "absence"}
    problem = drawn_routes(
        seed, workers=4, visits=20, use=some_kinds(seed, frozenset(rules)) | {"matrix", "tie", "needs"}
    )
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=400, begin=0.0, end=1.0, planned=400))
    stops: Any = lay(drive.facts, drive.tasks, drive.lanes[0].work, drive.order()).stops
    planned = {visit for visits in drive.order().values() for visit in visits if visit < len(problem.visits)}
    assert planned
    assert all(stops["duty"][task] >= 0 for visit in planned for task in drive.tasks.of_visit[visit])
    drive.close()
