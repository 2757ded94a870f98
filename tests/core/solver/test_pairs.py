"""Ties that ask for the same person: the search plans them, or they are held where that is cheapest."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from exact import valued
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check, cost
from dispatch.solver.pairs import hold_pairs, out_of_reach
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Skill, Span, Tie
from dispatch.solver.search.improve import improve as improve_untied
from dispatch.solver.search.prepare import MUST
from dispatch.solver.solve import improve
from dispatch.solver.version import no_search

NOTHING = RoutePlan(effort=no_search())


def same(first: str = "a", then: str = "b", **fields: Any) -> Tie:
    """``then`` at least an hour after ``first``, by the same person, unless said otherwise."""
    return Tie(first=first, then=then, workers="same", **{"least": HOUR, "most": None, **fields})


def planned(problem: RouteProblem, start: RoutePlan = NOTHING) -> dict[str, list[tuple[str, int]]]:
    """Who is at each visit from when on, in a plan that is clean."""
    plan = improve(problem, start, budget=2, seed=1)
    assert check(problem, plan) == []
    found: dict[str, list[tuple[str, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, []).append((route.worker, stop.start))
    return found


def test_one_person_comes_again_after_the_gap_with_others_between() -> None:
    problem = line_problem((worker("w1"), worker("w2")), (visit("a", 1), visit("b", 1), visit("c", 2)), ties=(same(),))
    plan = planned(problem)
    (first,), (then,) = plan["a"], plan["b"]
    assert first[0] == then[0]
    assert then[1] - first[1] >= HOUR
    assert set(plan) == {"a", "b", "c"}


@pytest.mark.parametrize(("skill", "who"), [("one", None), ("both", "w2")])
def test_it_is_somebody_able_to_do_both(skill: str, who: str | None) -> None:
    """The first asks for water, the second for power; nobody has both, or the one who is farther away."""
    far = worker("w2", duty(start_spot=9), skills=(Skill(skill="water"), Skill(skill="power")))
    people = (worker("w1", skills=(Skill(skill="water"),)), far if skill == "both" else worker("w2"))
    visits = (visit("a", 1, skill="water"), visit("b", 1, skill="power"))
    plan = planned(line_problem(people, visits, ties=(same(),)))
    assert {name for stops in plan.values() for name, _ in stops} == ({who} if who else set())


@pytest.mark.parametrize(("most", "is_in"), [(59, False), (60, True)])
def test_a_gap_that_windows_leave_no_room_for_keeps_both_out(most: int, is_in: bool) -> None:
    """The first ends its window 60 ticks before that of the second opens, so it must wait until its last moment."""
    early = visit("a", 1, windows=(Span(8 * HOUR, 9 * HOUR + 30),))
    late = visit("b", 2, windows=(Span(10 * HOUR, 12 * HOUR),))
    plan = planned(line_problem((worker("w1"),), (early, late), ties=(same(least=0, most=most),)))
    assert plan == ({"a": [("w1", 9 * HOUR)], "b": [("w1", 10 * HOUR)]} if is_in else {})


def test_it_may_be_another_duty_of_the_same_person() -> None:
    shifts = (duty("am", 8 * HOUR, 9 * HOUR), duty("pm", 14 * HOUR, 15 * HOUR))
    problem = line_problem(
        (worker("w0"), worker("w1", *shifts)), (visit("a", never=("w0",)), visit("b")), ties=(same(),)
    )
    plan = planned(problem)
    assert [name for stops in (plan["a"], plan["b"]) for name, _ in stops] == ["w1", "w1"]
    assert plan["b"][0][1] >= 14 * HOUR


def test_one_of_a_crew_comes_again_and_others_tied_stay_away() -> None:
    """Two begin, one of them ends it; a third is to look at it in between, who is neither of them at the end."""
    people = tuple(worker(f"w{index}") for index in range(3))
    visits = (visit("begin", 1, people=2), visit("look", 1), visit("end", 1))
    ties = (same("begin", "end"), Tie(first="look", then="end", least=0, most=None))
    plan = planned(line_problem(people, visits, ties=ties))
    assert plan["end"][0][0] in {name for name, _ in plan["begin"]}
    assert plan["look"][0][0] != plan["end"][0][0]


def test_pins_come_first_and_stay() -> None:
    pinned = visit("pinned", 1, 60, pin=Pin(workers=("w1",), start=8 * HOUR + 10))
    visits = (visit("a", 1, windows=(Span(8 * HOUR, 9 * HOUR),)), visit("b", 1), pinned)
    plan = planned(line_problem((worker("w1"),), visits, ties=(same(),)))
    assert plan == {"pinned": [("w1", 8 * HOUR + 10)]}


def test_a_pair_dearer_than_leaving_it_out_stays_out() -> None:
    visits = (visit("a", 1, price=5.0), visit("b", 9, price=80.0))
    assert set(planned(line_problem((worker("w1"),), visits, ties=(same(),)))) == set()
    dearer = (visits[0], replace(visits[1], price=90.0))
    assert set(planned(line_problem((worker("w1"),), dearer, ties=(same(),)))) == {"a", "b"}


def test_a_plan_that_has_both_keeps_them_there() -> None:
    problem = line_problem((worker("w1"), worker("w2")), (visit("a", 1), visit("b", 1), visit("c", 5)), ties=(same(),))
    begun = improve(problem, NOTHING, budget=1, seed=1)
    held = hold_pairs(problem, begun, [[0, 1]])
    assert held is not None
    assert held.problem.ties == ()
    assert [one.price for one in held.problem.visits] == [MUST, MUST, 600.0]
    assert held.plan.routes == begun.routes
    again = improve(problem, begun, budget=1, seed=2)
    assert again.total <= begun.total


def test_what_the_search_can_plan_itself_is_not_held() -> None:
    people, visits = (worker("w1"), worker("w2")), (visit("a"), visit("b"))
    assert out_of_reach(line_problem(people, visits, ties=(Tie(first="a", then="b"),))) == []
    assert out_of_reach(line_problem(people, visits, ties=(same(),))) == []
    assert out_of_reach(line_problem(people, visits, ties=(same(least=-HOUR),))) == [[0, 1]]
    assert out_of_reach(line_problem(people, (replace(visits[0], people=2), visits[1]), ties=(same(),))) == [[0, 1]]


@pytest.mark.parametrize("gap", [{"least": 30}, {"least": -30, "most": 240}])
def test_a_pair_gives_way_to_work_that_is_worth_more(gap: dict[str, int]) -> None:
    """Two hours and twenty minutes of work for one who has an hour and twenty: the dear half of it, pair or not."""
    visits = (visit("a", 0, 30, price=20.0), visit("b", 0, 30, price=20.0), visit("c", 0, 40), visit("d", 0, 40))
    problem = line_problem((worker("w1", duty(end=560)),), visits, ties=(same(**gap),))
    plan = improve(problem, NOTHING, budget=1, seed=1)
    assert check(problem, plan) == []
    assert plan.total == 40.0


def test_a_pair_worth_more_stays() -> None:
    visits = (visit("a", 0, 30), visit("b", 0, 30), visit("c", 0, 40, price=20.0), visit("d", 0, 40, price=20.0))
    problem = line_problem((worker("w1", duty(end=560)),), visits, ties=(same(least=-30, most=240),))
    assert improve(problem, NOTHING, budget=1, seed=1).total == 40.0


def test_every_better_plan_told_is_one_of_the_problem_itself() -> None:
    problem = drawn_routes(7, workers=4, visits=25, use={"same", "matrix", "late", "skill"})
    assert problem.ties
    seen: list[RoutePlan] = []
    last = improve(problem, NOTHING, budget=20, seed=1, on_best=seen.append)
    assert [finding for plan in seen for finding in check(problem, plan)] == []
    assert seen[-1].total == pytest.approx(last.total)


def without_pairs(problem: RouteProblem) -> RoutePlan:
    """A plan with everything left out that ties bind to the same person, and what is tied to that."""
    out = {end for tie in problem.ties if tie.workers == "same" for end in (tie.first, tie.then)}
    while more := {end for tie in problem.ties for end in (tie.first, tie.then) if {tie.first, tie.then} & out} - out:
        out |= more
    visits = tuple(one for one in problem.visits if one.id not in out)
    ties = tuple(tie for tie in problem.ties if tie.first not in out)
    plan = improve_untied(replace(problem, visits=visits, ties=ties), NOTHING, budget=2, seed=1)
    return replace(plan, cost=cost(problem, plan))


@pytest.mark.parametrize("seeds", [range(60)])
def test_drawn_plans_are_clean_and_mostly_better_than_without_pairs(seeds: range) -> None:
    gains = []
    for seed in seeds:
        use = (some_kinds(seed, share=0.4) | {"same", "matrix"}) - {"needs"}
        problem = drawn_routes(seed, workers=4, visits=15, days=1 + seed % 2, use=use)
        plan = improve(problem, NOTHING, budget=2, seed=1)
        assert check(problem, plan) == [], seed
        gains.append(valued(problem, without_pairs(problem)) - valued(problem, plan))
    assert sum(gain > 1e-6 for gain in gains) > 2 * sum(gain < -1e-6 for gain in gains)
    assert sum(gains) > 0
