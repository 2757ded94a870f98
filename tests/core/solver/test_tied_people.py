"""Of visits that are tied one person may do several, where no tie says that they must be different people."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn import drawn_routes
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Matrix, RouteProblem, Span, Tie
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.pace import Leg
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.tasks import Tasks
from dispatch.solver.solve import solve
from dispatch.solver.version import no_search

APART: dict[str, Any] = {"least": None, "most": None, "workers": "different"}


def solved(problem: RouteProblem) -> RoutePlan:
    plan = solve(problem, budget=1, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    return plan


def who(plan: RoutePlan) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, []).append((route.worker, stop.start))
    return found


def test_one_person_does_both_where_anybody_may() -> None:
    """There is time for two of four visits: for the two that are tied, and worth sixty times as much."""
    visits = (*(visit(name, 0, 40) for name in "ab"), *(visit(name, 0, 40, price=10.0) for name in "cd"))
    tie = Tie(first="a", then="b", least=40, most=None, workers="any")
    plan = solved(line_problem((worker("w1", duty(end=560)),), visits, ties=(tie,)))
    assert who(plan) == {"a": [("w1", 480)], "b": [("w1", 520)]}
    assert plan.total == 20.0


def test_a_chain_of_different_people_needs_two() -> None:
    """Who does the first may do the third: each differs from the second only."""
    visits = tuple(visit(name, 0, 40) for name in "abc")
    ties = (Tie(first="a", then="b", **APART), Tie(first="b", then="c", **APART))
    plan = who(solved(line_problem((worker("w1", duty(end=560)), worker("w2", duty(end=560))), visits, ties=ties)))
    assert plan["a"][0][0] == plan["c"][0][0] != plan["b"][0][0]


@pytest.mark.parametrize(("first", "last"), ["ac", "ca"])
def test_whichever_opens_first_is_done_first(first: str, last: str) -> None:
    """Nothing is said of the order of the two ends of the chain."""
    windows = {first: Span(480, 520), "b": Span(480, 520), last: Span(520, 560)}
    visits = tuple(visit(name, 0, 40, windows=(windows[name],)) for name in "abc")
    ties = (Tie(first="a", then="b", **APART), Tie(first="b", then="c", **APART))
    plan = who(solved(line_problem((worker("w1", duty(end=560)), worker("w2", duty(end=560))), visits, ties=ties)))
    assert {name: stops[0][1] for name, stops in plan.items()} == {"b": 480, first: 480, last: 520}


def test_others_come_between_the_two_of_one_person() -> None:
    """The second is an hour after the first; the only worker is elsewhere meanwhile, on the way between the two."""
    visits = (visit("a", 1, 10), visit("between", 2, 20), visit("b", 3, 10))
    tie = Tie(first="a", then="b", least=60, most=None, workers="any")
    plan = solved(line_problem((worker("w1"),), visits, ties=(tie,)))
    assert who(plan) == {"a": [("w1", 490)], "between": [("w1", 510)], "b": [("w1", 550)]}
    assert plan.total == 30.0


@pytest.mark.parametrize(("cap", "done"), [(2, {"a", "b"}), (1, {"c"})])
def test_the_cap_counts_both(cap: int, done: set[str]) -> None:
    visits = (visit("a", 1, 10), visit("b", 1, 10), visit("c", 1, 10, price=30.0))
    tie = Tie(first="a", then="b", least=10, most=None, workers="any")
    assert set(who(solved(line_problem((worker("w1", duty(max_visits=cap)),), visits, ties=(tie,))))) == done


def test_two_that_must_begin_at_one_moment_still_need_two() -> None:
    visits = (visit("a", 1, 10), visit("b", 1, 10))
    tie = Tie(first="a", then="b", least=0, most=0, workers="any")
    assert solved(line_problem((worker("w1"),), visits, ties=(tie,))).routes == ()
    assert len(solved(line_problem((worker("w1"), worker("w2")), visits, ties=(tie,))).routes) == 2


def test_ties_that_keep_all_apart_make_one_joint() -> None:
    """What nobody can share is timed as one, and searched as ever."""
    visits, people = tuple(visit(name, 1, 10) for name in "abc"), (worker("w1"),)
    pairs = (("a", "b"), ("b", "c"), ("a", "c"))
    ties = tuple(Tie(first=first, then=then, least=10, most=None) for first, then in pairs)
    assert Tasks(Compiled(line_problem(people, visits, ties=ties))).joints == [[[0, 1, 2]]]
    assert Tasks(Compiled(line_problem(people, visits, ties=ties[:2]))).joints == [[[0], [1], [2]]]


def test_who_is_in_no_order_is_not_waited_for() -> None:
    """Two of a group that no gap joins: the second by index may well be timed first."""
    windows = {"a": Span(600, 640), "b": Span(480, 520), "c": Span(480, 700)}
    visits = tuple(visit(name, 0, 30, windows=(windows[name],)) for name in "abc")
    free = Tie(first="a", then="b", least=None, most=None, workers="any")
    later = Tie(first="b", then="c", least=30, most=60, workers="same")
    plan = who(solved(line_problem((worker("w1"),), visits, ties=(free, later))))
    assert plan == {"a": [("w1", 600)], "b": [("w1", 480)], "c": [("w1", 510)]}


KINDS = frozenset({"tie", "same", "late", "greatest_late", "crew", "caps", "windows", "duty_price", "matrix", "halves"})


@pytest.mark.parametrize("seed", range(40))
def test_the_search_believes_what_the_plan_costs(seed: int) -> None:
    """Its own sum, kept up round by round, is that of the check, whatever is tied to whom."""
    problem = drawn_routes(seed, workers=3, visits=12, use=KINDS)
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=300, begin=0.0, end=1.0, planned=300))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(seed))
    assert drive.cost == pytest.approx(plan.total, abs=1e-6)


def test_a_way_over_another_stop_may_be_the_quicker_one() -> None:
    """From spot 0 to spot 2 it takes 100 ticks, over spot 1 twenty: only behind the visit there one is in time."""
    rows = ((0, 10, 100), (10, 0, 10), (100, 10, 0))
    visits = (visit("by", 1, 10), visit("far", 2, 10, windows=(Span(480, 540),)))
    problem = line_problem((worker("w1"),), visits, matrix=Matrix(ticks={"walk": rows}), spots=SPOTS[:3])
    assert prepare(Compiled(problem))[0].crooked
    drive = Drive(Compiled(problem), seed=1)
    drive.leg(Leg(rounds=50, begin=0.0, end=1.0, planned=50))
    assert drive.order() == {0: [0, 1]}


def test_where_every_direct_way_is_the_quickest_nothing_is_looked_at_twice() -> None:
    assert not prepare(Compiled(line_problem((worker("w1"),), (visit("a", 1), visit("b", 2)))))[0].crooked


SPOTS = line_problem((), ()).spots
