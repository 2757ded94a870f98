"""From the arrays of a search to a `TeamPlan`."""

from __future__ import annotations

from msgspec.structs import replace

from dispatch.solver.checks import cost
from dispatch.solver.plan import Effort, Reason, Team, TeamDay, TeamPlan, TeamStop, Unplanned
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.teams.facts import Facts
from dispatch.solver.teams.state import HANDED, OUT, SHELVED, State


def write_plan(problem: TeamProblem, facts: Facts, state: State, effort: Effort) -> TeamPlan:
    """The plan in ``state``, days up to the last one with a team, with its cost and the reasons of what stays out."""
    used = [day for day in range(len(state.top)) if state.top[day] > 0]
    days = tuple(_day(problem, facts, state, day) for day in range(max(used, default=-1) + 1))
    handed = tuple(job.id for number, job in enumerate(problem.jobs) if state.day[number] == HANDED)
    out = {number for number in range(len(problem.jobs)) if state.day[number] in (OUT, SHELVED)}
    unplanned = tuple(
        Unplanned(id=job.id, reasons=(_reason(problem, facts, number, out),))
        for number, job in enumerate(problem.jobs)
        if number in out
    )
    plan = TeamPlan(days=days, handed_out=handed, unplanned=unplanned, effort=effort)
    return replace(plan, cost=cost(problem, plan))


def _day(problem: TeamProblem, facts: Facts, state: State, day: int) -> TeamDay:
    ids = [worker.id for worker in problem.workers]
    numbers = [team for team in range(state.top[day]) if state.filled[day, team] > 0]
    teams = []
    for number in numbers:
        jobs = [int(job) for job in state.jobs[day, number, : state.filled[day, number]]]
        stops = tuple(
            TeamStop(
                job=problem.jobs[job].id, start=int(state.start[job]), end=int(state.start[job] + facts.ticks[job])
            )
            for job in jobs
        )
        members = tuple(one for one, team in zip(ids, state.team_of[day], strict=True) if team == number)
        teams.append(Team(workers=members, stops=stops))
    off = tuple(one for one, team in zip(ids, state.team_of[day], strict=True) if team < 0)
    return TeamDay(day=day + 1, teams=tuple(teams), off=off)


def _reason(problem: TeamProblem, facts: Facts, number: int, out: set[int]) -> Reason:
    """Why a job is neither planned nor handed out: not even all workers together can do it, or what comes before it."""
    job = problem.jobs[number]
    for need in job.needs:
        able = sum(worker.levels.get(need.skill, 0) >= need.level for worker in problem.workers)
        if able < need.people:
            missing = need.people - able
            message = f"It needs {need.people} with {need.skill} at level {need.level}, there are {able} in all."
            hint = f"{missing} more with {need.skill} at level {need.level} would do, or a larger contractor budget"
            return Reason(rule=Rule.TEAM_SKILL, message=message, workers=len(problem.workers) - able, hint=hint)
    before = facts.before[facts.before_at[number] : facts.before_at[number + 1]]
    waiting = [problem.jobs[one].id for one in before if int(one) in out]
    if waiting:
        return Reason(rule=Rule.JOB_ORDER, message=f"It comes after {waiting[0]}, which stays out.")
    return Reason(rule=Rule.ONE_TEAM, message="No day was found on which enough people are there.")
