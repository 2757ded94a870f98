"""The form in which every plan of a benchmark is written down, so that anybody can cost it again."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

VisitId = int | str


class Stop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ``visit`` begun at ``start``, in the instance's unit and full precision; ``service`` where it has several."""

    visit: VisitId
    start: float
    service: str | None = None


class Route(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stops of one ``worker`` in order. ``team``: who travels together has the same number."""

    worker: VisitId
    stops: tuple[Stop, ...]
    team: int | None = None


class Dump(Struct, frozen=True, kw_only=True):
    """A whole plan: every visit stands on a route, or in ``unplanned`` where the instance allows that."""

    instance: str
    seed: int
    routes: tuple[Route, ...]
    unplanned: tuple[VisitId, ...] = ()


def read_dump(path: Path) -> Dump:
    """A dump from its file. Raises `msgspec.DecodeError` if it is none."""
    return msgspec.json.decode(path.read_bytes(), type=Dump)
