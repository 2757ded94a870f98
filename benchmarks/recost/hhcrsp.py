"""Cost and rules of a home health care plan: (travel + total lateness + greatest lateness) / 3.

Lateness counts for each service of a patient, as in the source (Mankowska, Meisel and Bierwirth 2014). `TOLERANCE`
applies to every comparison of times.
"""

from __future__ import annotations

from collections import defaultdict

from benchmarks.instances.hhcrsp import Care, Hhcrsp, Patient, StoredSolution
from benchmarks.recost.dump import Dump, Route, Stop
from benchmarks.recost.verdict import TOLERANCE, Fault, Verdict, account

Done = dict[tuple[str, str], list[tuple[float, str]]]
"""By patient and service: each start and who does it."""


def recost(instance: Hhcrsp, dump: Dump) -> Verdict:
    """The plan's cost in the instance's unit and every rule it breaks."""
    patients = {patient.id: patient for patient in instance.patients}
    wanted: dict[object, int] = defaultdict(int)
    for patient in instance.patients:
        for care in patient.care:
            wanted[patient.id, care.service] += 1
    faults = account(
        dump,
        name=instance.name,
        workers=[caregiver.id for caregiver in instance.caregivers],
        wanted=wanted,
        given=[(stop.visit, stop.service) for route in dump.routes for stop in route.stops],
        may_stay_out=False,
        unplanned=[
            (id_, care.service)
            for id_ in dump.unplanned
            for care in (patients[str(id_)].care if id_ in patients else (Care(service="?", duration=0),))
        ],
    )
    done: Done = defaultdict(list)
    travel = sum(_route(instance, patients, route, done, faults) for route in dump.routes)
    for patient in instance.patients:
        _linked(patient, done, faults)
    late = [max(0.0, start - patients[id_].latest) for (id_, _), starts in done.items() for start, _ in starts]
    total, greatest = sum(late), max(late, default=0.0)
    return Verdict(
        cost=(travel + total + greatest) / 3,
        parts={"travel": travel, "lateness": total, "greatest_lateness": greatest},
        unserved=len(dump.unplanned),
        faults=tuple(faults),
    )


def _route(instance: Hhcrsp, patients: dict[str, Patient], route: Route, done: Done, faults: list[Fault]) -> float:
    """Travel of one route; notes who starts what when, adds what it breaks to ``faults``."""
    able = next((one.abilities for one in instance.caregivers if one.id == route.worker), frozenset())
    here, free, travel = 0, 0.0, 0.0
    for stop in route.stops:
        patient = patients.get(str(stop.visit))
        care = next((one for one in patient.care if one.service == stop.service), None) if patient else None
        if patient is None or care is None:
            continue
        where = f"Caregiver {route.worker} at {patient.id}"
        leg = instance.distances[here][patient.row]
        if care.service not in able:
            faults.append(Fault("skill", f"{where}: cannot give {care.service}."))
        if stop.start < free + leg - TOLERANCE:
            faults.append(Fault("travel", f"{where}: starts {stop.start}, cannot be there before {free + leg}."))
        if stop.start < patient.earliest - TOLERANCE:
            faults.append(Fault("window", f"{where}: starts {stop.start}, ready from {patient.earliest}."))
        done[patient.id, care.service].append((stop.start, str(route.worker)))
        here, free, travel = patient.row, stop.start + care.duration, travel + leg
    return travel + instance.distances[here][0]


def _linked(patient: Patient, done: Done, faults: list[Fault]) -> None:
    """Adds what the two visits of a patient break together."""
    if patient.link is None:
        return
    first, second = ((patient.id, care.service) for care in patient.care)
    # Two visits of the same service are told apart by their starts alone.
    starts = sorted(done[first]) if first == second else [*done[first][:1], *done[second][:1]]
    if len(starts) != 2:
        return
    (one, by), (other, other_by) = starts
    gap = other - one
    if by == other_by:
        faults.append(Fault("two_people", f"Patient {patient.id} is visited twice by {by}."))
    if not patient.link.least - TOLERANCE <= gap <= patient.link.most + TOLERANCE:
        faults.append(
            Fault(
                "together",
                f"Patient {patient.id}: the second starts {gap} after the first, asked are "
                f"{patient.link.least} to {patient.link.most}.",
            )
        )


def as_dump(instance: Hhcrsp, solution: StoredSolution) -> Dump:
    """A solution stored by the authors, in our form."""
    routes = [
        Route(
            worker=route.caregiver_id,
            stops=tuple(
                Stop(visit=stop.patient_id, service=stop.service_id, start=stop.arrival_time)
                for stop in route.locations
            ),
        )
        for route in solution.routes
    ]
    return Dump(instance=instance.name, seed=0, routes=tuple(routes))
