"""ROADEF/EURO challenge 2007, technicians and interventions: instance folders and solution folders.

Three text files per instance (``instance``, ``interv_list``, ``tech_list``); jobs and technicians keep their numbers as
ids, domains become skills ``d1``, ``d2``, …; the requirement columns count people of at least that level. A solution is
``interv_dates`` (job, day, time within the day, team) and ``tech_teams`` (per day the members of team 0, who do not
work, then of team 1, 2, …).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from dispatch.solver.plan import Effort, Team, TeamDay, TeamPlan, TeamStop
from dispatch.solver.team_problem import TeamJob, TeamNeed, TeamProblem, TeamWeights, TeamWorker

DAY_TICKS = 120
WEIGHTS = TeamWeights(grades={"1": 28.0, "2": 14.0, "3": 4.0}, last=1.0)
"""28, 14 and 4 per tick of the latest end of priority 1, 2 and 3; 1 per tick of the latest end of all jobs."""


def instances(root: Path) -> list[Path]:
    """Every instance folder under ``root``, set A before B, in the order of their numbers."""
    found = [path.parent for path in (root / "roadef2007").rglob("instance") if "checker-fixtures" not in path.parts]
    return sorted(found, key=lambda path: (path.parent.name, len(path.name), path.name))


def name_of(folder: Path) -> str:
    """``A1`` … ``B10``, from ``datasetA/data1`` … ``datasetB/data10``."""
    return folder.parent.name.removeprefix("dataset") + folder.name.removeprefix("data")


def best_known(root: Path) -> dict[str, float]:
    """The best published cost by instance name."""
    with (root / "roadef2007" / "best_known.csv").open(newline="") as file:
        return {row["set"] + row["instance"].removeprefix("data"): float(row["best_known"]) for row in csv.DictReader(file)}


def read(folder: Path) -> TeamProblem:
    """The problem in ``folder``. Raises `ValueError` or `OSError` if its files are not of the format."""
    _, _, levels, _, _, budget = next(_rows(folder / "instance"))[0]
    workers = tuple(_worker(before, absent) for before, absent, _ in _bracketed(folder / "tech_list"))
    jobs = tuple(_job(before, after, rest, int(levels)) for before, after, rest in _bracketed(folder / "interv_list"))
    return TeamProblem(
        area=name_of(folder).lower(),
        day_ticks=DAY_TICKS,
        jobs=jobs,
        workers=workers,
        weights=WEIGHTS,
        contractor_budget=int(budget),
    )


def _rows(path: Path) -> Iterator[tuple[list[str], str]]:
    """The words of each line after the header, and the line itself."""
    for line in path.read_text(encoding="ascii").splitlines()[1:]:
        if line.split():
            yield line.split(), line


def _bracketed(path: Path) -> Iterator[tuple[list[int], list[int], list[int]]]:
    """The numbers before, within and after the brackets of each line."""
    for _, line in _rows(path):
        before, _, rest = line.partition("[")
        inside, _, after = rest.partition("]")
        yield _numbers(before), _numbers(inside), _numbers(after)


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def _worker(before: list[int], absent: list[int]) -> TeamWorker:
    number, *levels = before
    held = {f"d{domain}": level for domain, level in enumerate(levels, 1) if level > 0}
    return TeamWorker(id=str(number), levels=held, absent=tuple(absent))


def _job(before: list[int], after: list[int], rest: list[int], levels: int) -> TeamJob:
    number, ticks = before
    priority, price, *people = rest
    needs = tuple(
        TeamNeed(skill=f"d{column // levels + 1}", level=column % levels + 1, people=count)
        for column, count in enumerate(people)
        if count > 0
    )
    before_it = tuple(str(one) for one in after)
    return TeamJob(id=str(number), ticks=ticks, grade=str(priority), needs=needs, after=before_it, price=price)


def read_solution(folder: Path, problem: TeamProblem) -> TeamPlan:
    """The solution in ``folder`` as it stands there, right or wrong; a job without a date is handed out."""
    ticks = {job.id: job.ticks for job in problem.jobs}
    stops: dict[tuple[int, int], list[TeamStop]] = {}
    dated = set()
    for line in (folder / "interv_dates").read_text(encoding="ascii").splitlines():
        if line.split():
            job, day, time, team = _numbers(line)
            start = (day - 1) * problem.day_ticks + time
            stops.setdefault((day, team), []).append(TeamStop(job=str(job), start=start, end=start + ticks[str(job)]))
            dated.add(str(job))
    members: dict[tuple[int, int], tuple[str, ...]] = {}
    for line in (folder / "tech_teams").read_text(encoding="ascii").splitlines():
        head, *teams = line.split("[")
        for team, text in enumerate(teams):
            members[int(head), team] = tuple(str(one) for one in _numbers(text.partition("]")[0]))
    return TeamPlan(
        days=tuple(_day(day, members, stops) for day in sorted({day for day, _ in {**members, **stops}})),
        handed_out=tuple(job.id for job in problem.jobs if job.id not in dated),
        effort=Effort(solver="file", seed=0, budget=0, used=0),
    )


def _day(
    day: int, members: dict[tuple[int, int], tuple[str, ...]], stops: dict[tuple[int, int], list[TeamStop]]
) -> TeamDay:
    numbers = sorted({team for one, team in {**members, **stops} if one == day and team > 0})
    teams = tuple(
        Team(
            workers=members.get((day, team), ()),
            stops=tuple(sorted(stops.get((day, team), []), key=lambda stop: (stop.start, stop.end, stop.job))),
        )
        for team in numbers
    )
    return TeamDay(day=day, teams=teams, off=members.get((day, 0), ()))
