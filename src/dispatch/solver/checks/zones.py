"""Hard rules of zone plans: who may have a zone, caps, pins, zones that hang together, every zone once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.solver.checks.facts import covers
from dispatch.solver.checks.zone_cost import day_minutes, minutes_between, week_minutes
from dispatch.solver.checks.zone_places import neighbours, pieces
from dispatch.solver.plan import Finding, ZoneGiven, ZonePlan
from dispatch.solver.rules import Rule
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive


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

    def held(self) -> dict[str, list[ZoneToGive]]:
        """The zones of every helper."""
        found: dict[str, list[ZoneToGive]] = {helper: [] for helper in self.helpers}
        for zone, helper in self.pairs():
            found[helper.id].append(zone)
        return found


def zone_skill(facts: ZoneFacts) -> Iterator[Finding]:
    """The helper holds the zone's skill on the day."""
    for zone, helper in facts.pairs():
        wanted = zone.skill
        if wanted is None:
            continue
        if not any(covers(held, wanted, zone.level, facts.problem.day) for held in helper.skills):
            message = f"{helper.id} does not hold {wanted} at level {zone.level} for zone {zone.id}."
            yield Finding(rule=Rule.SKILL, message=message, visit=zone.id, worker=helper.id)


def serves(facts: ZoneFacts) -> Iterator[Finding]:
    """The helper serves the part of town the zone lies in."""
    for zone, helper in facts.pairs():
        if helper.serves is not None and zone.part not in helper.serves:
            where = "no part of town" if zone.part is None else zone.part
            message = f"Zone {zone.id} lies in {where}, which {helper.id} does not serve."
            yield Finding(rule=Rule.SERVES, message=message, visit=zone.id, worker=helper.id)


def consent(facts: ZoneFacts) -> Iterator[Finding]:
    """The client agreed to the helper, and did not rule them out."""
    for zone, helper in facts.pairs():
        if (zone.only is not None and helper.id not in zone.only) or helper.id in zone.never:
            message = f"The client of zone {zone.id} did not agree to {helper.id}."
            yield Finding(rule=Rule.CONSENT, message=message, visit=zone.id, worker=helper.id)


def far(facts: ZoneFacts) -> Iterator[Finding]:
    """The zone lies within the walk allowed from the helper's base."""
    limit = facts.problem.far
    for zone, helper in facts.pairs() if limit is not None else ():
        walk = minutes_between(facts.problem, "walk", helper.spot, zone.spot)
        if limit is not None and walk > limit:
            message = f"Zone {zone.id} is {walk} minutes on foot from the base of {helper.id}, {limit} are allowed."
            yield Finding(rule=Rule.FAR, message=message, visit=zone.id, worker=helper.id, value=walk, limit=limit)


def households_cap(facts: ZoneFacts) -> Iterator[Finding]:
    """No helper has more households than the cap."""
    for helper, zones in facts.held().items():
        cap, households = facts.helpers[helper].max_households, sum(zone.households for zone in zones)
        if cap is not None and households > cap:
            yield _over(Rule.HOUSEHOLDS_CAP, helper, households, cap, "households")


def zone_minutes_cap(facts: ZoneFacts) -> Iterator[Finding]:
    """No helper has more minutes of zone work a day than the cap."""
    for helper, zones in facts.held().items():
        cap, minutes = facts.helpers[helper].max_minutes, day_minutes(facts.helpers[helper], zones)
        if cap is not None and minutes > cap:
            yield _over(Rule.ZONE_MINUTES_CAP, helper, minutes, cap, "minutes a day")


def zone_week_cap(facts: ZoneFacts) -> Iterator[Finding]:
    """No helper has more minutes of zone work a week than the cap."""
    for helper, zones in facts.held().items():
        cap, minutes = facts.helpers[helper].max_week_minutes, week_minutes(facts.helpers[helper], zones)
        if cap is not None and minutes > cap:
            yield _over(Rule.ZONE_WEEK_CAP, helper, minutes, cap, "minutes a week")


def _over(rule: Rule, helper: str, value: int, limit: int, what: str) -> Finding:
    message = f"The zones of {helper} hold {value} {what}, the cap is {limit}."
    return Finding(rule=rule, message=message, worker=helper, value=value, limit=limit)


def connected(facts: ZoneFacts) -> Iterator[Finding]:
    """The zones of each helper hang together, where that is asked."""
    if not facts.problem.connected:
        return
    beside = neighbours(facts.problem)
    for helper, zones in facts.held().items():
        found = pieces({zone.id for zone in zones}, beside)
        if len(found) > 1:
            apart = min(found[-1])
            message = f"The zones of {helper} lie in {len(found)} pieces; {apart} hangs together with none of the rest."
            if len(found[-1]) > 1:
                message = f"The zones of {helper} lie in {len(found)} pieces; {apart} is in the smallest."
            yield Finding(rule=Rule.CONNECTED, message=message, visit=apart, worker=helper, value=len(found), limit=1)


def zone_pin(facts: ZoneFacts) -> Iterator[Finding]:
    """A pinned zone is with its helper, or named as uncovered because the pin cannot stand.

    The plan's word is not enough: the helper must be unknown, one who may not have the zone, or one whom the other
    pinned zones of the plan leave no room. Only where zones are to hang together the plan is believed.
    """
    holders = {one.zone: one.helper for one in facts.plan.given}
    excused = {out.id for out in facts.plan.unplanned if any(reason.rule is Rule.PIN for reason in out.reasons)}
    for zone in facts.problem.zones:
        if zone.pin is None or holders.get(zone.id) == zone.pin:
            continue
        if zone.id in holders or zone.id not in excused or not (facts.problem.connected or _hindered(facts, zone)):
            message = f"Zone {zone.id} is pinned to {zone.pin} but with {holders.get(zone.id, 'nobody')}."
            yield Finding(rule=Rule.PIN, message=message, visit=zone.id, worker=zone.pin)


def _hindered(facts: ZoneFacts, zone: ZoneToGive) -> bool:
    """Whether some rule keeps ``zone`` from the helper it is pinned to, who has nothing but other pinned zones."""
    if zone.pin not in facts.helpers:
        return True
    kept = tuple(
        one for one in facts.plan.given if one.helper == zone.pin and one.zone in facts.zones
        and facts.zones[one.zone].pin == zone.pin
    )  # fmt: skip
    alone = ZoneFacts(facts.problem, replace(facts.plan, given=(*kept, ZoneGiven(zone=zone.id, helper=zone.pin))))
    rules = (zone_skill, serves, consent, far, households_cap, zone_minutes_cap, zone_week_cap)
    return any(True for rule in rules for _ in rule(alone))


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
