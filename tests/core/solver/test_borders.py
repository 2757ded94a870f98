"""The check at its borders: a plan that just stands, and the same a minute further, which does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from solver_problems import DAY, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import Reason, Route, RoutePlan, Stop, Unplanned, ZoneGiven, ZonePlan
from dispatch.solver.problem import RouteProblem, Skill, Span, Spot, Told, ZoneHelper, ZoneProblem, ZoneToGive
from dispatch.solver.rules import Rule
from dispatch.solver.solve import insert, solve

NOW = 600


def problem(*told: str, absences: tuple[Span, ...] = ()) -> RouteProblem:
    """Two visits of half an hour, ten minutes from the start and from each other, at ten."""
    people = (worker("w1", duty(absences=absences)),)
    asked = (
        visit("a", 1, told=Told(workers=told, start=NOW + 10) if told else None),
        visit("b", 2),
    )
    return line_problem(people, asked, now=NOW)


def plan_of(asked: RouteProblem, *arrivals: int) -> list[str]:
    """What is found in a plan with the visits in turn, reached at these ticks and begun at once."""
    stops = tuple(
        Stop(visit=one.id, arrive=at, start=at, end=at + one.ticks, travel=10)
        for one, at in zip(asked.visits, arrivals, strict=True)
    )
    plan = replace(insert(asked), routes=(Route(worker="w1", duty="d1", stops=stops),), unplanned=())
    return [finding.rule for finding in check(asked, plan) if finding.severity == "broken"]


def test_a_way_begins_when_the_worker_is_free_and_not_a_minute_before() -> None:
    assert plan_of(problem(), NOW + 10, NOW + 50) == []
    assert plan_of(problem(), NOW + 10, NOW + 49) == [Rule.OVERLAP]


def test_nobody_sets_out_before_now_for_what_they_were_not_told_of() -> None:
    late = NOW + 60
    assert plan_of(problem(), NOW + 10, late) == []
    assert plan_of(problem(), NOW + 9, late) == [Rule.WINDOW]
    assert plan_of(problem("w1"), NOW + 9, late) == []
    assert plan_of(problem("w2"), NOW + 9, late) == [Rule.WINDOW]


@pytest.mark.parametrize("start, end, rules", [(640, 645, [Rule.SHIFT]), (630, 640, []), (650, 660, [])])
def test_a_way_meets_no_absence_though_the_work_does_not(start: int, end: int, rules: list[Rule]) -> None:
    # The first visit ends at 630, the way to the second is from 640 to 650, its work from 660 on.
    asked = problem(absences=(Span(start, end),))
    first = Stop(visit="a", arrive=600, start=600, end=630, travel=10)
    second = Stop(visit="b", arrive=650, start=660, end=690, travel=10)
    early = replace(asked, now=0)
    plan = replace(insert(early), routes=(Route(worker="w1", duty="d1", stops=(first, second)),), unplanned=())
    assert [finding.rule for finding in check(early, plan) if finding.severity == "broken"] == rules


def zones(pin: str | None) -> ZoneProblem:
    able = ZoneHelper(id="h1", spot=0, skills=(Skill(skill="cleaning"),))
    return ZoneProblem(
        area="zones",
        day=DAY,
        spots=(Spot(31.0, 121.0),),
        helpers=(able, ZoneHelper(id="h2", spot=0)),
        zones=(ZoneToGive(id="z1", spot=0, households=9, minutes=60, skill="cleaning", pin=pin),),
    )


@pytest.mark.parametrize("rule, found", [(Rule.PIN, []), (Rule.SKILL, [Rule.PIN])])
def test_a_pinned_zone_stays_out_only_because_its_pin_cannot_stand(rule: Rule, found: list[Rule]) -> None:
    asked = zones("h2")
    plan = solve(asked, budget=0, seed=1)
    assert isinstance(plan, ZonePlan) and plan.given == () and check(asked, plan) == []
    out = Unplanned(id="z1", reasons=(Reason(rule=rule, message="for the test"),))
    assert [finding.rule for finding in check(asked, replace(plan, unplanned=(out,)))] == found


def test_a_pinned_zone_is_with_nobody_else_whatever_is_said_of_it() -> None:
    asked = zones("h2")
    plan = solve(asked, budget=0, seed=1)
    assert isinstance(plan, ZonePlan)
    given = replace(plan, given=(ZoneGiven(zone="z1", helper="h1"),))
    assert Rule.PIN in {finding.rule for finding in check(asked, given)}


def test_the_plans_tried_here_are_those_of_the_search() -> None:
    found = insert(problem())
    assert isinstance(found, RoutePlan) and check(problem(), found) == []
