"""Employee shift scheduling of Curtois & Qu (schedulingbenchmarks.org): sections of lines divided by commas."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of

BEST_KNOWN = {
    1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1300, 9: 439, 10: 4631, 11: 3443, 12: 4040,
    13: 1348, 14: 1278, 15: 3834, 16: 3225, 17: 5746, 18: 4459, 19: 3149, 20: 4943, 21: 21159, 22: 33155, 23: 17428,
    24: 48777,
}  # fmt: skip
"""The values of schedulingbenchmarks.org; 20 to 24 may have been improved since."""


class Employee(Struct, frozen=True, kw_only=True):
    """Limits of one employee; ``shifts``: most of each kind; days count from 0."""

    id: str
    shifts: dict[str, int]
    most_minutes: int
    least_minutes: int
    most_in_row: int
    least_in_row: int
    least_off: int
    weekends: int
    off: frozenset[int]


class Request(Struct, frozen=True, kw_only=True):
    """``weight`` is paid if ``employee`` has not ``shift`` on ``day`` (``on``), or has it."""

    employee: str
    day: int
    shift: str
    weight: int
    on: bool


class Cover(Struct, frozen=True, kw_only=True):
    """How many are wanted, and what one fewer or more costs."""

    day: int
    shift: str
    wanted: int
    under: int
    over: int


class Curtois(Struct, frozen=True, kw_only=True):
    """An instance. Day 0 is a Monday. ``shifts``: minutes; ``not_after``: what must not follow on the next day."""

    name: str
    days: int
    shifts: dict[str, int]
    not_after: dict[str, frozenset[str]]
    employees: tuple[Employee, ...]
    requests: tuple[Request, ...]
    cover: tuple[Cover, ...]


def find(folder: Path) -> list[Path]:
    """Every instance file, by number."""
    return sorted(folder.glob("Instance*.txt"), key=lambda path: (len(path.stem), path.stem))


def best_known(name: str) -> int | None:
    """The best known cost of ``Instance<number>``."""
    number = name.removeprefix("Instance")
    return BEST_KNOWN.get(int(number)) if number.isdigit() else None


def read(path: Path) -> Curtois:
    """The instance in ``path``; `BadInstanceError` where it is none."""
    sections: dict[str, list[tuple[int, list[str]]]] = {}
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines_of(path), 1):
        text = line.strip()
        if text.startswith("SECTION_"):
            rows = sections.setdefault(text.removeprefix("SECTION_"), [])
        elif text and not text.startswith("#"):
            rows.append((number, text.split(",")))
    for name in ("HORIZON", "SHIFTS", "STAFF", "COVER"):
        if name not in sections:
            raise BadInstanceError(path, f"there is no section {name}. Maybe it is a file of another set.")
    off = {cells[0]: frozenset(_ints(path, line, cells[1:])) for line, cells in sections.get("DAYS_OFF", [])}
    shifts = sections["SHIFTS"]
    return Curtois(
        name=path.stem,
        days=_ints(path, *sections["HORIZON"][0])[0],
        shifts={cells[0]: _ints(path, line, cells[1:2])[0] for line, cells in shifts},
        not_after={cells[0]: frozenset(filter(None, "".join(cells[2:3]).split("|"))) for _, cells in shifts},
        employees=tuple(_employee(path, line, cells, off) for line, cells in sections["STAFF"]),
        requests=tuple(
            _request(path, line, cells, on=on)
            for name, on in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
            for line, cells in sections.get(name, [])
        ),
        cover=tuple(_cover(path, line, cells) for line, cells in sections["COVER"]),
    )


def _ints(path: Path, line: int, cells: list[str]) -> list[int]:
    try:
        return [int(cell) for cell in cells]
    except ValueError:
        raise BadInstanceError(path, f"{cells} are not whole numbers.", line=line) from None


def _columns(path: Path, line: int, cells: list[str], count: int) -> None:
    if len(cells) < count:
        raise BadInstanceError(path, f"{len(cells)} columns where {count} are needed.", line=line)


def _employee(path: Path, line: int, cells: list[str], off: dict[str, frozenset[int]]) -> Employee:
    _columns(path, line, cells, 8)
    caps = [one.partition("=") for one in cells[1].split("|")]
    numbers = _ints(path, line, cells[2:8])
    return Employee(
        id=cells[0],
        shifts={shift: _ints(path, line, [most])[0] for shift, _, most in caps},
        most_minutes=numbers[0],
        least_minutes=numbers[1],
        most_in_row=numbers[2],
        least_in_row=numbers[3],
        least_off=numbers[4],
        weekends=numbers[5],
        off=off.get(cells[0], frozenset()),
    )


def _request(path: Path, line: int, cells: list[str], *, on: bool) -> Request:
    _columns(path, line, cells, 4)
    day, weight = _ints(path, line, [cells[1], cells[3]])
    return Request(employee=cells[0], day=day, shift=cells[2], weight=weight, on=on)


def _cover(path: Path, line: int, cells: list[str]) -> Cover:
    _columns(path, line, cells, 5)
    day, wanted, under, over = _ints(path, line, [cells[0], *cells[2:5]])
    return Cover(day=day, shift=cells[1], wanted=wanted, under=under, over=over)
