"""VROOM (pyvroom) on a model: its own threads, exploration level 5, stopped by its own time limit.

It minimises travel; where the duration is paid it still does, which is how it is used. It knows skills, capacity,
windows and visits that stay out, but no ties and no lateness. It ends by itself when its local search does.
"""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import vroom

from benchmarks.peers.plain import CannotError, Model, Tours

EXPLORATION = 5


def check(model: Model) -> None:
    """Raises `CannotError` if VROOM has no word for something in ``model``."""
    if model.pairs:
        raise CannotError("VROOM knows no visits tied to each other.")
    if any(node.due is not None for node in model.nodes):
        raise CannotError("VROOM knows no lateness at a price.")


def solve(model: Model, seconds: float, cores: int) -> Tours:
    """The tours VROOM finds on ``cores`` threads; visits it leaves out stand in none."""
    until = time.monotonic() + seconds
    work = vroom.Input()
    work.set_durations_matrix("car", np.array(model.travel, dtype=np.uint32))
    # A skill for each set of vehicles that some node is kept to; those vehicles have it.
    skills = {kept: number for number, kept in enumerate({node.vehicles for node in model.nodes if node.vehicles}, 1)}
    work.add_vehicle(
        [
            vroom.Vehicle(
                index,
                start=vehicle.row,
                end=vehicle.row,
                capacity=list(vehicle.has),
                skills={number for kept, number in skills.items() if index in kept},
                time_window=vroom.TimeWindow(vehicle.earliest, vehicle.latest),
            )
            for index, vehicle in enumerate(model.vehicles)
        ]
    )
    work.add_job(
        [
            vroom.Job(
                index,
                location=node.row,
                default_service=node.service,
                delivery=vroom.Amount(list(node.needs)),
                skills={skills[node.vehicles]} if node.vehicles else None,
                time_windows=[vroom.TimeWindow(node.earliest, node.latest)],
            )
            for index, node in enumerate(model.nodes)
            if node.vehicles != ()
        ]
    )
    found = work.solve(EXPLORATION, nb_threads=cores, timeout=timedelta(seconds=max(0.01, until - time.monotonic())))
    tours: Tours = [[] for _ in model.vehicles]
    jobs = found.routes[found.routes["type"] == "job"]
    for vehicle, job in zip(jobs["vehicle_id"], jobs["id"], strict=True):
        tours[int(vehicle)].append(int(job))
    return tours
