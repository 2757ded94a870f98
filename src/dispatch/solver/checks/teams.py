"""Hard rules and costs of team plans: who is where on which day, skills that add up, order, the contractor's budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from dispatch.solver.plan import Finding, Team, TeamDay, TeamPlan, TeamStop
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamJob, TeamProblem, TeamWorker


class TeamFacts:
    """A `TeamProblem` and a `TeamPlan` by id; ``done`` holds the stops of every known job."""

    def __init__(self, problem: TeamProblem, plan: TeamPlan) -> None:
        self.problem = problem
        self.plan = plan
        self.jobs: dict[str, TeamJob] = {job.id: job for job in problem.jobs}
        self.workers: dict[str, TeamWorker] = {worker.id: worker for worker in problem.workers}
        self.teams: list[tuple[TeamDay, Team]] = [(day, team) for day in plan.days for team in day.teams]
        self.done: dict[str, list[TeamStop]] = {}
        for _, team in self.teams:
            for stop in team.stops:
                if stop.job in self.jobs:
                    self.done.setdefault(stop.job, []).append(stop)

    def latest(self, grade: str | None) -> int:
        """The latest end of a job of ``grade`` (of any, if None); 0 if there is none."""
        ends = (
            stop.end
            for job, stops in self.done.items()
            for stop in stops
            if grade is None or self.jobs[job].grade == grade
        )
        return max(ends, default=0)


def team_skill(facts: TeamFacts) -> Iterator[Finding]:
    """The members of a team hold, for each of its jobs, each skill at the level asked in the number asked."""
    for day, team in facts.teams:
        members = [facts.workers[one] for one in set(team.workers) if one in facts.workers]
        for stop in team.stops:
            for need in facts.jobs[stop.job].needs if stop.job in facts.jobs else ():
                able = sum(member.levels.get(need.skill, 0) >= need.level for member in members)
                if able < need.people:
                    message = (
                        f"Job {stop.job} on day {day.day} needs {need.people} with {need.skill} at level {need.level}, "
                        f"its team has {able}."
                    )
                    yield Finding(rule=Rule.TEAM_SKILL, message=message, visit=stop.job, value=able, limit=need.people)


def one_team(facts: TeamFacts) -> Iterator[Finding]:
    """On each day planned everybody is in one team or off, once; each day stands once; no team is of nobody."""
    for number, times in Counter(day.day for day in facts.plan.days).items():
        if times > 1 or number < 1:
            yield Finding(rule=Rule.ONE_TEAM, message=f"Day {number} stands in the plan {times} times.", value=times)
    for day in facts.plan.days:
        places = Counter(one for team in day.teams for one in team.workers)
        places.update(day.off)
        for worker in facts.problem.workers:
            if places[worker.id] != 1:
                message = f"{worker.id} is in {places[worker.id]} places on day {day.day}, teams and off together."
                yield Finding(rule=Rule.ONE_TEAM, message=message, worker=worker.id, value=places[worker.id], limit=1)
        for one in sorted(set(places) - set(facts.workers)):
            yield Finding(rule=Rule.ONE_TEAM, message=f"{one} on day {day.day} is unknown.", worker=one)
        for team in day.teams:
            if team.stops and not team.workers:
                message = f"Job {team.stops[0].job} on day {day.day} is on a team of nobody."
                yield Finding(rule=Rule.ONE_TEAM, message=message, visit=team.stops[0].job)


def absent(facts: TeamFacts) -> Iterator[Finding]:
    """Nobody is in a team on a day on which they are absent."""
    for day, team in facts.teams:
        for one in team.workers:
            if one in facts.workers and day.day in facts.workers[one].absent:
                message = f"{one} is in a team on day {day.day} but absent."
                yield Finding(rule=Rule.ABSENT, message=message, worker=one, value=day.day)


def team_overlap(facts: TeamFacts) -> Iterator[Finding]:
    """A team does one job at a time."""
    for day, team in facts.teams:
        for one, other in combinations(team.stops, 2):
            if one.start < other.end and other.start < one.end:
                message = (
                    f"Jobs {one.job} [{one.start}, {one.end}) and {other.job} [{other.start}, {other.end}) "
                    f"of one team overlap on day {day.day}."
                )
                yield Finding(rule=Rule.OVERLAP, message=message, visit=one.job)


def within_day(facts: TeamFacts) -> Iterator[Finding]:
    """A job takes its time, whole, within the day its team is made for."""
    length = facts.problem.day_ticks
    for day, team in facts.teams:
        first = (day.day - 1) * length
        for stop in team.stops:
            job = facts.jobs.get(stop.job)
            if stop.start < first or stop.end > first + length:
                where = f"day {day.day} [{first}, {first + length})"
                message = f"Job {stop.job} [{stop.start}, {stop.end}) is not within {where}."
                yield Finding(rule=Rule.WITHIN_DAY, message=message, visit=stop.job)
            if job is not None and stop.end - stop.start != job.ticks:
                message = f"Job {stop.job} takes {job.ticks}, but {stop.end - stop.start} in the plan."
                yield Finding(rule=Rule.WITHIN_DAY, message=message, visit=stop.job)


def job_order(facts: TeamFacts) -> Iterator[Finding]:
    """A job starts when all that comes before it has ended, and is not ours to do if one of those is not planned."""
    for job in facts.problem.jobs:
        for stop in facts.done.get(job.id, ()):
            for before in job.after:
                ends = [one.end for one in facts.done.get(before, ())]
                if not ends:
                    message = f"Job {job.id} is planned but {before}, which comes before it, is not."
                    yield Finding(rule=Rule.JOB_ORDER, message=message, visit=job.id)
                elif stop.start < max(ends):
                    message = f"Job {job.id} starts at {stop.start}, before {before} ends at {max(ends)}."
                    yield Finding(rule=Rule.JOB_ORDER, message=message, visit=job.id, value=stop.start, limit=max(ends))


def contractor(facts: TeamFacts) -> Iterator[Finding]:
    """Only what has a price is handed out, all that comes after it too, within the budget."""
    handed = set(facts.plan.handed_out)
    spent = 0
    for job in facts.problem.jobs:
        if job.id in handed:
            spent += job.price or 0
            if job.price is None:
                yield Finding(rule=Rule.CONTRACTOR, message=f"Job {job.id} must not be handed out.", visit=job.id)
        for before in job.after:
            if before in handed and job.id not in handed:
                message = f"Job {before} is handed out but {job.id}, which comes after it, is not."
                yield Finding(rule=Rule.CONTRACTOR, message=message, visit=job.id)
    budget = facts.problem.contractor_budget
    if spent > budget:
        message = f"The jobs handed out cost {spent}, the budget is {budget}."
        yield Finding(rule=Rule.CONTRACTOR, message=message, value=spent, limit=budget)


def job_once(facts: TeamFacts) -> Iterator[Finding]:
    """Every job is planned once, handed out, or named as unplanned with a reason; nothing is unknown."""
    times = Counter(stop.job for _, team in facts.teams for stop in team.stops)
    handed = Counter(facts.plan.handed_out)
    out = Counter(one.id for one in facts.plan.unplanned)
    for job in facts.problem.jobs:
        if times[job.id] + handed[job.id] + out[job.id] != 1:
            what = f"planned {times[job.id]}, handed out {handed[job.id]} and unplanned {out[job.id]} times"
            yield Finding(rule=Rule.ONCE, message=f"Job {job.id} is {what}.", visit=job.id)
    for one in sorted({*times, *handed, *out} - set(facts.jobs)):
        yield Finding(rule=Rule.ONCE, message=f"Job {one} is unknown.", visit=one)
    for left in facts.plan.unplanned:
        if not left.reasons:
            yield Finding(rule=Rule.ONCE, message=f"Job {left.id} is unplanned without a reason.", visit=left.id)


def team_cost(facts: TeamFacts) -> dict[Rule, float]:
    """Cost by rule: the latest end of each grade and of all, times their weights, and what is unplanned."""
    weights = facts.problem.weights
    handed = set(facts.plan.handed_out)
    out = sum(job.id not in facts.done and job.id not in handed for job in facts.problem.jobs)
    return {
        Rule.GRADE_END: sum(weight * facts.latest(grade) for grade, weight in weights.grades.items()),
        Rule.LAST_END: weights.last * facts.latest(None),
        Rule.UNPLANNED: weights.unplanned * out,
    }
