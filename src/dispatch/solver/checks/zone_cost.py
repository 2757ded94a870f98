"""What a zone plan costs by weighted rule, in minutes. Written apart from the solver's sums."""

from __future__ import annotations

from dispatch.model.travel import travel_minutes
from dispatch.solver.plan import ZonePlan
from dispatch.solver.rules import Rule
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive


def zone_cost(problem: ZoneProblem, plan: ZonePlan) -> dict[Rule, float]:
    """Cost of a zone plan by rule. A zone given to nobody costs ``uncovered`` and one per household."""
    weights = problem.weights
    zones = {zone.id: zone for zone in problem.zones}
    helpers = {helper.id: helper for helper in problem.helpers}
    held: dict[str, list[ZoneToGive]] = {helper: [] for helper in helpers}
    given = set()
    sums = dict.fromkeys((Rule.MOVED, Rule.DISTANCE, Rule.BEYOND, Rule.ZONE_PRICE, Rule.COMPACT), 0.0)
    for one in plan.given:
        zone, helper = zones.get(one.zone), helpers.get(one.helper)
        if zone is None or helper is None or one.zone in given:
            continue
        given.add(one.zone)
        held[helper.id].append(zone)
        sums[Rule.MOVED] += weights.moved if zone.helper not in (None, helper.id) else 0.0
        sums[Rule.DISTANCE] += weights.distance * minutes_between(problem, helper.mode, helper.spot, zone.spot)
        walk = minutes_between(problem, "walk", helper.spot, zone.spot)
        sums[Rule.BEYOND] += weights.beyond * max(0, walk - problem.near)
        sums[Rule.ZONE_PRICE] += zone.prices.get(helper.id, 0.0)
    if weights.compact:
        sums[Rule.COMPACT] = weights.compact * sum(
            _to_the_middle(problem, helpers[one], some) for one, some in held.items()
        )
    heaviest = max((workload(problem, helpers[one], some) for one, some in held.items()), default=0)
    out = sum(weights.uncovered + zone.households for zone in problem.zones if zone.id not in given)
    return {**sums, Rule.BALANCE: weights.balance * heaviest, Rule.UNPLANNED: float(out)}


def minutes_between(problem: ZoneProblem, mode: str, here: int, there: int) -> int:
    """Whole minutes by ``mode`` from one spot to another."""
    start, end = problem.spots[here], problem.spots[there]
    return travel_minutes(problem.speeds, mode, (start.lat, start.lon), (end.lat, end.lon))


def day_minutes(helper: ZoneHelper, zones: list[ZoneToGive]) -> int:
    """Minutes a day that ``helper`` needs for ``zones``."""
    return sum(zone.minutes_by.get(helper.id, zone.minutes) for zone in zones)


def week_minutes(helper: ZoneHelper, zones: list[ZoneToGive]) -> int:
    """Minutes a week that ``helper`` needs for ``zones``."""
    return sum(zone.week_minutes_by.get(helper.id, zone.week_minutes) for zone in zones)


def workload(problem: ZoneProblem, helper: ZoneHelper, zones: list[ZoneToGive]) -> int:
    """The minutes that are to be even, of ``helper`` with ``zones``."""
    return (week_minutes if problem.workload == "week_minutes" else day_minutes)(helper, zones)


def _to_the_middle(problem: ZoneProblem, helper: ZoneHelper, zones: list[ZoneToGive]) -> int:
    """Minutes from all ``zones`` to the one of them to which they are least."""
    return min(
        (sum(minutes_between(problem, helper.mode, middle.spot, zone.spot) for zone in zones) for middle in zones),
        default=0,
    )
