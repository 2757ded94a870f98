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
from dispatch.solver.zone_problem import ZoneWeights

CLEANS = (Skill(skill="cleaning", last=DAY),)
ZONES = ZoneProblem(
    area="zones",
    day=DAY,
    spots=tuple(Spot(31.0, 121.0 + index / 100) for index in range(8)),
    helpers=(
        ZoneHelper(
            id="h1", spot=0, skills=CLEANS, max_households=30, max_minutes=90, max_week_minutes=500, serves=("old",)
        ),
        ZoneHelper(id="h2", spot=3, skills=(Skill(skill="cleaning", level=2),), max_households=30, max_minutes=90),
        ZoneHelper(id="h3", spot=3),
        ZoneHelper(id="h4", spot=5, max_week_minutes=500, serves=("old", "new")),
    ),
    zones=(
        ZoneToGive(
            id="z1", spot=1, households=20, minutes=60, skill="cleaning", helper="h1", part="old", adjacent=("z2",),
            prices={"h1": 3.0, "h2": 9.0},
        ),
        ZoneToGive(id="z2", spot=2, households=20, minutes=60, skill="cleaning", pin="h2", part="old"),
        ZoneToGive(id="z3", spot=2, households=20, minutes=60, skill="cleaning"),
        ZoneToGive(id="z4", spot=4, week_minutes=300, part="new", only=("h4",), adjacent=("z5",)),
        ZoneToGive(id="z5", spot=5, week_minutes=100, part="new", never=("h3",), adjacent=("z6",)),
        ZoneToGive(id="z6", spot=6, week_minutes=150, week_minutes_by={"h4": 50}, part="new", adjacent=("z4",)),
        ZoneToGive(id="z7", spot=7, week_minutes=400, part="new", helper="h4"),
        ZoneToGive(id="z8", spot=7, part="new", adjacent=("z9",)),
        ZoneToGive(id="z9", spot=6, part="new"),
    ),
    weights=ZoneWeights(beyond=1.0, compact=1.0),
    far=60,
    connected=True,
)  # fmt: skip


def zone_clean() -> ZonePlan:
    plan = solve(ZONES, budget=1, seed=1)
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


def only(plan: ZonePlan, *pairs: tuple[str, str]) -> ZonePlan:
    """``plan`` with these zones given and no others."""
    return replace(plan, given=tuple(ZoneGiven(zone=zone, helper=helper) for zone, helper in pairs))


def dearer(rule: Rule) -> Callable[[ZonePlan], ZonePlan]:
    """The plan states another cost for ``rule``."""
    return lambda plan: replace(plan, cost={**plan.cost, rule: plan.cost[rule] - 1.0})


ZONE_MUTATIONS: list[tuple[str, Rule, Callable[[ZonePlan], ZonePlan]]] = [
    ("no skill", Rule.SKILL, lambda plan: given_also(plan, "z1", "h3")),
    ("another part of town", Rule.SERVES, lambda plan: given_also(plan, "z8", "h1")),
    ("no part of town", Rule.SERVES, lambda plan: given_also(plan, "z3", "h4")),
    ("not agreed to", Rule.CONSENT, lambda plan: given_also(plan, "z4", "h3")),
    ("ruled out", Rule.CONSENT, lambda plan: given_also(plan, "z5", "h3")),
    ("too far", Rule.FAR, lambda plan: given_also(plan, "z8", "h1")),
    ("households", Rule.HOUSEHOLDS_CAP, lambda plan: only(plan, ("z1", "h1"), ("z3", "h1"))),
    ("minutes", Rule.ZONE_MINUTES_CAP, lambda plan: only(plan, ("z1", "h2"), ("z2", "h2"))),
    ("minutes a week", Rule.ZONE_WEEK_CAP, lambda plan: only(plan, ("z4", "h4"), ("z7", "h4"))),
    ("two pieces", Rule.CONNECTED, lambda plan: only(plan, ("z4", "h4"), ("z5", "h4"), ("z7", "h4"))),
    ("two large pieces", Rule.CONNECTED, lambda plan: only(plan, *((f"z{one}", "h4") for one in (5, 6, 8, 9)))),
    ("pin", Rule.PIN, lambda plan: given_also(plan, "z2", "h1")),
    ("twice", Rule.ONCE, lambda plan: replace(plan, given=(*plan.given, plan.given[0]))),
    ("nobody and no reason", Rule.ONCE, lambda plan: replace(plan, given=())),
    ("unknown helper", Rule.ONCE, lambda plan: given_also(plan, "z1", "h9")),
    ("an unknown zone", Rule.ONCE, lambda plan: given_also(plan, "z0", "h1")),
    ("uncovered but unknown", Rule.ONCE, lambda plan: uncovered(plan, "z0", REASON)),
    ("given and uncovered", Rule.ONCE, lambda plan: uncovered(plan, "z1", REASON)),
    ("uncovered without a reason", Rule.ONCE, lambda plan: uncovered(plan, "z3")),
    *(
        (f"{rule} told wrong", rule, dearer(rule))
        for rule in (
            Rule.UNPLANNED, Rule.MOVED, Rule.DISTANCE, Rule.BALANCE, Rule.BEYOND, Rule.COMPACT, Rule.ZONE_PRICE
        )
    ),
]  # fmt: skip
