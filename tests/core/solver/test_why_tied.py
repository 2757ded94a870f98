"""Why a tied visit is where it is, or nowhere: what it is tied to stays, moves along, or is what is in the way."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.solver.plan import Route, RoutePlan, Stop
from dispatch.solver.problem import Pin, RouteProblem, Span, Tie
from dispatch.solver.rules import Rule
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import Beside, Hindrance, why

TWO_AT_ONCE = Tie(first="a", then="b")
NOTHING = RoutePlan(effort=no_search())


def planned(problem: RouteProblem) -> RoutePlan:
    """A plan with all of it, as far as it can be."""
    standing = Standing(replace(problem, visits=(), ties=()), NOTHING)
    standing.insert(*problem.visits, ties=problem.ties)
    return standing.plan()


def test_another_place_keeps_the_tie_or_says_what_moves_along() -> None:
    near = duty(start_spot=0), duty(start_spot=1), duty("d1", 10 * HOUR, 17 * HOUR, start_spot=2)
    workers = tuple(worker(f"w{place}", one) for place, one in enumerate(near))
    problem = line_problem(workers, (visit("a", 1), visit("b", 1)), ties=(TWO_AT_ONCE,))
    told = why(problem, planned(problem), "a")
    (other,) = told.bound
    assert (other.visit, other.start) == ("b", told.start)
    assert {*told.workers, *other.workers} == {"w0", "w1"}
    late = next(one for one in told.alternatives if one.workers == ("w2",))
    assert late.start == 10 * HOUR + 10
    assert late.along == (Beside(visit="b", workers=("w1",), start=late.start),)
    swapped = next(one for one in told.alternatives if one.workers == other.workers)
    assert swapped.along == (Beside(visit="b", workers=told.workers, start=swapped.start),)


def test_who_could_do_it_but_for_its_tie_is_said_to_be_in_its_way() -> None:
    workers = worker("w0"), worker("w1"), worker("late", duty("d1", 14 * HOUR, 17 * HOUR))
    visits = visit("a", 1), visit("b", 1, among=("w1",), pin=Pin(workers=("w1",), start=9 * HOUR))
    problem = line_problem(workers, visits, ties=(TWO_AT_ONCE,))
    told = why(problem, planned(problem), "a")
    assert (told.workers, told.start, told.alternatives) == (("w0",), 9 * HOUR, ())
    assert told.hindrances == (
        Hindrance(worker="w1", rule=Rule.TIE, hint="w1 is at b, and others have to be at this one"),
        Hindrance(worker="late", rule=Rule.TIE, hint="b would start 310 min too early at the nearest"),
    )


def test_of_a_pair_left_out_each_worker_has_the_tie_in_the_way_and_by_how_much() -> None:
    early, late = duty("d1", 8 * HOUR, 9 * HOUR), duty("d1", 14 * HOUR, 17 * HOUR)
    visits = visit("a", 1), visit("b", 1)
    problem = line_problem((worker("early", early), worker("late", late)), visits, ties=(TWO_AT_ONCE,))
    told = why(problem, planned(problem), "a")
    assert told.reasons[0].rule == Rule.TIE
    assert told.reasons[0].message == "It is bound to b; no times and people were found that keep it."
    half_an_hour = "b starts 0 min to 30 min after a, not 0 min"
    assert {one.worker: (one.rule, one.hint) for one in told.hindrances} == {
        "early": (Rule.TIE, "b starts 0 min to 340 min after a, not 0 min"),
        "late": (Rule.TIE, f"{half_an_hour}; a and b are for anybody, not different people"),
    }
    assert told.bound == (Beside(visit="b"),)
    wider = replace(problem, ties=(replace(TWO_AT_ONCE, most=340),))
    assert planned(wider).unplanned == ()
    assert len(planned(replace(problem, ties=(replace(TWO_AT_ONCE, most=339),))).unplanned) == 2


def test_a_pair_that_costs_more_than_its_prices_says_so() -> None:
    visits = visit("a", 9, price=50.0), visit("b", 9, price=50.0)
    problem = line_problem((worker("w0"), worker("w1")), visits, ties=(TWO_AT_ONCE,))
    told = why(problem, planned(problem), "a")
    assert [(one.worker, one.rule, one.hint) for one in told.hindrances] == [
        (name, Rule.UNPLANNED, "the price of a is 131 at least, now 50") for name in ("w0", "w1")
    ]
    assert (told.reasons[0].rule, told.reasons[0].message) == (
        Rule.UNPLANNED,
        "The cheapest places with b cost 180 min, not less than their prices of 100.",
    )


def test_a_plan_that_cannot_be_held_is_not_asked_about() -> None:
    problem = line_problem((worker("w0"), worker("w1")), (visit("a", 1), visit("b", 1)), ties=(TWO_AT_ONCE,))
    routes = tuple(
        Route(worker=who, duty="d1", stops=(Stop(visit=name, arrive=start, start=start, end=start + 30),))
        for who, name, start in (("w0", "a", 600), ("w1", "b", 700))
    )
    with pytest.raises(ProblemError, match="'a' cannot be asked about where the plan has it, with w0"):
        why(problem, replace(NOTHING, routes=routes), "a")
    narrow = replace(problem.visits[0], windows=(Span(0, 400),))
    with pytest.raises(ProblemError, match="Maybe `dispatch check`"):
        why(replace(problem, visits=(narrow, problem.visits[1])), planned(problem), "b")
