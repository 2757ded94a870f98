"""Home health care with two-person and linked visits, in the JSON form of Ceschia, Di Gaspero, Rosati and Schaerf.

A patient needs one or two services, each by another caregiver: *simultaneous* (same start) or *sequential* (the second
starts ``least`` to ``most`` after the first). Every caregiver starts and ends at the office; travel time = distance.
Starting before the window is not allowed, after it is lateness. Cost = (travel + total lateness + greatest
lateness) / 3 (Mankowska, Meisel and Bierwirth 2014). Bounds of windows are rounded to a millionth: the files hold
62.99999999999999 for 63.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of, records


class Care(Struct, frozen=True, kw_only=True):
    """One service of a patient and how long it takes."""

    service: str
    duration: float


class Link(Struct, frozen=True, kw_only=True):
    """The second start lies ``least`` to ``most`` after the first; both 0 for simultaneous."""

    least: float
    most: float


class Patient(Struct, frozen=True, kw_only=True):
    """Somebody at ``row`` of the matrix, ready from ``earliest``, late after ``latest``."""

    id: str
    row: int
    earliest: float
    latest: float
    care: tuple[Care, ...]
    link: Link | None = None


class Caregiver(Struct, frozen=True, kw_only=True):
    """Somebody and the services they can give."""

    id: str
    abilities: frozenset[str]


class Hhcrsp(Struct, frozen=True, kw_only=True):
    """``distances`` between the office (row 0) and the patients, which are times too."""

    name: str
    patients: tuple[Patient, ...]
    caregivers: tuple[Caregiver, ...]
    distances: tuple[tuple[float, ...], ...]


class _Sync(Struct):
    type: str
    distance: tuple[float, float] = (0, 0)


class _Patient(Struct):
    id: str
    time_window: tuple[float, float]
    required_caregivers: list[Care]
    synchronization: _Sync | None = None


class _Caregiver(Struct):
    id: str
    abilities: list[str]


class _File(Struct):
    patients: list[_Patient]
    caregivers: list[_Caregiver]
    distances: tuple[tuple[float, ...], ...]


def read(path: Path) -> Hhcrsp:
    """One instance. Raises `BadInstanceError` if the file is none."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except msgspec.DecodeError as error:
        raise BadInstanceError(path, str(error)) from None
    size = len(file.patients) + 1
    if len(file.distances) != size or any(len(row) != size for row in file.distances):
        raise BadInstanceError(path, f"distances are not {size} × {size}: the office and each patient.")
    return Hhcrsp(
        name=path.stem,
        patients=tuple(_patient(path, row, one) for row, one in enumerate(file.patients, 1)),
        caregivers=tuple(Caregiver(id=one.id, abilities=frozenset(one.abilities)) for one in file.caregivers),
        distances=file.distances,
    )


def _patient(path: Path, row: int, one: _Patient) -> Patient:
    if not 1 <= len(one.required_caregivers) <= 2:
        raise BadInstanceError(path, f"patient {one.id} needs {len(one.required_caregivers)} services, not one or two.")
    link = None
    if len(one.required_caregivers) == 2:
        sync = one.synchronization
        match sync.type if sync else None:
            case "simultaneous":
                link = Link(least=0, most=0)
            case "sequential" if sync:
                link = Link(least=sync.distance[0], most=sync.distance[1])
            case kind:
                raise BadInstanceError(path, f"patient {one.id}: synchronization {kind!r} is not known.")
    earliest, latest = (round(bound, 6) for bound in one.time_window)
    if latest < earliest:
        raise BadInstanceError(path, f"patient {one.id}: the window ends at {latest:g}, before it starts.")
    return Patient(id=one.id, row=row, earliest=earliest, latest=latest, care=tuple(one.required_caregivers), link=link)


def find(folder: Path) -> list[Path]:
    """Every instance file under ``folder``; solutions (``routes`` instead of ``patients``) are none."""
    return sorted(path for path in folder.rglob("*.json") if b'"patients"' in path.read_bytes())


def best_known(folder: Path) -> dict[str, float]:
    """Cost of the best seen by lower-case name: ``best_known.csv`` (best_seen) and ``italian_best.md`` (total_cost).

    Both hold printed figures: two decimals and six digits.
    """
    known = {row["instance"].lower(): float(row["best_seen"]) for row in records(folder / "best_known.csv")}
    table = folder / "italian_best.md"
    for line in lines_of(table) if table.is_file() else ():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 5 and re.fullmatch(r"[\d.]+", cells[4]):
            known[Path(cells[0]).stem.lower()] = float(cells[4])
    return known


class StoredStop(Struct, frozen=True):
    """A stop in the authors' solution files; ``arrival_time`` is the start of the service."""

    patient_id: str
    service_id: str
    arrival_time: float


class StoredRoute(Struct, frozen=True):
    """A route in the authors' solution files."""

    caregiver_id: str
    locations: list[StoredStop]


class StoredSolution(Struct, frozen=True):
    """A solution as the authors store it (``sol_toy_optimal.json``)."""

    routes: list[StoredRoute]


def read_solution(path: Path) -> StoredSolution:
    """A stored solution in the authors' form."""
    return msgspec.json.decode(path.read_bytes(), type=StoredSolution)
