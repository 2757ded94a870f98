"""ROADEF 2007 as a `TeamProblem`, and its plans as dumps: days begin at 120 ticks each, counted from day 1."""

from __future__ import annotations

import time
from collections import defaultdict

from benchmarks.instances.roadef2007 import DAY_TICKS, WEIGHT_LAST, WEIGHTS, Roadef, Solution
from benchmarks.recost.dump import Dump, Route, Stop
from benchmarks.routing.effort import Answer, Effort
from dispatch.solver import plan as answer
from dispatch.solver.team_problem import TeamJob, TeamNeed, TeamProblem, TeamWeights, TeamWorker
from dispatch.solver.teams.search import solve_teams


def to_problem(instance: Roadef) -> TeamProblem:
    """Jobs and technicians keep their numbers as ids; domain n is the skill ``dn``, priority n the grade ``n``."""
    return TeamProblem(
        area=instance.name,
        day_ticks=DAY_TICKS,
        jobs=tuple(
            TeamJob(
                id=str(one.id),
                ticks=one.ticks,
                grade=str(one.priority),
                needs=tuple(
                    TeamNeed(skill=f"d{domain}", level=level, people=people)
                    for domain, levels in enumerate(one.needs, 1)
                    for level, people in enumerate(levels, 1)
                    if people > 0
                ),
                after=tuple(str(other) for other in one.after),
                price=one.price,
            )
            for one in instance.interventions
        ),
        workers=tuple(
            TeamWorker(
                id=str(one.id),
                levels={f"d{domain}": level for domain, level in enumerate(one.levels, 1) if level > 0},
                absent=one.absent,
            )
            for one in instance.technicians
        ),
        weights=TeamWeights(grades={str(one): weight for one, weight in WEIGHTS.items()}, last=WEIGHT_LAST),
        contractor_budget=instance.budget,
    )


def to_plan(instance: Roadef, stored: Solution) -> answer.TeamPlan:
    """A stored solution as it stands, right or wrong; an intervention without a date is handed out."""
    ticks = {one.id: one.ticks for one in instance.interventions}
    stops: dict[tuple[int, int], list[answer.TeamStop]] = defaultdict(list)
    for one in stored.dated:
        start = (one.day - 1) * DAY_TICKS + one.time
        stop = answer.TeamStop(job=str(one.id), start=start, end=start + ticks[one.id])
        stops[one.day, one.team].append(stop)
    members = {(day, team): who for day, teams in stored.teams.items() for team, who in enumerate(teams)}
    days = []
    for day in sorted({day for day, _ in [*members, *stops]}):
        numbers = sorted({team for other, team in [*members, *stops] if other == day and team > 0})
        teams = tuple(
            answer.Team(
                workers=tuple(map(str, members.get((day, team), ()))),
                stops=tuple(sorted(stops[day, team], key=lambda stop: (stop.start, stop.end, stop.job))),
            )
            for team in numbers
        )
        days.append(answer.TeamDay(day=day, teams=teams, off=tuple(map(str, members.get((day, 0), ())))))
    dated = {one.id for one in stored.dated}
    return answer.TeamPlan(
        days=tuple(days),
        handed_out=tuple(str(one.id) for one in instance.interventions if one.id not in dated),
        effort=answer.Effort(solver="stored", seed=0, budget=0, used=0),
    )


def dump(instance: Roadef, seed: int, found: answer.TeamPlan) -> Dump:
    """Each job stands on the route of every member of its team; ``unplanned`` is what is handed out."""
    stops: dict[int, list[Stop]] = {one.id: [] for one in instance.technicians}
    for day in found.days:
        for team in day.teams:
            for worker in team.workers:
                stops[int(worker)] += [Stop(visit=int(stop.job), start=float(stop.start)) for stop in team.stops]
    out = [*found.handed_out, *(one.id for one in found.unplanned)]
    return Dump(
        instance=instance.name,
        seed=seed,
        routes=tuple(Route(worker=worker, stops=tuple(ones)) for worker, ones in stops.items()),
        unplanned=tuple(sorted(map(int, out))),
    )


def solve(instance: Roadef, effort: Effort) -> Answer:
    """Our answer."""
    began = time.perf_counter()
    problem = to_problem(instance)
    seconds = None if effort.seconds is None else max(0.01, effort.seconds - (time.perf_counter() - began))
    found = solve_teams(problem, budget=effort.budget, seed=effort.seed, seconds=seconds, cores=effort.cores)
    return Answer(dump=dump(instance, effort.seed, found), repeatable=found.effort.repeatable)
