"""The command ``solve``: a problem in a file planned, its best told as it goes; or a plan mended for who is away."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import msgspec
import typer

from dispatch.cli.common import ProblemFile, complain, read_as, units, write_file
from dispatch.cli.warming import compile_for
from dispatch.model.errors import ProblemError, SettingError
from dispatch.services.console import one_line
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, Span

USUAL = 40
"""Units of budget where neither a budget nor seconds are given."""
INTERRUPTED = 130
"""Exit code of a search that Ctrl-C ended, as shells give it: the plan is written, but not what was asked for."""
_EVER = Span(-(2**40), 2**40)


def solve(
    problem: ProblemFile,
    budget: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=f"Units of 500 rounds of search; more is better and slower. {USUAL} where no --seconds are given.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the search.")] = 1,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.0, help="Search so long, or with --budget at most so long; either is not repeatable then."),
    ] = None,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Searches side by side that trade routes.")] = 1,
    enough: Annotated[
        float | None,
        typer.Option(help="Stop at a plan that costs this or less: a bound you know and the gap you allow."),
    ] = None,
    start: Annotated[Path | None, typer.Option(help="A plan to begin from (JSON); from nothing otherwise.")] = None,
    repair: Annotated[
        str | None,
        typer.Option(metavar="WORKER", help="Search nothing: mend the plan in --start for WORKER being away."),
    ] = None,
    changes: Annotated[
        int | None, typer.Option(min=0, help="With --repair: told visits that may move beyond those that must.")
    ] = None,
    progress: Annotated[
        bool | None,
        typer.Option(help="Tell each new best of routes on stderr; usual on a terminal.", show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the plan; stdout otherwise.")] = None,
) -> None:
    """Plan a problem file. The same file and options give the same plan, byte for byte, but for --seconds and Ctrl-C.

    Exit code 0 for a plan that keeps every hard rule; what stays out is named in it, with the rule in its way.
    Ctrl-C ends the search: the best plan so far is written, and the exit code is 130. What a plan in --start leaves
    out of a larger problem goes in with --budget 0, where it is cheapest now.
    """
    from dispatch.solver.solve import solve as find

    read = read_as(problem, Problem, "problem")
    begun = None if start is None else read_as(start, Plan, "plan")
    if repair is not None:
        if budget is not None or seconds is not None or enough is not None:
            raise SettingError("A repair searches nothing.", hint="leave --budget, --seconds and --enough out.")
        _write(out, _repaired(read, begun, repair, changes))
        return
    if changes is not None:
        raise SettingError("--changes says how much a repair may change.", hint="--repair WORKER was left out.")
    asked = units(budget, seconds, usual=USUAL)
    if asked != 0 or not isinstance(read, RouteProblem) or _needs_search(read):
        compile_for(read)
    told = sys.stderr.isatty() if progress is None else progress
    with _interruptible() as interrupted:
        plan = find(
            read, budget=asked, seed=seed, seconds=seconds, start=begun, enough=enough, cores=cores,
            cancel=interrupted, on_best=_teller() if told else None,
        )  # fmt: skip
    _write(out, plan)
    if interrupted():
        complain("dispatch: interrupted; this is the best plan found until then.")
        raise typer.Exit(INTERRUPTED)


def _needs_search(problem: RouteProblem) -> bool:
    """Whether also a plan at once takes a little search, as insertion does not know every rule in ``problem``."""
    from dispatch.solver.routes.insert import knows_all

    return not knows_all(problem)


def _write(out: Path | None, plan: Plan) -> None:
    body = msgspec.json.format(msgspec.json.encode(plan), indent=2)
    if out is None:
        typer.echo(body.decode())
    else:
        write_file(out, body + b"\n")


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """For so long the first Ctrl-C only makes what is given true; a second one ends the program as ever."""
    pressed = False
    before = signal.getsignal(signal.SIGINT)

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _teller() -> Callable[[RoutePlan], None]:
    """Tells each new best on stderr: its cost, what it leaves out, and how many seconds the search took to it."""
    began = time.monotonic()

    def tell(plan: RoutePlan) -> None:
        out = f", {len(plan.unplanned)} left out" if plan.unplanned else ""
        complain(f"{plan.total:.1f} min{out} after {time.monotonic() - began:.1f} s")

    return tell


def _repaired(problem: Problem, plan: Plan | None, worker: str, changes: int | None) -> RoutePlan:
    """``plan`` without ``worker``, who is away for good; what else is other than before is told on stderr."""
    from dispatch.solver.standing import Standing

    if not isinstance(problem, RouteProblem) or not isinstance(plan, RoutePlan):
        raise SettingError(
            "A repair takes a problem of routes and a plan for it.",
            hint="--start PLAN was left out, or is of another kind.",
        )
    standing = Standing(problem, plan)
    change = standing.absent(worker, _EVER, changes=changes)
    if change.findings:
        raise ProblemError(
            f"The plan cannot be mended: {change.findings[0]}", hint="its own plan breaks a rule already."
        )
    for visit in change.moved:
        complain(f"moved: {one_line(visit)}")
    for visit, reasons in change.left.items():
        complain(f"left out: {one_line(visit)}: {one_line(reasons[0].message)}")
    return standing.plan()
