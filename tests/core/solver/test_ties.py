"""The search keeps what binds visits to each other, and mends plans that do not."""

from __future__ import annotations

import pytest
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.problem import RouteProblem, Store, Tie
from dispatch.solver.search.improve import improve

NOTHING = RoutePlan(effort=Effort(solver="hand", seed=1, budget=0, used=0))


def planned(problem: RouteProblem, plan: RoutePlan = NOTHING) -> dict[str, set[str]]:
    """Who is at each planned visit once ``plan`` is improved, which must be clean."""
    found = improve(problem, plan, budget=1, seed=1)
    assert check(problem, found) == []
    at: dict[str, set[str]] = {}
    for route in found.routes:
        for stop in route.stops:
            at.setdefault(stop.visit, set()).add(route.worker)
    return at


def test_different_people_are_not_one_with_two_shifts() -> None:
    early, late = duty("early", 8 * HOUR, 12 * HOUR), duty("late", 13 * HOUR, 17 * HOUR)
    tie = Tie(first="a", then="b", least=4 * HOUR, most=6 * HOUR, workers="different")
    visits = (visit("a", 1), visit("b", 1))
    alone = line_problem((worker("w1", early, late),), visits, ties=(tie,))
    assert planned(alone) == {}
    two = line_problem((worker("w1", early, late), worker("w2", late)), visits, ties=(tie,))
    assert planned(two) == {"a": {"w1"}, "b": {"w2"}}


def test_a_pair_for_the_same_person_is_never_given_to_two() -> None:
    tie = Tie(first="a", then="b", least=30, most=120, workers="same")
    problem = line_problem((worker("w1"), worker("w2")), (visit("a", 1), visit("b", 2), visit("c", 3)), ties=(tie,))
    found = planned(problem)
    assert found.keys() == {"a", "b", "c"}
    assert found["a"] == found["b"]


@pytest.mark.parametrize("gap", [0, 45])
def test_a_pair_told_apart_by_a_wrong_gap_is_mended(gap: int) -> None:
    problem = line_problem(
        (worker("w1"), worker("w2")),
        (visit("a", 1), visit("b", 1)),
        ties=(Tie(first="a", then="b", least=gap, most=gap),),
    )
    routes = tuple(
        Route(worker=who, duty="d1", stops=(Stop(visit=name, arrive=start, start=start, end=start + 30),))
        for who, name, start in (("w1", "a", 600), ("w2", "b", 700))
    )
    found = planned(problem, RoutePlan(routes=routes, effort=NOTHING.effort))
    # The two are alike: which of them is at which is all the same.
    assert found in ({"a": {"w1"}, "b": {"w2"}}, {"a": {"w2"}, "b": {"w1"}})


def test_a_route_without_its_tools_is_planned_anew() -> None:
    problem = line_problem(
        (worker("w1", duty(end_spot=0)),),
        (visit("a", 1, 10, tools=("ladder",)), visit("b", 2, 10)),
        stores=(Store(id="depot", spot=3),),
    )
    stops = tuple(Stop(visit=name, arrive=at, start=at, end=at + 10) for name, at in (("a", 490), ("b", 510)))
    plan = RoutePlan(routes=(Route(worker="w1", duty="d1", stops=stops),), effort=NOTHING.effort)
    assert planned(problem, plan) == {"a": {"w1"}, "b": {"w1"}, "depot": {"w1"}}
