"""The public sets: how each is found, read, solved, timed and costed again. A new set is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from benchmarks.instances import hhcrsp, kovacs, pillac, roadef2007, vrptw
from benchmarks.instances.teams import teams_of
from benchmarks.peers import models
from benchmarks.peers.plain import Model, Tours
from benchmarks.problems import hhcrsp as hhcrsp_problem
from benchmarks.problems import kovacs as kovacs_problem
from benchmarks.problems import pillac as pillac_problem
from benchmarks.problems import pillac_dynamic
from benchmarks.problems import roadef2007 as roadef2007_problem
from benchmarks.problems import vrptw as vrptw_problem
from benchmarks.recost import hhcrsp as recost_hhcrsp
from benchmarks.recost import kovacs as recost_kovacs
from benchmarks.recost import pillac as recost_pillac
from benchmarks.recost import roadef2007 as recost_roadef2007
from benchmarks.recost import vrptw as recost_vrptw
from benchmarks.recost.dump import Dump
from benchmarks.recost.verdict import Verdict
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.hhcrsp import hhcrsp as time_hhcrsp
from benchmarks.timing.pillac import pillac as time_pillac
from benchmarks.timing.plain import kovacs as time_kovacs
from benchmarks.timing.plain import vrptw as time_vrptw

# What a set's own functions hand to each other: its Struct of an instance.
Instance = Any

T = TypeVar("T")


class Found(Struct, frozen=True, kw_only=True):
    """An instance on disk: its name, the files it is made of, and how to read it."""

    name: str
    files: tuple[Path, ...]
    read: Callable[[], Instance]


class Best(Struct, frozen=True, kw_only=True):
    """The best known: what it costs, and how many visits stay out of it."""

    cost: float
    unserved: int = 0


class RoutingSet(Struct, frozen=True, kw_only=True):
    """What the runner needs of a set. ``model`` and ``tours`` (into a dump) are for peers; None where none can."""

    find: Callable[[Path], list[Found]]
    best: Callable[[Path], Mapping[str, Best]]
    solve: Callable[[Instance, Effort], Answer]
    recost: Callable[[Instance, Dump], Verdict]
    model: Callable[[Instance], Model] | None = None
    tours: Callable[[Instance, int, Tours], Dump] | None = None


def _each(find: Callable[[Path], list[Path]], read: Callable[[Path], Instance]) -> Callable[[Path], list[Found]]:
    def found(folder: Path) -> list[Found]:
        return [Found(name=path.stem, files=(path,), read=_bound(read, path)) for path in find(folder)]

    return found


def _bound(read: Callable[[T], Instance], source: T) -> Callable[[], Instance]:
    return lambda: read(source)


def _find_kovacs(folder: Path) -> list[Found]:
    return [
        Found(name=one.name, files=(one.tasks, one.technicians), read=_bound(kovacs.read, one))
        for one in kovacs.find(folder)
    ]


def _find_roadef2007(folder: Path) -> list[Found]:
    return [
        Found(name=roadef2007.name_of(one), files=roadef2007.files_of(one), read=_bound(roadef2007.read, one))
        for one in roadef2007.find(folder)
    ]


def _best_hhcrsp(folder: Path) -> dict[str, Best]:
    """The published values, and of ``sol_NAME_optimal.json`` what it costs by our own check."""
    known = {name: Best(cost=cost) for name, cost in hhcrsp.best_known(folder).items()}
    for path in folder.glob("sol_*_optimal.json"):
        name = path.stem.removeprefix("sol_").removesuffix("_optimal")
        instance = hhcrsp.read(folder / f"{name}.json")
        verdict = recost_hhcrsp.recost(instance, recost_hhcrsp.as_dump(instance, hhcrsp.read_solution(path)))
        known[name.lower()] = Best(cost=verdict.cost)
    return known


def _kovacs_tours(instance: kovacs.Strsp, seed: int, tours: Tours) -> Dump:
    teams = teams_of(instance)
    orders = models.orders_of_kovacs(instance, tours)
    if instance.teams:
        return time_kovacs(instance, seed, orders, dict(enumerate(teams, 1)))
    return time_kovacs(instance, seed, {teams[number - 1][0]: tasks for number, tasks in orders.items()})


SETS: dict[str, RoutingSet] = {
    "hhcrsp": RoutingSet(
        find=_each(hhcrsp.find, hhcrsp.read),
        best=_best_hhcrsp,
        solve=hhcrsp_problem.solve,
        recost=recost_hhcrsp.recost,
        model=models.of_hhcrsp,
        tours=lambda one, seed, tours: time_hhcrsp(one, seed, models.orders_of_hhcrsp(one, tours)),
    ),
    "trsp-pillac": RoutingSet(
        find=_each(pillac.find, pillac.read),
        best=lambda folder: {
            name: Best(cost=best.cost, unserved=best.unserved) for name, best in pillac.best_known(folder).items()
        },
        solve=lambda one, effort: (pillac_dynamic if one.known else pillac_problem).solve(one, effort),
        recost=recost_pillac.recost,
        model=models.of_pillac,
        tours=lambda one, seed, tours: time_pillac(one, seed, models.orders_of_pillac(one, tours)),
    ),
    "trsp-kovacs": RoutingSet(
        find=_find_kovacs,
        best=lambda _: {},
        solve=kovacs_problem.solve,
        recost=recost_kovacs.recost,
        model=lambda one: models.of_kovacs(one, teams_of(one)),
        tours=_kovacs_tours,
    ),
    "roadef2007": RoutingSet(
        find=_find_roadef2007,
        best=lambda folder: {name: Best(cost=cost) for name, cost in roadef2007.best_known(folder).items()},
        solve=roadef2007_problem.solve,
        recost=recost_roadef2007.recost,
    ),
    "vrptw": RoutingSet(
        find=_each(vrptw.find, vrptw.read),
        best=lambda folder: {name: Best(cost=cost) for name, cost in vrptw.best_known(folder).items()},
        solve=vrptw_problem.solve,
        recost=recost_vrptw.recost,
        model=models.of_vrptw,
        tours=lambda one, seed, tours: time_vrptw(one, seed, models.orders_of_vrptw(one, tours)),
    ),
}
