"""The sets of zones: how each is found, read, solved and costed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.instances import districting as town
from benchmarks.instances import gap as assignment
from benchmarks.recost import districting as recost_town
from benchmarks.recost import gap as recost_gap
from benchmarks.recost.verdict import Verdict
from benchmarks.routing.effort import Effort
from benchmarks.sharing import districting, gap, grown
from dispatch.solver.plan import ZonePlan

# What a set's own functions hand to each other: its Struct of an instance.
Instance = Any
Dump = dict[str, Any]


class Found(Struct, frozen=True, kw_only=True):
    """An instance on disk: its name, its file, and how to read it."""

    name: str
    file: Path
    read: Callable[[], Instance]


class SharingSet(Struct, frozen=True, kw_only=True):
    """What the runner needs of a set. ``peer``: a simple way to do the same; ``bound``: in the unit of the cost."""

    find: Callable[[Path], list[Found]]
    best: Callable[[Path], Mapping[str, float]]
    solve: Callable[[Instance, Effort], ZonePlan]
    dump: Callable[[Instance, ZonePlan], Dump]
    recost: Callable[[Instance, Dump], Verdict]
    bound: Callable[[ZonePlan, Instance], float | None] = lambda found, _: found.bound
    peer: Callable[[Instance], Dump] | None = None


def _gaps(folder: Path) -> list[Found]:
    return [
        Found(name=path.name, file=path, read=lambda path=path: assignment.read(path))  # type: ignore[misc]
        for path in assignment.find(folder)
    ]


def _towns(folder: Path) -> list[Found]:
    return [
        Found(
            name=f"{path.stem}-{helpers}",
            file=path,
            read=lambda path=path, helpers=helpers: town.read(path, helpers),  # type: ignore[misc]
        )
        for path in town.find(folder)
        for helpers in town.HELPERS
    ]


SETS: dict[str, SharingSet] = {
    "gap": SharingSet(find=_gaps, best=assignment.best_known, solve=gap.solve, dump=gap.dump, recost=recost_gap.recost),
    "districting": SharingSet(
        find=_towns,
        best=lambda _: {},
        solve=districting.solve,
        dump=districting.dump,
        recost=recost_town.recost,
        bound=districting.bound,
        peer=grown.grown,
    ),
}
