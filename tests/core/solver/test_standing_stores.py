"""A plan that stands sends people past a store for what they lack, and no longer once nobody needs it."""

from __future__ import annotations

from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Store
from dispatch.solver.rules import Rule
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

NOTHING = RoutePlan(effort=no_search())
STORES = (Store(id="far", spot=9), Store(id="depot", spot=2, ticks=5))


def stocked(end: int = 17 * HOUR) -> RouteProblem:
    """Nobody carries a thing; two stores on the line."""
    return line_problem((worker("w1", duty(end=end)),), (), stores=STORES)


def stops(one: Standing) -> list[tuple[str, int]]:
    """Every stop of the plan, which is clean."""
    plan = one.plan()
    assert check(one.problem, plan) == []
    return [(stop.visit, stop.start) for route in plan.routes for stop in route.stops]


def test_the_store_with_the_least_detour_is_passed_and_no_other_visit_pays_for_it_again() -> None:
    one = Standing(stocked(), NOTHING)
    assert one.insert(visit("a", 3, 10, tools=("ladder",))).findings == ()
    assert stops(one) == [("depot", 500), ("a", 515)]
    assert one.insert(visit("b", 4, 10, tools=("lamp",), parts={"valve": 2})).findings == ()
    assert stops(one) == [("depot", 500), ("a", 515), ("b", 535)]
    assert one.drop("a").findings == ()
    assert [name for name, _ in stops(one)] == ["depot", "b"]
    one.drop("b")
    assert stops(one) == []


def test_a_plan_with_stops_at_stores_is_taken_up_as_it_is() -> None:
    one = Standing(stocked(), NOTHING)
    one.insert(visit("a", 3, 10, tools=("ladder",)))
    again = Standing(one.problem, one.plan())
    assert stops(again) == stops(one)
    assert why(one.problem, one.plan(), "a").workers == ("w1",)
    assert again.insert(visit("c", 1, 10)).left == {}
    away = again.absent("w1", Span(8 * HOUR, 10 * HOUR))
    assert (away.findings, away.left) == ((), {})
    assert {name for name, _ in stops(again)} == {"depot", "a", "c"}


def test_who_is_away_passes_by_no_store() -> None:
    one = Standing(stocked(), NOTHING)
    one.insert(visit("a", 3, 10, tools=("ladder",)))
    change = one.absent("w1", Span(8 * HOUR, 17 * HOUR))
    assert (set(change.left), stops(one)) == ({"a"}, [])


def test_who_has_no_time_to_pass_a_store_is_said_to_lack_the_tool() -> None:
    one = Standing(stocked(end=8 * HOUR + 42), NOTHING)
    change = one.insert(visit("a", 3, 10, tools=("ladder",)))
    (reason,) = change.left["a"]
    assert (reason.rule, reason.hint) == (Rule.TOOLS, "it would do to carry them; there is no time to pass a store")
    problem = one.problem
    carried = replace(problem, workers=(replace(problem.workers[0], tools=("ladder",)),))
    assert why(carried, Standing(carried, NOTHING).plan(), "a").reasons[0].rule == Rule.UNPLANNED
