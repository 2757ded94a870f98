"""Units of a town with their people, places and neighbours, to be divided into as many zones as there are helpers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError

HELPERS = (10, 20, 30)
"""For how many helpers each town is divided."""


class Unit(Struct, frozen=True, kw_only=True):
    """A census unit: its ``people``, the middle of its outline in kilometres, and its neighbours."""

    id: int
    people: int
    x: float
    y: float
    beside: tuple[int, ...]


class Town(Struct, frozen=True, kw_only=True):
    """The units of a town, for so many ``helpers``."""

    name: str
    helpers: int
    units: tuple[Unit, ...]


def find(folder: Path) -> list[Path]:
    """Every town below ``folder``."""
    return sorted(folder.rglob("*.geojson"))


def read(path: Path, helpers: int) -> Town:
    """A town. Raises `BadInstanceError` if it is none."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        units = tuple(_unit(one["properties"]) for one in features)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInstanceError(path, f"it is no town: {type(error).__name__} {error}.") from error
    known = {unit.id for unit in units}
    if len(known) < len(units) or any(not known.issuperset(unit.beside) for unit in units):
        raise BadInstanceError(path, "it names a unit twice, or a neighbour that is none.")
    return Town(name=f"{path.stem}-{helpers}", helpers=helpers, units=units)


def _unit(found: dict[str, Any]) -> Unit:
    outline = found["POINTS"]
    points = json.loads(outline) if isinstance(outline, str) else outline
    x, y = _middle([(float(one[0]), float(one[1])) for one in points])
    beside = found["LIST_ADJACENT"]
    return Unit(
        id=int(found["ID"]),
        people=int(found["POPULATION"]),
        x=x,
        y=y,
        beside=tuple(int(one) for one in (json.loads(beside) if isinstance(beside, str) else beside)),
    )


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The centroid of a polygon (the shoelace formula)."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    if area == 0:
        return points[0]
    return x / (3 * area), y / (3 * area)
