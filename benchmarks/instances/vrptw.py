"""Vehicle routes with windows: Solomon 1987 and Gehring & Homberger 1999, as text tables.

Customer 0 is the depot; its due date ends the day. Service starts inside [ready, due]; waiting is allowed. Distance is
Euclidean and equals time. Two conventions stand side by side in the literature; the main one here cuts (not rounds)
every leg to one decimal, as CVRPLIB, the DIMACS challenge and PyVRP do. Best known values are read for that one only:
`distance_only_1decimal_trunc` of ``best_known.csv``. Values for the fewest vehicles first are another goal.
"""

from __future__ import annotations

import math
from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of, numbers, records, table, whole


class Customer(Struct, frozen=True, kw_only=True):
    """A place with its ``demand`` and a start inside [``ready``, ``due``], then ``service`` long."""

    id: int
    x: float
    y: float
    demand: float
    ready: float
    due: float
    service: float


class Vrptw(Struct, frozen=True, kw_only=True):
    """``vehicles`` equal vehicles of ``capacity`` from one ``depot``; each customer is visited once."""

    name: str
    vehicles: int
    capacity: float
    depot: Customer
    customers: tuple[Customer, ...]

    def travel(self, here: Customer, there: Customer) -> float:
        """Distance and time of one leg, cut to one decimal."""
        return tenths(here, there) / 10


def tenths(here: Customer, there: Customer) -> int:
    """A leg in tenths, cut: the largest n with n² ≤ 100 × the squared distance; exact for whole coordinates."""
    square = 100 * ((here.x - there.x) ** 2 + (here.y - there.y) ** 2)
    if square == int(square):
        return math.isqrt(int(square))
    return math.floor(math.sqrt(square))


def read(path: Path) -> Vrptw:
    """One instance. Raises `BadInstanceError` if the file is none."""
    lines = lines_of(path)
    fleet = next((index for index, line in enumerate(lines) if line.strip().upper().startswith("NUMBER")), None)
    if fleet is None or fleet + 1 >= len(lines):
        raise BadInstanceError(path, "no line begins with 'NUMBER'. Maybe it is a file of another set.")
    vehicles, capacity = numbers(path, fleet + 2, lines[fleet + 1].split(), at_least=2)[:2]
    rows = [
        Customer(id=int(row[0]), x=row[1], y=row[2], demand=whole(row[3]), ready=row[4], due=row[5], service=row[6])
        for _, row in table(path, after="CUST NO", at_least=7)
    ]
    if not rows or rows[0].id != 0:
        raise BadInstanceError(path, "the first customer is not 0, the depot.")
    return Vrptw(name=path.stem, vehicles=int(vehicles), capacity=capacity, depot=rows[0], customers=tuple(rows[1:]))


def find(folder: Path) -> list[Path]:
    """Every instance file under ``folder``."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".txt" and path.is_file())


def best_known(folder: Path) -> dict[str, float]:
    """Least distance known by lower-case name, legs cut to one decimal; other conventions are left out."""
    return {
        row["instance"].lower(): float(row["distance_only_1decimal_trunc"])
        for row in records(folder / "best_known.csv")
        if row.get("distance_only_1decimal_trunc")
    }
