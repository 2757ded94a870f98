"""Made-up problems of teams made for a day, drawn from a seed."""

from __future__ import annotations

import random

from dispatch.solver.team_problem import TeamJob, TeamNeed, TeamProblem, TeamWeights, TeamWorker

DAY = 8
"""Ticks of a day."""
SKILLS = ("cable", "power")


def job(id_: str, ticks: int, grade: str = "a", *, after: tuple[str, ...] = (), price: int | None = None) -> TeamJob:
    """A job that one person with any level of cable can do."""
    needs = (TeamNeed(skill="cable", level=1, people=1),)
    return TeamJob(id=id_, ticks=ticks, grade=grade, needs=needs, after=after, price=price)


def team_problem(
    jobs: tuple[TeamJob, ...], workers: tuple[TeamWorker, ...], *, budget: int = 0, last: float = 1.0
) -> TeamProblem:
    """``jobs`` of grades a and b (c costs nothing of its own), for whoever may hand out work for ``budget``."""
    weights = TeamWeights(grades={"a": 7.0, "b": 3.0}, last=last)
    return TeamProblem(area="x", day_ticks=DAY, jobs=jobs, workers=workers, weights=weights, contractor_budget=budget)


def random_teams(seed: int, jobs: int, workers: int, *, budget: int = 0) -> TeamProblem:
    """Jobs that need up to two people of up to level 2 in two skills; some after others; somebody absent."""
    draw = random.Random(seed)
    people = tuple(
        TeamWorker(
            id=f"w{number}",
            levels={skill: draw.randint(1, 2) for skill in SKILLS if draw.random() < 0.8 or number == 0},
            absent=tuple(day for day in (1, 2) if draw.random() < 0.2),
        )
        for number in range(workers)
    )
    work = []
    for number in range(jobs):
        needs = []
        for skill in SKILLS:
            held = sorted((one.levels.get(skill, 0) for one in people), reverse=True)
            level = draw.randint(1, 2)
            able = sum(one >= level for one in held)
            if able and draw.random() < 0.7:
                needs.append(TeamNeed(skill=skill, level=level, people=draw.randint(1, min(2, able))))
        before = tuple(f"j{other}" for other in range(number) if draw.random() < 0.15)
        work.append(
            TeamJob(
                id=f"j{number}",
                ticks=draw.choice((1, 2, 4, 4, 8)),
                grade=draw.choice("aabc"),
                needs=tuple(needs),
                after=before,
                price=draw.randint(1, 3) if budget else None,
            )
        )
    return team_problem(tuple(work), people, budget=budget)
