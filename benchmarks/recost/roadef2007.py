"""Cost and rules of a ROADEF 2007 plan, from the dump alone.

A job stands on the route of every member of its team, at the same start, in ticks from the beginning of day 1. Who is
in a team is read from that: the people on whose routes a job stands. Two jobs of one day that share anybody must share
everybody, for a team stays as it is for the whole day. ``unplanned`` is what is handed out.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from msgspec import Struct

from benchmarks.instances.roadef2007 import DAY_TICKS, WEIGHT_LAST, WEIGHTS, Intervention, Roadef
from benchmarks.recost.dump import Dump, VisitId
from benchmarks.recost.verdict import TOLERANCE, Fault, Verdict, account


class Done(Struct, frozen=True, kw_only=True):
    """A job as the dump has it: by whom, and when."""

    job: Intervention
    who: frozenset[VisitId]
    start: float

    @property
    def end(self) -> float:
        """When it is done."""
        return self.start + self.job.ticks

    @property
    def day(self) -> int:
        """The day it starts on, from 1."""
        return int(self.start // DAY_TICKS) + 1


def recost(instance: Roadef, dump: Dump) -> Verdict:
    """The plan's cost and every rule it breaks. ``unserved`` is 0: handing out within the budget is no failure."""
    done, faults = _done(instance, dump)
    faults += account(
        dump,
        name=instance.name,
        workers=[one.id for one in instance.technicians],
        wanted={one.id: 1 for one in instance.interventions},
        given=list(dict.fromkeys(stop.visit for route in dump.routes for stop in route.stops)),
        may_stay_out=True,
    )
    faults += _handed_out(instance, dump)
    for one in done.values():
        faults += _times(one, done)
        faults += _people(instance, one)
    faults += _teams(list(done.values()))
    parts = {f"end_{priority}": _last(done, priority) for priority in WEIGHTS} | {"end": _last(done, None)}
    cost = sum(weight * parts[f"end_{priority}"] for priority, weight in WEIGHTS.items()) + WEIGHT_LAST * parts["end"]
    return Verdict(cost=cost, parts=parts, unserved=0, faults=tuple(faults))


def _done(instance: Roadef, dump: Dump) -> tuple[dict[VisitId, Done], list[Fault]]:
    jobs = {one.id: one for one in instance.interventions}
    starts: dict[VisitId, set[float]] = defaultdict(set)
    who: dict[VisitId, set[VisitId]] = defaultdict(set)
    faults = []
    for route in dump.routes:
        for stop in route.stops:
            if route.worker in who[stop.visit]:
                faults.append(Fault("visit_once", f"Job {stop.visit} stands twice on the route of {route.worker}."))
            starts[stop.visit].add(stop.start)
            who[stop.visit].add(route.worker)
    for id_, times in starts.items():
        if len(times) > 1:
            faults.append(Fault("together", f"Job {id_} starts at {sorted(times)} for different people."))
    done: dict[VisitId, Done] = {
        id_: Done(job=jobs[id_], who=frozenset(who[id_]), start=max(times))
        for id_, times in starts.items()
        if isinstance(id_, int) and id_ in jobs
    }
    return done, faults


def _last(done: dict[VisitId, Done], priority: int | None) -> float:
    return max((one.end for one in done.values() if priority in (None, one.job.priority)), default=0.0)


def _handed_out(instance: Roadef, dump: Dump) -> list[Fault]:
    out = set(dump.unplanned)
    price = sum(one.price for one in instance.interventions if one.id in out)
    faults = [
        Fault("handed_out", f"Job {one.id} comes after one that is handed out, and is not.")
        for one in instance.interventions
        if one.id not in out and out & set(one.after)
    ]
    if price > instance.budget:
        faults.append(Fault("budget", f"What is handed out costs {price} of {instance.budget}."))
    return faults


def _times(one: Done, done: dict[VisitId, Done]) -> list[Fault]:
    faults = []
    if one.start < -TOLERANCE or one.end > one.day * DAY_TICKS + TOLERANCE:
        faults.append(Fault("day", f"Job {one.job.id} [{one.start:g}, {one.end:g}) is not within one day."))
    for before in one.job.after:
        if before in done and one.start < done[before].end - TOLERANCE:
            faults.append(Fault("order", f"Job {one.job.id} starts at {one.start:g}, before {before} ends."))
    return faults


def _people(instance: Roadef, one: Done) -> list[Fault]:
    members = [other for other in instance.technicians if other.id in one.who]
    faults = [
        Fault("absent", f"Technician {other.id} is absent on day {one.day}, and on job {one.job.id}.")
        for other in members
        if one.day in other.absent
    ]
    for domain, levels in enumerate(one.job.needs):
        for level, need in enumerate(levels, 1):
            able = sum(other.levels[domain] >= level for other in members)
            if able < need:
                faults.append(
                    Fault(
                        "skill",
                        f"Job {one.job.id} needs {need} of level {level} in domain {domain + 1}, its team has {able}.",
                    )
                )
    return faults


def _teams(done: list[Done]) -> list[Fault]:
    faults = []
    for one, other in combinations(done, 2):
        if one.day != other.day or not one.who & other.who:
            continue
        if one.who != other.who:
            faults.append(Fault("team", f"Jobs {one.job.id} and {other.job.id} of one day share some people, not all."))
        if one.start < other.end - TOLERANCE and other.start < one.end - TOLERANCE:
            faults.append(Fault("overlap", f"Jobs {one.job.id} and {other.job.id} of one team overlap."))
    return faults
