"""Commands that work on files alone: ``check``, ``schema``, ``warm``; ``solve`` and ``why`` have rooms of their own."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.common import AsJson, ProblemFile, print_json, read_as, say
from dispatch.cli.solving import solve
from dispatch.cli.warming import compile_all
from dispatch.cli.why import why
from dispatch.model.errors import ProblemError
from dispatch.services.console import one_line
from dispatch.solver.kinds import Plan, Problem


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in (solve, check, why, schema, warm):
        app.command()(command)


def warm() -> None:
    """Compile the search for this machine ahead of its first use; done once for every release."""
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
