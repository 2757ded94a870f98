"""Cost and rules of a plan with skill levels (Kovacs): travel of each team once, and what is handed out.

Technicians whose routes name the same ``team`` travel together; without one, everybody is a team of one. What a team
can do is counted: for each domain and level, how many of it have at least that level.
"""

from __future__ import annotations

from collections import defaultdict

from benchmarks.instances.kovacs import Strsp, Task, Technician
from benchmarks.recost.dump import Dump, Route
from benchmarks.recost.verdict import TOLERANCE, Fault, Verdict, account


def recost(instance: Strsp, dump: Dump) -> Verdict:
    """The plan's cost in the instance's unit and every rule it breaks."""
    tasks = {one.id: one for one in instance.tasks}
    technicians = {one.id: one for one in instance.technicians}
    teams: dict[object, list[Route]] = defaultdict(list)
    for index, route in enumerate(dump.routes):
        if route.stops:
            teams[("alone", index) if route.team is None else route.team].append(route)
    faults = account(
        dump,
        name=instance.name,
        workers=technicians,
        wanted={one.id: 1 for one in instance.tasks},
        given=[stop.visit for routes in teams.values() for stop in routes[0].stops],
        may_stay_out=True,
    )
    travel = 0.0
    for routes in teams.values():
        members = [technicians[route.worker] for route in routes if route.worker in technicians]
        _together(instance, routes, faults)
        _levels(routes[0], members, tasks, faults)
        travel += _times(instance, routes[0], tasks, faults)
    handed_out = sum(tasks[id_].price for id_ in dump.unplanned if id_ in tasks)
    return Verdict(
        cost=travel + handed_out,
        parts={"travel": travel, "handed_out": handed_out, "teams": len(teams)},
        unserved=len(dump.unplanned),
        faults=tuple(faults),
    )


def _together(instance: Strsp, routes: list[Route], faults: list[Fault]) -> None:
    first = routes[0]
    if len(routes) > 1 and not instance.teams:
        faults.append(Fault("team", f"Technicians {first.worker} and {routes[1].worker} may not be a team here."))
    for other in routes[1:]:
        if other.stops != first.stops:
            faults.append(Fault("team", f"Technicians {first.worker} and {other.worker} are a team and part."))


def _levels(route: Route, members: list[Technician], tasks: dict[int, Task], faults: list[Fault]) -> None:
    for stop in route.stops:
        task = tasks.get(stop.visit) if isinstance(stop.visit, int) else None
        for domain, needs in enumerate(task.needs if task else ()):
            for level, need in enumerate(needs, 1):
                able = sum(one.levels[domain] >= level for one in members)
                if able < need:
                    faults.append(
                        Fault(
                            "skill",
                            f"Task {stop.visit} needs {need} of level {level} in domain {domain + 1}; the team of "
                            f"{route.worker} has {able}.",
                        )
                    )


def _times(instance: Strsp, route: Route, tasks: dict[int, Task], faults: list[Fault]) -> float:
    """Travel of one team; adds what is too early or too late to ``faults``."""
    here, free, travel = instance.depot, instance.depot.ready, 0.0
    for stop in route.stops:
        there = tasks.get(stop.visit) if isinstance(stop.visit, int) else None
        if there is None:
            continue
        where = f"The team of {route.worker} at {there.id}"
        leg = instance.travel(here, there)
        if stop.start < free + leg - TOLERANCE:
            faults.append(Fault("travel", f"{where}: starts {stop.start}, cannot be there before {free + leg}."))
        if not there.ready - TOLERANCE <= stop.start <= there.due + TOLERANCE:
            faults.append(Fault("window", f"{where}: starts {stop.start}, window {there.ready} to {there.due}."))
        here, free, travel = there, stop.start + there.service, travel + leg
    leg = instance.travel(here, instance.depot)
    if free + leg > instance.depot.due + TOLERANCE:
        faults.append(
            Fault("day", f"The team of {route.worker} is back at {free + leg}, the day ends {instance.depot.due}.")
        )
    return travel + leg
