"""The choice across routes: the cheapest of what was seen, each visit once, under the caps that join duties."""

from __future__ import annotations

import math
from typing import Any

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, random_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import DayCap, RouteProblem, SharedTool, Span
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search import drive
from dispatch.solver.search.choose import Choice, Columns, choose, duty_costs, routes_of, single
from dispatch.solver.search.improve import improve
from dispatch.solver.search.lay import Order, lay
from dispatch.solver.search.pace import LEG, Leg
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.room import working_room
from dispatch.solver.solve import insert
from dispatch.solver.version import no_search

PAIR = line_problem(
    (worker("w0", duty(start_spot=0, end_spot=0)), worker("w1", duty(start_spot=9, end_spot=9))),
    (visit("a", 1), visit("b", 2), visit("c", 7), visit("d", 8)),
)
"""Two near spot 0 where one worker begins and ends, two near spot 9 where the other does."""


class Bench:
    """Facts of a problem, with orders laid on them."""

    def __init__(self, problem: RouteProblem) -> None:
        self.facts, self.tasks = prepare(Compiled(problem))
        self.work = working_room(self.facts, 1)

    def cost(self, order: Order) -> float:
        """What ``order`` costs."""
        return float(duty_costs(self.facts, lay(self.facts, self.tasks, self.work, order)).sum())

    def columns(self, *orders: Order) -> Columns:
        """The routes of ``orders``."""
        found = Columns()
        for order in orders:
            found.add(self.facts, lay(self.facts, self.tasks, self.work, order), self.cost(order))
        return found

    def chosen(self, *orders: Order, seed: int = 1, within: float = math.inf) -> Choice:
        """The choice among the routes of ``orders``, the first being known."""
        stops: Any = lay(self.facts, self.tasks, self.work, orders[0]).stops
        known = routes_of(self.facts, stops["next"])
        columns = self.columns(*orders)
        cost = self.cost(orders[0])
        return choose(self.facts, columns, known=known, cost=cost, seed=seed, work=1.0, within=within)


def test_the_best_of_several_plans_is_put_together() -> None:
    bench = Bench(PAIR)
    left, right = {0: [0, 1]}, {0: [2, 0], 1: [3, 1]}
    assert bench.chosen({0: [0, 2, 1], 1: [3]}, left, right, {1: [3, 2]}) == {0: (0, 1), 1: (3, 2)}


def test_where_no_time_is_left_what_is_known_is_chosen() -> None:
    first: Order = {0: [0, 2, 1], 1: [3]}
    assert Bench(PAIR).chosen(first, {0: [0, 1], 1: [3, 2]}, within=0.0) == {0: (0, 2, 1), 1: (3,)}


def test_a_visit_that_stands_twice_stays_where_its_going_saves_less() -> None:
    bench = Bench(PAIR)
    assert single(bench.facts, bench.tasks, bench.work, {0: (0, 1, 3), 1: (3, 2)}) == {0: [0, 1], 1: [3, 2]}
    assert single(bench.facts, bench.tasks, bench.work, {0: (0, 1), 1: (3, 2, 0)}) == {0: [0, 1], 1: [3, 2]}


@pytest.mark.parametrize("cap", [DayCap(day=DAY, max_visits=2), DayCap(day=DAY, max_ticks=75)])
def test_duties_of_one_day_share_its_caps_in_the_choice(cap: DayCap) -> None:
    shifts = (duty("am", 8 * HOUR, 12 * HOUR), duty("pm", 13 * HOUR, 17 * HOUR))
    early, late = (Span(8 * HOUR, 12 * HOUR),), (Span(13 * HOUR, 17 * HOUR),)
    visits = (visit("a", windows=early), visit("b", windows=early), visit("c", windows=late), visit("d", windows=late))
    problem = line_problem((worker("w0", *shifts, caps=(cap,)),), visits)
    bench = Bench(problem)
    chosen = bench.chosen({0: [0], 1: [2]}, {0: [0, 1]}, {1: [2, 3]})
    assert sum(map(len, chosen.values())) == 2
    free = Bench(replace(problem, workers=(worker("w0", *shifts),)))
    assert sum(map(len, free.chosen({0: [0], 1: [2]}, {0: [0, 1]}, {1: [2, 3]}).values())) == 4


@pytest.mark.parametrize("pieces", [1, 2])
def test_duties_that_meet_share_the_pieces_of_a_tool_in_the_choice(pieces: int) -> None:
    drain, more = (SharedTool(id="drain", pieces=pieces),), worker("w2", duty(start=16 * HOUR, end=20 * HOUR))
    visits = (*(replace(one, tools=("drain",)) for one in PAIR.visits), visit("late", tools=("drain",)))
    bench = Bench(replace(PAIR, workers=(*PAIR.workers, more), visits=visits, shared=drain))
    chosen = bench.chosen({0: [0]}, {0: [0, 1]}, {1: [3, 2]}, {2: [4]})
    assert chosen[2] == (4,)
    assert len(chosen) == pieces + 1
    own = replace(PAIR.workers[1], tools=("drain",))
    bench = Bench(replace(PAIR, workers=(PAIR.workers[0], own), visits=visits, shared=drain))
    assert len(bench.chosen({0: [0]}, {0: [0, 1]}, {1: [3, 2]})) == 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_chosen_under_any_rules_keeps_them(seed: int) -> None:
    use = (some_kinds(seed) | {"shared"}) - {"tie", "same", "crew", "same_day"}
    problem = drawn_routes(seed, workers=5, visits=16, use=use)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drive, "LONG", LEG)
        patch.setattr(drive, "CHOOSE_WORK", 1.0 / LEG)
        assert check(problem, improve(problem, RoutePlan(effort=no_search()), budget=3, seed=seed)) == []


def test_only_the_routes_of_the_best_plans_are_kept() -> None:
    bench = Bench(PAIR)
    columns = bench.columns({0: [0, 1], 1: [3, 2]}, {0: [2, 0], 1: [1, 3]})
    columns.keep(2)
    assert [route for route, _ in columns.items()] == [(0, (0, 1)), (1, (3, 2))]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_a_search_that_chooses_gives_clean_plans_again_and_again(seed: int) -> None:
    problem = random_problem(seed)
    begun = insert(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drive, "LONG", LEG)
        patch.setattr(drive, "CHOOSE_WORK", 1.0 / LEG)
        plan = improve(problem, begun, budget=4, seed=seed)
        assert check(problem, plan) == []
        assert plan == improve(problem, begun, budget=4, seed=seed)


@pytest.mark.parametrize("edges", [(0.68, 0.699, 0.704, 0.72), (0.68, 0.701, 0.699, 0.72)])
def test_it_chooses_once_however_the_clock_cuts_the_legs(edges: tuple[float, ...], monkeypatch: Any) -> None:
    """By the clock the end of a leg is foretold: the next may begin behind it, or before."""
    monkeypatch.setattr(drive, "LONG", LEG)
    search, at = drive.Drive(Compiled(PAIR), seed=1), []
    monkeypatch.setattr(search, "_choose", lambda leg: at.append(leg.end))
    for begin, end in (edges[:2], edges[2:]):
        search.leg(Leg(10, begin, end, LEG))
    assert len(at) == 1
