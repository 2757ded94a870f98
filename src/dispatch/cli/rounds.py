"""The commands ``rounds``: plan patrol rounds, show them, prove the draw, watch scans; on files or of a service."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from dispatch.cli.inspections import add_to as add_inspections
from dispatch.model.errors import SettingError
from dispatch.solver.checks.facts import clock
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem

if TYPE_CHECKING:
    from dispatch.solver.rounds.watch import Overdue

PlanFile = Annotated[Path, typer.Argument(help="A plan for it (JSON).")]
ProblemOrNone = Annotated[Path | None, typer.Argument(help="A problem (JSON).")]
PlanOrNone = Annotated[Path | None, typer.Argument(help="A plan for it (JSON).")]
AreaLive = Annotated[str | None, typer.Option("--area", help="Of a running service: this area, no files.")]
_PROBLEM = "problem of patrol rounds"
_PLAN = "plan of rounds"
Out = Annotated[Path | None, typer.Option("--out", help="Where to write the plan; stdout otherwise.")]


def add_to(app: typer.Typer) -> None:
    """Add the group ``rounds`` to ``app``."""
    rounds = typer.Typer(help="Patrol rounds and inspections.", no_args_is_help=True)
    for command in (plan, show, prove, watch, commit):
        rounds.command()(command)
    add_inspections(rounds)
    app.add_typer(rounds, name="rounds")


def plan(
    problem: ProblemFile,
    budget: Annotated[int, typer.Option(min=0, help="Units of 1,000 changes tried; more is better and slower.")] = 20,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of who walks; starts have their own.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Safety stop; cutting short makes it not repeatable.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Plan the rounds of a problem file: starts and orders drawn from its recorded seed, guards found for them.

    Exit code 0 for a plan that keeps every hard rule; what nobody can walk is named in it, with what would help.
    """
    from dispatch.solver.rounds.solve import plan_rounds

    read = read_as(problem, RoundProblem, _PROBLEM)
    found = plan_rounds(read, budget=budget, seed=seed, seconds=seconds)
    if out is not None:
        write_file(out, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json or out is None:
        print_json(found)
    else:
        say(_summary(found))


def _summary(found: RoundPlan) -> str:
    out = len(found.unplanned)
    return f"{len(found.walks)} walked, {out} not; {found.total:g} min; commitment {found.commitment}"


def _read(files: tuple[Path, Path]) -> tuple[RoundProblem, RoundPlan]:
    """The problem and the plan in two files."""
    return read_as(files[0], RoundProblem, _PROBLEM), read_as(files[1], RoundPlan, _PLAN)


def show(
    problem: ProblemOrNone = None,
    plan: PlanOrNone = None,
    guard: Annotated[str | None, typer.Option(help="Only what this guard walks.")] = None,
    round_id: Annotated[str | None, typer.Option("--round", help="Only this round.")] = None,
    area: AreaLive = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show who walks what when, in what order, what nobody walks and what would help, and how rounds are shared.

    Of a running service by the clocks of the area, what is published from today on; of files by the clocks that the
    problem counts from.
    """
    files = files_or_area(problem, plan, area, "rounds")
    if files is None:
        from dispatch.cli import rounds_live

        rounds_live.show(str(area), nats, as_json=as_json, guard=guard, round_id=round_id)
        return
    asked, found = _read(files)
    sound(asked, found, *files)
    walks = [
        walk
        for walk in sorted(found.walks, key=lambda walk: (walk.start, walk.round))
        if guard in {None, *walk.guards} and round_id in {None, walk.round}
    ]
    left = [one for one in found.unplanned if guard is None and round_id in {None, one.round}]
    shares = dict(sorted(Counter(name for walk in found.walks for name in walk.guards).items()))
    if as_json:
        print_json({"walks": walks, "unplanned": left, "rounds_by_guard": shares, "cost": found.cost})
        return

    at = partial(clock, asked)
    rows = [
        (walk.round, at(walk.start), at(walk.end), ", ".join(walk.guards), " ".join(p.checkpoint for p in walk.passes))
        for walk in walks
    ]
    print_table(f"Rounds, times in {asked.origin.tzname()}", ("round", "start", "end", "guards", "checkpoints"), rows)
    print_table(
        "Not walked", ("round", "due", "why", "what would help"),
        [(one.round, at(one.nominal), one.reasons[0].message, one.reasons[0].hint) for one in left],
    )  # fmt: skip
    print_table("Shares", ("guard", "rounds"), shares.items())
    say(_summary(found))


def prove(
    problem: ProblemOrNone = None,
    plan: PlanOrNone = None,
    commitment: Annotated[str | None, typer.Option(help="The hash published before; else the one in the plan.")] = None,
    area: AreaLive = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Prove a plan: commitment, draw, and the same plan when made again from the seed; exit code 1 if it is not."""
    from dispatch.solver.rounds.prove import prove as find

    files = files_or_area(problem, plan, area, "rounds")
    if files is None:
        from dispatch.cli import rounds_live

        rounds_live.prove(str(area), nats, as_json=as_json)
        return
    asked, found = _read(files)
    proof = find(asked, found, commitment=commitment)
    if as_json:
        print_json({"holds": proof.holds, **msgspec.to_builtins(proof)})
    else:
        say(f"committed: {_yes(proof.committed)}; drawn: {_yes(proof.drawn)}; the same again: {_yes(proof.same)}")
        for line in proof.differences:
            say(line)
    if not proof.holds:
        raise typer.Exit(1)


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "cannot be told"}[value]


def watch(
    problem: ProblemOrNone = None,
    plan: PlanOrNone = None,
    scans: Annotated[
        Path | None, typer.Argument(help='Scans (JSON): {"scans": [{"checkpoint", "at", "guard"}]}.')
    ] = None,
    now: Annotated[str, typer.Option(help="As of this instant, with a zone: 2026-03-01T08:00:00Z.")] = "",
    late_after: Annotated[int, typer.Option(min=0, help="Ticks after a planned arrival.")] = 5,
    missed_after: Annotated[int, typer.Option(min=0, help="Ticks after the end of a walk.")] = 30,
    area: AreaLive = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show which checkpoints are late, missed or out of order; exit code 1 if any is.

    Of files as of an instant and since when, of a running service as its log says.
    """
    files = files_or_area(problem, plan, area, "rounds")
    if files is None:
        from dispatch.cli import rounds_live

        rounds_live.watch(str(area), nats, as_json=as_json)
        return
    from dispatch.solver.rounds.watch import RoundScans, Watch

    if scans is None or not now:
        raise SettingError("Scans or the instant are not given.", hint="PROBLEM PLAN SCANS --now INSTANT was meant.")
    asked, found = _read(files)
    sound(asked, found, *files)
    seen = Watch(problem=asked, plan=found, late_after=late_after, missed_after=missed_after).take(
        read_as(scans, RoundScans, "list of scans").scans
    )
    overdue = seen.as_of(instant_given(now))
    if as_json:
        stray = sorted(seen.stray, key=lambda scan: (scan.at, scan.guard, scan.checkpoint))
        print_json({"now": now, "overdue": overdue, "stray": stray})
    else:
        _print_overdue(overdue)
    if overdue:
        raise typer.Exit(1)


def _print_overdue(overdue: Iterable[Overdue]) -> None:
    rows = [
        (
            one.since.isoformat(),
            one.state,
            one.round,
            one.checkpoint or "all",
            ", ".join(one.guards),
            one.due.isoformat(),
        )
        for one in overdue
    ]
    print_table("Late and missed", ("since", "state", "round", "checkpoint", "guards", "due"), rows)


def instant_given(text: str) -> dt.datetime:
    """An instant with a zone as somebody wrote it; raises `SettingError`."""
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise SettingError(f"{text!r} is no instant with a zone.", hint="2026-03-01T08:00:00Z was meant.")
    return instant


def commit(problem: ProblemFile, as_json: AsJson = False) -> None:
    """Show the commitment of a problem of rounds or inspections: the hash to publish before its seed is revealed."""
    from dispatch.solver.inspection_problem import InspectionProblem
    from dispatch.solver.rounds.draw import commitment

    found = commitment(read_as(problem, RoundProblem | InspectionProblem, "problem of rounds or inspections"))
    if as_json:
        print_json({"commitment": found})
    else:
        say(found)
