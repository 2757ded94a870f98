"""Commands that work on files alone: ``solve``, ``check``, ``schema``, ``warm``; ``why`` has a room of its own."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dispatch.cli.common import AsJson, ProblemFile, print_json, read_as, say, write_file
from dispatch.cli.why import why
from dispatch.model.errors import ProblemError
from dispatch.services.console import one_line
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.problem import RouteProblem
from dispatch.solver.version import COMPILING


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in (solve, check, why, schema, warm):
        app.command()(command)


def solve(
    problem: ProblemFile,
    budget: Annotated[int, typer.Option(min=0, help="Units of 500 rounds of search; more is better and slower.")] = 40,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the search.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Safety stop; cutting short makes it not repeatable.")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Searches side by side that trade routes.")] = 1,
    enough: Annotated[
        float | None,
        typer.Option(help="Stop at a plan that costs this or less: a bound you know and the gap you allow."),
    ] = None,
    start: Annotated[Path | None, typer.Option(help="A plan to begin from (JSON); from nothing otherwise.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan; stdout otherwise.")] = None,
) -> None:
    """Plan a problem file. The same file and options give the same plan, byte for byte, unless --seconds cuts it.

    Exit code 0 for a plan that keeps every hard rule; what stays out is named in it, with the rule in its way.
    """
    from dispatch.solver.routes.insert import knows_all
    from dispatch.solver.solve import solve as find

    read = read_as(problem, Problem, "problem")
    begun = None if start is None else read_as(start, Plan, "plan")
    if isinstance(read, RouteProblem) and (budget or not knows_all(read)):
        warm()
    plan = find(read, budget=budget, seed=seed, seconds=seconds, start=begun, enough=enough, cores=cores)
    body = msgspec.json.format(msgspec.json.encode(plan), indent=2)
    if out is None:
        typer.echo(body.decode())
    else:
        write_file(out, body + b"\n")


def warm() -> None:
    """Compile the search for this machine ahead of its first use; done once for every release."""
    from dispatch.solver.warm import cold
    from dispatch.solver.warm import warm as compile_all

    if cold():
        typer.echo(COMPILING, err=True)
        compile_all()


def check(
    problem: ProblemFile,
    plan: Annotated[Path, typer.Argument(help="A plan for it (JSON).")],
    as_json: AsJson = False,
) -> None:
    """Check a plan against its problem, independently of the solver; exit code 1 and a line per finding."""
    from dispatch.solver.checks import check as find

    findings = find(read_as(problem, Problem, "problem"), read_as(plan, Plan, "plan"))
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            say(one_line(str(finding)))
    raise typer.Exit(1 if findings else 0)


def schema(
    name: Annotated[str | None, typer.Argument(help="One type only, such as ServiceRequest.")] = None,
    asyncapi: Annotated[bool, typer.Option("--asyncapi", help="The AsyncAPI document of all subjects.")] = False,
) -> None:
    """Print JSON Schemas of every message, event, problem and plan, or the AsyncAPI document."""
    from dispatch.services.schemas import asyncapi_document, schemas

    if asyncapi:
        print_json(asyncapi_document())
        return
    found = schemas()
    if name is None:
        print_json(found)
        return
    name = name if name in found["$defs"] else f"solver.{name}"
    if name not in found["$defs"]:
        name = name.removeprefix("solver.")
        near = get_close_matches(name, found["$defs"], n=5, cutoff=0.4)
        hint = f"{' or '.join(near)} was meant." if near else "`dispatch schema` names them all, under $defs."
        raise ProblemError(f"There is no type {name!r}.", hint=hint)
    print_json({"$ref": f"#/$defs/{name}", **found})
