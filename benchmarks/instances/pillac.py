"""Technician routing and scheduling after Pillac, Guéret and Medaglia 2013, its dynamic form, and Praxedo's real days.

Row 0 is the depot, rows 1..crew the technicians (home, day, what they have), the rest requests (window, service, what
they need: skill ids, tool ids, a count per part type). Everybody starts and ends at home. A stop at the depot takes no
service time; from then on a technician has every tool and parts without limit. Cost = working time: from the latest
start that keeps the end of the route, to that end; an unused technician costs nothing. Travel = Euclidean distance in
full precision, or the ``TRAVEL TIMES`` of the file (Praxedo; a technician's way home is the way to their own row).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of, numbers, records

DEPOT = 0

_LISTS = re.compile(r"\[([^\]]*)\]")
_DYNAMIC = re.compile(r"(.+)_rd_\d+", re.IGNORECASE)


class Place(Struct, frozen=True, kw_only=True):
    """A row of the table: a place with its times, and what is had (technician) or needed (request) there."""

    id: int
    x: float
    y: float
    earliest: float
    latest: float
    service: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: tuple[int, ...]


class Trsp(Struct, frozen=True, kw_only=True):
    """``times`` by id where the file has a matrix; ``known`` = when a request is released, of those not known at once.

    ``unserved`` marks sets in which some requests may stay out (Praxedo): fewest unserved first, then working time.
    """

    name: str
    depot: Place
    technicians: tuple[Place, ...]
    requests: tuple[Place, ...]
    times: tuple[tuple[float, ...], ...] | None = None
    known: dict[int, float] = {}
    unserved: bool = False

    def travel(self, here: Place, there: Place) -> float:
        """Time from one place to another."""
        if self.times is not None:
            return self.times[here.id][there.id]
        return math.hypot(here.x - there.x, here.y - there.y)


def read(path: Path) -> Trsp:
    """One instance; a dynamic one (``NAME_rd_NN``) is its base file, found beside or above it, with release dates.

    Raises `BadInstanceError` if the file is none, or the base is not there.
    """
    dynamic = _DYNAMIC.fullmatch(path.stem)
    if dynamic is None:
        return _static(path)
    base = _base(path, dynamic[1])
    rows = _after(path, lines_of(path), "ID")
    known = {int(row[0]): row[1] for row in (numbers(path, line, cells, at_least=2) for line, cells in rows)}
    static = _static(base)
    strange = set(known) - {request.id for request in static.requests}
    if strange:
        raise BadInstanceError(path, f"{min(strange)} is no request of {base.name}.")
    return Trsp(
        name=path.stem,
        depot=static.depot,
        technicians=static.technicians,
        requests=static.requests,
        times=static.times,
        known={id_: when for id_, when in known.items() if when >= 0},
        unserved=True,
    )


def _base(path: Path, stem: str) -> Path:
    for folder in (path.parent, path.parent.parent):
        for found in sorted(folder.rglob("*.txt")):
            if found.stem == stem:
                return found
    raise BadInstanceError(path, f"its base {stem}.txt is not beside it. Maybe put it into the same folder.")


def _static(path: Path) -> Trsp:
    lines = lines_of(path)
    crew = int(_first(path, lines, "CREW")[0])
    matrix = next((index for index, line in enumerate(lines) if line.startswith("DISTANCES")), len(lines))
    rows = [_place(path, line, cells) for line, cells in _after(path, lines[:matrix], "ID")]
    if len(rows) <= crew or [row.id for row in rows] != list(range(len(rows))):
        raise BadInstanceError(path, f"its rows are not numbered 0 (depot), 1..{crew} (technicians), and on.")
    return Trsp(
        name=path.stem,
        depot=rows[0],
        technicians=tuple(rows[1 : crew + 1]),
        requests=tuple(rows[crew + 1 :]),
        times=_times(path, lines, len(rows)),
        unserved=matrix < len(lines),
    )


def _times(path: Path, lines: list[str], size: int) -> tuple[tuple[float, ...], ...] | None:
    head = next((index for index, line in enumerate(lines) if line.startswith("TRAVEL TIMES")), None)
    if head is None:
        return None
    rows = [
        tuple(numbers(path, head + 2 + index, line.split(";")[1:], at_least=size)[:size])
        for index, line in enumerate(lines[head + 1 : head + 1 + size])
    ]
    if len(rows) < size:
        raise BadInstanceError(path, f"TRAVEL TIMES has {len(rows)} rows where {size} are needed.")
    return tuple(rows)


def _first(path: Path, lines: list[str], head: str) -> list[float]:
    row = next(_after(path, lines, head), None)
    if row is None:
        raise BadInstanceError(path, f"nothing stands below {head!r}.")
    return numbers(path, row[0], row[1], at_least=1)


def _after(path: Path, lines: list[str], head: str) -> Iterator[tuple[int, list[str]]]:
    """The lines below the one whose first word is ``head``, numbered; lists in brackets are kept as one cell each."""
    start = next((index for index, line in enumerate(lines) if line.split()[:1] == [head]), None)
    if start is None:
        raise BadInstanceError(path, f"no line begins with {head!r}. Maybe it is a file of another set.")
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if line.strip():
            yield index + 1, _LISTS.sub("", line).split() + [f"[{inner}]" for inner in _LISTS.findall(line)]


def _place(path: Path, line: int, cells: list[str]) -> Place:
    values = numbers(path, line, [cell for cell in cells if not cell.startswith("[")], at_least=6)
    lists = [cell.strip("[]").replace(",", " ").split() for cell in cells if cell.startswith("[")]
    if len(lists) != 3:
        raise BadInstanceError(
            path, f"{len(lists)} lists in brackets where skills, tools and parts are needed.", line=line
        )
    skills, tools, parts = ([int(value) for value in numbers(path, line, one, at_least=0)] for one in lists)
    return Place(
        id=int(values[0]),
        x=values[1],
        y=values[2],
        earliest=values[3],
        latest=values[4],
        service=values[5],
        skills=frozenset(skills),
        tools=frozenset(tools),
        parts=tuple(parts),
    )


def find(folder: Path) -> list[Path]:
    """Every instance file under ``folder``."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".txt" and path.is_file())


class Best(Struct, frozen=True, kw_only=True):
    """The best known: how many requests it leaves out, and its working time."""

    unserved: int
    cost: float


def best_known(folder: Path) -> dict[str, Best]:
    """By lower-case name: ``best_known.csv`` (best_seen, all served) and ``praxedo/best_of_runs.csv``.

    Dynamic instances have none: the value of the static one is out of reach for who does not know the day.
    """
    known = {
        row["instance"].lower(): Best(unserved=0, cost=float(row["best_seen"]))
        for row in records(folder / "best_known.csv")
    }
    for row in records(folder / "praxedo" / "best_of_runs.csv"):
        known[row["instance"].lower()] = Best(unserved=int(row["unserved"]), cost=float(row["working_time"]))
    return known


def stored_routes(text: str, instance: Trsp) -> dict[int, list[int]]:
    """Routes by technician from the form ``<1,24,46,58,60|…>``; ids after the last request are route ends."""
    routes = {}
    requests = {request.id for request in instance.requests}
    for route in text.strip("<>").split("|"):
        ids = [int(value) for value in route.split(",") if value]
        if ids:
            routes[ids[0]] = [id_ for id_ in ids[1:] if id_ in requests or id_ == DEPOT]
    return routes
