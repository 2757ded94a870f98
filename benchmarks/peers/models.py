"""Each public instance in the words that the peers share, and tours back into orders.

Whole numbers: VRPTW in tenths, exact; home health care in thousandths, exact; technicians and skill levels in
thousandths with travel rounded up, so that tours which fit in whole numbers fit the instance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.instances.hhcrsp import Hhcrsp
from benchmarks.instances.kovacs import Strsp
from benchmarks.instances.pillac import Trsp
from benchmarks.instances.teams import can_do
from benchmarks.instances.vrptw import Vrptw, tenths
from benchmarks.peers.plain import Model, Node, Pair, Tours, Vehicle

FINE = 1000
OUT = 2000
"""What a request or task costs that stays out, in the instance's unit: more than any detour, so fewest come first."""


def of_vrptw(instance: Vrptw) -> Model:
    """Every customer must be visited; the vehicles are equal."""
    places = (instance.depot, *instance.customers)
    return Model(
        travel=[[tenths(here, there) for there in places] for here in places],
        nodes=tuple(
            Node(
                row=row,
                earliest=round(one.ready * 10),
                latest=round(one.due * 10),
                service=round(one.service * 10),
                needs=(round(one.demand),),
            )
            for row, one in enumerate(instance.customers, 1)
        ),
        vehicles=(
            Vehicle(
                row=0,
                earliest=round(instance.depot.ready * 10),
                latest=round(instance.depot.due * 10),
                has=(round(instance.capacity),),
            ),
        )
        * instance.vehicles,
    )


def orders_of_vrptw(instance: Vrptw, tours: Tours) -> dict[int, tuple[int, ...]]:
    """Customers by vehicle."""
    return {number: tuple(instance.customers[node].id for node in tour) for number, tour in enumerate(tours, 1) if tour}


def of_pillac(instance: Trsp) -> Model:
    """Who lacks a skill or tool may not go; parts are a capacity of the day; nobody passes by the depot.

    Praxedo's days need none of the three. Release dates are not known to a plan made at once, so they are left out.
    """
    places = (*instance.technicians, *instance.requests)
    crew = len(instance.technicians)
    return Model(
        travel=[[_up(instance.travel(here, there)) for there in places] for here in places],
        nodes=tuple(
            Node(
                row=row,
                earliest=_up(one.earliest),
                latest=_down(one.latest),
                service=_up(one.service),
                vehicles=_able(
                    [
                        one.skills <= technician.skills and one.tools <= technician.tools
                        for technician in instance.technicians
                    ]
                ),
                price=OUT * FINE,
                needs=one.parts,
            )
            for row, one in enumerate(instance.requests, crew)
        ),
        vehicles=tuple(
            Vehicle(row=row, earliest=_up(one.earliest), latest=_down(one.latest), has=one.parts)
            for row, one in enumerate(instance.technicians)
        ),
        duration=True,
    )


def orders_of_pillac(instance: Trsp, tours: Tours) -> dict[int, tuple[int, ...]]:
    """Requests by technician."""
    return {
        technician.id: tuple(instance.requests[node].id for node in tour)
        for technician, tour in zip(instance.technicians, tours, strict=True)
        if tour
    }


def of_kovacs(instance: Strsp, teams: Sequence[Sequence[int]]) -> Model:
    """A vehicle for each of ``teams`` (technicians' ids): it may do what its levels add up to."""
    places = (instance.depot, *instance.tasks)
    levels = {one.id: one.levels for one in instance.technicians}
    return Model(
        travel=[[_up(instance.travel(here, there)) for there in places] for here in places],
        nodes=tuple(
            Node(
                row=row,
                earliest=_up(one.ready),
                latest=_down(one.due),
                service=_up(one.service),
                vehicles=_able([can_do([levels[id_] for id_ in team], one.needs) for team in teams]),
                price=OUT * FINE,
            )
            for row, one in enumerate(instance.tasks, 1)
        ),
        vehicles=(Vehicle(row=0, earliest=_up(instance.depot.ready), latest=_down(instance.depot.due)),) * len(teams),
    )


def orders_of_kovacs(instance: Strsp, tours: Tours) -> dict[int, tuple[int, ...]]:
    """Tasks by number of team, from 1."""
    return {number: tuple(instance.tasks[node].id for node in tour) for number, tour in enumerate(tours, 1) if tour}


def of_hhcrsp(instance: Hhcrsp) -> Model:
    """A node for each service of a patient; lateness is paid, the greatest once more is beyond a plain model."""
    horizon = 4 * (max(one.latest for one in instance.patients) + 1000)
    tasks = [(patient, care) for patient in instance.patients for care in patient.care]
    at = {(patient.id, care.service): index for index, (patient, care) in enumerate(tasks)}
    return Model(
        travel=[[_up(way) for way in row] for row in instance.distances],
        nodes=tuple(
            Node(
                row=patient.row,
                earliest=_up(patient.earliest),
                latest=_down(horizon),
                service=_up(care.duration),
                vehicles=_able([care.service in one.abilities for one in instance.caregivers]),
                due=_down(patient.latest),
            )
            for patient, care in tasks
        ),
        vehicles=(Vehicle(row=0, earliest=0, latest=_down(horizon)),) * len(instance.caregivers),
        pairs=tuple(
            Pair(
                first=at[patient.id, patient.care[0].service],
                second=at[patient.id, patient.care[1].service],
                least=_up(patient.link.least),
                most=_down(patient.link.most),
            )
            for patient in instance.patients
            if patient.link is not None
        ),
    )


def orders_of_hhcrsp(instance: Hhcrsp, tours: Tours) -> dict[str, tuple[tuple[str, str], ...]]:
    """Patient and service by caregiver."""
    tasks = [(patient.id, care.service) for patient in instance.patients for care in patient.care]
    return {
        caregiver.id: tuple(tasks[node] for node in tour)
        for caregiver, tour in zip(instance.caregivers, tours, strict=True)
        if tour
    }


def _able(flags: Sequence[bool]) -> tuple[int, ...] | None:
    """Who is able; None if everybody is."""
    return None if all(flags) else tuple(index for index, able in enumerate(flags) if able)


def _up(value: float) -> int:
    return math.ceil(value * FINE - 1e-6)


def _down(value: float) -> int:
    return math.floor(value * FINE + 1e-6)
