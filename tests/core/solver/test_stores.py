"""Tools, parts and stores in the search, and duties paid by duration, against trying every plan."""

from __future__ import annotations

import random

import pytest
from brute import cheapest, has_needs, route_cost, searched
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.problem import Rest, RouteProblem, RouteWeights, Span, Store, Tie, Visit, Worker
from dispatch.solver.search.improve import improve

DEPOT = Store(id="depot", spot=5, ticks=5)
PAID = RouteWeights(travel=1.0, duration=1.0)


def names(problem: RouteProblem) -> dict[str, list[str]]:
    """Ids in order by worker, as searched."""
    return {worker: [stop.id for stop in order] for worker, order in searched(problem)[1].items()}


def at_home(**more: object) -> Worker:
    """A worker who comes back to where they began."""
    return worker("w1", duty(end_spot=0), **more)


def test_store_is_not_passed_when_all_is_carried() -> None:
    one = at_home(tools=("ladder",), parts={"valve": 2})
    visits = tuple(visit(f"v{spot}", spot, tools=("ladder",), parts={"valve": 1}) for spot in (1, 2))
    # There and back on a line: both directions cost the same.
    (order,) = names(line_problem((one,), visits, stores=(DEPOT,), weights=PAID)).values()
    assert sorted(order) == ["v1", "v2"]


def test_store_comes_before_the_first_visit_whose_tool_is_not_carried() -> None:
    visits = (visit("near", 1), visit("far", 7, tools=("ladder",)), visit("late", 6, windows=(Span(0, 10 * HOUR),)))
    found = names(line_problem((at_home(),), visits, stores=(DEPOT,), weights=PAID))
    assert found["w1"].index("depot") < found["w1"].index("far")
    assert found["w1"].count("depot") == 1


def test_store_is_passed_once_parts_run_out() -> None:
    visits = tuple(
        visit(f"v{spot}", spot, parts={"valve": 1}, windows=(Span(0, 8 * HOUR + 45 * spot),)) for spot in (1, 2, 3)
    )
    one = at_home(parts={"valve": 2})
    near = Store(id="depot", spot=3)
    assert names(line_problem((one,), visits, stores=(near,), weights=PAID)) == {"w1": ["v1", "v2", "depot", "v3"]}


def test_visit_stays_out_where_no_store_has_its_tool() -> None:
    problem = line_problem((at_home(),), (visit("v1", tools=("ladder",)), visit("v2")), weights=PAID)
    assert names(problem) == {"w1": ["v2"]}


def test_visit_stays_out_where_the_store_is_reached_too_late() -> None:
    early = visit("early", 1, tools=("ladder",), windows=(Span(8 * HOUR, 9 * HOUR),))
    assert names(line_problem((at_home(),), (early,), stores=(DEPOT,), weights=PAID)) == {"w1": []}


def test_each_of_two_people_needs_the_tool() -> None:
    problem = line_problem(
        (at_home(tools=("ladder",)), worker("w2", duty(end_spot=0))),
        (visit("both", 3, people=2, tools=("ladder",)),),
        stores=(DEPOT,),
        weights=PAID,
    )
    assert names(problem) == {"w1": ["both"], "w2": ["depot", "both"]}


@pytest.mark.parametrize("seed", range(4))
def test_plans_for_crews_keep_to_what_is_carried(seed: int) -> None:
    problem = random_problem(seed, stocked=True, free=bool(seed % 2))
    first, second, *others = problem.visits
    problem = replace(problem, visits=(replace(first, people=2), replace(second, people=2), *others))
    found = searched(problem)[1]
    for one in problem.workers:
        assert has_needs(one, found[one.id])
    for crewed in (first.id, second.id):
        assert sum(stop.id == crewed for order in found.values() for stop in order) in (0, 2)


def random_problem(seed: int, *, stocked: bool, free: bool) -> RouteProblem:
    """Four visits, two workers: tools and parts if ``stocked``; if ``free``, several windows, dues and some breaks."""
    draw = random.Random(seed)
    workers = tuple(
        worker(
            f"w{index}",
            duty(
                start=8 * HOUR,
                end=draw.choice((12, 14)) * HOUR,
                start_spot=draw.randrange(10),
                end_spot=draw.choice((None, 0, 9)),
                rests=(Rest(span=Span(9 * HOUR + 30, 11 * HOUR), ticks=30),) if free and seed % 2 else (),
            ),
            tools=tuple(tool for tool in ("ladder", "lamp") if stocked and draw.random() < 0.4),
            parts={"valve": draw.randrange(3), "fuse": draw.randrange(3)} if stocked else {},
        )
        for index in range(2)
    )
    return line_problem(
        workers,
        tuple(_random_visit(draw, f"v{index}", stocked=stocked, free=free) for index in range(4)),
        stores=tuple(
            Store(id=f"s{spot}", spot=spot, ticks=draw.choice((0, 10))) for spot in draw.sample(range(10), 1 + seed % 2)
        )
        if stocked
        else (),
        weights=RouteWeights(travel=draw.choice((0.0, 1.0)), duration=1.0),
    )


def _random_visit(draw: random.Random, name: str, *, stocked: bool, free: bool) -> Visit:
    opens = 8 * HOUR + draw.randrange(0, 3 * HOUR, 10)
    windows = [Span(opens, opens + draw.choice((60, 120, 300)))]
    if free and draw.random() < 0.5:
        windows.append(Span(windows[0].end + 40, windows[0].end + 120))
    one = visit(name, draw.randrange(10), draw.choice((10, 20, 30)), windows=tuple(windows), price=500.0)
    if stocked:
        tools = tuple(tool for tool in ("ladder", "lamp") if draw.random() < 0.25)
        one = replace(one, tools=tools, parts={"valve": draw.randrange(2), "fuse": int(draw.random() < 0.3)})
    if free and draw.random() < 0.4:
        one = replace(one, due=opens + 30, late_weight=2.0)
    return one


@pytest.mark.parametrize("stocked, free", [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("seed", range(8))
def test_search_finds_the_best_plan_and_its_exact_cost(seed: int, stocked: bool, free: bool) -> None:
    problem = random_problem(seed, stocked=stocked, free=free)
    cost, found = searched(problem)
    by_id = {worker.id: worker for worker in problem.workers}
    planned = {stop.id for order in found.values() for stop in order}
    again = sum(visit.price for visit in problem.visits if visit.id not in planned)
    for name, order in found.items():
        counted = route_cost(problem, by_id[name], order)
        assert counted is not None, (name, [stop.id for stop in order])
        again += counted
    assert cost == pytest.approx(again)
    # Breaks are put off while something else can be done; that is not always best.
    if not any(duty.rests for one in problem.workers for duty in one.duties):
        assert cost == pytest.approx(cheapest(problem))


@pytest.mark.parametrize("stocked, free", [(True, False), (True, True)])
@pytest.mark.parametrize("seed", range(8))
def test_plans_written_are_clean_and_no_dearer_by_a_second_search(seed: int, stocked: bool, free: bool) -> None:
    problem = random_problem(seed, stocked=stocked, free=free)
    first, second, third, *others = problem.visits
    problem = replace(
        problem,
        visits=(replace(first, people=1 + seed % 2), second, third, *others),
        ties=(Tie(first=second.id, then=third.id, least=0, most=120),) if seed % 3 else (),
    )
    plan = improve(problem, RoutePlan(effort=Effort(solver="hand", seed=1, budget=0, used=0)), budget=1, seed=1)
    assert check(problem, plan) == []
    again = improve(problem, plan, budget=1, seed=2)
    assert check(problem, again) == []
    assert again.total <= plan.total + 1e-6
