"""Reading text files made by many hands: lines, columns and tables, with errors that name file, line and value."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path


class BadInstanceError(ValueError):
    """A file that is not what its reader takes; the message names file, line and value."""

    def __init__(self, path: Path, what: str, *, line: int | None = None) -> None:
        super().__init__(f"{path.name}{'' if line is None else f', line {line}'}: {what}")


def lines_of(path: Path) -> list[str]:
    """The file's lines without their ends; any of the line ends in use."""
    return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()


def numbers(path: Path, line: int, cells: Sequence[str], *, at_least: int) -> list[float]:
    """``cells`` of 1-based ``line`` as numbers; `BadInstanceError` if one is none or there are too few."""
    if len(cells) < at_least:
        raise BadInstanceError(path, f"{len(cells)} columns where at least {at_least} are needed.", line=line)
    found = []
    for cell in cells:
        try:
            found.append(float(cell))
        except ValueError:
            raise BadInstanceError(path, f"{cell!r} is not a number.", line=line) from None
        if not math.isfinite(found[-1]):
            raise BadInstanceError(path, f"{cell!r} is no number to reckon with.", line=line)
    return found


def table(path: Path, *, after: str, at_least: int) -> Iterator[tuple[int, list[float]]]:
    """Rows of numbers below the first line that begins with ``after``, each with its line number; blank lines pass."""
    lines = lines_of(path)
    head = next((index for index, line in enumerate(lines) if line.strip().upper().startswith(after.upper())), None)
    if head is None:
        raise BadInstanceError(path, f"no line begins with {after!r}. Maybe it is a file of another set.")
    for index in range(head + 1, len(lines)):
        cells = lines[index].split()
        if cells:
            yield index + 1, numbers(path, index + 1, cells, at_least=at_least)


def whole(value: float) -> float | int:
    """``value`` as int where it is one, so that ids and times read as they do in the file."""
    return int(value) if value == int(value) else value


def records(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header; none if the file is not there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
