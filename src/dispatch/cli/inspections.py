"""The commands ``rounds inspections``: samples at each level, proof of the draw, scores, days of re-checks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import msgspec
import typer

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
    write_file,
)
from dispatch.model.errors import SettingError
from dispatch.model.working_days import WorkCalendar, breach_notice
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem, Mark
from dispatch.solver.plan import Reason

_PROBLEM = "problem of inspections"
_PLAN = "plan of inspections"
_EPOCH = dt.date(1970, 1, 1)

ProblemOrNone = Annotated[Path | None, typer.Argument(help="A problem (JSON).")]
PlanOrNone = Annotated[Path | None, typer.Argument(help="A plan for it (JSON).")]
AreaLive = Annotated[str | None, typer.Option("--area", help="Of a running service: this area, no files.")]
Month = Annotated[str | None, typer.Option("--month", help="Of a running service: this month, 2026-11.")]


def add_to(app: typer.Typer) -> None:
    """Add the group ``inspections`` to ``app``."""
    group = typer.Typer(help="Inspections at several levels, notices of breaches.", no_args_is_help=True)
    for command in (plan, show, prove, scores, recheck, notices):
        group.command()(command)
    app.add_typer(group, name="inspections")


def plan(
    problem: ProblemFile,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan; stdout otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw each level's sample of the level below: every zone seen, who goes on which day.

    Exit code 0 for a plan that keeps every hard rule; the zones no one can see are named in it.
    """
    from dispatch.solver.inspections.solve import plan_inspections

    found = plan_inspections(read_as(problem, InspectionProblem, _PROBLEM))
    if out is not None:
        write_file(out, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json or out is None:
        print_json(found)
    else:
        say(f"{len(found.inspections)} inspections, {len(found.unseen)} zones unseen; commitment {found.commitment}")


def show(
    problem: ProblemOrNone = None,
    plan: PlanOrNone = None,
    area: AreaLive = None,
    month: Month = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show who re-checks what on which day, and which zones no one can see."""
    files = files_or_area(problem, plan, area, "inspections")
    if files is None:
        from dispatch.cli import inspections_live

        inspections_live.show(str(area), nats, month=month, as_json=as_json)
        return
    asked, found = _read(files)
    sound(asked, found, *files)
    if as_json:
        print_json({"inspections": found.inspections, "unseen": found.unseen, "short": found.short})
        return
    zones = {work.id: work.zone for work in asked.works}
    rows = [
        (one.level, _EPOCH + dt.timedelta(days=one.day), one.inspector, one.work, zones.get(one.work, ""))
        for one in sorted(found.inspections, key=lambda one: (one.day, one.level, one.inspector, one.work))
    ]
    print_table("Inspections", ("level", "day", "inspector", "work", "zone"), rows)
    missing = [(one.level, one.zone, *_first(one.reasons)) for one in found.unseen]
    short = [(one.level, f"{one.planned} of {one.asked}", *_first(one.reasons)) for one in found.short]
    print_table("Not seen", ("level", "zone or sample", "why", "what would help"), [*missing, *short])


def _read(files: tuple[Path, Path]) -> tuple[InspectionProblem, InspectionPlan]:
    return read_as(files[0], InspectionProblem, _PROBLEM), read_as(files[1], InspectionPlan, _PLAN)


def notices(
    area: Annotated[str, typer.Option("--area", help="Of a running service: this area.")],
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show the notices of breaches with the day of their re-check; exit code 1 if one was missed."""
    from dispatch.cli import inspections_live

    inspections_live.notices(area, nats, as_json=as_json)


def _first(reasons: tuple[Reason, ...]) -> tuple[str, str]:
    return reasons[0].message, reasons[0].hint


def prove(
    problem: ProblemOrNone = None,
    plan: PlanOrNone = None,
    commitment: Annotated[str | None, typer.Option(help="The hash published before; else the one in the plan.")] = None,
    area: AreaLive = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Prove a plan of inspections: commitment, and the same samples when drawn again; exit code 1 if it is not."""
    from dispatch.solver.rounds.prove import prove_inspections

    files = files_or_area(problem, plan, area, "inspections")
    if files is None:
        from dispatch.cli import inspections_live

        inspections_live.prove(str(area), nats, as_json=as_json)
        return
    asked, found = _read(files)
    proof = prove_inspections(asked, found, commitment=commitment)
    if as_json:
        print_json({"holds": proof.holds, **msgspec.to_builtins(proof)})
    else:
        say("The plan is what the seed gives." if proof.holds else "The plan is not what the seed gives.")
        for line in proof.differences:
            say(line)
    if not proof.holds:
        raise typer.Exit(1)


def scores(
    problem: ProblemOrNone = None,
    marks: Annotated[Path | None, typer.Argument(help='Marks (JSON): [{"level", "work", "points"}].')] = None,
    area: AreaLive = None,
    month: Month = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Add up marks to the score of every team and contractor."""
    from dispatch.solver.inspections.scores import scores as find

    files = files_or_area(problem, marks, area, "marks")
    if files is None:
        from dispatch.cli import inspections_live

        inspections_live.scores(str(area), nats, month=month, as_json=as_json)
        return
    teams, contractors = find(
        read_as(files[0], InspectionProblem, _PROBLEM), read_as(files[1], tuple[Mark, ...], "list of marks")
    )
    if as_json:
        print_json({"teams": teams, "contractors": contractors})
        return
    for title, some in (("Teams", teams), ("Contractors", contractors)):
        print_table(title, ("id", "score", "marks"), [(one.id, f"{one.score:.1f}", one.marks) for one in some])


def recheck(
    found: Annotated[str, typer.Argument(help="The day the breach was found: 2026-03-02.")],
    days: Annotated[int, typer.Option(min=0, max=1000, help="Working days until the re-check.")] = 5,
    calendar: Annotated[Path | None, typer.Option(help="Weekdays, holidays, days worked instead (JSON).")] = None,
    as_json: AsJson = False,
) -> None:
    """Show on which day a breach is re-checked."""
    try:
        day = dt.date.fromisoformat(found)
    except ValueError as error:
        raise SettingError(f"{found!r} is no day.", hint="2026-03-02 was meant.") from error
    known = WorkCalendar() if calendar is None else read_as(calendar, WorkCalendar, "calendar")
    try:
        notice = breach_notice(day, days, known)
    except ValueError as error:
        raise SettingError(str(error)) from error
    if as_json:
        print_json(notice)
    else:
        say(f"Found {notice.found}, to be re-checked on {notice.recheck}.")
