"""Each rule of zones by hand: kept, broken, at the edge; and what is uncovered names the change that covers it."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn_zones import random_town
from msgspec.structs import replace
from solver_problems import DAY

from dispatch.solver.checks import check
from dispatch.solver.checks.form import faults
from dispatch.solver.checks.zone_places import neighbours
from dispatch.solver.plan import ZonePlan
from dispatch.solver.problem import Skill, Spot, ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve
from dispatch.solver.zones.neighbours import beside


def one_zone(zone: dict[str, Any], helper: dict[str, Any], **fields: Any) -> ZoneProblem:
    """A zone some 1.2 kilometres from the base of the only helper; 22 minutes on foot."""
    return ZoneProblem(
        area="a",
        day=DAY,
        spots=(Spot(31.0, 121.0), Spot(31.011, 121.0)),
        helpers=(ZoneHelper(id="h", spot=0, **helper),),
        zones=(ZoneToGive(id="z", spot=1, **zone),),
        **fields,
    )


def plan_of(problem: ZoneProblem, budget: int = 3) -> ZonePlan:
    plan = solve(problem, budget=budget, seed=1)
    assert isinstance(plan, ZonePlan)
    assert check(problem, plan) == []
    return plan


EDGES: list[tuple[Rule, ZoneProblem, ZoneProblem]] = [
    (
        Rule.ZONE_WEEK_CAP,
        one_zone({"week_minutes": 100}, {"max_week_minutes": 100}),
        one_zone({"week_minutes": 100}, {"max_week_minutes": 99}),
    ),
    (
        Rule.ZONE_WEEK_CAP,
        one_zone({"week_minutes": 200, "week_minutes_by": {"h": 100}}, {"max_week_minutes": 100}),
        one_zone({"week_minutes": 50, "week_minutes_by": {"h": 101}}, {"max_week_minutes": 100}),
    ),
    (
        Rule.ZONE_MINUTES_CAP,
        one_zone({"minutes": 90, "minutes_by": {"h": 60}}, {"max_minutes": 60}),
        one_zone({"minutes": 30, "minutes_by": {"h": 61}}, {"max_minutes": 60}),
    ),
    (Rule.SERVES, one_zone({"part": "old"}, {"serves": ("old",)}), one_zone({"part": "new"}, {"serves": ("old",)})),
    (Rule.SERVES, one_zone({}, {}), one_zone({}, {"serves": ("old",)})),
    (Rule.CONSENT, one_zone({"only": ("h",)}, {}), one_zone({"only": ("g",)}, {})),
    (Rule.CONSENT, one_zone({"never": ("g",)}, {}), one_zone({"never": ("h",)}, {})),
    (Rule.CONSENT, one_zone({"only": ("h",)}, {}), one_zone({"only": ()}, {})),
    (Rule.FAR, one_zone({}, {}, far=23), one_zone({}, {}, far=22)),
]


@pytest.mark.parametrize(("rule", "kept", "broken"), EDGES)
def test_a_zone_is_given_up_to_the_edge_of_a_rule(rule: Rule, kept: ZoneProblem, broken: ZoneProblem) -> None:
    assert plan_of(kept).unplanned == ()
    (out,) = plan_of(broken).unplanned
    assert [reason.rule for reason in out.reasons] == [rule]
    given = replace(plan_of(kept), cost={})
    assert [one.rule for one in check(broken, given) if one.severity == "broken"] == [rule]


def test_a_walk_beyond_the_quarter_hour_costs() -> None:
    problem = one_zone({}, {"mode": "bike"}, weights=ZoneWeights(beyond=2.0))
    assert plan_of(problem).cost[Rule.BEYOND] == 2.0 * (23 - 15)
    assert plan_of(replace(problem, near=22)).cost[Rule.BEYOND] == 2.0
    assert plan_of(replace(problem, near=23)).cost[Rule.BEYOND] == 0.0


def row(zones: int, helpers: int, **fields: Any) -> ZoneProblem:
    """Zones in a row, a hundred metres apart, sixty minutes each."""
    return ZoneProblem(
        area="row",
        day=DAY,
        spots=tuple(Spot(31.0, 121.0 + place / 1000) for place in range(zones)),
        helpers=tuple(ZoneHelper(id=f"h{n}", spot=0) for n in range(helpers)),
        zones=tuple(ZoneToGive(id=f"z{n}", spot=n, minutes=60) for n in range(zones)),
        connected=True,
        neighbours="places",
        **fields,
    )


def test_zones_hang_together_and_are_even() -> None:
    plan = plan_of(row(12, 3, weights=ZoneWeights(distance=0.0, balance=10.0)))
    held: dict[str, list[int]] = {}
    for one in plan.given:
        held.setdefault(one.helper, []).append(int(one.zone[1:]))
    assert sorted(len(some) for some in held.values()) == [4, 4, 4]
    assert all(max(some) - min(some) == 3 for some in held.values())


def test_what_lies_beside_nothing_is_named() -> None:
    problem = replace(row(4, 1), neighbours="given", zones=tuple(replace(one) for one in row(4, 1).zones))
    plan = plan_of(problem)
    assert len(plan.given) == 1
    assert {reason.rule for out in plan.unplanned for reason in out.reasons} == {Rule.CONNECTED}


def test_close_zones_go_together() -> None:
    spots = tuple(Spot(31.0, 121.0 + place / 1000) for place in (0, 1, 2, 100, 101, 102))
    problem = ZoneProblem(
        area="a",
        day=DAY,
        spots=spots,
        helpers=(ZoneHelper(id="h0", spot=0, max_households=3), ZoneHelper(id="h1", spot=0, max_households=3)),
        zones=tuple(ZoneToGive(id=f"z{n}", spot=n, households=1) for n in range(6)),
        weights=ZoneWeights(distance=0.0, compact=1.0),
    )
    plan = plan_of(problem)
    assert {frozenset(one.zone for one in plan.given if one.helper == helper) for helper in ("h0", "h1")} == {
        frozenset({"z0", "z1", "z2"}),
        frozenset({"z3", "z4", "z5"}),
    }


@pytest.mark.parametrize("seed", range(5))
def test_search_and_check_know_the_same_neighbours(seed: int) -> None:
    problem = random_town(seed, zones=60, helpers=1, connected=True)
    names = [zone.id for zone in problem.zones]
    told = {names[one]: {names[other] for other in some} for one, some in enumerate(beside(problem))}
    assert told == neighbours(problem)
    assert all(told.values())


def test_a_square_has_its_diagonals() -> None:
    corners = replace(row(4, 1), spots=(Spot(0, 0), Spot(0, 0.001), Spot(0.001, 0.001), Spot(0.001, 0)))
    # The corners lie on the circles around the diagonals, not in them.
    assert all(len(some) == 3 for some in neighbours(corners).values())
    middle = replace(
        corners, spots=(*corners.spots, Spot(0.0005, 0.0005)), zones=(*corners.zones, ZoneToGive(id="z4", spot=4))
    )
    assert len(neighbours(middle)["z4"]) == 4


CLEANS = (Skill(skill="cleaning"),)


def two_helpers(near: dict[str, Any], far: dict[str, Any], *zones: ZoneToGive) -> ZoneProblem:
    return ZoneProblem(
        area="a",
        day=DAY,
        spots=tuple(Spot(31.0, 121.0 + place / 1000) for place in range(5)),
        helpers=(ZoneHelper(id="near", spot=0, **near), ZoneHelper(id="far", spot=4, **far)),
        zones=zones,
        weights=ZoneWeights(balance=0.0),
    )


def test_the_first_reason_is_a_change_that_covers_it() -> None:
    big = ZoneToGive(id="z", spot=1, households=12, skill="cleaning")
    capped = two_helpers({"max_households": 10, "skills": CLEANS}, {"max_households": 7, "skills": CLEANS}, big)
    (reason,) = plan_of(capped).unplanned[0].reasons
    assert (reason.rule, reason.workers) == (Rule.HOUSEHOLDS_CAP, 2)
    assert reason.hint == "a cap of 2 households more for near would make it fit"
    raised = replace(capped, helpers=(replace(capped.helpers[0], max_households=12), capped.helpers[1]))
    assert plan_of(raised).unplanned == ()
    unskilled = two_helpers({}, {"max_households": 7}, big)
    (reason,) = plan_of(unskilled).unplanned[0].reasons
    assert reason.hint == "a certificate in cleaning at level 0 for near would do"
    ruled_out = two_helpers({}, {}, ZoneToGive(id="z", spot=3, never=("near", "far")))
    assert plan_of(ruled_out).unplanned[0].reasons[0].hint == "the client's consent to far would do"
    elsewhere = two_helpers({"serves": ("old",)}, {"serves": ()}, ZoneToGive(id="z", spot=1, part="new"))
    assert plan_of(elsewhere).unplanned[0].reasons[0].hint == "near could serve it"
    away = replace(two_helpers({}, {}, ZoneToGive(id="z", spot=2)), far=1)
    (reason,) = plan_of(away).unplanned[0].reasons
    limit = int(reason.hint.split()[3])
    assert plan_of(replace(away, far=limit)).unplanned == ()
    assert len(plan_of(replace(away, far=limit - 1)).unplanned) == 1


def test_a_move_that_makes_room_is_named() -> None:
    small = ZoneToGive(id="small", spot=1, households=9, helper="near")
    big = ZoneToGive(id="big", spot=1, households=8, only=("near",))
    problem = two_helpers({"max_households": 10}, {"max_households": 9}, small, big)
    # Moving costs more than leaving the other out.
    (out,) = plan_of(replace(problem, weights=ZoneWeights(moved=90.0, uncovered=10.0, balance=0.0))).unplanned
    assert (out.id, out.reasons[0].rule) == ("big", Rule.MOVED)
    assert out.reasons[0].hint == "move small to far, give big to near"
    assert plan_of(problem).unplanned == ()


def test_a_pin_says_why_it_cannot_stand() -> None:
    pinned = two_helpers({"max_households": 3}, {}, ZoneToGive(id="z", spot=1, households=5, pin="near"))
    (out,) = plan_of(pinned).unplanned
    assert out.reasons[0].message == "It is pinned to near, who would be 2 households over the cap."
    barred = replace(pinned, zones=(replace(pinned.zones[0], never=("near",)),))
    assert "to whom its client did not agree" in plan_of(barred).unplanned[0].reasons[0].message


BAD: dict[str, dict[str, Any]] = {
    "is beside 'z9', which is unknown": {"connected": True, "zones": (ZoneToGive(id="z", spot=0, adjacent=("z9",)),)},
    "is beside itself": {"connected": True, "zones": (ZoneToGive(id="z", spot=0, adjacent=("z",)),)},
    "negative number of minutes": {"zones": (ZoneToGive(id="z", spot=0, minutes_by={"h": -1}),)},
    "negative price": {"zones": (ZoneToGive(id="z", spot=0, prices={"h": -1.0}),)},
    "cannot be told from their places": {
        "connected": True,
        "neighbours": "places",
        "zones": tuple(ZoneToGive(id=f"z{n}", spot=0) for n in range(2001)),
    },
    "too many to be compact": {
        "weights": ZoneWeights(compact=1.0),
        "zones": tuple(ZoneToGive(id=f"z{n}", spot=0) for n in range(2001)),
    },
}


@pytest.mark.parametrize("words", BAD)
def test_what_is_no_problem_is_named(words: str) -> None:
    assert any(words in fault for fault in faults(replace(one_zone({}, {}), **BAD[words])))
