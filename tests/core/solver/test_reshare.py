"""Sharing again: what must move moves, what need not stays, nobody could do it with fewer moves, and each says why."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest
from benchmarks.drawn_zones import random_zones
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.plan import Effort, ZoneGiven, ZonePlan
from dispatch.solver.problem import Spot, ZoneHelper, ZoneProblem, ZoneToGive
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve
from dispatch.solver.zones.reshare import Reshared, handed, reshare, without

HARD = {Rule.SKILL, Rule.HOUSEHOLDS_CAP, Rule.ZONE_MINUTES_CAP, Rule.CONSENT, Rule.ZONE_WEEK_CAP}
EFFORT = Effort(solver="hand", seed=0, budget=0, used=0)


def planned(problem: ZoneProblem) -> ZonePlan:
    plan = solve(problem, budget=2, seed=1)
    assert isinstance(plan, ZonePlan)
    return plan


def shared(problem: ZoneProblem, plan: ZonePlan) -> Reshared:
    found = reshare(problem, plan)
    assert check(problem, found.plan) == []
    before = {one.zone: one.helper for one in plan.given}
    after = {one.zone: one.helper for one in found.plan.given}
    assert {one.zone: (one.before, one.after) for one in found.moves} == {
        zone: (helper, after.get(zone)) for zone, helper in before.items() if after.get(zone) != helper
    }
    assert found.least <= len(found.moves)
    return found


def fewest_by_hand(problem: ZoneProblem, plan: ZonePlan) -> tuple[int, int]:
    """The least number left out, and with that the least number of moves, over every choice there is."""
    before = {one.zone: one.helper for one in plan.given}
    names = [*(helper.id for helper in problem.helpers), None]
    best = (len(problem.zones) + 1, 0)
    for choice in itertools.product(names, repeat=len(problem.zones)):
        pairs = list(zip(problem.zones, choice, strict=True))
        if any(zone.pin is not None and one != zone.pin for zone, one in pairs):
            continue
        trial = ZonePlan(given=tuple(ZoneGiven(zone=z.id, helper=one) for z, one in pairs if one), effort=EFFORT)
        if not any(finding.rule in HARD for finding in check(problem, trial) if finding.severity == "broken"):
            moves = sum(z.id in before and before[z.id] != one for z, one in pairs)
            best = min(best, (choice.count(None), moves))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("unit", [False, True])
def test_a_leaver_moves_as_few_zones_as_any_plan_does(seed: int, unit: bool) -> None:
    drawn = random_zones(seed, zones=6, helpers=4, unit=unit)
    problem = replace(drawn, zones=tuple(replace(zone, pin=None) for zone in drawn.zones))
    plan = planned(problem)
    if not plan.given:
        return
    smaller = without(problem, plan.given[0].helper)
    found = shared(smaller, plan)
    out, moves = fewest_by_hand(smaller, plan)
    assert (len(found.plan.unplanned), len(found.moves)) == (out, moves)


def line(zones: int, caps: tuple[int, ...], **fields: object) -> ZoneProblem:
    return ZoneProblem(
        area="line",
        day=0,
        spots=tuple(Spot(31.0, 121.0 + place / 1000) for place in range(zones)),
        helpers=tuple(ZoneHelper(id=f"h{n}", spot=0, max_minutes=cap) for n, cap in enumerate(caps)),
        zones=tuple(
            ZoneToGive(id=f"z{n}", spot=n, minutes=30, adjacent=() if n == 0 else (f"z{n - 1}",), **fields)  # type: ignore[arg-type]
            for n in range(zones)
        ),
    )


def held(*pairs: tuple[str, str]) -> ZonePlan:
    return ZonePlan(given=tuple(ZoneGiven(zone=zone, helper=helper) for zone, helper in pairs), effort=EFFORT)


def test_a_zone_that_grows_moves_one_zone_and_says_by_which_cap() -> None:
    problem = line(3, (60, 60))
    plan = held(("z0", "h0"), ("z1", "h0"), ("z2", "h1"))
    assert shared(problem, plan).moves == ()
    grown = replace(problem, zones=(replace(problem.zones[0], minutes=31), *problem.zones[1:]))
    found = shared(grown, plan)
    (move,) = found.moves
    assert (move.zone, move.after, move.rule, move.why) == ("z1", "h1", Rule.ZONE_MINUTES_CAP, "h0 is over the cap")
    assert found.proven


def test_room_is_made_for_what_has_to_move() -> None:
    problem = line(4, (60, 60, 60))
    tied = replace(
        problem,
        zones=(replace(problem.zones[0], only=("h0", "h1")), *problem.zones[1:]),
    )
    plan = held(("z0", "h0"), ("z1", "h1"), ("z2", "h1"), ("z3", "h2"))
    found = shared(without(tied, "h0"), plan)
    why = {one.zone: (one.rule, one.why) for one in found.moves}
    assert why["z0"] == (Rule.UNPLANNED, "h0 is not among the helpers any more")
    assert [rule for zone, (rule, _) in why.items() if zone != "z0"] == [Rule.MOVED]
    assert len(found.moves) == 2 and found.plan.unplanned == () and found.proven


def test_a_zone_is_handed_on_and_no_other_moves() -> None:
    problem = line(4, (120, 120))
    plan = held(*((f"z{n}", "h0") for n in range(4)))
    found = shared(handed(problem, "z2", "h1"), plan)
    assert [(one.zone, one.after, one.rule) for one in found.moves] == [("z2", "h1", Rule.PIN)]


def test_who_may_not_keep_a_zone_gives_it_up() -> None:
    problem = line(2, (120, 120), never=("h0",))
    found = shared(problem, held(("z0", "h0"), ("z1", "h1")))
    assert [(one.zone, one.rule, one.why) for one in found.moves] == [
        ("z0", Rule.CONSENT, "h0 may not have it any more")
    ]


def test_zones_that_hang_together_still_do() -> None:
    problem = replace(line(6, (90, 90, 90)), connected=True)
    plan = held(*((f"z{n}", f"h{n // 2}") for n in range(6)))
    found = shared(without(problem, "h1"), plan)
    assert found.plan.unplanned == () and len(found.moves) == 2 == found.least
    heavy = replace(problem, zones=(replace(problem.zones[0], minutes=80), *problem.zones[1:]))
    assert [one.zone for one in shared(heavy, plan).moves] == ["z1"]


def test_two_thousand_households_after_a_leaver() -> None:
    draw = random.Random(5)
    households, helpers = 2000, 60
    problem = ZoneProblem(
        area="town",
        day=0,
        spots=tuple(Spot(31 + draw.random() / 20, 121 + draw.random() / 20) for _ in range(households + helpers)),
        helpers=tuple(ZoneHelper(id=f"h{n}", spot=households + n, max_households=40) for n in range(helpers)),
        zones=tuple(ZoneToGive(id=f"z{n}", spot=n, households=1) for n in range(households)),
    )
    plan = planned(problem)
    assert plan.optimal and plan.unplanned == ()
    left = sum(one.helper == "h7" for one in plan.given)
    found = shared(without(problem, "h7"), plan)
    assert len(found.moves) == found.least == left
    again = reshare(without(problem, "h7"), plan)
    assert msgspec.json.encode(again) == msgspec.json.encode(found)


def test_who_is_unknown_is_named() -> None:
    problem = line(2, (60,))
    with pytest.raises(ProblemError, match="no helper 'h9'"):
        without(problem, "h9")
    with pytest.raises(ProblemError, match="no zone 'z9'"):
        handed(problem, "z9", "h0")
    with pytest.raises(ProblemError, match="no helper 'h9'"):
        handed(problem, "z1", "h9")
