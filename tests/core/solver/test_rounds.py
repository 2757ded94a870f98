"""Rounds come first and are covered exactly: one guard too few leaves exactly one out, and standing ones stay."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, random_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, Rest, RouteProblem, Skill, Span, Visit, Worker
from dispatch.solver.rules import Rule
from dispatch.solver.solve import cover, improve, insert

PATROL = (Skill(skill="patrol"),)


def guard(name: str, *duties: Duty) -> Worker:
    return worker(name, *duties, skills=PATROL)


def patrol(name: str, start: int, end: int, **more: object) -> Visit:
    return visit(
        name, **{"spot": 0, "ticks": 60, "skill": "patrol", "cover": True, "windows": (Span(start, end),), **more}
    )  # type: ignore[arg-type]


def out(plan: RoutePlan) -> set[str]:
    return {one.id for one in plan.unplanned}


def clean(problem: RouteProblem, plan: RoutePlan) -> RoutePlan:
    assert check(problem, plan) == []
    return plan


@pytest.mark.parametrize("guards", [2, 3, 4, 5])
def test_one_guard_too_few_leaves_exactly_one_round_out(guards: int) -> None:
    """Every guard fits two rounds of an hour between eight and ten; there is one more than that."""
    people = tuple(guard(f"g{index}", duty(start=480, end=600)) for index in range(guards))
    rounds = tuple(patrol(f"r{index}", 480, 600) for index in range(2 * guards + 1))
    problem = line_problem(people, rounds)
    plan = clean(problem, insert(problem))
    assert len(out(plan)) == 1
    (missing,) = plan.unplanned
    assert missing.reasons[0].rule is Rule.OVERLAP
    assert missing.reasons[0].workers == guards
    fuller = line_problem((*people, guard("one-more", duty(start=480, end=600))), rounds)
    assert out(clean(fuller, insert(fuller))) == set()


def test_what_placing_one_by_one_would_lose_is_covered() -> None:
    """The skilled guard must be kept for the round only she can walk, and the long one taken from the front."""
    people = (
        guard("g1", duty(start=480, end=600)),
        worker("g2", duty(start=480, end=600), skills=(*PATROL, Skill(skill="dog"))),
    )
    rounds = (
        patrol("any-1", 480, 600, ticks=50),
        patrol("any-2", 480, 600, ticks=70),
        patrol("dog-1", 480, 600, ticks=50, skill="dog"),
        patrol("dog-2", 480, 600, ticks=70, skill="dog"),
    )
    problem = line_problem(people, rounds)
    assert out(clean(problem, insert(problem))) == set()


def test_the_dearer_round_is_the_one_covered() -> None:
    people = (guard("g1", duty(start=480, end=600)),)
    rounds = (
        patrol("long", 480, 600, ticks=120, price=1000.0),
        *(patrol(f"s{n}", 480, 600, price=600.0) for n in (1, 2)),
    )
    problem = line_problem(people, rounds)
    assert out(clean(problem, insert(problem))) == {"long"}
    dear = replace(problem, visits=(replace(rounds[0], price=1300.0), *rounds[1:]))
    assert out(clean(dear, insert(dear))) == {"s1", "s2"}


def test_rounds_come_before_dearer_ordinary_visits() -> None:
    people = (guard("g1", duty(start=480, end=540)),)
    problem = line_problem(people, (visit("repair", 0, 60, price=9000.0), patrol("round", 480, 540, price=1.0)))
    assert out(clean(problem, insert(problem))) == {"repair"}
    planned = insert(line_problem(people, (visit("repair", 0, 60, price=9000.0),)))
    assert out(clean(problem, insert(problem, planned))) == {"repair"}
    assert out(improve(problem, insert(problem), budget=5, seed=1)) == {"repair"}


def test_two_guards_walk_together() -> None:
    people = tuple(guard(f"g{index}", duty(start=480, end=600)) for index in range(3))
    rounds = tuple(patrol(f"r{index}", 480, 600, people=2) for index in range(4))
    problem = line_problem(people, rounds)
    # Of three guards only two can walk together at a time, twice in two hours.
    assert len(out(clean(problem, insert(problem)))) == 2
    four = line_problem((*people, guard("g3", duty(start=480, end=600))), rounds)
    assert out(clean(four, insert(four))) == set()


def test_breaks_and_ways_count() -> None:
    rest = Rest(span=Span(480, 600), ticks=20)
    people = (guard("g1", duty(start=480, end=600, rests=(rest,))),)
    near = line_problem(people, (patrol("a", 480, 600, ticks=40, spot=0), patrol("b", 480, 600, ticks=40, spot=2)))
    assert out(clean(near, insert(near))) == set()
    far = replace(near, visits=(near.visits[0], replace(near.visits[1], spot=3)))
    assert len(out(clean(far, insert(far)))) == 1


def test_standing_rounds_stay_when_one_more_comes() -> None:
    people = tuple(guard(f"g{index}") for index in range(4))
    rounds = tuple(patrol(f"r{index}", 480 + 60 * index, 600 + 60 * index, spot=index) for index in range(6))
    before = line_problem(people, rounds)
    plan = clean(before, insert(before))
    after = line_problem(people, (*rounds, patrol("new", 600, 720, spot=3)))
    grown = clean(after, insert(after, plan))
    assert out(grown) == set()
    was = {stop.visit: (route.worker, stop.start) for route in plan.routes for stop in route.stops}
    now = {stop.visit: (route.worker, stop.start) for route in grown.routes for stop in route.stops}
    assert {name: who for name, (who, _) in was.items()} == {name: now[name][0] for name in was}


def test_an_absence_moves_rounds_and_ordinary_visits_make_way() -> None:
    people = (guard("g1", duty(start=480, end=600)), guard("g2", duty(start=480, end=600)))
    work = (patrol("r1", 480, 600), patrol("r2", 480, 600), visit("repair-1", 0, 60), visit("repair-2", 0, 60))
    problem = line_problem(people, work)
    plan = clean(problem, insert(problem))
    assert out(plan) == set()
    left = line_problem(people[:1], work)
    assert out(clean(left, insert(left, plan))) == {"repair-1", "repair-2"}


def test_cover_places_rounds_and_nothing_else() -> None:
    problem = line_problem((guard("g1"),), (visit("repair"), patrol("round", 480, 700)))
    plan = clean(problem, cover(problem, seed=1))
    assert out(plan) == {"repair"}


@pytest.mark.alone
def test_a_week_of_sixteen_guards_is_quick() -> None:
    guards = []
    for index in range(16):
        duties = [
            duty(
                f"day{day}",
                start,
                start + 8 * HOUR,
                day=DAY + day,
                end_spot=0,
                rests=(Rest(span=Span(start + 180, start + 300), ticks=30),),
            )
            for day in range(7)
            if (index + day) % 7
            for start in [(24 * day + (6, 14, 22)[index % 3]) * HOUR]
        ]
        guards.append(guard(f"g{index}", *duties))
    rounds = [
        patrol(f"r{day}-{index}", start, start + 120, spot=1 + index % 3, ticks=45, people=1 + index % 2)
        for day in range(7)
        for index in range(12)
        for start in [24 * HOUR * day + 2 * HOUR * index]
    ]
    problem = line_problem(tuple(guards), tuple(rounds))
    begun = time.perf_counter()
    plan = insert(problem)
    assert time.perf_counter() - begun < 15
    assert check(problem, plan) == []
    # Nobody is on duty before six on the first day.
    assert out(plan) == {"r0-0", "r0-1", "r0-2"}


def test_rounds_among_other_work_are_never_traded_away() -> None:
    problem = random_problem(21, workers=8, visits=60)
    plan = insert(problem)
    rounds = {one.id for one in problem.visits if one.cover}
    better = improve(problem, plan, budget=8, seed=2)
    assert rounds & out(better) <= rounds & out(plan)
