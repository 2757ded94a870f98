"""Durations by worker: whoever is sent takes their own time, by every way to plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.solver.big.improve import improve_big
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import DayCap, Pin, RouteProblem, RouteWeights, Skill, Span, Tie, Told, Visit
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.write import write_plan
from dispatch.solver.rules import Rule
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.lay import lay
from dispatch.solver.search.pace import Leg
from dispatch.solver.search.prepare import prepare
from dispatch.solver.search.room import working_room
from dispatch.solver.solve import cover, insert, solve
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

NOTHING = RoutePlan(effort=no_search())
Plan = Callable[[RouteProblem], RoutePlan]


def searched(problem: RouteProblem) -> RoutePlan:
    plan = solve(problem, budget=2, seed=1)
    assert isinstance(plan, RoutePlan)
    return plan


def kept(problem: RouteProblem) -> RoutePlan:
    standing = Standing(replace(problem, visits=()), NOTHING)
    standing.insert(*problem.visits)
    return standing.plan()


def rounds(problem: RouteProblem) -> RoutePlan:
    return cover(replace(problem, visits=tuple(replace(one, cover=True) for one in problem.visits)))


WAYS = pytest.mark.parametrize("plan", [insert, searched, kept, rounds])


def solved(plan: Plan, problem: RouteProblem) -> dict[str, list[tuple[str, int, int]]]:
    """Who is at each visit from when to when, in a plan with which nothing is wrong."""
    found = plan(problem)
    asked = problem
    if plan is rounds:
        asked = replace(problem, visits=tuple(replace(one, cover=True) for one in problem.visits))
    assert check(asked, found) == []
    at: dict[str, list[tuple[str, int, int]]] = {}
    for route in found.routes:
        for stop in route.stops:
            at.setdefault(stop.visit, []).append((route.worker, stop.start, stop.end))
    return at


def two(*visits: Visit, **more: Any) -> RouteProblem:
    """Two workers; the first is nearer to everything."""
    return line_problem((worker("near"), worker("far", duty(start_spot=9))), visits, **more)


@WAYS
@pytest.mark.parametrize(("span", "who"), [(30, "near"), (29, "far"), (20, "far"), (19, None)])
def test_who_is_quick_goes_where_time_is_short(plan: Plan, span: int, who: str | None) -> None:
    found = solved(plan, two(visit(ticks_by={"far": 20}, windows=(Span(600, 600 + span),))))
    ends = {"near": 630, "far": 620}
    assert found == ({} if who is None else {"v1": [(who, 600, ends[who])]})


@WAYS
def test_the_last_start_is_that_of_who_goes(plan: Plan) -> None:
    """Both are at the first for an hour, so that the second begins as late as it may, or not at all."""
    first = visit("a", 1, HOUR, pin=Pin(workers=("near",), start=560), windows=(Span(560, 620),))
    then = visit("b", 1, 30, among=("near",), ticks_by={"near": 50, "far": 10})
    for end, stays_out in ((670, False), (669, True)):
        found = solved(plan, two(first, replace(then, windows=(Span(0, 100), Span(540, end)))))
        assert ("b" in found) != stays_out
        assert stays_out or found["b"] == [("near", 620, 670)]


@WAYS
def test_each_of_a_crew_is_done_in_their_own_time(plan: Plan) -> None:
    crew = visit("pair", 1, people=2, ticks_by={"far": 50}, windows=(Span(600, 650),))
    assert sorted(solved(plan, two(crew))["pair"]) == [("far", 600, 650), ("near", 600, 630)]
    assert solved(plan, two(replace(crew, windows=(Span(600, 649),)))) == {}
    quick = replace(crew, ticks_by={"far": 5}, windows=(Span(600, 630),))
    assert sorted(solved(plan, two(quick))["pair"]) == [("far", 600, 605), ("near", 600, 630)]


@WAYS
@pytest.mark.parametrize(("cap", "planned"), [(49, 0), (50, 1), (99, 1), (100, 2)])
def test_a_cap_of_minutes_counts_their_own(plan: Plan, cap: int, planned: int) -> None:
    visits = (visit("a", ticks_by={"w1": 50}), visit("b", ticks_by={"w1": 50}))
    for one in (
        worker("w1", duty(max_ticks=cap)),
        worker("w1", duty("d1", end=700), duty("d2", 700), caps=(DayCap(day=DAY, max_ticks=cap),)),
    ):
        assert len(solved(plan, line_problem((one,), visits))) == planned


@WAYS
def test_a_certificate_holds_to_the_end_of_their_own_time(plan: Plan) -> None:
    night = duty("night", 22 * HOUR, 30 * HOUR, midnights=(24 * HOUR,))
    ends = (Skill(skill="electric", last=DAY),)
    wanted = visit(skill="electric", windows=(Span(24 * HOUR - 40, 30 * HOUR),), ticks_by={"slow": 41})
    assert solved(plan, line_problem((worker("slow", night, skills=ends),), (wanted,))) == {}
    assert set(solved(plan, line_problem((worker("usual", night, skills=ends),), (wanted,)))) == {"v1"}


@WAYS
def test_an_absence_and_a_break_leave_room_for_their_own_time(plan: Plan) -> None:
    away = duty(absences=(Span(530, 700),))
    wanted = visit(windows=(Span(480, 800),), ticks_by={"slow": 41, "quick": 40})
    assert solved(plan, line_problem((worker("slow", away),), (wanted,)))["v1"] == [("slow", 700, 741)]
    assert solved(plan, line_problem((worker("quick", away),), (wanted,)))["v1"] == [("quick", 490, 530)]


@pytest.mark.parametrize("plan", [insert, searched, kept])
def test_overtime_is_paid_by_their_own_time(plan: Plan) -> None:
    late = duty(end=600, overtime=HOUR, overtime_price=1.0)
    at_last = visit(windows=(Span(570, 700),), ticks_by={"w1": 50})
    assert plan(line_problem((worker("w1", late),), (at_last,))).cost[Rule.OVERTIME] == 20.0


def test_of_duties_that_differ_in_pace_only_the_quicker_is_found() -> None:
    weights = RouteWeights(duration=1.0)
    people = tuple(worker(f"w{number}") for number in range(4))
    problem = line_problem(people, (visit(ticks_by={"w2": 10}),), weights=weights)
    assert solved(searched, problem)["v1"][0][0] == "w2"


def test_a_told_visit_stays_with_who_can_still_do_it() -> None:
    told = visit(told=Told(workers=("near",), start=600), windows=(Span(600, 640),), ticks_by={"near": 41})
    assert solved(insert, two(told))["v1"][0][0] == "far"
    assert solved(searched, two(told))["v1"][0][0] == "far"


def test_a_plan_whose_people_take_longer_now_is_mended() -> None:
    problem = two(visit(windows=(Span(600, 640),)))
    plan = insert(problem)
    slower = replace(problem, visits=(replace(problem.visits[0], ticks_by={"near": 41}),))
    again = insert(slower, plan)
    assert check(slower, again) == []
    assert [route.worker for route in again.routes] == ["far"]


def test_who_takes_too_long_is_said_to_and_what_would_hold_it() -> None:
    problem = two(visit(windows=(Span(600, 640),), ticks_by={"near": 41}, never=("far",)))
    (out,) = insert(problem).unplanned
    assert [reason.rule for reason in out.reasons] == [Rule.WINDOW]
    assert out.reasons[0].message == "No window is as long as the work, 41 min."
    problem = two(
        visit(windows=(Span(600, 640),), ticks_by={"near": 41}),
        visit("there", 1, 300, pin=Pin(workers=("far",), start=570)),
    )
    told = why(problem, insert(problem), "v1")
    hints = {one.worker: (one.rule, one.hint) for one in told.hindrances}
    assert hints["near"] == (Rule.WINDOW, "the window of v1 begins at 09:59, 1 min sooner")
    assert hints["far"][0] is Rule.OVERLAP
    assert "takes longer for it than its windows last" in " ".join(reason.message for reason in told.reasons)


@pytest.mark.parametrize("people", [1, 2])
def test_a_pair_for_the_same_person_stays_with_its_own_times(people: int) -> None:
    tie = Tie(first="a", then="b", least=HOUR, most=None, workers="same")
    visits = (visit("a", 1, people=people, ticks_by={"far": 70}), visit("b", 2, ticks_by={"near": 5}), visit("c", 3))
    found = solved(searched, two(*visits, ties=(tie,)))
    assert set(found) == {"a", "b", "c"}
    assert {end - start for who, start, end in found["a"] if who == "far"} <= {70}


COSTS = frozenset({"late", "greatest_late", "crew", "needs", "windows", "duty_price", "duration", "halves", "skill"})


@pytest.mark.parametrize("seed", range(30))
def test_the_search_believes_what_the_plan_costs(seed: int) -> None:
    """The mean of fair shares, which falls with who is quicker, is in the prices of people and of staying out."""
    use = some_kinds(seed, COSTS) | {"matrix", "overtime", "fair", "paces"}
    problem = drawn_routes(seed, workers=4, visits=20, use=use)
    problem = replace(problem, weights=replace(problem.weights, fair=5.0))
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=400, begin=0.0, end=1.0, planned=400))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(seed))
    duties = sum(len(one.duties) for one in problem.workers)
    mean = sum(max([one.ticks, *one.ticks_by.values()]) * one.people for one in problem.visits) / duties
    assert drive.cost - problem.weights.fair * mean == pytest.approx(plan.total, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_work_counted_is_the_work_done(seed: int) -> None:
    problem = drawn_routes(seed, workers=4, visits=24, use={"paces", "caps", "crew", "needs", "halves"})
    drive = Drive(Compiled(problem), seed=seed)
    drive.leg(Leg(rounds=300, begin=0.0, end=1.0, planned=300))
    facts, tasks = prepare(Compiled(problem))
    loads: Any = lay(facts, tasks, working_room(facts, 1), drive.order()).loads
    current: Any = drive.lanes[0].current.loads
    owners = [one for one in problem.workers for _ in one.duties]
    by_hand = np.zeros(len(owners))
    for number, along in drive.order().items():
        done = (problem.visits[one] for one in along if one < len(problem.visits))
        by_hand[number] = sum(one.ticks_by.get(owners[number].id, one.ticks) for one in done)
    assert loads["work"][: len(owners)].tolist() == by_hand.tolist()
    assert current["work"].min() >= 0


@pytest.mark.parametrize("seed", range(24))
def test_whatever_else_there_is_plans_are_clean(seed: int) -> None:
    use = some_kinds(seed, KINDS) | {"paces"}
    problem = drawn_routes(seed, workers=5, visits=30, days=1 + seed % 2, use=use)
    for plan in (solve(problem, budget=2, seed=seed), improve_big(problem, NOTHING, budget=3, seed=seed, block=8)):
        assert check(problem, plan) == []
    bare = replace(problem, ties=(), stores=())
    first = insert(bare)
    again = insert(bare, first)
    assert [finding for finding in check(bare, again) if finding.severity == "broken"] == []
