"""Commands about rosters, in files or as a running service has them: plan, show, who can step in, who does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dispatch.cli import roster_live
from dispatch.cli.common import (
    DEFAULT_NATS,
    AsJson,
    Nats,
    ProblemFile,
    files_or_area,
    print_json,
    print_table,
    read_as,
    say,
    sound,
    units,
    write_file,
)
from dispatch.cli.warming import compile_for
from dispatch.model.errors import ProblemError
from dispatch.solver.roster_plan import OpenPlace, RosterPlan
from dispatch.solver.roster_problem import RosterProblem

GivenProblem = Annotated[Path | None, typer.Argument(help="A problem (JSON); without, --area asks a service.")]
GivenPlan = Annotated[Path | None, typer.Argument(help="A plan for it (JSON).")]
Area = Annotated[str | None, typer.Option("--area", help="Of this area, as the running service has it.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    roster = typer.Typer(help="Who works when: plan a roster, show it, find who can step in.", no_args_is_help=True)
    for command in (plan, show, standins, stand_in):
        roster.command()(command)
    app.add_typer(roster, name="roster")


def _days(problem: RosterProblem) -> list[str]:
    first = dt.date(1970, 1, 1) + dt.timedelta(days=problem.first_day)
    return [(first + dt.timedelta(days=day)).strftime("%a %d %b") for day in range(problem.days)]


def plan(
    problem: ProblemFile,
    budget: Annotated[
        int | None, typer.Option(min=0, help="Rounds of search; more is better and slower. 20 without --seconds.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the search.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Search so long, or with --budget at most; not repeatable then.")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Cores to use; the plan is the same.")] = 1,
    start: Annotated[Path | None, typer.Option(help="A roster to begin from (JSON).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan (JSON) as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a roster and show it. The same file and options give the same roster, unless --seconds cuts it.

    Exit code 0 for a roster that keeps every hard rule; places left open are named, with what would close them.
    """
    from dispatch.solver.rosters.search import solve_rosters

    read = read_as(problem, RosterProblem, "roster problem")
    begun = None if start is None else read_as(start, RosterPlan, "roster")
    compile_for(read)
    found = solve_rosters(
        read, budget=units(budget, seconds, usual=20), seed=seed, seconds=seconds, cores=cores, start=begun
    )
    if out is not None:
        write_file(out, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json:
        print_json(found)
    else:
        _show(read, found)


def show(
    problem: GivenProblem = None,
    plan: GivenPlan = None,
    area: Area = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show a roster: who works when, what is open and why, what would close it, what it costs."""
    files = files_or_area(problem, plan, area, "rosters")
    if files is None:
        roster_live.show(str(area), nats, as_json=as_json)
        return
    read = read_as(files[0], RosterProblem, "roster problem")
    found = sound(read, read_as(files[1], RosterPlan, "roster"), *files)
    if as_json:
        print_json(found)
    else:
        _show(read, found)


def _show(problem: RosterProblem, plan: RosterPlan) -> None:
    days = _days(problem)
    has = {(duty.person, duty.day): f"{duty.shift} {duty.post}" for duty in plan.duties}
    trainings = {(person.id, one.day): "training" for person in problem.people for one in person.trainings}
    for monday in range(0, problem.days, 7):
        week = range(monday, min(monday + 7, problem.days))
        rows = [
            (person.id, *(has.get((person.id, day)) or trainings.get((person.id, day), "") for day in week))
            for person in problem.people
        ]
        print_table(f"Days {monday} to {week[-1]}", ("person*", *(days[day] for day in week)), rows)
    opens = [
        (
            days[one.day],
            one.shift,
            one.post,
            one.missing,
            one.short,
            _why(one),
        )
        for one in plan.open
        if one.missing
    ]
    if opens:
        print_table("Open below the minimum", ("day*", "shift", "post", "missing", "to wanted", "why"), opens)
    if plan.shortage is not None:
        say(plan.shortage.message)
        for one in plan.shortage.would_close:
            say(f"Would close it: {one}")
    for conflict in plan.conflicts:
        say(conflict.message)
    costs = sorted((cost, rule) for rule, cost in plan.cost.items() if cost)
    print_table("Cost", ("rule", "cost"), [(rule, f"{cost:g}") for cost, rule in reversed(costs)])
    say(f"Total {plan.total:g}" + ("" if plan.bound is None else f", none can cost less than {plan.bound:g}"))


def _why(one: OpenPlace) -> str:
    if not one.reasons:
        return "There is nobody in the roster."
    return "; ".join(part for part in (one.reasons[0].message, one.reasons[0].hint) if part)


def stand_in(
    area: Annotated[str, typer.Option("--area", help="Of this area, as the running service has it.")],
    worker: Annotated[str, typer.Option("--worker", help="Who steps in.")],
    day: Annotated[str, typer.Option(help="The day, as 2026-11-22.")],
    instead: Annotated[str | None, typer.Option(help="Whose duty it is, or was before they could not come.")] = None,
    post: Annotated[str | None, typer.Option(help="Of an open place that nobody had, the post.")] = None,
    shift: Annotated[str | None, typer.Option(help="Of an open place that nobody had, the shift.")] = None,
    leaves: Annotated[bool, typer.Option("--leaves", help="Leave their own duty of that day open for it.")] = False,
    by: Annotated[str, typer.Option(help="Who directs it.")] = "dispatcher",
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Have somebody take a duty; it stays theirs, and the rest is planned round it. Exit code 1 if refused."""
    names = {"worker": worker, "instead": instead, "post": post, "shift": shift}
    roster_live.stand_in(area, names, day, by, nats, leaves=leaves, as_json=as_json)


def standins(
    worker: Annotated[str, typer.Option("--worker", "--person", help="Who is absent.")],
    day: Annotated[str, typer.Option(help="A date; in files the number of the day, 0 = the first one planned.")],
    problem: GivenProblem = None,
    plan: GivenPlan = None,
    area: Area = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Who can step in for somebody, the best first, with the cost and what each would break or lose."""
    from dispatch.solver.rosters.standins import stand_ins

    files = files_or_area(problem, plan, area, "rosters")
    if files is None:
        roster_live.stand_ins(str(area), worker, day, nats, as_json=as_json)
        return
    read = read_as(files[0], RosterProblem, "roster problem")
    if not day.isdecimal() or int(day) >= read.days:
        raise ProblemError(f"There is no day {day}.", hint=f"the days are 0 to {read.days - 1}.")
    found = stand_ins(read, sound(read, read_as(files[1], RosterPlan, "roster"), *files), worker, int(day))
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.person,
            f"{one.cost:g}",
            "; ".join(f"{rule}: {how}" for rule, how in one.breaks.items()),
            "" if one.leaves is None else f"{one.leaves.shift} at {one.leaves.post}",
            ", ".join(f"{rule} {cost:+g}" for rule, cost in one.loses.items()),
        )
        for one in found
    ]
    print_table(f"Instead of {worker} on day {day}", ("person*", "cost", "breaks", "leaves", "costs"), rows)
