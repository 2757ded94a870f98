"""A plan of zones, and ways to break each of its rules."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from solver_problems import DAY

from dispatch.solver.checks import check
from dispatch.solver.plan import Reason, Unplanned, ZoneGiven, ZonePlan
from dispatch.solver.problem import Skill, Spot, ZoneHelper, ZoneProblem, ZoneToGive
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve

ZONES = ZoneProblem(
    area="zones",
    day=DAY,
    spots=tuple(Spot(31.0, 121.0 + index / 100) for index in range(4)),
    helpers=(
        ZoneHelper(id="h1", spot=0, skills=(Skill(skill="cleaning", last=DAY),), max_households=30, max_minutes=90),
        ZoneHelper(id="h2", spot=3, skills=(Skill(skill="cleaning", level=2),), max_households=30, max_minutes=90),
        ZoneHelper(id="h3", spot=3),
    ),
    zones=(
        ZoneToGive(id="z1", spot=1, households=20, minutes=60, skill="cleaning", helper="h1"),
        ZoneToGive(id="z2", spot=2, households=20, minutes=60, skill="cleaning", pin="h2"),
        ZoneToGive(id="z3", spot=2, households=20, minutes=60, skill="cleaning"),
    ),
)


def zone_clean() -> ZonePlan:
    plan = solve(ZONES, budget=0, seed=1)
    assert isinstance(plan, ZonePlan)
    assert check(ZONES, plan) == []
    return plan


def given_also(plan: ZonePlan, zone: str, helper: str) -> ZonePlan:
    kept = tuple(one for one in plan.given if one.zone != zone)
    left = tuple(one for one in plan.unplanned if one.id != zone)
    return replace(plan, given=(*kept, ZoneGiven(zone=zone, helper=helper)), unplanned=left)


REASON = Reason(rule=Rule.HOUSEHOLDS_CAP, message="for the test")


def uncovered(plan: ZonePlan, zone: str, *reasons: Reason) -> ZonePlan:
    """``plan`` with ``zone`` named as uncovered, for ``reasons``."""
    kept = tuple(one for one in plan.unplanned if one.id != zone)
    return replace(plan, unplanned=(*kept, Unplanned(id=zone, reasons=reasons)))


ZONE_MUTATIONS: list[tuple[str, Rule, Callable[[ZonePlan], ZonePlan]]] = [
    ("no skill", Rule.SKILL, lambda plan: given_also(plan, "z1", "h3")),
    ("households", Rule.HOUSEHOLDS_CAP, lambda plan: given_also(plan, "z3", "h1")),
    ("minutes", Rule.ZONE_MINUTES_CAP, lambda plan: given_also(plan, "z3", "h1")),
    ("pin", Rule.PIN, lambda plan: given_also(plan, "z2", "h1")),
    ("twice", Rule.ONCE, lambda plan: replace(plan, given=(*plan.given, plan.given[0]))),
    ("nobody and no reason", Rule.ONCE, lambda plan: replace(plan, unplanned=())),
    ("unknown helper", Rule.ONCE, lambda plan: given_also(plan, "z1", "h9")),
    ("an unknown zone", Rule.ONCE, lambda plan: given_also(plan, "z9", "h1")),
    ("uncovered but unknown", Rule.ONCE, lambda plan: uncovered(plan, "z9", REASON)),
    ("given and uncovered", Rule.ONCE, lambda plan: uncovered(plan, "z1", REASON)),
    ("uncovered without a reason", Rule.ONCE, lambda plan: uncovered(plan, "z3")),
    ("uncovered for nothing", Rule.UNPLANNED, lambda plan: replace(plan, cost={**plan.cost, Rule.UNPLANNED: 0.0})),
    ("moved for less", Rule.MOVED, lambda plan: replace(plan, cost={**plan.cost, Rule.MOVED: -60.0})),
    ("nearer than it is", Rule.DISTANCE, lambda plan: replace(plan, cost={**plan.cost, Rule.DISTANCE: 0.0})),
    ("lighter than it is", Rule.BALANCE, lambda plan: replace(plan, cost={**plan.cost, Rule.BALANCE: 1.0})),
]
