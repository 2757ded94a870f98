"""Earliest starts of all visits of a day whose patients tie routes together.

Each start is the largest of what stands before it: the way from the stop before, the opening of the window, and the
other visit of the patient (the second at least ``least`` after the first; the first at most ``most`` before the
second). Raising starts until nothing moves gives the least of all timings (longest paths; Bellman 1958), which is the
cheapest one as no cost falls with time. Orders that wait for each other in a circle have none.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence

from benchmarks.instances.hhcrsp import Hhcrsp, Patient
from benchmarks.recost.dump import Dump, Route, Stop

Task = tuple[str, str]
"""A patient and a service."""


class CircleError(ValueError):
    """Orders that wait for each other: they have no timing."""


def hhcrsp(instance: Hhcrsp, seed: int, orders: Mapping[str, Sequence[Task]]) -> Dump:
    """``orders``: patient and service by caregiver. Raises `CircleError` if no timing exists."""
    patients = {one.id: one for one in instance.patients}
    starts = _earliest(instance, patients, orders)
    routes = [
        Route(
            worker=caregiver,
            stops=tuple(Stop(visit=task[0], service=task[1], start=starts[task]) for task in tasks),
        )
        for caregiver, tasks in orders.items()
        if tasks
    ]
    left = [one.id for one in instance.patients if any((one.id, care.service) not in starts for care in one.care)]
    return Dump(instance=instance.name, seed=seed, routes=tuple(routes), unplanned=tuple(left))


def _earliest(
    instance: Hhcrsp, patients: Mapping[str, Patient], orders: Mapping[str, Sequence[Task]]
) -> dict[Task, float]:
    before: dict[Task, Task | None] = {}
    after: dict[Task, Task] = {}
    for tasks in orders.values():
        for index, task in enumerate(tasks):
            before[task] = tasks[index - 1] if index else None
            if index:
                after[tasks[index - 1]] = task
    duration = {(one.id, care.service): care.duration for one in instance.patients for care in one.care}
    starts = dict.fromkeys(before, -math.inf)
    waiting, raised = deque(before), dict.fromkeys(before, 0)
    while waiting:
        task = waiting.popleft()
        patient, previous = patients[task[0]], before[task]
        row = 0 if previous is None else patients[previous[0]].row
        free = 0.0 if previous is None else starts[previous] + duration[previous]
        start = max(patient.earliest, free + instance.distances[row][patient.row], _tied(patient, task, starts))
        if start <= starts[task]:
            continue
        raised[task] += 1
        if raised[task] > 4 * len(before) + 4:
            raise CircleError(f"Patient {task[0]} waits for itself round a circle of routes.")
        starts[task] = start
        waiting += [after[task]] if task in after else []
        waiting += [(patient.id, care.service) for care in patient.care if (patient.id, care.service) in starts]
    return starts


def _tied(patient: Patient, task: Task, starts: Mapping[Task, float]) -> float:
    """The least start that the patient's other visit leaves to ``task``."""
    if patient.link is None:
        return -math.inf
    first, second = ((patient.id, care.service) for care in patient.care)
    if task == second:
        return starts.get(first, -math.inf) + patient.link.least
    other = starts.get(second, -math.inf)
    least = other - patient.link.most
    # Rounding must not leave the gap a bit too long.
    return math.nextafter(least, math.inf) if least + patient.link.most < other else least
