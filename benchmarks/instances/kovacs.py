"""Service technicians with skill levels after Kovacs, Parragh, Doerner and Hartl 2012, with and without teams.

Tasks are a Solomon table with a matrix of needs: how many people of at least level l in domain d (cumulative by level,
as in ROADEF 2007). Row 1 is the depot; everybody starts and ends there inside its window. Demand and the cost column
are not used. *noTeam*: a task is done by one technician who has all its levels. *Team*: technicians travel together all
day, and their levels add up. A task not done inside is handed out for 200 + (sum of all its needs)^1.5. Cost = travel
(Euclidean, once for a team) + what is handed out. An instance is a file of tasks with a file of technicians; those of
the ``Reduced`` folders are named ``…_reduced``. No best known values are stored.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of, numbers

_NAME = re.compile(r"([RC]+)(\d)\d*_(\d+)x(\d+)_(\w+)", re.IGNORECASE)


class Task(Struct, frozen=True, kw_only=True):
    """A task with a start inside [``ready``, ``due``]; ``needs[domain][level - 1]`` people of at least that level."""

    id: int
    x: float
    y: float
    ready: float
    due: float
    service: float
    needs: tuple[tuple[int, ...], ...]

    @property
    def price(self) -> float:
        """What handing it out costs."""
        return 200 + math.pow(sum(map(sum, self.needs)), 1.5)


class Technician(Struct, frozen=True, kw_only=True):
    """Somebody's level in each domain."""

    id: int
    levels: tuple[int, ...]


class Strsp(Struct, frozen=True, kw_only=True):
    """``teams``: whether technicians may be put together for the day."""

    name: str
    depot: Task
    tasks: tuple[Task, ...]
    technicians: tuple[Technician, ...]
    teams: bool

    def travel(self, here: Task, there: Task) -> float:
        """Distance and time of one leg."""
        return math.hypot(here.x - there.x, here.y - there.y)


class Source(Struct, frozen=True, kw_only=True):
    """The two files of an instance."""

    name: str
    tasks: Path
    technicians: Path


def find(folder: Path) -> list[Source]:
    """Every pair of files under ``folder`` that belongs together.

    noTeam: technicians are named as the tasks. Team: by number of domains and levels; those of the reduced folders by
    the first digit of the Solomon name too (``R1-C1-RC1``: short days, ``R2-C2-RC2``: long days).
    """
    files = sorted(path for path in folder.rglob("*.txt") if path.stem.lower() != "kovacs-source")
    people = [path for path in files if path.stem.lower().startswith("technicians")]
    found = []
    for tasks in files:
        name = _NAME.fullmatch(tasks.stem)
        if tasks in people or name is None:
            continue
        for technicians in people:
            if _belong(name, technicians):
                reduced = "_reduced" if "reduced" in str(technicians.relative_to(folder)).lower() else ""
                found.append(Source(name=tasks.stem + reduced, tasks=tasks, technicians=technicians))
    return found


def _belong(name: re.Match[str], technicians: Path) -> bool:
    kind, digit, size, team = name[1].upper(), name[2], f"{name[3]}x{name[4]}", name[5].lower()
    stem = technicians.stem.removeprefix("technicians_")
    if _NAME.fullmatch(stem):
        return stem.lower() == name[0].lower()
    if team != "team" or not stem.startswith(f"{size}_"):
        return False
    days = technicians.parent.name.upper().split("-")
    return ("R1" not in days and "R2" not in days) or f"{kind}{digit}" in days


def read(source: Source) -> Strsp:
    """One instance. Raises `BadInstanceError` if a file is none, or the two do not fit."""
    name = _NAME.fullmatch(source.tasks.stem)
    if name is None:
        raise BadInstanceError(source.tasks, "its name does not say domains x levels, as in R101_5x4_noTeam.")
    domains, levels = int(name[3]), int(name[4])
    lines = lines_of(source.tasks)
    head = next((index for index, line in enumerate(lines) if line.strip().upper().startswith("CUST NO")), None)
    if head is None:
        raise BadInstanceError(source.tasks, "no line begins with 'CUST NO'. Maybe it is a file of another set.")
    rows = []
    for index in range(head + 1, len(lines)):
        cells = lines[index].split()
        if cells:
            row = numbers(source.tasks, index + 1, cells, at_least=8 + domains * levels)
            rows.append(_task(row, domains, levels))
    if not rows:
        raise BadInstanceError(source.tasks, "it has no depot.")
    return Strsp(
        name=source.name,
        depot=rows[0],
        tasks=tuple(rows[1:]),
        technicians=_technicians(source.technicians, domains),
        teams=name[5].lower() == "team",
    )


def _task(row: list[float], domains: int, levels: int) -> Task:
    needs = [int(value) for value in row[8:]]
    return Task(
        id=int(row[0]),
        x=row[1],
        y=row[2],
        ready=row[4],
        due=row[5],
        service=row[6],
        needs=tuple(tuple(needs[domain * levels : (domain + 1) * levels]) for domain in range(domains)),
    )


def _technicians(path: Path, domains: int) -> tuple[Technician, ...]:
    """The first so many rows as the file says there are technicians: reduced files keep the full table."""
    lines = lines_of(path)
    counts = [re.fullmatch(r"\s*Number of Technicians:\s*(\d+)\s*", line) for line in lines]
    count = next((int(match[1]) for match in counts if match), None)
    head = next((index for index, line in enumerate(lines) if line.split()[:1] == ["ID"]), None)
    if count is None or head is None:
        raise BadInstanceError(path, "it does not say 'Number of Technicians:' above a table that begins with 'ID'.")
    rows = [
        numbers(path, index + 1, lines[index].split(), at_least=domains + 1)
        for index in range(head + 1, len(lines))
        if lines[index].strip()
    ]
    if len(rows) < count:
        raise BadInstanceError(path, f"{len(rows)} technicians stand in it, {count} are announced.")
    return tuple(
        Technician(id=int(row[0]), levels=tuple(int(level) for level in row[1 : domains + 1])) for row in rows[:count]
    )
