"""Where a rule just holds and where it just does not, one thing at a time, with nothing beside that could hide it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace
from solver_problems import DAY, duty, line_problem, visit, worker

from dispatch.solver.checks import check, cost, faults
from dispatch.solver.plan import Effort, Finding, Reason, Route, RoutePlan, Stop, Unplanned, ZoneGiven, ZonePlan
from dispatch.solver.problem import (
    Pin,
    RouteProblem,
    SharedTool,
    Span,
    Spot,
    Store,
    Tie,
    Told,
    ZoneHelper,
    ZoneProblem,
    ZoneToGive,
)
from dispatch.solver.rules import Rule

EFFORT = Effort(solver="by hand", seed=0, budget=0, used=0)


def at(name: str, start: int, *, way: int = 10, ticks: int = 30, wait: int = 0) -> Stop:
    """A stop begun at ``start`` after ``way`` ticks under way and ``wait`` ticks there."""
    return Stop(visit=name, arrive=start - wait, start=start, end=start + ticks, travel=way)


def found(problem: RouteProblem, *stops: Stop, out: Iterable[str] = ()) -> list[Finding]:
    """What is wrong with these stops of ``w1``, costs apart."""
    why = (Reason(rule=Rule.SHIFT, message="for the test"),)
    plan = RoutePlan(
        routes=(Route(worker="w1", duty="d1", stops=stops),),
        unplanned=tuple(Unplanned(id=one, reasons=why) for one in out),
        effort=EFFORT,
    )
    return check(problem, replace(plan, cost=cost(problem, plan)))


def rules(problem: RouteProblem, *stops: Stop, out: Iterable[str] = ()) -> list[Rule]:
    return [one.rule for one in found(problem, *stops, out=out)]


def alone(*visits: Any, its: Any = None, **more: Any) -> RouteProblem:
    return line_problem((worker("w1", its or duty(), **more.pop("who", {})),), visits, **more)


@pytest.mark.parametrize(
    ("absence", "broken"),
    [
        (Span(495, 500), False),
        (Span(495, 501), True),
        (Span(509, 510), True),
        (Span(510, 520), False),
        (Span(519, 521), True),
        (Span(550, 560), False),
    ],
)
def test_an_absence_meets_the_way_or_the_work_but_not_the_waiting(absence: Span, broken: bool) -> None:
    problem = alone(visit(), its=duty(absences=(absence,)))
    assert rules(problem, at("v1", 520, wait=10)) == [Rule.SHIFT] * broken


@pytest.mark.parametrize(("leave", "broken"), [(520, False), (519, True)])
def test_nobody_sets_out_before_they_are_free(leave: int, broken: bool) -> None:
    problem = alone(visit("a"), visit("b", 2))
    (*seen,) = found(problem, at("a", 490), at("b", leave + 10))
    assert [one.rule for one in seen] == [Rule.OVERLAP] * broken
    assert all("is set out for before" in one.message for one in seen)


@pytest.mark.parametrize(("now", "told", "broken"), [(500, "w2", False), (501, "w2", True), (501, "w1", False)])
def test_only_those_told_are_under_way_before_now(now: int, told: str, broken: bool) -> None:
    problem = alone(visit(told=Told(workers=(told,), start=510)), now=now)
    (*seen,) = found(problem, at("v1", 510))
    assert [one.rule for one in seen] == [Rule.WINDOW] * broken
    assert all("who was not told" in one.message for one in seen)


def test_nobody_at_all_was_told() -> None:
    assert rules(alone(visit(), now=501), at("v1", 510)) == [Rule.WINDOW]


@pytest.mark.parametrize(("now", "broken"), [(510, False), (511, True)])
def test_nothing_begins_before_now_even_by_those_told(now: int, broken: bool) -> None:
    problem = alone(visit(told=Told(workers=("w1",), start=510)), now=now)
    (*seen,) = found(problem, at("v1", 510))
    assert [one.rule for one in seen] == [Rule.WINDOW] * broken
    assert all("starts before now" in one.message for one in seen)


def test_what_is_pinned_may_have_begun_before_now() -> None:
    assert rules(alone(visit(pin=Pin(workers=("w1",), start=510)), now=600), at("v1", 510)) == []


STORE = Store(id="depot", spot=1, ticks=5)


@pytest.mark.parametrize(("now", "broken"), [(500, False), (501, True)])
def test_nobody_sets_out_for_a_store_before_now(now: int, broken: bool) -> None:
    problem = alone(stores=(STORE,), now=now)
    assert rules(problem, at("depot", 510, ticks=5)) == [Rule.WINDOW] * broken


def test_a_stop_at_a_store_is_timed_like_any_other() -> None:
    problem = alone(visit(spot=2), stores=(STORE,))
    assert rules(problem, at("depot", 490, ticks=5), at("v1", 505)) == []
    assert rules(problem, at("depot", 490, ticks=4), at("v1", 505)) == [Rule.OVERLAP]
    assert rules(problem, at("depot", 490, ticks=5), at("v1", 504)) == [Rule.OVERLAP]
    assert rules(problem, at("depot", 489, ticks=5), at("v1", 505)) == [Rule.SHIFT]


def test_a_store_is_open_again_and_counts_against_no_cap() -> None:
    its = duty(max_visits=1, max_ticks=30, max_weight=0, max_households=0)
    problem = alone(visit(spot=1), its=its, stores=(STORE,))
    stops = (at("depot", 490, ticks=5), at("v1", 500, way=0), at("depot", 540, way=0, ticks=5))
    assert rules(problem, *stops) == []


def test_households_are_counted_once_and_none_is_none() -> None:
    visits = [visit(name, household=home) for name, home in zip("abcd", ("h1", "h1", None, "h2"), strict=True)]
    stops = [at("a", 490), *(at(name, 500 + 40 * place, way=0) for place, name in enumerate("bcd", start=1))]
    assert rules(alone(*visits, its=duty(max_households=2)), *stops) == []
    (over,) = found(alone(*visits, its=duty(max_households=1)), *stops)
    assert (over.rule, over.value, over.limit) == (Rule.HOUSEHOLDS_CAP, 2, 1)


def test_each_duty_begins_with_a_full_bag() -> None:
    people = (worker("w1", duty(), duty("d2", 1000, 1400), parts={"valve": 1}),)
    problem = line_problem(people, (visit("a", parts={"valve": 1}), visit("b", parts={"valve": 1})))
    routes = (
        Route(worker="w1", duty="d1", stops=(at("a", 490),)),
        Route(worker="w1", duty="d2", stops=(at("b", 1010),)),
    )
    plan = RoutePlan(routes=routes, effort=EFFORT)
    assert check(problem, replace(plan, cost=cost(problem, plan))) == []
    assert rules(problem, at("a", 490), at("b", 520, way=0)) == [Rule.PARTS]


def test_what_is_asked_for_before_the_store_is_not_there_yet() -> None:
    needs = visit(tools=("saw",), parts={"valve": 1})
    problem = alone(needs, stores=(STORE,))
    assert rules(problem, at("depot", 490, ticks=5), at("v1", 495, way=0)) == []
    assert rules(problem, at("v1", 490), at("depot", 520, way=0, ticks=5)) == [Rule.TOOLS, Rule.PARTS]


def test_only_who_asks_for_the_part_that_is_not_there_is_named() -> None:
    problem = alone(visit("a", parts={"valve": 2}), visit("b", parts={"valve": 0}), who={"parts": {"valve": 1}})
    (short,) = found(problem, at("a", 490), at("b", 520, way=0))
    assert (short.rule, short.visit, short.value, short.limit) == (Rule.PARTS, "a", 2, 1)


def with_the_drain(first: Any, second: Any, pieces: int = 1, **of_second: Any) -> list[Finding]:
    """What is wrong where ``w1`` on their duty ``first`` and ``w2`` on the ``second`` do what takes the shared tool."""
    needs = (visit("a", tools=("drain",)), visit("b", tools=("drain",)))
    people = (worker("w1", first), worker("w2", second, **of_second))
    problem = line_problem(people, needs, shared=(SharedTool(id="drain", pieces=pieces),))
    routes = tuple(
        Route(worker=one.id, duty="d1", stops=(at(name, one.duties[0].span.start + 10),))
        for one, name in zip(people, "ab", strict=True)
    )
    plan = RoutePlan(routes=routes, effort=EFFORT)
    return check(problem, replace(plan, cost=cost(problem, plan)))


@pytest.mark.parametrize(
    ("begins", "overtime", "broken"), [(600, 0, False), (599, 0, True), (601, 1, False), (600, 1, True)]
)
def test_a_piece_is_along_from_the_beginning_of_the_duty_to_the_end_of_its_overtime(
    begins: int, overtime: int, broken: bool
) -> None:
    first, second = duty(start=480, end=600, overtime=overtime), duty(start=begins, end=900)
    for seen in (with_the_drain(first, second), with_the_drain(second, first)):
        assert [one.rule for one in seen] == [Rule.SHARED_TOOLS] * broken
        assert all((one.value, one.limit, one.duty) == (2, 1, "d1") for one in seen)


def test_whoever_has_a_tool_anyhow_takes_no_piece() -> None:
    whole = duty()
    assert [(one.rule, one.worker) for one in with_the_drain(whole, whole)] == [(Rule.SHARED_TOOLS, "w2")]
    assert with_the_drain(whole, whole, pieces=2) == []
    assert with_the_drain(whole, whole, tools=("drain",)) == []
    assert with_the_drain(whole, replace(whole, taken=("drain",))) == []
    assert len(with_the_drain(whole, whole, pieces=0)) == 2


def test_a_piece_is_counted_once_for_all_that_a_duty_does_with_it_and_a_store_has_none() -> None:
    drain = (SharedTool(id="drain", pieces=1),)
    problem = alone(visit("a", tools=("drain",)), visit("b", tools=("drain", "drain")), shared=drain, stores=(STORE,))
    assert rules(problem, at("a", 490), at("b", 520, way=0)) == []
    none = replace(problem, shared=(SharedTool(id="drain", pieces=0),))
    stops = (at("depot", 490, ticks=5), at("a", 495, way=0), at("b", 525, way=0))
    assert rules(none, *stops) == [Rule.SHARED_TOOLS]


@pytest.mark.parametrize(("gap", "broken"), [(59, True), (60, False), (500, False)])
def test_after_may_be_any_time_after(gap: int, broken: bool) -> None:
    ties = (Tie(first="a", then="b", least=60, most=None, workers="any"),)
    problem = alone(visit("a"), visit("b"), its=duty(end=2000), ties=ties)
    assert rules(problem, at("a", 500), at("b", 500 + gap, way=0)) == [Rule.TIE] * broken


@pytest.mark.parametrize(("gap", "broken"), [(-31, True), (-30, False), (60, False), (61, True)])
def test_before_may_be_so_long_before(gap: int, broken: bool) -> None:
    ties = (Tie(first="a", then="b", least=-30, most=60, workers="any"),)
    problem = alone(visit("a", spot=1, ticks=9), visit("b", spot=1, ticks=9), its=duty(end=2000), ties=ties)
    first, then = at("a", 600, ticks=9), at("b", 600 + gap, way=0, ticks=9)
    stops = (first, then) if gap > 0 else (replace(then, travel=10), replace(first, travel=0))
    assert rules(problem, *stops) == [Rule.TIE] * broken


@pytest.mark.parametrize(("least", "most"), [(None, None), (None, 0), (-999, 5)])
def test_any_time_before_is_any_time_before(least: int | None, most: int | None) -> None:
    ties = (Tie(first="a", then="b", least=least, most=most, workers="any"),)
    problem = alone(visit("a"), visit("b"), its=duty(end=2000), ties=ties)
    assert rules(problem, at("b", 500), at("a", 1400, way=0)) == []
    assert rules(problem, at("a", 500), at("b", 506 + 30, way=0)) == [Rule.TIE] * (most is not None)


def two_days(*days: int, people: int = 1, workers: Any = "any") -> list[Finding]:
    """What is wrong with visits a and b on the same day, of which each of ``people`` does one on one of ``days``."""
    ties = (Tie(first="a", then="b", least=None, most=None, same_day=True, workers=workers),)
    duties = (duty("d1", 480, 960, day=days[0]), duty("d2", 1920, 2400, day=days[1]))
    crew = tuple(worker(f"w{index}", *duties) for index in range(people))
    late = Span(0, 3000)
    visits = tuple(visit(name, people=people, windows=(late,)) for name in "ab")
    routes = tuple(
        Route(worker=one.id, duty=name, stops=(at(where, start),))
        for one in crew
        for name, where, start in (("d1", "a", 500), ("d2", "b", 2000))
    )
    problem = line_problem(crew, visits, ties=ties)
    plan = RoutePlan(routes=routes, effort=EFFORT)
    return check(problem, replace(plan, cost=cost(problem, plan)))


def test_the_same_day_is_that_of_the_duties() -> None:
    assert two_days(DAY, DAY) == []
    assert two_days(DAY, DAY, people=2) == []
    (apart,) = two_days(DAY, DAY + 1)
    assert (apart.rule, apart.value, apart.limit) == (Rule.TIE, DAY + 1, DAY)
    assert f"they are on different days, {DAY}, {DAY + 1}" in apart.message


def test_a_crew_of_two_days_is_on_no_same_day() -> None:
    ties = (Tie(first="a", then="b", same_day=True, workers="any"),)
    people = tuple(worker(f"w{index}", duty(day=DAY + index)) for index in range(2))
    visits = (visit("a", people=2), visit("b", people=1))
    problem = line_problem((*people, worker("w3")), visits, ties=ties)
    routes = tuple(Route(worker=one, duty="d1", stops=(at(name, 500),)) for one, name in
                   (("w0", "a"), ("w1", "a"), ("w3", "b")))  # fmt: skip
    plan = RoutePlan(routes=routes, effort=EFFORT)
    assert [one.rule for one in check(problem, replace(plan, cost=cost(problem, plan)))] == [Rule.TIE]


def test_everybody_takes_their_own_time() -> None:
    slow = visit(ticks_by={"w1": 40, "w2": 20}, windows=(Span(0, 600),))
    assert rules(alone(slow), at("v1", 560, ticks=40)) == []
    assert rules(alone(slow), at("v1", 561, ticks=40)) == [Rule.WINDOW]
    assert rules(alone(slow), at("v1", 500)) == [Rule.OVERLAP]
    assert rules(alone(slow, its=duty(max_ticks=40)), at("v1", 500, ticks=40)) == []
    assert rules(alone(slow, its=duty(max_ticks=39)), at("v1", 500, ticks=40)) == [Rule.MINUTES_CAP]
    other = visit(ticks_by={"w2": 20})
    assert rules(alone(other), at("v1", 500)) == []


def test_a_crew_begins_together_and_each_is_done_in_their_own_time() -> None:
    people = (worker("w1"), worker("w2"))
    problem = line_problem(people, (visit(people=2, ticks_by={"w2": 50}, windows=(Span(0, 600),)),))
    for start, broken in ((550, []), (551, [Rule.WINDOW])):
        routes = tuple(
            Route(worker=name, duty="d1", stops=(at("v1", start, ticks=ticks),))
            for name, ticks in (("w1", 30), ("w2", 50))
        )
        plan = RoutePlan(routes=routes, effort=EFFORT)
        assert [one.rule for one in check(problem, replace(plan, cost=cost(problem, plan)))] == broken


def test_tied_visits_both_out_are_none_of_the_ties_business() -> None:
    problem = alone(visit("a"), visit("b"), ties=(Tie(first="a", then="b"),))
    assert rules(problem, out=("a", "b")) == []


@pytest.mark.parametrize(("overtime", "broken"), [(9, True), (10, False)])
def test_overtime_ends_too(overtime: int, broken: bool) -> None:
    problem = alone(visit(), its=duty(end=520, end_spot=0, overtime=overtime))
    assert rules(problem, at("v1", 490)) == [Rule.SHIFT] * broken


def test_duties_are_compared_in_order_of_time() -> None:
    apart = replace(alone(), workers=(worker("w1", duty("late", 900, 960), duty("early", 480, 700)),))
    assert list(faults(apart)) == []
    meeting = replace(alone(), workers=(worker("w1", duty("late", 699, 960), duty("early", 480, 700)),))
    assert list(faults(meeting)) == ["duties 'early' and 'late' of 'w1' overlap."]
    two = replace(alone(), workers=(worker("w1", duty("a")), worker("w2", duty("b"))))
    assert list(faults(two)) == []


def zones(**caps: int) -> ZoneProblem:
    held = tuple(ZoneToGive(id=name, spot=0, households=20, minutes=60) for name in ("z1", "z2"))
    return ZoneProblem(
        area="z", day=DAY, spots=(Spot(31, 121),), helpers=(ZoneHelper(id="h", spot=0, **caps),), zones=held
    )


def zone_rules(problem: ZoneProblem, plan: ZonePlan) -> list[Rule]:
    return [one.rule for one in check(problem, replace(plan, cost=cost(problem, plan)))]


BOTH = ZonePlan(given=(ZoneGiven(zone="z1", helper="h"), ZoneGiven(zone="z2", helper="h")), effort=EFFORT)


@pytest.mark.parametrize(
    ("caps", "broken"),
    [
        ({"max_households": 40, "max_minutes": 120}, []),
        ({"max_households": 39}, [Rule.HOUSEHOLDS_CAP]),
        ({"max_minutes": 119}, [Rule.ZONE_MINUTES_CAP]),
        ({}, []),
    ],
)
def test_a_cap_of_zones_holds_up_to_the_last_one(caps: dict[str, int], broken: list[Rule]) -> None:
    assert zone_rules(zones(**caps), BOTH) == broken


@pytest.mark.parametrize(("said", "broken"), [(Rule.PIN, []), (Rule.HOUSEHOLDS_CAP, [Rule.PIN])])
def test_a_pinned_zone_is_left_only_where_its_pin_cannot_stand(said: Rule, broken: list[Rule]) -> None:
    problem = zones(max_households=19)
    problem = replace(problem, zones=(replace(problem.zones[0], pin="h"),))
    out = Unplanned(id="z1", reasons=(Reason(rule=said, message="for the test"),))
    assert zone_rules(problem, ZonePlan(unplanned=(out,), effort=EFFORT)) == broken
