"""Hard rules of zone plans: skills on the day, caps, pins, every zone once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.solver.checks.facts import covers
from dispatch.solver.plan import Finding, ZonePlan
from dispatch.solver.problem import ZoneHelper, ZoneProblem, ZoneToGive
from dispatch.solver.rules import Rule


class ZoneFacts:
    """A `ZoneProblem` and a `ZonePlan` by id."""

    def __init__(self, problem: ZoneProblem, plan: ZonePlan) -> None:
        self.problem = problem
        self.plan = plan
        self.zones: dict[str, ZoneToGive] = {zone.id: zone for zone in problem.zones}
        self.helpers: dict[str, ZoneHelper] = {helper.id: helper for helper in problem.helpers}

    def pairs(self) -> Iterator[tuple[ZoneToGive, ZoneHelper]]:
        """Every zone given, with its helper, both known to the problem."""
        for one in self.plan.given:
            if one.zone in self.zones and one.helper in self.helpers:
                yield self.zones[one.zone], self.helpers[one.helper]


def zone_skill(facts: ZoneFacts) -> Iterator[Finding]:
    """The helper holds the zone's skill on the day."""
    for zone, helper in facts.pairs():
        wanted = zone.skill
        if wanted is None:
            continue
        if not any(covers(held, wanted, zone.level, facts.problem.day) for held in helper.skills):
            message = f"{helper.id} does not hold {wanted} at level {zone.level} for zone {zone.id}."
            yield Finding(rule=Rule.SKILL, message=message, visit=zone.id, worker=helper.id)


def households_cap(facts: ZoneFacts) -> Iterator[Finding]:
    """No helper has more households than the cap."""
    held: Counter[str] = Counter()
    for zone, helper in facts.pairs():
        held[helper.id] += zone.households
    for helper in facts.problem.helpers:
        if helper.max_households is not None and held[helper.id] > helper.max_households:
            yield _over(Rule.HOUSEHOLDS_CAP, helper.id, held[helper.id], helper.max_households, "households")


def zone_minutes_cap(facts: ZoneFacts) -> Iterator[Finding]:
    """No helper has more minutes of zone work a day than the cap."""
    held: Counter[str] = Counter()
    for zone, helper in facts.pairs():
        held[helper.id] += zone.minutes
    for helper in facts.problem.helpers:
        if helper.max_minutes is not None and held[helper.id] > helper.max_minutes:
            yield _over(Rule.ZONE_MINUTES_CAP, helper.id, held[helper.id], helper.max_minutes, "minutes a day")


def _over(rule: Rule, helper: str, value: int, limit: int, what: str) -> Finding:
    message = f"The zones of {helper} hold {value} {what}, the cap is {limit}."
    return Finding(rule=rule, message=message, worker=helper, value=value, limit=limit)


def zone_pin(facts: ZoneFacts) -> Iterator[Finding]:
    """A pinned zone is with its helper, or named as uncovered because the pin cannot stand."""
    holders = {one.zone: one.helper for one in facts.plan.given}
    excused = {out.id for out in facts.plan.unplanned if any(reason.rule is Rule.PIN for reason in out.reasons)}
    for zone in facts.problem.zones:
        if zone.pin is None or holders.get(zone.id) == zone.pin:
            continue
        if zone.id in holders or zone.id not in excused:
            message = f"Zone {zone.id} is pinned to {zone.pin} but with {holders.get(zone.id, 'nobody')}."
            yield Finding(rule=Rule.PIN, message=message, visit=zone.id, worker=zone.pin)


def zone_once(facts: ZoneFacts) -> Iterator[Finding]:
    """Every zone is given once, or named as uncovered with a reason; nothing is unknown."""
    given = Counter(one.zone for one in facts.plan.given)
    out = Counter(one.id for one in facts.plan.unplanned)
    for zone in facts.problem.zones:
        if given[zone.id] + out[zone.id] != 1:
            what = f"is given {given[zone.id]} times and named as uncovered {out[zone.id]} times"
            yield _about(zone.id, what)
    for one in facts.plan.given:
        if one.zone not in facts.zones:
            yield _about(one.zone, "is given but unknown")
        if one.helper not in facts.helpers:
            yield _about(one.zone, f"is given to {one.helper}, who is unknown")
    for left in facts.plan.unplanned:
        if left.id not in facts.zones:
            yield _about(left.id, "is named as uncovered but unknown")
        if not left.reasons:
            yield _about(left.id, "is left uncovered without a reason")


def _about(zone: str, what: str) -> Finding:
    return Finding(rule=Rule.ONCE, message=f"Zone {zone} {what}.", visit=zone)
