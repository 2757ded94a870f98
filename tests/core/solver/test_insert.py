"""Instant insertion: the cheapest place, nothing told is moved, what cannot stand is placed anew, and it is quick."""

from __future__ import annotations

import time

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, random_problem, visit, without_rounds, worker

from dispatch.model.errors import ProblemError
from dispatch.model.travel import Speeds
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Skill, Span, Told
from dispatch.solver.rules import Rule
from dispatch.solver.solve import insert


def times(plan: RoutePlan) -> dict[str, tuple[str, int]]:
    return {stop.visit: (route.worker, stop.start) for route in plan.routes for stop in route.stops}


def clean(problem: RouteProblem, plan: RoutePlan | None = None, **more: object) -> RoutePlan:
    made = insert(problem, plan, **more)  # type: ignore[arg-type]
    assert check(problem, made) == []
    return made


def test_a_visit_goes_where_the_detour_is_least() -> None:
    near = worker("near", duty(start_spot=3))
    far = worker("far", duty(start_spot=9))
    assert times(clean(line_problem((far, near), (visit(spot=4),)))) == {"v1": ("near", 490)}


def test_it_goes_between_two_that_are_on_its_way() -> None:
    first = visit("first", 1, windows=(Span(480, 600),))
    last = visit("last", 5, windows=(Span(700, 900),))
    plan = clean(line_problem((worker(),), (first, last)))
    plan = clean(line_problem((worker(),), (first, last, visit("new", 3))), plan)
    assert [stop.visit for stop in plan.routes[0].stops] == ["first", "new", "last"]
    assert plan.cost[Rule.TRAVEL] == 50


def test_lateness_is_weighed_against_the_way() -> None:
    busy = line_problem(
        (worker("near", duty(start_spot=1)), worker("far", duty(start_spot=5))),
        (
            visit("told", 1, 60, told=Told(workers=("near",), start=480), windows=(Span(480, 540),)),
            visit("urgent", 1, 30, due=500, late_weight=2.0),
        ),
    )
    # Near is free at 540: 40 late at 2. Far needs 40 on the way and is 20 late: 40 + 40 is no dearer than 80.
    calm = replace(busy, visits=(busy.visits[0], replace(busy.visits[1], late_weight=0.5)))
    hurried = replace(busy, visits=(busy.visits[0], replace(busy.visits[1], late_weight=3.0)))
    assert times(clean(calm))["urgent"] == ("near", 540)
    assert times(clean(hurried))["urgent"] == ("far", 520)


def test_the_household_keeps_its_worker_while_that_is_worth_it() -> None:
    people = (worker("stranger", duty(start_spot=2)), worker("own", duty(start_spot=3)))
    cheap = line_problem(people, (visit(spot=2, keep=("own",)),))
    assert times(clean(cheap)) == {"v1": ("own", 490)} or times(clean(cheap))["v1"][0] == "stranger"
    dear = replace(cheap, weights=replace(cheap.weights, continuity=11.0))
    assert times(clean(dear))["v1"][0] == "own"
    free = replace(cheap, weights=replace(cheap.weights, continuity=9.0))
    assert times(clean(free))["v1"][0] == "stranger"


def test_told_visits_stay_to_the_minute_and_others_slide() -> None:
    told = visit("told", 2, told=Told(workers=("w1",), start=600))
    loose = visit("loose", 1)
    plan = clean(line_problem((worker(),), (told, loose)))
    assert times(plan) == {"told": ("w1", 600), "loose": ("w1", 490)}
    more = line_problem((worker(),), (told, loose, visit("first", 1, due=480, late_weight=9.0)))
    after = clean(more, plan)
    assert times(after)["told"] == ("w1", 600)
    assert times(after)["first"] == ("w1", 490)
    assert times(after)["loose"][1] == 520


def test_a_told_visit_whose_worker_is_gone_keeps_its_time() -> None:
    told = visit("told", 2, told=Told(workers=("w1",), start=600))
    plan = clean(line_problem((worker("w1"), worker("w2")), (told,)))
    left = line_problem((worker("w2"),), (told,))
    after = clean(left, plan)
    assert times(after) == {"told": ("w2", 600)}
    assert after.cost[Rule.CHANGE_WORKER] == 30
    assert after.cost[Rule.CHANGE_MINUTE] == 0


def test_a_visit_whose_skill_ran_out_goes_to_somebody_who_has_it() -> None:
    plumber = worker("w1", skills=(Skill(skill="plumbing"),))
    plan = clean(line_problem((plumber, worker("w2")), (visit(skill="plumbing"),)))
    swapped = line_problem((worker("w1"), worker("w2", skills=(Skill(skill="plumbing"),))), (visit(skill="plumbing"),))
    assert times(clean(swapped, plan)) == {"v1": ("w2", 490)}


def test_an_absence_moves_only_what_it_hits() -> None:
    visits = (visit("early", 1, windows=(Span(490, 520),)), visit("late", 1, windows=(Span(700, 730),)))
    plan = clean(line_problem((worker("w1"),), visits))
    ill = line_problem((worker("w1", duty(absences=(Span(690, 960),))), worker("w2", duty(start_spot=9))), visits)
    assert times(clean(ill, plan)) == {"early": ("w1", 490), "late": ("w2", 700)}


def test_a_pin_takes_its_moment_from_others() -> None:
    other = visit("other", 1, windows=(Span(490, 560),))
    plan = clean(line_problem((worker(),), (other,)))
    pinned = visit("pin", 1, pin=Pin(workers=("w1",), start=500))
    after = clean(line_problem((worker(),), (other, pinned)), plan)
    assert times(after) == {"pin": ("w1", 500), "other": ("w1", 530)}
    tight = replace(other, windows=(Span(490, 540),))
    squeezed = clean(line_problem((worker(),), (tight, pinned)), plan)
    assert times(squeezed) == {"pin": ("w1", 500)}


def test_only_those_named_are_placed_and_the_others_say_so() -> None:
    problem = line_problem((worker(),), (visit("a"), visit("b")))
    plan = clean(problem, only=["b"])
    assert set(times(plan)) == {"b"}
    (out,) = plan.unplanned
    assert out.id == "a"
    assert "not asked for" in out.reasons[0].message


def test_several_days_are_several_duties() -> None:
    two_days = worker("w1", duty("mon"), duty("tue", 32 * HOUR, 40 * HOUR))
    full = visit("a", 0, 480, windows=(Span(0, 48 * HOUR),))
    plan = clean(line_problem((two_days,), (full, replace(full, id="b"))))
    assert sorted((route.duty, route.stops[0].start) for route in plan.routes) == [("mon", 480), ("tue", 1920)]


def test_nobody_and_nothing_are_planned_too() -> None:
    assert clean(line_problem((), ())).routes == ()
    (out,) = clean(line_problem((), (visit(),))).unplanned
    assert out.reasons
    by_speed = line_problem((), (visit(), visit("round", cover=True)), matrix=UNSET, speeds=Speeds())
    assert len(clean(by_speed).unplanned) == 2


def test_a_malformed_problem_is_refused_with_what_and_where() -> None:
    with pytest.raises(ProblemError, match="visit 'v1' is at spot 77"):
        insert(line_problem((worker(),), (visit(spot=77),)))


@pytest.mark.alone
def test_one_visit_into_a_thousand_is_instant() -> None:
    problem = without_rounds(random_problem(5, workers=100, visits=1000))
    plan = insert(problem)
    assert check(problem, plan) == []
    planned = {stop.visit for route in plan.routes for stop in route.stops}
    kept = tuple(one for one in problem.visits if one.id in planned)
    grown = replace(problem, visits=(*kept, replace(kept[0], id="new", people=1, told=None, pin=None)))
    base = replace(plan, unplanned=())
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        insert(grown, base)
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.4


@pytest.mark.alone
def test_a_week_of_visits_takes_seconds_at_most() -> None:
    problem = without_rounds(random_problem(6, workers=60, visits=500, days=7))
    begun = time.perf_counter()
    plan = insert(problem)
    assert time.perf_counter() - begun < 15
    assert check(problem, plan) == []
    begun = time.perf_counter()
    check(problem, plan)
    assert time.perf_counter() - begun < 0.5


def test_a_place_given_too_early_is_given_up_for_one_who_has_no_other() -> None:
    """The short-windowed visit is placed first and nearest; the other can only go where it is, so it moves over."""
    people = (worker("near", duty(max_visits=1)), worker("far", duty(start_spot=4, max_visits=1)))
    first = visit("first", 1, 10, windows=(Span(540, 555),))
    second = visit("second", 1, 30, never=("far",))
    plan = clean(line_problem(people, (first, second)))
    assert times(plan) == {"first": ("far", 540), "second": ("near", 490)}
    kept = clean(line_problem(people, (first, second)), clean(line_problem(people, (first,))))
    assert times(kept) == {"first": ("near", 540)}, "what stood in the plan given stays with its worker"
