"""Shared tools: the company owns a few pieces, and at no time do more duties have one along."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.big.improve import improve_big
from dispatch.solver.carried_out import carried_out
from dispatch.solver.changes import MorePieces
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, Pin, RouteProblem, SharedTool, Skill, Span, Tie, Visit
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.shared import SharedTools
from dispatch.solver.rules import Rule
from dispatch.solver.search.shelves import moments
from dispatch.solver.solve import cover, improve, insert, solve
from dispatch.solver.standing import Standing

EARLY, LATE = duty(start=8 * HOUR, end=12 * HOUR), duty(start=12 * HOUR, end=16 * HOUR)


def wet(name: str, spot: int = 1, **more: object) -> Visit:
    """A visit that takes the drain machine."""
    return visit(name, spot, tools=("drain",), **more)


def of_drains(pieces: int, duties: tuple[Duty, ...], visits: tuple[Visit, ...], **more: object) -> RouteProblem:
    people = tuple(worker(f"w{number}", one) for number, one in enumerate(duties))
    return line_problem(people, visits, shared=(SharedTool(id="drain", pieces=pieces),), **more)


def takers(problem: RouteProblem, plan: RoutePlan) -> set[str]:
    """Who has a visit that takes the tool."""
    wanting = {one.id for one in problem.visits if "drain" in one.tools}
    return {route.worker for route in plan.routes if any(stop.visit in wanting for stop in route.stops)}


def out(plan: RoutePlan) -> set[str]:
    return {one.id for one in plan.unplanned}


WAYS: tuple[Callable[[RouteProblem], RoutePlan], ...] = (
    insert,
    cover,
    lambda problem: improve(problem, insert(problem), budget=6, seed=1),
    lambda problem: improve(problem, insert(problem, only=()), budget=6, seed=1),
    lambda problem: improve_big(problem, insert(problem, only=()), budget=40, seed=1, block=3),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pieces", [0, 1, 2, 3])
def test_no_more_duties_have_a_piece_than_there_are(way: Callable[[RouteProblem], RoutePlan], pieces: int) -> None:
    """Four visits at the same hour: each needs somebody of their own."""
    at_ten = (Span(10 * HOUR, 10 * HOUR + 45),)
    jobs = tuple(wet(f"v{number}", windows=at_ten, cover=True) for number in range(4))
    problem = of_drains(pieces, (EARLY, EARLY, EARLY), jobs)
    plan = way(problem)
    assert check(problem, plan) == []
    assert len(takers(problem, plan)) == pieces
    assert len(out(plan)) == 4 - pieces
    for one in plan.unplanned if pieces < 3 else ():
        # Who has a piece has no time.
        *_, reason = one.reasons
        assert reason.rule is Rule.SHARED_TOOLS
        assert f"there are {pieces + 1} pieces of drain, now {pieces}" in reason.hint


@pytest.mark.parametrize("way", WAYS)
def test_a_piece_goes_from_the_early_to_the_late_duty_but_not_from_half_a_day_to_the_other(
    way: Callable[[RouteProblem], RoutePlan],
) -> None:
    jobs = (
        wet("early", windows=(Span(9 * HOUR, 10 * HOUR),), cover=True),
        wet("late", windows=(Span(14 * HOUR, 15 * HOUR),), cover=True),
    )
    apart = of_drains(1, (EARLY, LATE), jobs)
    assert check(apart, way(apart)) == []
    assert takers(apart, way(apart)) == {"w0", "w1"}
    meeting = of_drains(1, (replace(EARLY, overtime=1), LATE), jobs)
    assert check(meeting, way(meeting)) == []
    assert len(out(way(meeting))) == 1


@pytest.mark.parametrize("way", WAYS[:1] + WAYS[2:])
def test_of_a_crew_everybody_needs_a_piece(way: Callable[[RouteProblem], RoutePlan]) -> None:
    pair = wet("pair", people=2)
    for pieces in (1, 2):
        problem = of_drains(pieces, (EARLY, EARLY, LATE), (pair,))
        plan = way(problem)
        assert check(problem, plan) == []
        assert out(plan) == ({"pair"} if pieces == 1 else set())
    (reason,) = insert(of_drains(1, (EARLY, EARLY), (pair,))).unplanned[0].reasons
    assert (reason.rule, reason.hint) == (Rule.SHARED_TOOLS, "there are 2 pieces of drain, now 1")
    owner = of_drains(1, (EARLY, EARLY), (pair,))
    owner = replace(owner, workers=(replace(owner.workers[0], tools=("drain",)), *owner.workers[1:]))
    assert out(way(owner)) == set()


@pytest.mark.parametrize("pieces", [1, 2])
def test_tied_visits_at_the_same_moment_need_a_piece_each(pieces: int) -> None:
    problem = of_drains(pieces, (EARLY, EARLY), (wet("a"), wet("b", 2)), ties=(Tie(first="a", then="b"),))
    plan = solve(problem, budget=4, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    assert out(plan) == (set() if pieces == 2 else {"a", "b"})
    standing = Standing(problem, plan)
    assert check(problem, standing.plan()) == []


def test_the_search_gives_the_piece_to_whom_it_is_worth_most() -> None:
    """Near to the one it comes to first there is little to do with it, and much near to the other."""
    near, far = duty(start_spot=0), duty(start_spot=9)
    jobs = (wet("little", 1, price=100.0), *(wet(f"far{number}", 8, price=90.0) for number in range(4)))
    problem = of_drains(1, (near, far), jobs, weights=replace(line_problem((), ()).weights, travel=4.0))
    begun = insert(problem, only=("little",))
    assert takers(problem, begun) == {"w0"}
    plan = improve(problem, begun, budget=6, seed=1)
    assert check(problem, plan) == []
    assert takers(problem, plan) == {"w1"}


def test_what_is_inserted_at_once_and_what_follows_an_absence_keep_to_the_pieces() -> None:
    problem = of_drains(1, (EARLY, EARLY, LATE), (wet("first", windows=(Span(9 * HOUR, 10 * HOUR),)),))
    standing = Standing(problem, insert(problem))
    (has,) = takers(problem, standing.plan())
    other = "w1" if has == "w0" else "w0"
    for change in (
        standing.insert(wet("busy", among=(other,))),
        standing.insert(wet("with-it", 2)),
        standing.absent(has, Span(0, 11 * HOUR)),
        standing.insert(wet("after")),
        standing.drop("first"),
    ):
        assert change.findings == ()
        assert check(standing.problem, standing.plan()) == []
    assert takers(standing.problem, standing.plan()) <= {other, "w2"}


def test_a_pin_gets_the_piece_that_another_visit_has() -> None:
    pinned = wet("pinned", pin=Pin(workers=("w1",), start=9 * HOUR))
    problem = of_drains(1, (EARLY, EARLY), (wet("other", among=("w0",)), pinned))
    begun = insert(replace(problem, visits=problem.visits[:1]))
    for plan in (insert(problem, begun), improve(problem, begun, budget=2, seed=1)):
        assert check(problem, plan) == []
        assert out(plan) == {"other"}


def test_why_names_one_piece_more_and_with_it_the_visit_fits() -> None:
    problem = of_drains(1, (EARLY, EARLY), (wet("done", among=("w0",)), wet("missed", 2, among=("w1",))))
    plan = insert(problem)
    assert out(plan) == {"missed"}
    (one,) = [one for one in Standing(problem, plan).why("missed").hindrances if one.worker == "w1"]
    assert one.rule is Rule.SHARED_TOOLS
    (change,) = one.changes
    assert change == MorePieces(rule=Rule.SHARED_TOOLS, tool="drain", from_=1, to=2, by=1)
    assert out(insert(carried_out(problem, one.changes), plan)) == set()


def test_why_names_as_many_pieces_as_a_crew_takes() -> None:
    pair = wet("pair", people=2, skill="pumps", level=5)
    problem = of_drains(1, (EARLY, EARLY, EARLY), (wet("done", among=("w0",)), pair))
    able = (replace(one, skills=(Skill(skill="pumps", level=5),)) for one in problem.workers[1:])
    problem = replace(problem, workers=(problem.workers[0], *able))
    plan = insert(problem)
    assert out(plan) == {"pair"}
    for one in Standing(problem, plan).why("pair").hindrances:
        if one.worker != "w0":
            assert one.rule is Rule.SHARED_TOOLS
            assert one.changes == (MorePieces(rule=Rule.SHARED_TOOLS, tool="drain", from_=1, to=3, by=2),)
            assert out(insert(carried_out(problem, one.changes), plan)) == set()


def test_a_plan_that_stood_keeps_to_pieces_that_became_fewer() -> None:
    at_ten = (Span(10 * HOUR, 10 * HOUR + 45),)
    problem = of_drains(2, (EARLY, EARLY), (wet("a", windows=at_ten), wet("b", windows=at_ten)))
    plan = insert(problem)
    fewer = replace(problem, shared=(SharedTool(id="drain", pieces=1),))
    for found in (insert(fewer, plan), improve(fewer, plan, budget=2, seed=1)):
        assert check(fewer, found) == []
        assert len(out(found)) == 1


@pytest.mark.parametrize("seed", range(40))
def test_the_moments_at_which_pieces_are_counted_are_enough(seed: int) -> None:
    draw = np.random.default_rng(seed)
    spans = [(start, start + int(draw.integers(0, 6))) for start in draw.integers(0, 12, size=7).tolist()]
    people = tuple(worker(f"w{number}", duty(start=a, end=b)) for number, (a, b) in enumerate(spans))
    found = moments(SharedTools(line_problem(people, (), shared=(SharedTool(id="drain", pieces=1),))))
    there = [{number for number, (a, b) in enumerate(spans) if a <= moment < b} for moment in range(20)]
    assert all(any(some <= there[moment] for moment in found) for some in there if some)
    assert all(not there[one] <= there[other] for one in found for other in found if one != other)


def test_two_alike_but_for_a_tool_of_their_own_are_both_looked_at() -> None:
    problem = of_drains(0, (EARLY, EARLY), (wet("a"),))
    problem = replace(problem, workers=(problem.workers[0], replace(problem.workers[1], tools=("drain",))))
    plan = improve(problem, insert(problem, only=()), budget=2, seed=1)
    assert takers(problem, plan) == {"w1"}
    assert Compiled(problem).shared.own["drain"].tolist() == [False, True]
