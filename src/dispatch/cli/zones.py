"""The commands ``zones plan|show|move``: who has which zone, in files or as a running service has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from dispatch.cli import zones_live
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
    which_of_both,
    write_file,
)
from dispatch.cli.warming import compile_for
from dispatch.model.errors import ProblemError
from dispatch.services.console import one_line
from dispatch.solver.plan import Reason, ZonePlan
from dispatch.solver.zone_problem import ZoneProblem

if TYPE_CHECKING:
    from dispatch.solver.zones.reshare import Reshared

Area = Annotated[str | None, typer.Option("--area", help="Of this area, as the running service has it.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write the plan.")]

zones = typer.Typer(help="Who has which zone: plan a problem file, show a plan, share it again.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.add_typer(zones, name="zones")


@zones.command()
def plan(
    problem: ProblemFile,
    budget: Annotated[
        int | None, typer.Option(min=0, help="Units of search; more is better and slower. 40 without --seconds.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the search.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Search so long, or with --budget at most; not repeatable then.")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Searches side by side.")] = 1,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Give the zones of a problem file to its helpers. The same file, budget and seed give the same plan.

    Exit code 0 for a plan that keeps every hard rule; zones left uncovered are named, with what would cover them.
    """
    from dispatch.solver.zones.give import give_zones

    asked = read_as(problem, ZoneProblem, "zone problem")
    compile_for(asked)
    found = give_zones(asked, budget=units(budget, seconds, usual=40), seed=seed, seconds=seconds, cores=cores)
    _write(out, found)
    if as_json:
        print_json(found)
    else:
        _show(asked, found)


@zones.command()
def show(
    problem: Annotated[Path | None, typer.Argument(help="A problem (JSON); without, --area asks a service.")] = None,
    plan: Annotated[Path | None, typer.Argument(help="A plan for its zones (JSON).")] = None,
    area: Area = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show who has what, why zones moved, what is uncovered and what would cover it; of a file also what it costs."""
    files = files_or_area(problem, plan, area, "zones")
    if files is None:
        zones_live.show(str(area), nats, as_json=as_json)
        return
    asked = read_as(files[0], ZoneProblem, "zone problem")
    answer = sound(asked, read_as(files[1], ZonePlan, "plan for zones"), *files)
    if as_json:
        print_json({"helpers": list(_helpers(asked, answer)), "uncovered": answer.unplanned, "cost": answer.cost})
    else:
        _show(asked, answer)


@zones.command()
def move(
    problem: Annotated[str, typer.Argument(help="A problem (JSON); with --area a zone.")],
    plan: Annotated[
        str | None, typer.Argument(help="A plan for its zones (JSON); with --area whoever it goes to, unset: anybody.")
    ] = None,
    leaver: Annotated[str | None, typer.Option(help="A helper who leaves; their zones go to others.")] = None,
    zone: Annotated[str | None, typer.Option(help="A zone to be handed on, with --to.")] = None,
    to: Annotated[str | None, typer.Option(help="The helper it goes to.")] = None,
    out: Out = None,
    area: Area = None,
    by: Annotated[str, typer.Option(help="Who directs it, with --area.")] = "dispatcher",
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Share again with the fewest moves: for a leaver, a zone handed on, or because the problem has changed.

    With --area a dispatcher's direction to the running service: ZONE goes to HELPER.
    """
    if area is None:
        _move_in_files(Path(problem), None if plan is None else Path(plan), leaver, zone, to, out, as_json=as_json)
        return
    if leaver or zone or to or out:
        raise which_of_both("zones")
    zones_live.move(area, problem, plan, by, nats, as_json=as_json)


def _move_in_files(
    problem: Path,
    plan: Path | None,
    leaver: str | None,
    zone: str | None,
    to: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from dispatch.solver.zones.reshare import handed, reshare, without

    if plan is None:
        raise which_of_both("zones")
    asked, answer = read_as(problem, ZoneProblem, "zone problem"), read_as(plan, ZonePlan, "plan for zones")
    if (zone is None) is not (to is None):
        raise ProblemError("A zone is handed on to somebody.", hint="give both --zone and --to, or neither.")
    if leaver is not None:
        asked = without(asked, leaver)
    if zone is not None and to is not None:
        asked = handed(asked, zone, to)
    found = reshare(asked, answer)
    _write(out, found.plan)
    if as_json:
        print_json(found)
    else:
        _show_moves(found)


def _helpers(problem: ZoneProblem, plan: ZonePlan) -> Sequence[dict[str, Any]]:
    """What every helper has: zones, households, minutes a day and a week."""
    known = {one.id: one for one in problem.zones}
    held: dict[str, list[str]] = {helper.id: [] for helper in problem.helpers}
    for one in plan.given:
        held[one.helper].append(one.zone)
    return [
        {
            "helper": helper,
            "zones": names,
            "households": sum(known[one].households for one in names),
            "minutes": sum(known[one].minutes_by.get(helper, known[one].minutes) for one in names),
            "week_minutes": sum(known[one].week_minutes_by.get(helper, known[one].week_minutes) for one in names),
        }
        for helper, names in held.items()
    ]


def _show(problem: ZoneProblem, plan: ZonePlan) -> None:
    print_table(
        "Zones",
        ("helper*", "zones", "households", "minutes a day", "minutes a week"),
        (
            (row["helper"], " ".join(row["zones"]), row["households"], row["minutes"], row["week_minutes"])
            for row in _helpers(problem, plan)
        ),
    )
    for out in plan.unplanned:
        say(one_line(f"{out.id} is uncovered. {' '.join(map(_told, out.reasons))}"))
    by_rule = ", ".join(f"{rule} {value:g}" for rule, value in plan.cost.items() if value) or "nothing"
    bound = "" if plan.bound is None else f"; no plan costs less than {plan.bound:g}"
    say(f"It costs {plan.total:g} min ({by_rule}){bound}.")


def _show_moves(found: Reshared) -> None:
    for one in found.moves:
        say(one_line(f"{one.zone}: {one.before} -> {one.after or 'nobody'} ({one.rule}: {one.why})"))
    for out in found.plan.unplanned:
        say(one_line(f"{out.id} is uncovered. {' '.join(map(_told, out.reasons))}"))
    least = "no plan moves fewer" if found.proven else f"{found.least} have to move in any plan"
    say(f"{len(found.moves)} zones move; {least}.")


def _told(reason: Reason) -> str:
    return f"{reason.rule}: {reason.message}{f' Maybe {reason.hint}.' if reason.hint else ''}"


def _write(out: Path | None, plan: ZonePlan) -> None:
    if out is not None:
        write_file(out, msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
