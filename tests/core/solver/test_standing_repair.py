"""A plan that stands keeps what stands in it, loses nothing to a pin that cannot be, and is mended within bounds."""

from __future__ import annotations

import pytest
from benchmarks.drawn import drawn_routes
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, random_problem, visit, without_rounds, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Matrix, Pin, RouteProblem, RouteWeights, Span, Spot, Tie, Told, Visit
from dispatch.solver.routes.insert import insert
from dispatch.solver.solve import solve
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

ALL_DAY = Span(0, 24 * HOUR)


def solved(problem: RouteProblem, budget: int = 1) -> RoutePlan:
    plan = solve(problem, budget=budget, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    return plan


def places(plan: RoutePlan) -> dict[str, tuple[frozenset[str], int]]:
    """The people and the start of every visit."""
    found: dict[str, tuple[frozenset[str], int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            people = found.get(stop.visit, (frozenset[str](), 0))[0]
            found[stop.visit] = people | {route.worker}, stop.start
    return found


def bound_to_nothing(pin: Pin) -> RouteProblem:
    """A visit that stands, and one pinned to the same hour, bound to another that nobody can do."""
    stands = visit("stands", windows=(Span(9 * HOUR, 10 * HOUR),))
    pinned = visit("pinned", windows=(Span(9 * HOUR, 10 * HOUR),), pin=pin)
    never = visit("never", windows=(Span(20 * HOUR, 21 * HOUR),))
    people = (worker("w1", duty(max_visits=1)), worker("w2", duty("late", 12 * HOUR, 14 * HOUR)))
    ties = (Tie(first="pinned", then="never", most=None, workers="any"),)
    return line_problem(people, (stands, pinned, never), ties=ties)


@pytest.mark.parametrize("pin", [Pin(workers=("w1",), start=9 * HOUR + 15), Pin(workers=("w1",))])
def test_a_pin_that_its_tie_keeps_out_drives_nothing_out(pin: Pin) -> None:
    problem = bound_to_nothing(pin)
    plan = solved(problem)
    assert set(places(plan)) == {"stands"}
    one = Standing(problem, plan)
    assert places(one.plan()) == places(plan)
    assert why(problem, plan, "stands").workers == ("w1",)
    assert why(problem, plan, "pinned").reasons[0].rule == "pin"


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_without_findings_stands_as_it_is(seed: int) -> None:
    whole = without_rounds(random_problem(seed, workers=3, visits=20))
    names = [one.id for one in whole.visits]
    ties = tuple(Tie(first=names[at], then=names[at + 7], most=None, workers="any") for at in (0, 3, 6))
    visits = tuple(replace(one, pin=Pin(workers=("w0",))) if one.id in names[7:14:3] else one for one in whole.visits)
    problem = replace(whole, visits=tuple(replace(one, people=1) for one in visits), ties=ties)
    plan = solved(problem)
    before, after = places(plan), places(Standing(problem, plan).plan())
    assert {name: people for name, (people, _) in before.items()} == {
        name: people for name, (people, _) in after.items()
    }


def broken_triangle(*visits: Visit, people: int = 1) -> RouteProblem:
    """Two spots that are near each other only by way of a third: a detour is shorter than the way."""
    rows = ((0, 10, 400), (10, 0, 10), (400, 10, 0))
    workers = tuple(worker(f"w{index}", duty(start=8 * HOUR, end=16 * HOUR)) for index in range(people))
    spots = tuple(Spot(0.0, float(index)) for index in range(3))
    return line_problem(workers, visits, matrix=Matrix(ticks={"walk": rows}), spots=spots)


VIA = visit("via", spot=1)
BEYOND = visit("beyond", spot=2, windows=(Span(8 * HOUR, 10 * HOUR),))


def by_way(people: int) -> Standing:
    """A plan with a visit that can only be reached by way of another."""
    problem = broken_triangle(VIA, people=people)
    one = Standing(problem, insert(problem))
    assert one.insert(BEYOND).left == {}
    return one


def test_who_is_away_leaves_a_route_that_cannot_do_without_its_stops() -> None:
    one = by_way(people=2)
    (away,) = places(one.plan())["via"][0]
    change = one.absent(away, ALL_DAY)
    assert change.findings == ()
    assert check(one.problem, one.plan()) == []
    assert "via" in places(one.plan())
    assert all(away not in people for people, _ in places(one.plan()).values())


def test_what_is_dropped_takes_along_what_could_only_be_reached_by_it() -> None:
    one = by_way(people=1)
    change = one.drop("via")
    assert set(change.left) == {"beyond"}
    assert change.findings == ()
    assert check(one.problem, one.plan()) == []
    assert places(one.plan()) == {}


def test_ties_let_go_of_what_a_route_could_not_do_without() -> None:
    side = visit("side", spot=1, windows=(Span(12 * HOUR, 13 * HOUR),))
    problem = broken_triangle(replace(VIA, among=("w0",)), replace(BEYOND, among=("w0",)), side, people=2)
    problem = replace(problem, ties=(Tie(first="via", then="side", most=None, workers="any"),))
    plan = solved(problem)
    assert set(places(plan)) == {"via", "beyond", "side"}
    past = (Span(1 * HOUR, 2 * HOUR),)
    visits = tuple(replace(one, windows=past) if one.id == "side" else one for one in problem.visits)
    one = Standing(replace(problem, visits=visits), plan)
    assert check(one.problem, one.plan()) == []
    assert places(one.plan()) == {}


def test_what_only_a_dropped_visit_kept_out_goes_in() -> None:
    problem = bound_to_nothing(Pin(workers=("w1",)))
    one = Standing(problem, solved(problem))
    change = one.drop("never")
    assert change.findings == ()
    assert check(one.problem, one.plan()) == []
    assert set(places(one.plan())) == {"pinned"}
    assert set(change.left) == {"stands"}


def test_a_new_pin_has_its_place_though_another_visit_stands_there() -> None:
    problem = line_problem((worker("w1", duty(max_visits=1)),), (visit("stands"),))
    one = Standing(problem, solved(problem))
    change = one.insert(visit("pinned", pin=Pin(workers=("w1",))))
    assert set(places(one.plan())) == {"pinned"}
    assert set(change.left) == {"stands"}
    assert check(one.problem, one.plan()) == []


def told_where_they_are_dear(seed: int) -> tuple[RouteProblem, RoutePlan]:
    """Everybody was told a plan made before there were more people; that costs nothing to change."""
    problem = without_rounds(random_problem(seed, workers=6, visits=24))
    visits = tuple(replace(one, pin=None, told=None, keep=(), never=(), among=None) for one in problem.visits)
    problem = replace(problem, visits=visits, weights=replace(problem.weights, change_worker=0.0, change_tick=0.0))
    plan = solved(replace(problem, workers=problem.workers[:4]))
    at = places(plan)
    told = tuple(
        replace(one, told=Told(workers=tuple(sorted(at[one.id][0])), start=at[one.id][1])) if one.id in at else one
        for one in visits
    )
    return replace(problem, visits=told), plan


def moved_beyond(problem: RouteProblem, before: RoutePlan, after: RoutePlan, away: str) -> set[str]:
    """The told visits that are elsewhere now, without those that had ``away`` with them."""
    was, now = places(before), places(after)
    told = {one.id for one in problem.visits if one.told is not None}
    return {name for name in told & was.keys() if now.get(name) != was[name] and away not in was[name][0]}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_a_repair_changes_no_more_than_it_may(seed: int, changes: int) -> None:
    problem, plan = told_where_they_are_dear(seed)
    one = Standing(problem, plan)
    before = one.plan()
    change = one.absent("w0", ALL_DAY, changes=changes)
    assert change.findings == ()
    assert check(one.problem, one.plan()) == []
    assert len(moved_beyond(problem, before, one.plan(), "w0")) <= changes


def test_a_repair_that_may_change_more_does() -> None:
    """Four were told somebody of their own, though one has to come to that place only, and does for who is away."""
    names = ("a", "b", "c", "d")
    told = tuple(visit(name, spot=9, told=Told(workers=(name,), start=12 * HOUR)) for name in names)
    people = (*map(worker, names), worker("away"))
    visits = (*told, visit("theirs", spot=9, told=Told(workers=("away",), start=10 * HOUR)))
    problem = line_problem(people, visits, weights=RouteWeights(change_worker=0.0, change_tick=0.0))
    plan = insert(replace(problem, visits=tuple(replace(one, among=one.told.workers) for one in visits if one.told)))
    moved = []
    for changes in (0, 1, 2, 3, None):
        one = Standing(problem, plan)
        one.absent("away", ALL_DAY, changes=changes)
        moved.append(len(moved_beyond(problem, plan, one.plan(), "away")))
    assert moved == [0, 1, 2, 3, 3]


@pytest.mark.parametrize("seed", range(12))
def test_whoever_starts_at_another_moment_is_named_also_where_people_set_out_late(seed: int) -> None:
    whole = drawn_routes(seed, workers=4, visits=16, use={"tie", "duration", "windows", "told", "late"})
    one = Standing(replace(whole, visits=(), ties=()), RoutePlan(effort=no_search()))
    for fresh in whole.visits:
        known = {known.id for known in one.problem.visits}
        ties = tuple(tie for tie in whole.ties if fresh.id in (tie.first, tie.then) and known & {tie.first, tie.then})
        before = places(one.plan())
        change = one.insert(fresh, ties=ties)
        assert differing(before, places(one.plan())) - {fresh.id} <= {*change.moved, *change.left}
    for gone in [one.id for one in whole.visits[::2]]:
        before = places(one.plan())
        change = one.drop(gone)
        assert differing(before, places(one.plan())) - {gone} <= {*change.moved, *change.left}


def differing(before: dict[str, tuple[frozenset[str], int]], after: dict[str, tuple[frozenset[str], int]]) -> set[str]:
    """The visits that are not where they were, if they were anywhere."""
    return {name for name in before if before[name] != after.get(name)}
