"""Zones: caps, skills and pins hold, the cheapest choice is found on small cases, and who is left out says why."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from benchmarks.drawn_zones import random_town, random_zones
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import DAY

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.every import ZONE_CHECKS
from dispatch.solver.plan import Effort, ZoneGiven, ZonePlan
from dispatch.solver.problem import Skill, Spot, ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve
from dispatch.solver.zones.first import first_choice, price_of
from dispatch.solver.zones.knapsacks import knapsack_bound
from dispatch.solver.zones.lane import Ground, Lane
from dispatch.solver.zones.offers import Offers
from dispatch.solver.zones.part import Part, solve_part
from dispatch.solver.zones.relax import frame_of, worth_of

CLEANS = (Skill(skill="cleaning"),)


def plan_of(problem: ZoneProblem, budget: int = 5, seed: int = 1) -> ZonePlan:
    plan = solve(problem, budget=budget, seed=seed)
    assert isinstance(plan, ZonePlan)
    assert check(problem, plan) == []
    return plan


def cheapest_by_hand(problem: ZoneProblem) -> float:
    """The least cost over every choice there is."""
    names = [*(helper.id for helper in problem.helpers), None]
    effort = Effort(solver="hand", seed=0, budget=0, used=0)
    best = float("inf")
    for choice in itertools.product(names, repeat=len(problem.zones)):
        pairs = zip(problem.zones, choice, strict=True)
        plan = ZonePlan(given=tuple(ZoneGiven(zone=zone.id, helper=one) for zone, one in pairs if one), effort=effort)
        hard = {rule for rule, _ in ZONE_CHECKS} - {Rule.ONCE, Rule.PIN}
        unable = any(finding.rule in hard for finding in check(problem, plan) if finding.severity == "broken")
        pinned = all(zone.pin is None or one == zone.pin for zone, one in zip(problem.zones, choice, strict=True))
        if pinned and not unable:
            best = min(best, sum(cost(problem, plan).values()))
    return best


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("unit", [False, True])
def test_small_cases_cost_what_the_best_choice_costs(seed: int, unit: bool) -> None:
    problem = random_zones(seed, zones=5, helpers=3, unit=unit)
    free = replace(problem, zones=tuple(replace(zone, pin=None) for zone in problem.zones))
    plan = plan_of(free)
    assert plan.optimal
    assert plan.total == pytest.approx(cheapest_by_hand(free))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 20), st.integers(0, 6), st.booleans())
def test_plans_are_clean_and_repeatable(seed: int, zones: int, helpers: int, unit: bool) -> None:
    problem = random_zones(seed, zones, helpers + 1, unit=unit)
    plan = plan_of(problem, budget=0)
    again = solve(problem, budget=0, seed=1)
    assert msgspec.json.encode(plan) == msgspec.json.encode(again)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("connected", [False, True])
def test_small_towns_cost_what_the_best_choice_costs(seed: int, connected: bool) -> None:
    problem = random_town(seed, zones=5, helpers=3, connected=connected, pins=False)
    plan = plan_of(problem, budget=3)
    best = cheapest_by_hand(problem)
    assert plan.total == pytest.approx(best)
    assert plan.bound is not None and plan.bound <= best + 1e-6
    assert plan.optimal or connected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 20), st.integers(0, 6), st.booleans())
def test_towns_are_clean_and_repeatable(seed: int, zones: int, helpers: int, connected: bool) -> None:
    problem = random_town(seed, zones, helpers + 1, connected=connected)
    plan = plan_of(problem, budget=1)
    assert msgspec.json.encode(plan) == msgspec.json.encode(plan_of(problem, budget=1))


def test_many_zones_are_given_in_chains_beside_a_bound() -> None:
    problem = random_zones(3, zones=200, helpers=30)
    first = plan_of(problem, budget=0)
    better = plan_of(problem, budget=6)
    assert better.total < first.total
    assert better.bound is not None and better.total < 1.02 * better.bound
    assert msgspec.json.encode(better) == msgspec.json.encode(solve(problem, budget=6, seed=1, cores=2))


@pytest.mark.parametrize("seed", range(3))
def test_chains_find_what_one_model_proves(seed: int) -> None:
    offers = Offers(replace(random_town(seed, zones=30, helpers=6), weights=ZoneWeights(balance=0.0)))
    frame = frame_of(offers)
    everything = Part(range(30), range(6))
    proven, least = solve_part(frame, [None] * 30, everything, seed=1, work=20.0)
    assert least == pytest.approx(price_of(frame, proven))
    worth = worth_of(frame)
    start = first_choice(frame, [None] * 30)
    lane = Lane(Ground(frame, worth), start, price_of(frame, start), seed, fresh=True)
    for leg in range(10):
        lane.run(3000, leg / 10, (leg + 1) / 10)
    assert lane.cost == pytest.approx(price_of(frame, lane.choice()))
    assert least - 1e-6 <= lane.cost <= 1.01 * least
    assert worth.bound <= knapsack_bound(frame, worth, lane.cost) <= least + 0.01


@pytest.mark.parametrize("seed", range(3))
def test_equal_zones_are_even_where_that_pays(seed: int) -> None:
    problem = random_zones(seed, zones=5, helpers=3, unit=True)
    even = replace(problem, zones=tuple(replace(zone, pin=None, minutes=40) for zone in problem.zones))
    plan = plan_of(even)
    assert plan.optimal
    assert plan.total == pytest.approx(cheapest_by_hand(even))


@pytest.mark.parametrize("seed", range(6))
def test_asking_for_less_never_costs_more(seed: int) -> None:
    problem = random_town(seed, zones=8, helpers=4, pins=False)
    full = plan_of(problem)
    free = tuple(replace(one, max_households=None, max_week_minutes=None, serves=None) for one in problem.helpers)
    anybody = tuple(replace(one, only=None, never=()) for one in problem.zones)
    for easier in (replace(problem, helpers=free), replace(problem, zones=anybody), replace(problem, far=None)):
        assert plan_of(easier).total <= full.total + 1e-6


def test_a_thousand_households_are_a_flow() -> None:
    problem = random_zones(4, zones=1000, helpers=50, unit=True)
    assert plan_of(problem).optimal


def pair_of_helpers(**caps: int) -> ZoneProblem:
    return ZoneProblem(
        area="a",
        day=DAY,
        spots=tuple(Spot(31.0, 121.0 + index / 100) for index in range(4)),
        helpers=tuple(ZoneHelper(id=f"h{index}", spot=index, skills=CLEANS, **caps) for index in (0, 3)),
        zones=tuple(
            ZoneToGive(id=f"z{index}", spot=index, households=20, minutes=60, skill="cleaning") for index in (0, 1, 2)
        ),
    )


def test_the_cap_decides_and_says_by_how_much() -> None:
    assert plan_of(pair_of_helpers(max_households=40)).unplanned == ()
    (out,) = plan_of(pair_of_helpers(max_households=39)).unplanned
    assert out.reasons[0].rule is Rule.HOUSEHOLDS_CAP
    assert out.reasons[0].message == "1 households over every able helper's cap."
    assert plan_of(pair_of_helpers(max_minutes=120)).unplanned == ()
    (out,) = plan_of(pair_of_helpers(max_minutes=119)).unplanned
    assert out.reasons[0].rule is Rule.ZONE_MINUTES_CAP
    assert "1 minutes a day" in out.reasons[0].hint


def test_a_certificate_must_hold_on_the_day() -> None:
    problem = pair_of_helpers()
    last_day = replace(
        problem, helpers=tuple(replace(one, skills=(Skill(skill="cleaning", last=DAY),)) for one in problem.helpers)
    )
    assert plan_of(last_day).unplanned == ()
    day_after = plan_of(replace(last_day, day=DAY + 1))
    assert len(day_after.unplanned) == 3
    assert {reason.rule for out in day_after.unplanned for reason in out.reasons} == {Rule.SKILL}


def test_zones_stay_with_their_helper_unless_moving_pays() -> None:
    problem = pair_of_helpers()
    today = replace(problem, zones=tuple(replace(zone, helper="h3") for zone in problem.zones))
    cheap = plan_of(replace(today, weights=ZoneWeights(moved=1.0, balance=0.0)))
    assert {one.zone: one.helper for one in cheap.given}["z0"] == "h0"
    dear = plan_of(replace(today, weights=ZoneWeights(moved=500.0, balance=0.0)))
    assert {one.helper for one in dear.given} == {"h3"}
    even = plan_of(replace(today, weights=ZoneWeights(moved=10.0, balance=10.0, distance=0.0)))
    assert sorted([one.helper for one in even.given]).count("h0") == 1


def test_a_pin_holds_or_says_why_not() -> None:
    problem = pair_of_helpers(max_households=20)
    pinned = replace(problem, zones=(replace(problem.zones[0], pin="h3"), *problem.zones[1:]))
    assert {one.zone: one.helper for one in plan_of(pinned).given}["z0"] == "h3"
    impossible = replace(problem, zones=(replace(problem.zones[0], households=21, pin="h3"),))
    (out,) = plan_of(impossible).unplanned
    assert out.reasons[0].rule is Rule.PIN
    unknown = replace(problem, zones=(replace(problem.zones[0], pin="h9"),))
    (out,) = plan_of(unknown).unplanned
    assert "not among the helpers" in out.reasons[0].message


def test_a_given_start_is_kept_where_nothing_is_gained() -> None:
    problem = random_zones(8, zones=12, helpers=4)
    plan = plan_of(problem)
    assert solve(problem, budget=5, seed=1, start=plan).total <= plan.total
