"""Travel by time of day: ways take the longer the busier the roads, who sets out later never arrives earlier, and the
check, what is instant and the search all say the same.
"""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from benchmarks.drawn import KINDS as ALL
from benchmarks.drawn import drawn_routes, some_kinds
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.facts import Facts
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.problem import Matrix, Rest, RouteProblem, RouteWeights, Span, Spot, Traffic, Visit
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import explain_out
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_plan
from dispatch.solver.rules import Rule
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.pace import Leg
from dispatch.solver.solve import insert, solve
from dispatch.solver.traffic import Courses, course_of
from dispatch.solver.version import no_search

RUSH = Traffic(mode="walk", span=Span(480, 540), speed=50)
"""From 8:00 to 9:00 every way takes twice as long."""
KINDS = frozenset(
    (
        "late",
        "greatest_late",
        "crew",
        "tie",
        "needs",
        "windows",
        "duty_price",
        "overtime",
        "halves",
        "absence",
        "fair",
        "paces",
    )
)
"""What the search knows to the tick: breaks it may take elsewhere than the plan, and set out before or after them."""


@st.composite
def busy(draw: st.DrawFn) -> tuple[Traffic, ...]:
    """Some spans one after the other, now and then without a tick between."""
    edges = draw(st.lists(st.integers(-50, 150), min_size=2, max_size=8).map(sorted))
    spans = [Span(start, end) for start, end in pairwise(edges)]
    chosen = [span for span in spans if draw(st.booleans())]
    return tuple(Traffic(mode="walk", span=span, speed=draw(st.integers(1, 100))) for span in chosen)


def by_hand(traffic: tuple[Traffic, ...], leave: int, way: int) -> int:
    """When a way is over, tick by tick."""
    left = 100 * way
    while left > 0:
        left -= next((one.speed for one in traffic if one.span.start <= leave < one.span.end), 100)
        leave += 1
    return leave


@given(busy(), st.integers(-80, 180), st.integers(0, 60), st.integers(0, 30))
def test_who_sets_out_later_never_arrives_earlier(
    traffic: tuple[Traffic, ...], leave: int, way: int, later: int
) -> None:
    course = course_of(traffic, "walk")
    if course is None:
        assert all(one.span.start == one.span.end or one.speed == 100 for one in traffic)
        return
    arrive = course.arrive(leave, way)
    assert arrive == by_hand(traffic, leave, way) >= leave + way
    assert course.arrive(leave + later, way) >= arrive
    assert course.arrive(leave, way + later) >= arrive
    assert course.arrive(course.arrive(leave, way), later) >= course.arrive(leave, way + later)


@given(busy(), st.integers(-80, 180), st.integers(0, 60), st.integers(0, 40))
def test_the_last_moment_to_set_out_is_the_last_one_in_time(
    traffic: tuple[Traffic, ...], arrive: int, way: int, span: int
) -> None:
    course = course_of(traffic, "walk")
    if course is None:
        return
    leave = course.leave(arrive, way)
    assert by_hand(traffic, leave, way) <= arrive < by_hand(traffic, leave + 1, way)
    many = Courses(course)
    assert many.leave(np.array([arrive]), np.array([way])).tolist() == [leave]
    assert many.arrive(np.array([arrive]), np.array([way])).tolist() == [course.arrive(arrive, way)]
    most = max(by_hand(traffic, moment, way) - moment for moment in range(arrive, arrive + span + 1))
    assert most <= course.longest(way, arrive, arrive + span) <= most + 1


def planned(problem: RouteProblem, *stops: Stop, rests: tuple[int, ...] = ()) -> RoutePlan:
    effort = Effort(solver="by hand", seed=0, budget=0, used=0)
    plan = RoutePlan(routes=(Route(worker="w1", duty="d1", stops=stops, rests=rests),), effort=effort)
    return replace(plan, cost=cost(problem, plan))


def at(name: str, leave: int, arrive: int, start: int, ticks: int = 30) -> Stop:
    return Stop(visit=name, arrive=arrive, start=start, end=start + ticks, travel=arrive - leave)


def alone(*visits: Visit, traffic: tuple[Traffic, ...] = (RUSH,), **more: object) -> RouteProblem:
    return line_problem((worker("w1", duty(**more)),), visits, traffic=traffic)


@pytest.mark.parametrize(
    ("leave", "arrive", "right"),
    [
        (480, 520, True), (480, 519, False), (480, 521, False),  # all of it in the rush
        (520, 550, True), (520, 549, False),  # half of it: 10 of its 20 ticks until 9:00
        (521, 551, True), (521, 550, False), (522, 551, True),  # 19 half ticks, then 10.5 that make 11
        (540, 560, True), (539, 560, True), (539, 559, False),  # rounded up to whole ticks
    ],
)  # fmt: skip
def test_a_way_takes_what_traffic_makes_it_take(leave: int, arrive: int, right: bool) -> None:
    problem = alone(visit("v1", 2))
    found = [one.rule for one in check(problem, planned(problem, at("v1", leave, arrive, 600)))]
    assert found == [] if right else found[:1] == [Rule.OVERLAP]


@pytest.mark.parametrize(("over", "broken"), [(530, False), (529, True)])
def test_home_is_reached_as_late_as_traffic_makes_it(over: int, broken: bool) -> None:
    """Free at 8:10, they are home by 8:50: not before."""
    problem = alone(visit("v1", 2, 10), traffic=(RUSH,), start=440, end=over, end_spot=0)
    plan = planned(problem, at("v1", 460, 480, 480, 10))
    assert [one.rule for one in check(problem, plan)] == [Rule.SHIFT] * broken
    assert plan.cost[Rule.TRAVEL] == 20 + 40


def test_the_way_is_paid_by_the_tick_and_set_out_for_as_late_as_will_do() -> None:
    problem = alone(visit("v1", 2, windows=(Span(545, 700),)))
    plan = insert(problem)
    (stop,) = plan.routes[0].stops
    # 5 ticks after nine, and 15 that take 30 before.
    assert (stop.arrive - stop.travel, stop.arrive, stop.start) == (510, 545, 545)
    assert plan.cost[Rule.TRAVEL] == 35
    assert check(problem, plan) == []


@pytest.mark.parametrize(("closes", "fits"), [(550, True), (549, False)])
def test_just_in_time_and_one_too_late(closes: int, fits: bool) -> None:
    problem = alone(visit("v1", 2, windows=(Span(480, closes),)), start=480)
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert bool(plan.routes) == fits
        assert check(problem, plan) == []


def test_breaks_and_absences_leave_room_for_the_longer_way() -> None:
    rest = Rest(span=Span(480, 560), ticks=20)
    problem = alone(visit("v1", 2, windows=(Span(480, 640),)), rests=(rest,), absences=(Span(510, 530),))
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert plan.routes
        assert check(problem, plan) == []


def test_busy_hours_turn_the_order_round() -> None:
    """The near visit first on free roads; with the road to the far one busy later, that is reached before the rush."""
    far, near = visit("far", 6, 30), visit("near", 1, 30)
    late = Traffic(mode="walk", span=Span(550, 700), speed=20)
    free = alone(replace(far, windows=(Span(480, 620),)), replace(near, windows=(Span(480, 800),)), traffic=())

    def order(problem: RouteProblem) -> list[str]:
        plan = solve(problem, budget=2, seed=1)
        assert isinstance(plan, RoutePlan)
        assert check(problem, plan) == []
        return [stop.visit for stop in plan.routes[0].stops]

    assert order(free) == ["near", "far"]
    assert order(replace(free, traffic=(late,))) == ["far", "near"]


def least_by_hand(problem: RouteProblem) -> float:
    """The least that one worker's visits cost done as soon as can be, in every order of any of them."""
    (who,) = problem.workers
    (own,) = who.duties
    assert problem.matrix is not UNSET
    rows, best = problem.matrix.ticks[who.mode], float("inf")
    for count in range(len(problem.visits) + 1):
        for order in permutations(problem.visits, count):
            spot, free = own.start_spot, own.span.start
            paid = sum(one.price for one in problem.visits if one not in order)
            for one in order:
                way, busy_then = rows[spot][one.spot], problem.traffic
                start = max(by_hand(busy_then, free, way), one.windows[0].start)
                leave = max(at for at in range(free, start + 1) if by_hand(busy_then, at, way) <= start)
                paid += by_hand(busy_then, leave, way) - leave
                paid += one.late_weight * max(0, start - (one.due or start))
                spot, free = one.spot, start + one.ticks_by.get(who.id, one.ticks)
                if free > min(one.windows[0].end, own.span.end):
                    break
            else:
                best = min(best, paid)
    return best


@pytest.mark.parametrize("seed", range(25))
def test_the_search_finds_the_least_there_is_for_who_never_waits_for_free_roads(seed: int) -> None:
    use = {"matrix", "late", "traffic"} | ({"paces"} if seed % 2 else set())
    drawn = drawn_routes(seed, workers=1, visits=5, use=use)
    (who,) = drawn.workers
    (own,) = who.duties
    who = replace(who, duties=(replace(own, end_spot=None),))
    visits = tuple(replace(one, skill=None) for one in drawn.visits)
    traffic = tuple(replace(one, mode=who.mode) for one in drawn.traffic[:1])
    problem = replace(drawn, workers=(who,), visits=visits, traffic=traffic, weights=RouteWeights())
    plan = solve(problem, budget=2, seed=1)
    assert isinstance(plan, RoutePlan)
    assert check(problem, plan) == []
    assert plan.total == pytest.approx(least_by_hand(problem), abs=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_the_search_believes_what_the_plan_costs(seed: int) -> None:
    use = some_kinds(seed, KINDS) | {"matrix", "traffic"}
    if {"tie", "needs"} <= use:
        use -= {"needs"}
    problem = drawn_routes(seed, workers=4, visits=20, use=use)
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=400, begin=0.0, end=1.0, planned=400))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(seed))
    duties = sum(len(one.duties) for one in problem.workers)
    mean = sum(max([one.ticks, *one.ticks_by.values()]) * one.people for one in problem.visits) / duties
    assert drive.cost - problem.weights.fair * mean == pytest.approx(plan.total, abs=1e-5)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_else_is_asked_plans_keep_it(seed: int) -> None:
    use = some_kinds(seed) | {"traffic"}
    problem = drawn_routes(seed, workers=4, visits=18, days=1 + seed % 2, use=use)
    instant = [] if problem.ties else [insert(problem)]
    for plan in (*instant, solve(problem, budget=2, seed=seed)):
        assert isinstance(plan, RoutePlan)
        assert check(problem, plan) == []


@pytest.mark.parametrize("seed", range(40))
def test_what_goes_in_costs_what_it_was_said_to(seed: int) -> None:
    """Every rule there is together, people who set out late because their time is paid among them."""
    use = some_kinds(seed, set(ALL) - {"tie", "same", "same_day"}) | {"traffic"}
    problem = drawn_routes(seed, workers=4, visits=14, use=use)
    state = State(Compiled(problem))
    before = sum(one.price for one in problem.visits)
    for number, one in enumerate(problem.visits):
        place = best_place(state, number)
        if place is not None:
            settle(state, place)
            plan = write_plan(state, explain_out(state), no_search(seed))
            assert plan.total - before == pytest.approx(place.cost - one.price, abs=1e-6)
            before = plan.total


@pytest.mark.parametrize(("weight", "leave", "total"), [(0.0, 420, 20), (1.0, 490, 40 + 100)])
def test_who_is_paid_by_time_sets_out_late_into_the_rush(weight: float, leave: int, total: int) -> None:
    """The first may begin at once, after 20 ticks, or right before the other, after 40."""
    visits = (visit("v1", 2, windows=(Span(420, 560),)), visit("v2", 2, windows=(Span(560, 700),)))
    state = State(Compiled(replace(alone(*visits, start=420), weights=RouteWeights(duration=weight))))
    said = 0.0
    for number in range(2):
        place = best_place(state, number)
        assert place is not None
        settle(state, place)
        said += place.cost
    plan = write_plan(state, (), no_search())
    stop = plan.routes[0].stops[0]
    assert (stop.visit, stop.arrive - stop.travel, plan.total, said) == ("v1", leave, total, total)


def test_only_who_goes_by_that_means_is_held_up() -> None:
    people = (worker("w1", duty(start=8 * HOUR)), worker("w2", duty(start=8 * HOUR), mode="bike"))
    problem = line_problem(people, (visit("v1", 3),), traffic=(RUSH,))
    for plan in (insert(problem), solve(problem, budget=1, seed=1)):
        assert isinstance(plan, RoutePlan)
        assert [(route.worker, route.stops[0].travel) for route in plan.routes] == [("w2", 30)]


@given(
    st.integers(0, 60),
    st.integers(-50, 200),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(1, 100)), max_size=3),
)
def test_the_check_sets_out_as_late_as_will_do(way: int, arrive: int, drawn: list[tuple[int, int, int]]) -> None:
    traffic, free = [], 0
    for apart, long, speed in drawn:
        traffic.append(Traffic(mode="walk", span=Span(free + apart, free + apart + long), speed=speed))
        free += apart + long
    matrix = Matrix(ticks={"walk": ((0, way), (way, 0))})
    problem = line_problem((), (), spots=(Spot(0, 0), Spot(0, 1)), matrix=matrix, traffic=tuple(traffic))
    facts = Facts(problem, RoutePlan(effort=no_search()))
    leave = facts.leave("walk", 0, 1, arrive)
    assert facts.arrive("walk", 0, 1, leave) <= arrive < facts.arrive("walk", 0, 1, leave + 1)


def test_the_check_of_a_way_through_a_year_of_traffic_takes_no_time() -> None:
    """Tick by tick it would be ten thousand million looks."""
    long, year = 100_000_000, 2**40
    matrix = Matrix(ticks={"walk": ((0, long), (long, 0))})
    crawl = (Traffic(mode="walk", span=Span(-year, year), speed=1),)
    problem = line_problem((), (), spots=(Spot(0, 0), Spot(0, 1)), matrix=matrix, traffic=crawl)
    facts = Facts(problem, RoutePlan(effort=no_search()))
    assert facts.leave("walk", 0, 1, 5) == 5 - 100 * long
