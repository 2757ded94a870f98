"""Home health care as a problem: a visit for each service of a patient, tied where a patient needs two.

Travel, lateness and the greatest lateness weigh one each; a third of their sum is the instance's cost. Nobody's day
ends before all work could be done by one person, as the instances have no shifts.
"""

from __future__ import annotations

import time

from benchmarks.instances.hhcrsp import Hhcrsp
from benchmarks.problems.scale import Scale, scale_of
from benchmarks.problems.solving import MODE, ORIGIN, matrix, plan, spots, visits_by_worker
from benchmarks.recost.dump import Dump
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.hhcrsp import hhcrsp as timed
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, RouteProblem, RouteWeights, Skill, Span, Tie, Visit, Worker

OUT = 100_000
"""Price, in the instance's unit, of a visit left out: beyond any lateness of these days."""


def to_problem(instance: Hhcrsp) -> RouteProblem:
    """Spot 0 is the office, a patient's spot their row; visit ``p1/0`` is the first service of patient p1."""
    scale = _scale(instance)
    horizon = _horizon(instance, scale)
    return RouteProblem(
        area=instance.name,
        origin=ORIGIN,
        tick_seconds=1,
        spots=spots(len(instance.distances)),
        matrix=matrix([scale.up(way) for way in row] for row in instance.distances),
        workers=tuple(
            Worker(
                id=one.id,
                mode=MODE,
                skills=tuple(Skill(skill=ability) for ability in sorted(one.abilities)),
                duties=(Duty(id=one.id, day=0, span=Span(0, horizon), start_spot=0, end_spot=0),),
            )
            for one in instance.caregivers
        ),
        visits=tuple(
            Visit(
                id=f"{patient.id}/{index}",
                spot=patient.row,
                ticks=scale.up(care.duration),
                windows=(Span(scale.up(patient.earliest), horizon),),
                skill=care.service,
                due=scale.down(patient.latest),
                late_weight=1,
                price=OUT * scale.ticks,
            )
            for patient in instance.patients
            for index, care in enumerate(patient.care)
        ),
        ties=tuple(
            Tie(
                first=f"{patient.id}/0",
                then=f"{patient.id}/1",
                least=scale.up(patient.link.least),
                most=scale.down(patient.link.most),
                workers="different",
            )
            for patient in instance.patients
            if patient.link is not None
        ),
        weights=RouteWeights(greatest_late=1, continuity=0, change_worker=0, change_tick=0),
    )


def _scale(instance: Hhcrsp) -> Scale:
    numbers = [way for row in instance.distances for way in row]
    for patient in instance.patients:
        numbers += [patient.earliest, patient.latest, *(care.duration for care in patient.care)]
        numbers += [patient.link.least, patient.link.most] if patient.link else []
    return scale_of(numbers)


def _horizon(instance: Hhcrsp, scale: Scale) -> int:
    """When one person could have done everything, having waited for the last window first."""
    way = max(way for row in instance.distances for way in row)
    last = max(patient.latest for patient in instance.patients)
    work = sum(
        way + care.duration + (patient.link.most if patient.link else 0)
        for patient in instance.patients
        for care in patient.care
    )
    return scale.up(last + work + way)


def dump(instance: Hhcrsp, seed: int, found: RoutePlan) -> Dump:
    """The plan's orders, timed from the instance."""
    care = {
        f"{patient.id}/{index}": (patient.id, care.service)
        for patient in instance.patients
        for index, care in enumerate(patient.care)
    }
    orders = {worker: [care[visit] for visit in visits] for worker, visits in visits_by_worker(found).items()}
    return timed(instance, seed, orders)


def solve(instance: Hhcrsp, effort: Effort) -> Answer:
    """Our answer."""
    began = time.perf_counter()
    found = plan(to_problem(instance), effort, began=began)
    return Answer(dump=dump(instance, effort.seed, found), repeatable=found.effort.repeatable)
