"""What cannot come to a plan that stands is refused with a sentence, and the plan is as it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.model.travel import Speeds
from dispatch.solver.checks import check
from dispatch.solver.disruptions import Away, Back, Hours, Lasts
from dispatch.solver.problem import UNSET, Span, Spot, Store, Tie
from dispatch.solver.routes.insert import insert
from dispatch.solver.standing import Standing

PROBLEM = line_problem(
    (worker("ann"), worker("bob")), (visit("a", 1), visit("b", 2)), stores=(Store(id="depot", spot=3),)
)
ON_GLOBE = replace(PROBLEM, matrix=UNSET, speeds=Speeds())

Ask = Callable[[Standing], Any]

REFUSED: dict[str, Ask] = {
    "at spot 999, but there are 10 spots": lambda one: one.insert(visit("new", 999)),
    "at spot -1, but there are 10 spots": lambda one: one.insert(visit("new", -1)),
    "a window of visit 'new' ends before it starts": lambda one: one.insert(visit("new", windows=(Span(9, 8),))),
    "visit 'new' has no window": lambda one: one.insert(visit("new", windows=())),
    "'depot' is the id of a store and of a visit": lambda one: one.insert(visit("depot")),
    "'a' is in the problem already": lambda one: one.insert(visit("new"), visit("a")),
    "the price of visit 'new' is nan": lambda one: one.insert(visit("new", price=math.nan)),
    "has negative ticks": lambda one: one.insert(visit("new", ticks=-5)),
    "more than a round or a pin counts": lambda one: one.insert(visit("new", price=1e10), visit("round", cover=True)),
    "'gone', which is no visit": lambda one: one.insert(visit("new"), ties=(Tie(first="new", then="gone"),)),
    "the span of away for 'ann' ends before it starts": lambda one: one.absent("ann", Span(600, 500)),
    "the span of back for 'ann' ends": lambda one: one.disrupt(Back(worker="ann", span=Span(600, 500))),
    "There is no worker 'anne'. Maybe ann was meant": lambda one: one.absent("anne", Span(500, 600)),
    "There is no duty of ann 'd9'": lambda one: one.disrupt(Hours(worker="ann", duty="d9", span=Span(1, 2))),
    "the span of hours for 'ann' ends before": lambda one: one.disrupt(Hours(worker="ann", duty="d1", span=Span(2, 1))),
    "visit 'a' has negative ticks": lambda one: one.disrupt(Lasts(visit="a", ticks=-1)),
    "There is no visit 'zz'": lambda one: one.drop("zz"),
    "There is no visit 'yy'": lambda one: one.why("yy"),
    "There is no visit 'xx'": lambda one: one.disrupt(Lasts(visit="xx", ticks=1)),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_changed(words: str) -> None:
    one = Standing(PROBLEM, insert(PROBLEM))
    problem, plan = one.problem, one.plan()
    with pytest.raises(ProblemError, match=words.replace("'", ".")):
        REFUSED[words](one)
    assert (one.problem, one.plan()) == (problem, plan)
    assert one.insert(visit("sound", 4)).left == {}
    assert one.absent("ann", Span(500, 600)).findings == ()
    assert check(one.problem, one.plan()) == []


def test_a_duty_that_would_overlap_another_is_refused() -> None:
    problem = line_problem((worker("ann", duty("am", 8 * HOUR, 12 * HOUR), duty("pm", 13 * HOUR, 17 * HOUR)),), ())
    one = Standing(problem, insert(problem))
    with pytest.raises(ProblemError, match="duties 'am' and 'pm' of 'ann' overlap"):
        one.disrupt(Hours(worker="ann", duty="am", span=Span(8 * HOUR, 14 * HOUR)))
    assert one.problem == problem


@pytest.mark.parametrize("at", [Spot(95.0, 400.0), Spot(math.nan, 0.0), Spot(0.0, -181.0)])
def test_a_new_spot_lies_on_the_globe(at: Spot) -> None:
    one = Standing(ON_GLOBE, insert(ON_GLOBE))
    with pytest.raises(ProblemError, match="lies at latitude"):
        one.insert(visit("new"), at=at)
    assert one.problem == ON_GLOBE
    assert one.insert(visit("new"), at=Spot(0.01, 4.0)).findings == ()


def test_what_was_dropped_may_come_back_under_its_own_id() -> None:
    one = Standing(PROBLEM, insert(PROBLEM))
    assert one.drop("a").findings == ()
    with pytest.raises(ProblemError, match="There is no visit 'a'"):
        one.why("a")
    with pytest.raises(ProblemError, match="There is no visit 'a'"):
        one.drop("a")
    change = one.insert(visit("a", 5, ticks=20))
    assert (change.left, change.findings) == ({}, ())
    assert [(found.id, found.ticks) for found in one.problem.visits] == [("b", 30), ("a", 20)]
    assert one.why("a").workers
    plan = one.plan()
    assert check(one.problem, plan) == []
    assert sorted(stop.visit for route in plan.routes for stop in route.stops) == ["a", "b"]
    one.drop("a")
    assert one.insert(visit("c"), ties=()).findings == ()
    with pytest.raises(ProblemError, match="'a', which is no visit"):
        one.insert(visit("d"), ties=(Tie(first="d", then="a"),))


def test_a_dropped_visit_of_another_skill_comes_back_as_it_is_asked_for_now() -> None:
    """What was known of the old one by its index says nothing of the new one."""
    one = Standing(PROBLEM, insert(PROBLEM))
    one.drop("b")
    change = one.insert(visit("b", 2, skill="roofing"))
    assert set(change.left) == {"b"}
    assert one.why("b").start is None
    one.disrupt(Away(worker="ann", span=Span(0, 24 * HOUR)))
    assert check(one.problem, one.plan()) == []
