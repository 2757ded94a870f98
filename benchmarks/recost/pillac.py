"""Cost and rules of a technicians' plan (Pillac): working time; windows, days, skills, tools and parts.

A technician's working time runs from leaving home for the first stop, just in time for its start as dumped, to being
back home. Where starts are dumped as late as the route's end allows, it is the end less the latest start that keeps it.
"""

from __future__ import annotations

from benchmarks.instances.pillac import DEPOT, Place, Trsp
from benchmarks.recost.dump import Dump
from benchmarks.recost.verdict import TOLERANCE, Fault, Verdict, account


def recost(instance: Trsp, dump: Dump) -> Verdict:
    """The plan's working time in the instance's unit and every rule it breaks."""
    places = {one.id: one for one in (instance.depot, *instance.requests)}
    technicians = {one.id: one for one in instance.technicians}
    faults = account(
        dump,
        name=instance.name,
        workers=technicians,
        wanted={one.id: 1 for one in instance.requests},
        given=[stop.visit for route in dump.routes for stop in route.stops if stop.visit != DEPOT],
        may_stay_out=instance.unserved,
    )
    worked = 0.0
    for route in dump.routes:
        technician = technicians.get(route.worker) if isinstance(route.worker, int) else None
        stops = [(places[stop.visit], stop.start) for stop in route.stops if stop.visit in places]
        if technician is not None and stops:
            worked += _times(instance, technician, stops, faults)
            _needs(technician, stops, faults)
    used = sum(bool(route.stops) for route in dump.routes)
    return Verdict(
        cost=worked,
        parts={"working_time": worked, "technicians": used},
        unserved=len(dump.unplanned),
        faults=tuple(faults),
    )


def _times(instance: Trsp, technician: Place, stops: list[tuple[Place, float]], faults: list[Fault]) -> float:
    """Working time of one technician; adds what is too early or too late to ``faults``."""
    first, start = stops[0]
    leave = start - instance.travel(technician, first)
    if leave < technician.earliest - TOLERANCE:
        faults.append(
            Fault("day", f"Technician {technician.id} leaves at {leave}, the day begins {technician.earliest}.")
        )
    here, free = technician, leave
    for there, start in stops:
        where = f"Technician {technician.id} at {there.id}"
        arrive = free + instance.travel(here, there)
        if start < arrive - TOLERANCE:
            faults.append(Fault("travel", f"{where}: starts {start}, cannot be there before {arrive}."))
        if not there.earliest - TOLERANCE <= start <= there.latest + TOLERANCE:
            faults.append(Fault("window", f"{where}: starts {start}, window {there.earliest} to {there.latest}."))
        known = instance.known.get(there.id)
        # To go there, its release must have been heard of; waiting is done where one stands.
        if known is not None and start - instance.travel(here, there) < known - TOLERANCE:
            faults.append(Fault("known", f"{where}: must be left for before it is known, at {known}."))
        here, free = there, start + (0.0 if there.id == DEPOT else there.service)
    back = free + instance.travel(here, technician)
    if back > technician.latest + TOLERANCE:
        faults.append(Fault("day", f"Technician {technician.id} is home at {back}, the day ends {technician.latest}."))
    return back - leave


def _needs(technician: Place, stops: list[tuple[Place, float]], faults: list[Fault]) -> None:
    """Adds each request whose skill, tool or part its technician does not have by then to ``faults``."""
    left = list(technician.parts)
    stocked = False
    for there, _ in stops:
        if there.id == DEPOT:
            stocked = True
            continue
        where = f"Technician {technician.id} at {there.id}"
        if not there.skills <= technician.skills:
            faults.append(Fault("skill", f"{where}: lacks skill {min(there.skills - technician.skills)}."))
        if stocked:
            continue
        if not there.tools <= technician.tools:
            faults.append(Fault("tool", f"{where}: lacks tool {min(there.tools - technician.tools)}."))
        for kind, count in enumerate(there.parts):
            left[kind] -= count
            if left[kind] < 0 < count:
                faults.append(Fault("part", f"{where}: {-left[kind]} too few of part {kind}."))
