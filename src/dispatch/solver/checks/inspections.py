"""Hard rules and costs of plans of inspections."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from dispatch.solver.checks.round_facts import commitment_of
from dispatch.solver.inspection_plan import Inspection, InspectionPlan
from dispatch.solver.inspection_problem import (
    InspectionKept,
    InspectionLevel,
    InspectionProblem,
    Inspector,
    WorkDone,
)
from dispatch.solver.plan import Finding
from dispatch.solver.rules import Rule


class InspectionFacts:
    """An `InspectionProblem` and an `InspectionPlan` by id. ``day``: when work was seen last, by level and work."""

    def __init__(self, problem: InspectionProblem, plan: InspectionPlan) -> None:
        self.problem = problem
        self.plan = plan
        self.works: dict[str, WorkDone] = {work.id: work for work in problem.works}
        self.inspectors: dict[str, Inspector] = {one.id: one for one in problem.inspectors}
        self.day = {(one.level, one.work): one.day for one in plan.inspections}
        self._kept: dict[str, dict[str, InspectionKept]] = {}
        for one in problem.kept:
            self._kept.setdefault(one.level, {})[one.work] = one
        below: str | None = None
        self.below: dict[str, str | None] = {}
        for level in problem.levels:
            self.below[level.id] = below
            below = level.id

    def ready(self, level: str) -> dict[str, int]:
        """What ``level`` draws from: each piece of work with the first day on which it may be seen."""
        below = self.below[level]
        if below is None:
            return {work.id: work.day for work in self.problem.works}
        return {work: day for (one, work), day in self.day.items() if one == below and work in self.works}

    def kept(self, level: str) -> dict[str, InspectionKept]:
        """What stays of ``level`` as it was, by work."""
        return self._kept.get(level, {})

    def known(self) -> Iterator[tuple[Inspection, WorkDone, Inspector]]:
        """The inspections whose work, level and inspector the problem knows."""
        for one in self.plan.inspections:
            if one.work in self.works and one.level in self.below and one.inspector in self.inspectors:
                yield one, self.works[one.work], self.inspectors[one.inspector]

    def asked(self, level: InspectionLevel) -> int:
        """The size of the sample that ``level`` is to take."""
        works = len(self.ready(level.id))
        return min(works, max(level.least, math.ceil(level.share * works - 1e-9)))

    def planned(self, level: str) -> int:
        """The size of the sample that it takes."""
        return sum(one == level for one, _ in self.day)


def _finding(rule: Rule, one: Inspection, what: str) -> Finding:
    return Finding(rule=rule, message=f"Work {one.work} {what}.", visit=one.work, worker=one.inspector)


def inspector(facts: InspectionFacts) -> Iterator[Finding]:
    """Whoever re-checks is of the level, may see the zone and is not of the team; what stays was told before."""
    for one, work, who in facts.known():
        if one.work in facts.kept(one.level):
            continue
        if who.level != one.level:
            yield _finding(Rule.INSPECTOR, one, f"is seen for {one.level} by {who.id}, who is of {who.level}")
        if who.zones and work.zone not in who.zones:
            yield _finding(Rule.INSPECTOR, one, f"is in zone {work.zone}, where {who.id} may not go")
        if work.team in who.never:
            yield _finding(Rule.INSPECTOR, one, f"is of team {work.team}, which {who.id} never inspects")


def inspection_day(facts: InspectionFacts) -> Iterator[Finding]:
    """Each on a day of the inspector, and not before the work was done and the level below was there."""
    for one, _, who in facts.known():
        if one.day not in who.days:
            yield _finding(Rule.INSPECTION_DAY, one, f"is seen on day {one.day}, which is none of {who.id}")
        first = facts.ready(one.level).get(one.work)
        if first is not None and one.day < first:
            yield _finding(Rule.INSPECTION_DAY, one, f"is seen on day {one.day}, it is ready on day {first}")
        if one.day < facts.problem.first and one.work not in facts.kept(one.level):
            yield _finding(Rule.INSPECTION_DAY, one, f"is seen on day {one.day}, before day {facts.problem.first}")


def inspection_kept(facts: InspectionFacts) -> Iterator[Finding]:
    """What is to stay stands in the plan as it was."""
    stands = {(one.level, one.work): (one.inspector, one.day) for one in facts.plan.inspections}
    for one in facts.problem.kept:
        if stands.get((one.level, one.work)) != (one.inspector, one.day):
            message = f"Work {one.work} was to be seen for {one.level} by {one.inspector} on day {one.day}, and is not."
            yield Finding(rule=Rule.PIN, message=message, visit=one.work, worker=one.inspector)


def inspections_cap(facts: InspectionFacts) -> Iterator[Finding]:
    """No more on one day than the cap."""
    for (name, day), count in sorted(Counter((who.id, one.day) for one, _, who in facts.known()).items()):
        cap = facts.inspectors[name].per_day
        if count > cap:
            message = f"{name} has {count} inspections on day {day}, the cap is {cap}."
            yield Finding(rule=Rule.INSPECTIONS_CAP, message=message, worker=name, value=count, limit=cap)


def inspection_once(facts: InspectionFacts) -> Iterator[Finding]:
    """No work twice at one level, nothing unknown."""
    for (level, work), times in sorted(Counter((one.level, one.work) for one in facts.plan.inspections).items()):
        if times > 1:
            message = f"Work {work} is seen {times} times for {level}."
            yield Finding(rule=Rule.ONCE, message=message, visit=work, value=times, limit=1)
    for one in facts.plan.inspections:
        if one.work not in facts.works or one.level not in facts.below or one.inspector not in facts.inspectors:
            yield _finding(Rule.ONCE, one, f"at level {one.level} by {one.inspector}: one of them is unknown")


def sample(facts: InspectionFacts) -> Iterator[Finding]:
    """As much as asked, of what the level below had; said where it is less, and no more but for zones."""
    short = {one.level: one for one in facts.plan.short}
    for level in facts.problem.levels:
        ready = facts.ready(level.id)
        for one in facts.plan.inspections:
            if one.level == level.id and one.work in facts.works and one.work not in ready:
                yield _finding(Rule.SAMPLE, one, f"is seen for {level.id}, but was not inspected at the level below")
        asked, planned = facts.asked(level), facts.planned(level.id)
        zones = {facts.works[work].zone for work in ready}
        kept = facts.kept(level.id)
        unseen = zones - {facts.works[work].zone for work in kept if work in facts.works}
        if planned > max(asked, len(kept) + len(unseen)):
            yield _level(level, f"takes {planned} pieces of work, it is asked for {asked}", planned, asked)
        said = short.get(level.id)
        if planned < asked and (said is None or (said.asked, said.planned) != (asked, planned) or not said.reasons):
            yield _level(level, f"takes {planned} of {asked} pieces of work and does not say why", planned, asked)

    wanted = {level.id: facts.asked(level) for level in facts.problem.levels}
    for named in facts.plan.short:
        if not named.reasons or facts.planned(named.level) >= wanted.get(named.level, 0):
            message = f"Level {named.level} is named as short, but is not, or the plan does not say why."
            yield Finding(rule=Rule.SAMPLE, message=message)


def _level(level: InspectionLevel, what: str, value: int, limit: int) -> Finding:
    return Finding(rule=Rule.SAMPLE, message=f"Level {level.id} {what}.", value=value, limit=limit)


def zone_seen(facts: InspectionFacts) -> Iterator[Finding]:
    """Every zone of the level below is seen; what is not, and nothing else, is named, and no more than must be."""
    named = {(one.level, one.zone): one for one in facts.plan.unseen}
    out: set[tuple[str, str]] = set()
    for level in facts.problem.levels:
        ready = facts.ready(level.id)
        zones = {facts.works[work].zone for work in ready}
        seen = {facts.works[work].zone for one, work in facts.day if one == level.id and work in facts.works}
        out |= {(level.id, zone) for zone in zones - seen}
        for zone in sorted(zones - seen):
            one = named.get((level.id, zone))
            if one is None or not one.reasons:
                message = f"Zone {zone} is not seen by {level.id}, and the plan does not say why."
                yield Finding(rule=Rule.ZONE_SEEN, message=message, visit=zone)
        most = _zones_at_most(facts, level.id, ready)
        if len(zones & seen) < most:
            message = f"Level {level.id} sees {len(zones & seen)} zones, it could see {most}."
            yield Finding(rule=Rule.ZONE_SEEN, message=message, value=len(zones & seen), limit=most)
    for level_id, zone in sorted(named.keys() - out):
        message = f"Zone {zone} is named as unseen by {level_id}, which is not so."
        yield Finding(rule=Rule.ZONE_SEEN, message=message, visit=zone)


def _zones_at_most(facts: InspectionFacts, level: str, ready: dict[str, int]) -> int:
    """The most zones that the inspectors of ``level`` could see: a largest matching of zones and places on days.

    Each zone in turn looks for a place, those that have one moving on for it where they can (Kuhn 1955).
    """
    room: dict[str, list[tuple[str, int, int]]] = {}
    kept = facts.kept(level)
    taken = Counter((one.inspector, one.day) for one in kept.values())
    seen = {facts.works[work].zone for work in kept if work in facts.works}
    for work, done in sorted(ready.items()):
        zone, day = facts.works[work].zone, max(done, facts.problem.first)
        if zone in seen:
            continue
        for who in facts.problem.inspectors:
            if who.level == level and (not who.zones or zone in who.zones) and facts.works[work].team not in who.never:
                days = (one for one in who.days if one >= day)
                free = ((who.id, one, n) for one in days for n in range(who.per_day - taken[who.id, one]))
                room.setdefault(zone, []).extend(free)
    places = {zone: list(dict.fromkeys(some)) for zone, some in room.items()}
    holder: dict[tuple[str, int, int], str] = {}

    def find(zone: str, tried: set[tuple[str, int, int]]) -> bool:
        for place in places[zone]:
            if place not in tried:
                tried.add(place)
                if place not in holder or find(holder[place], tried):
                    holder[place] = zone
                    return True
        return False

    return len(seen) + sum(find(zone, set()) for zone in sorted(places))


def inspection_draw(facts: InspectionFacts) -> Iterator[Finding]:
    """The commitment is that of seed and problem."""
    if facts.plan.commitment != commitment_of(facts.problem, facts.problem.seed):
        message = "The plan of inspections carries another commitment than seed and problem make."
        yield Finding(rule=Rule.DRAW, message=message)


def inspection_cost(facts: InspectionFacts) -> dict[Rule, float]:
    """Zones that no one of a level sees, and pieces of work that its sample lacks, over all levels."""
    unseen = lacking = 0
    for level in facts.problem.levels:
        zones = {facts.works[work].zone for work in facts.ready(level.id)}
        seen = {facts.works[work].zone for one, work in facts.day if one == level.id and work in facts.works}
        unseen += len(zones - seen)
        lacking += max(0, facts.asked(level) - facts.planned(level.id))
    return {Rule.ZONE_UNSEEN: float(unseen), Rule.SAMPLE_SHORT: float(lacking)}
