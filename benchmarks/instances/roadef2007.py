"""Technicians and interventions of a telephone company: ROADEF/EURO challenge 2007, sets A and B.

An instance is a folder of three text files, blank-separated under one line of header: ``instance`` (name, domains,
levels, technicians, interventions, budget), ``interv_list`` (number, ticks, predecessors in brackets, priority 1–4,
price, then per domain and level how many people of at least that level) and ``tech_list`` (number, level per domain,
days absent in brackets, counted from 1). A day has 120 ticks. Cost = 28 · end of priority 1 + 14 · end of priority 2 +
4 · end of priority 3 + end of all, each the latest end counted from the beginning of day 1.

A solution is a folder with ``interv_dates`` (intervention, day, time within the day, team) and ``tech_teams`` (per day
the members of team 0, who do not work, then of team 1, 2, …).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, lines_of, numbers, records

DAY_TICKS = 120
WEIGHTS = {1: 28.0, 2: 14.0, 3: 4.0}
WEIGHT_LAST = 1.0


class Intervention(Struct, frozen=True, kw_only=True):
    """A job of ``ticks``; ``needs[domain][level - 1]`` people of at least that level; ``after`` must end before."""

    id: int
    ticks: int
    after: tuple[int, ...]
    priority: int
    price: int
    needs: tuple[tuple[int, ...], ...]


class Technician(Struct, frozen=True, kw_only=True):
    """Somebody's level in each domain (0: none), and the days on which they are absent."""

    id: int
    levels: tuple[int, ...]
    absent: tuple[int, ...]


class Roadef(Struct, frozen=True, kw_only=True):
    """An instance; ``budget`` is for what is handed out."""

    name: str
    interventions: tuple[Intervention, ...]
    technicians: tuple[Technician, ...]
    budget: int


class Dated(Struct, frozen=True, kw_only=True):
    """One line of ``interv_dates``."""

    id: int
    day: int
    time: int
    team: int


class Solution(Struct, frozen=True, kw_only=True):
    """A stored solution: ``teams[day]`` are the teams of that day, team 0 first."""

    dated: tuple[Dated, ...]
    teams: dict[int, tuple[tuple[int, ...], ...]]


def find(folder: Path) -> list[Path]:
    """Every instance folder below ``folder``, set A before B, by number; solutions have folders of their own."""
    found = [path.parent for path in folder.rglob("interv_list") if not (path.parent / "interv_dates").exists()]
    return sorted(found, key=lambda path: (path.parent.name, len(path.name), path.name))


def name_of(folder: Path) -> str:
    """``A1`` … ``B10`` for ``datasetA/data1`` … ``datasetB/data10``; else the folder's own name."""
    parent, own = folder.parent.name, folder.name
    if parent.startswith("dataset") and own.startswith("data"):
        return parent.removeprefix("dataset") + own.removeprefix("data")
    return own


def files_of(folder: Path) -> tuple[Path, ...]:
    """The files an instance is made of."""
    return tuple(folder / name for name in ("instance", "interv_list", "tech_list"))


def best_known(folder: Path) -> dict[str, float]:
    """The best published cost by lower-case name."""
    return {
        (row["set"] + row["instance"].removeprefix("data")).lower(): float(row["best_known"])
        for row in records(folder / "best_known.csv")
    }


def read(folder: Path) -> Roadef:
    """The instance in ``folder``. Raises `BadInstanceError` or `OSError`."""
    header, jobs, people = files_of(folder)
    words = [line.split() for line in lines_of(header)[1:] if line.split()]
    if not words or len(words[0]) != 6:
        raise BadInstanceError(header, "the second line must be name, domains, levels, people, jobs and budget.")
    domains, levels, _, _, budget = (int(one) for one in words[0][1:])
    return Roadef(
        name=name_of(folder),
        interventions=tuple(_intervention(jobs, *row, domains, levels) for row in _bracketed(jobs)),
        technicians=tuple(_technician(people, *row, domains) for row in _bracketed(people)),
        budget=budget,
    )


def read_solution(folder: Path) -> Solution:
    """The solution in ``folder``, right or wrong. Raises `BadInstanceError` or `OSError`."""
    dates, members = folder / "interv_dates", folder / "tech_teams"
    dated = []
    for line, text in enumerate(lines_of(dates), 1):
        if text.split():
            id_, day, time, team = _whole(dates, line, text, at_least=4)
            dated.append(Dated(id=id_, day=day, time=time, team=team))
    teams: dict[int, tuple[tuple[int, ...], ...]] = {}
    for line, text in enumerate(lines_of(members), 1):
        head, *parts = text.split("[")
        if head.split():
            day = _whole(members, line, head, at_least=1)[0]
            teams[day] = tuple(tuple(_whole(members, line, part.partition("]")[0])) for part in parts)
    return Solution(dated=tuple(dated), teams=teams)


def _whole(path: Path, line: int, text: str, *, at_least: int = 0) -> list[int]:
    return [int(value) for value in numbers(path, line, text.split(), at_least=at_least)]


def _bracketed(path: Path) -> Iterator[tuple[int, list[int], list[int], list[int]]]:
    """Line number, and the numbers before, within and after the brackets."""
    for line, text in enumerate(lines_of(path)[1:], 2):
        if text.split():
            before, bracket, rest = text.partition("[")
            inside, closed, after = rest.partition("]")
            if not bracket or not closed:
                raise BadInstanceError(path, "there is no list in brackets.", line=line)
            yield line, _whole(path, line, before), _whole(path, line, inside), _whole(path, line, after)


def _intervention(
    path: Path, line: int, before: list[int], after: list[int], rest: list[int], domains: int, levels: int
) -> Intervention:
    if len(before) != 2 or len(rest) != 2 + domains * levels:
        raise BadInstanceError(path, f"{len(rest)} columns after the brackets, not {2 + domains * levels}.", line=line)
    people = rest[2:]
    needs = tuple(tuple(people[first : first + levels]) for first in range(0, domains * levels, levels))
    return Intervention(id=before[0], ticks=before[1], after=tuple(after), priority=rest[0], price=rest[1], needs=needs)


def _technician(path: Path, line: int, before: list[int], absent: list[int], _: list[int], domains: int) -> Technician:
    if len(before) != 1 + domains:
        raise BadInstanceError(path, f"{len(before) - 1} levels, not {domains}.", line=line)
    return Technician(id=before[0], levels=tuple(before[1:]), absent=tuple(absent))
