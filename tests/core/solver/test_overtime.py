"""Overtime at a price: used where it costs less than it saves, left alone where it does not, by every way to plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, Pin, RouteProblem, Span, Tie, Visit
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.write import write_plan
from dispatch.solver.rules import Rule
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.pace import Leg
from dispatch.solver.solve import insert, solve
from dispatch.solver.version import no_search

END = 10 * HOUR
Plan = Callable[[RouteProblem], RoutePlan]


def searched(problem: RouteProblem) -> RoutePlan:
    plan = solve(problem, budget=2, seed=1)
    assert isinstance(plan, RoutePlan)
    return plan


BOTH = pytest.mark.parametrize("plan", [insert, searched])


def short(**more: object) -> Duty:
    """A duty of two hours from and to spot 0, with an hour of overtime at two minutes each unless said otherwise."""
    fields = {"end_spot": 0, "overtime": HOUR, "overtime_price": 2.0, **more}
    return duty("d1", 8 * HOUR, END, **fields)


def work(name: str, ticks: int, price: float, **more: object) -> Visit:
    return visit(name, 1, ticks, price=price, **more)


def planned(plan: RoutePlan) -> set[str]:
    return {stop.visit for route in plan.routes for stop in route.stops}


def solved(plan: Plan, problem: RouteProblem) -> RoutePlan:
    found = plan(problem)
    assert check(problem, found) == []
    return found


@BOTH
@pytest.mark.parametrize(("price", "stays_out"), [(101.0, False), (99.0, True)])
def test_it_is_used_up_to_what_staying_out_costs(plan: Plan, price: float, stays_out: bool) -> None:
    """Ten minutes there and back and 140 of work: 40 more than there are, at 80 minutes, and 20 of way."""
    found = solved(plan, line_problem((worker("w1", short()),), (work("long", 140, price),)))
    assert (planned(found) == set()) == stays_out
    assert found.cost[Rule.OVERTIME] == (0.0 if stays_out else 80.0)
    assert found.total == min(100.0, price)


@BOTH
def test_it_is_no_longer_than_allowed(plan: Plan) -> None:
    problem = line_problem((worker("w1", short(overtime=39)),), (work("long", 140, 600.0),))
    assert planned(solved(plan, problem)) == set()
    longer = line_problem((worker("w1", short(overtime=40)),), (work("long", 140, 600.0),))
    assert planned(solved(plan, longer)) == {"long"}


@BOTH
def test_without_a_price_it_is_a_longer_duty(plan: Plan) -> None:
    found = solved(plan, line_problem((worker("w1", short(overtime_price=0.0)),), (work("long", 140, 21.0),)))
    assert (planned(found), found.total) == ({"long"}, 20.0)


@BOTH
def test_of_two_the_one_that_pays_for_it_is_planned(plan: Plan) -> None:
    """Each takes 90 minutes and 20 of way: both together 80 minutes of overtime, the second for ten of it a visit."""
    visits = (work("cheap", 90, 30.0), work("dear", 120, 200.0))
    found = solved(plan, line_problem((worker("w1", short()),), visits))
    assert planned(found) == {"dear"}
    assert found.cost[Rule.OVERTIME] == 40.0


@BOTH
def test_who_has_none_goes_first(plan: Plan) -> None:
    """Two hours of work for two people: one after the other on one duty would be overtime, side by side it is none."""
    people = (worker("w1", short()), worker("w2", short()))
    found = solved(plan, line_problem(people, (work("one", 60, 600.0), work("two", 60, 600.0))))
    assert planned(found) == {"one", "two"}
    assert found.cost[Rule.OVERTIME] == 0.0
    assert len(found.routes) == 2


@BOTH
def test_what_comes_in_before_others_pays_for_pushing_the_end(plan: Plan) -> None:
    """The early visit can only be first; the late one, told or not, is then done after the regular end."""
    early = work("early", 60, 115.0, windows=(Span(8 * HOUR, 9 * HOUR + 10),))
    late = work("late", 60, 600.0, windows=(Span(8 * HOUR + 20, 12 * HOUR),))
    found = solved(plan, line_problem((worker("w1", short()),), (late, early)))
    assert found.cost[Rule.OVERTIME] == 2.0 * 20
    assert planned(found) == {"early", "late"}
    dear = solved(plan, line_problem((worker("w1", short(overtime_price=6.0)),), (late, early)))
    assert planned(dear) == {"late"}


@BOTH
def test_a_pin_is_worth_any_overtime(plan: Plan) -> None:
    pinned = work("pinned", 140, 1.0, pin=Pin(workers=("w1",)))
    assert planned(solved(plan, line_problem((worker("w1", short(overtime_price=1000.0)),), (pinned,)))) == {"pinned"}


@BOTH
@pytest.mark.parametrize(("price", "is_in"), [(201.0, True), (199.0, False)])
def test_each_of_a_crew_pays_for_their_own(plan: Plan, price: float, is_in: bool) -> None:
    people = (worker("w1", short()), worker("w2", short()))
    found = solved(plan, line_problem(people, (work("long", 140, price, people=2),)))
    assert (planned(found) == {"long"}) == is_in
    assert found.cost[Rule.OVERTIME] == (160.0 if is_in else 0.0)


def test_who_waits_for_a_tied_visit_pays_for_the_wait() -> None:
    """The second begins an hour after the first: on a duty of its own it would end with half an hour of overtime."""
    visits = (work("first", 30, 200.0), work("then", 90, 200.0))
    tie = Tie(first="first", then="then", least=50, most=50)
    people = (worker("w1", short()), worker("w2", short()))
    found = solved(searched, line_problem(people, visits, ties=(tie,)))
    assert planned(found) == {"first", "then"}
    assert found.cost[Rule.OVERTIME] == 2.0 * (10 + 50 + 90 + 10 - 120)


def test_empty_duties_that_differ_in_overtime_only_are_both_looked_at() -> None:
    people = (worker("w1", short(overtime=0)), worker("w2", short(overtime_price=9.0)), worker("w3", short()))
    found = solved(searched, line_problem(people, (work("long", 140, 600.0),)))
    assert [route.worker for route in found.routes] == ["w3"]


KINDS = frozenset({"late", "greatest_late", "crew", "needs", "windows", "duty_price", "duration", "halves"})


@pytest.mark.parametrize("seed", range(40))
def test_the_search_believes_what_the_plan_costs(seed: int) -> None:
    """Kept up round by round: overtime and fair shares, beside whatever else moves the ends of duties."""
    use = some_kinds(seed, KINDS) | {"matrix", "overtime", "fair"}
    problem = drawn_routes(seed, workers=4, visits=20, use=use)
    problem = replace(problem, weights=replace(problem.weights, fair=5.0))
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=400, begin=0.0, end=1.0, planned=400))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(seed))
    duties = sum(len(one.duties) for one in problem.workers)
    mean = sum(one.ticks * one.people for one in problem.visits) / duties
    assert drive.cost - problem.weights.fair * mean == pytest.approx(plan.total, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_more_of_it_or_cheaper_saves_something_on_a_crowded_day(seed: int) -> None:
    """That neither ever costs more is proven on small ones (`test_exact.py`)."""
    problem = drawn_routes(seed, workers=2, visits=30, use={"matrix"})

    def allowing(ticks: int, price: float) -> float:
        def changed(own: Duty) -> Duty:
            return replace(own, span=Span(own.span.start, 12 * HOUR), overtime=ticks, overtime_price=price)

        people = (replace(one, duties=tuple(map(changed, one.duties))) for one in problem.workers)
        loose = replace(problem, workers=tuple(people))
        return solved(searched, loose).total

    assert allowing(0, 0.0) > allowing(60, 1.0) > allowing(120, 0.25)
