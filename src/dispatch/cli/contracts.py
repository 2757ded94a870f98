"""The commands ``contracts plan|show|risks|move``: visits promised by contracts, in files or of a running service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dispatch.cli import contracts_live
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
from dispatch.cli.warming import compile_for
from dispatch.services.console import one_line
from dispatch.solver.contract_plan import BrokenPromise, ContractPlan, PromiseAtRisk
from dispatch.solver.contract_problem import ContractProblem

GivenProblem = Annotated[Path | None, typer.Argument(help="A problem (JSON); without, --area asks a service.")]
GivenPlan = Annotated[Path | None, typer.Argument(help="A plan for its contracts (JSON).")]
Area = Annotated[str | None, typer.Option("--area", help="Of this area, as the running service has it.")]
_ONLY_CONTRACT = Annotated[str | None, typer.Option("--contract", help="Only visits of this contract.")]
_ONLY_HELPER = Annotated[str | None, typer.Option("--helper", help="Only visits of this helper.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    group = typer.Typer(
        help="Visits that contracts promise over weeks: plan them, show them, see what may break.",
        no_args_is_help=True,
    )
    for command in (plan, show, risks, move):
        group.command()(command)
    app.add_typer(group, name="contracts")


def plan(
    problem: ProblemFile,
    budget: Annotated[int, typer.Option(min=0, help="More is better and slower; 0 repairs and moves least.")] = 40,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the search.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Safety stop; cutting short makes it not repeatable.")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Parts searched side by side.")] = 1,
    start: Annotated[
        Path | None, typer.Option(help="A plan to begin from (JSON); from what was told otherwise.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Date the visits that contracts promise.

    Exit code 0 for a plan that keeps every hard rule; the promises it breaks are named in it, with what would help.
    """
    from dispatch.solver.contracts.search import solve_contracts

    asked = read_as(problem, ContractProblem, "problem of contracts")
    begun = None if start is None else read_as(start, ContractPlan, "plan of contracts")
    compile_for(asked)
    found = solve_contracts(asked, budget=budget, seed=seed, seconds=seconds, start=begun, cores=cores)
    if out is not None:
        write_file(out, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json:
        print_json(found)
    else:
        say(_summary(found))
        for one in found.broken:
            say(one_line(_broken(one)))


def show(
    problem: GivenProblem = None,
    plan: GivenPlan = None,
    contract: _ONLY_CONTRACT = None,
    helper: _ONLY_HELPER = None,
    area: Area = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show the dated visits of a plan, and what it breaks; with --area those of a running service."""
    files = files_or_area(problem, plan, area, "contracts")
    if files is None:
        contracts_live.show(str(area), nats, as_json=as_json, contract=contract, helper=helper)
        return
    answer = _plan_in(*files)
    visits = [one for one in answer.visits if contract in (None, one.contract) and helper in (None, one.helper)]
    if as_json:
        print_json({"visits": visits, "broken": answer.broken, "called_off": answer.called_off, "cost": answer.cost})
        return
    rows = [(_date(one.day), one.helper, one.contract, one.kind, one.minutes, one.told) for one in visits]
    print_table("Visits", ("day*", "helper", "contract", "kind", "minutes", "told"), rows)
    say(_summary(answer))
    for lost in answer.broken:
        say(one_line(_broken(lost)))


def risks(
    problem: GivenProblem = None,
    plan: GivenPlan = None,
    area: Area = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show the promises that are about to break, and the last day to keep each; exit code 1 if there are any."""
    files = files_or_area(problem, plan, area, "contracts")
    if files is None:
        contracts_live.risks(str(area), nats, as_json=as_json)
        return
    answer = _plan_in(*files)
    if as_json:
        print_json(answer.at_risk)
    else:
        columns = ("keep by*", "contract", "promise", "missing", "next*", "spare", "why")
        rows = [
            (_date(one.keep_by), one.contract, one.promise, one.missing, _date(one.next), one.spare, _why(one))
            for one in answer.at_risk
        ]
        print_table("Promises at risk", columns, rows)
    raise typer.Exit(1 if answer.at_risk else 0)


def move(
    contract: Annotated[str, typer.Argument(help="Whose visit.")],
    visit: Annotated[str, typer.Argument(help="Which, as `contracts show` names it.")],
    day: Annotated[str, typer.Argument(help="The day it is to be on, as 2026-11-22.")],
    area: Annotated[str, typer.Option("--area", help="Of this area, as the running service has it.")],
    helper: Annotated[str | None, typer.Option(help="Who goes; unset: whoever was dated.")] = None,
    by: Annotated[str, typer.Option(help="Who directs it.")] = "dispatcher",
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Put a dated visit on another day; it stays there, and the rest is dated round it. Exit code 1 if refused."""
    contracts_live.move(area, contract, visit, day, helper, by, nats, as_json=as_json)


def _plan_in(problem: Path, plan: Path) -> ContractPlan:
    asked = read_as(problem, ContractProblem, "problem of contracts")
    answer: ContractPlan = read_as(plan, ContractPlan, "plan of contracts")
    return sound(asked, answer, problem, plan)


def _summary(plan: ContractPlan) -> str:
    proof = "" if not plan.broken else f", at least {plan.bound} must be"
    return (
        f"{len(plan.visits)} visits, {len(plan.broken)} promises broken{proof}, {len(plan.at_risk)} at risk, "
        f"{len(plan.called_off)} told visits called off; cost {plan.total:g} min."
    )


def _broken(one: BrokenPromise) -> str:
    short = ", ".join(f"{part.have} of {part.need} {part.kind}" for part in one.short)
    reason = one.reasons[0]
    hint = f" (maybe {reason.hint})" if reason.hint else ""
    period = f"{_date(one.first)} to {_date(one.last)}"
    return f"broken: {one.promise} of {one.contract}, {period}: {short}. {reason.rule}: {reason.message}{hint}"


def _why(one: PromiseAtRisk) -> str:
    words = [word for word, so in (("overdue", one.overdue), ("broken by the plan", one.broken)) if so]
    words += [f"{one.lapsed} missed or failed"] if one.lapsed else []
    return ", ".join(words) or "few days to spare"


def _date(day: int | None) -> str:
    from dispatch.solver.contracts.calendar import date_of

    return "" if day is None else date_of(day).isoformat()
