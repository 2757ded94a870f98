"""Commands that work on files alone: ``solve``, ``check``, ``why``, ``schema``, ``warm``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from dispatch.cli.common import AsJson, print_json, read_file, say, write_file
from dispatch.model.errors import ProblemError
from dispatch.services.console import one_line
from dispatch.solver.plan import Plan, RoutePlan
from dispatch.solver.problem import Problem, RouteProblem
from dispatch.solver.rules import Rule
from dispatch.solver.version import COMPILING

if TYPE_CHECKING:
    from dispatch.solver.why import Why

ProblemFile = Annotated[Path, typer.Argument(help="A problem (JSON).")]


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
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan; stdout otherwise.")] = None,
) -> None:
    """Plan a problem file. The same file, budget and seed give the same plan, byte for byte."""
    from dispatch.solver.routes.insert import knows_all
    from dispatch.solver.solve import solve as find

    read = read_as(problem, Problem, "problem")
    if isinstance(read, RouteProblem) and (budget or not knows_all(read)):
        warm()
    body = msgspec.json.format(msgspec.json.encode(find(read, budget=budget, seed=seed, seconds=seconds)), indent=2)
    if out is None:
        typer.echo(body.decode())
    else:
        write_file(out, body + b"\n")


def warm() -> None:
    """Compile the search for this machine ahead of its first use; done once for every release."""
    from dispatch.solver import jit
    from dispatch.solver.search.warm import warm as compile_all

    if not jit.is_warm():
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


def why(
    problem: ProblemFile,
    plan: Annotated[Path, typer.Argument(help="A plan for it (JSON).")],
    visit: Annotated[str | None, typer.Argument(help="A visit; the cost of the whole plan by rule otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say why a visit is where a plan has it: what else there would be and what it costs; what is in the way."""
    from dispatch.solver.checks import cost
    from dispatch.solver.why import why as explain

    asked = read_as(problem, RouteProblem, "routing problem")
    answer = read_as(plan, RoutePlan, "plan for routes")
    if visit is None:
        by_rule = cost(asked, answer)
        if as_json:
            print_json(by_rule)
        else:
            say(_by_rule(by_rule))
        return
    if visit not in (known := [one.id for one in asked.visits]):
        near = " or ".join(get_close_matches(visit, known, n=3)) or "one of the ids in its visits"
        raise ProblemError(f"There is no visit {visit!r} in {problem}.", hint=f"{near} was meant.")
    found = explain(asked, answer, visit)
    if as_json:
        print_json(found)
        return
    for line in _lines(asked, found):
        say(one_line(line))


def _lines(problem: RouteProblem, found: Why) -> Iterator[str]:
    def at(tick: int) -> str:
        return f"{problem.origin + dt.timedelta(seconds=tick * problem.tick_seconds):%Y-%m-%d %H:%M}"

    if found.start is None:
        yield f"{found.visit} is left out."
        yield from (f"{one.rule}: {one.message} {one.hint}".rstrip() for one in found.reasons)
        yield from (f"{one.worker}: {one.rule} {one.hint}".rstrip() for one in found.hindrances)
        return
    yield f"{found.visit}: {', '.join(found.workers)} at {at(found.start)}."
    for one in found.alternatives:
        yield f"{', '.join(one.workers)} at {at(one.start)}: {one.dearer:+g} min ({_by_rule(one.by_rule, signed=True)})"
    if not found.alternatives:
        yield "Nobody else could come."


def _by_rule(costs: Mapping[Rule, float], *, signed: bool = False) -> str:
    return ", ".join(f"{rule} {value:{'+' if signed else ''}g}" for rule, value in costs.items() if value) or "nothing"


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


def read_as(path: Path, form: Any, what: str) -> Any:
    """The ``form`` in the JSON file ``path``; raises `ProblemError` that says where it is not one, `SettingError`."""
    try:
        return msgspec.json.decode(read_file(path), type=form)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} is not a {what}: {error}.", hint="`dispatch schema` shows its form.") from error
