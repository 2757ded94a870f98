"""Why a visit is where it is: other places cost what the whole plan would cost with the visit there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import HOUR, line_problem, random_problem, visit, without_rounds, worker

from dispatch.solver.checks import cost
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Skill, Span
from dispatch.solver.routes.insert import insert
from dispatch.solver.rules import Rule
from dispatch.solver.why import why

SEEDS = st.integers(0, 10_000)


def placed_by(problem: RouteProblem, plan: RoutePlan, name: str, workers: tuple[str, ...], start: int) -> float:
    """The total cost with visit ``name`` pinned to ``workers`` at ``start`` and everything else where it was."""
    stood = {
        stop.visit: (*(route.worker for route in plan.routes if any(s.visit == stop.visit for s in route.stops)),)
        for route in plan.routes
        for stop in route.stops
    }
    visits = []
    for one in problem.visits:
        if one.id == name:
            visits.append(replace(one, pin=Pin(workers=workers, start=start)))
        elif one.id in stood and one.pin is None:
            visits.append(replace(one, among=stood[one.id]))
        else:
            visits.append(one)
    again = insert(replace(problem, visits=tuple(visits)), without(plan, name))
    return sum(cost(problem, again).values())


def without(plan: RoutePlan, name: str) -> RoutePlan:
    routes = (replace(one, stops=tuple(stop for stop in one.stops if stop.visit != name)) for one in plan.routes)
    return replace(plan, routes=tuple(routes))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 29))
def test_other_places_are_other_people_and_dearer_where_the_plan_was_best(seed: int, place: int) -> None:
    problem = without_rounds(random_problem(seed))
    plan = insert(problem)
    name = problem.visits[place].id
    told = why(problem, plan, name)
    if not told.workers:
        assert told.reasons
        assert {one.worker for one in told.hindrances} <= {one.id for one in problem.workers}
        return
    stands = {route.worker for route in plan.routes if any(stop.visit == name for stop in route.stops)}
    assert set(told.workers) == stands
    costs = [one.dearer for one in told.alternatives]
    assert costs == sorted(costs)
    assert len({one.workers for one in told.alternatives}) == len(told.alternatives)
    for one in told.alternatives:
        assert sum(one.by_rule.values()) == pytest.approx(one.dearer)
        assert len(one.workers) == problem.visits[place].people


def test_the_price_of_another_place_is_what_the_plan_would_cost() -> None:
    workers = tuple(worker(f"w{spot}", replace(worker().duties[0], start_spot=spot)) for spot in (0, 4, 9))
    problem = line_problem(workers, (visit("here", spot=1), visit("there", spot=8)))
    plan = insert(problem)
    told = why(problem, plan, "here")
    assert told.workers == ("w0",)
    base = sum(cost(problem, plan).values())
    assert [one.workers for one in told.alternatives] == [("w4",), ("w9",)]
    for one in told.alternatives:
        assert one.dearer == placed_by(problem, plan, "here", one.workers, one.start) - base
        assert one.by_rule == {Rule.TRAVEL: one.dearer}


def test_each_worker_has_the_rule_in_their_way_and_what_would_help() -> None:
    morning = worker("morning", replace(worker().duties[0], span=Span(8 * HOUR, 12 * HOUR)), skills=(Skill(skill="a"),))
    lower = worker("lower", skills=(Skill(skill="b", level=1),))
    job = visit("job", skill="b", level=2, never=("barred",), windows=(Span(13 * HOUR, 15 * HOUR),))
    able = worker("able", replace(morning.duties[0], id="d2"), skills=(Skill(skill="b", level=2),))
    barred = worker("barred", skills=(Skill(skill="b", level=3),))
    problem = line_problem((morning, lower, able, barred), (job,))
    told = why(problem, insert(problem), "job")
    assert {one.worker: one.rule for one in told.hindrances} == {
        "morning": Rule.SKILL,
        "lower": Rule.SKILL,
        "able": Rule.SHIFT,
        "barred": Rule.ALLOWED,
    }
    hints = {one.worker: one.hint for one in told.hindrances}
    assert hints["lower"] == "lower holds b at level 2, now level 1"
    assert hints["able"] == "the window of job begins at 11:30, 90 min sooner"


def test_a_visit_nobody_knows_is_said_to_be_unknown() -> None:
    problem = line_problem((worker(),), (visit(),))
    with pytest.raises(KeyError, match="v9"):
        why(problem, insert(problem), "v9")
