"""What all commands share: where the server is, how results are printed, how errors end the program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from dispatch.model.errors import ProblemError, SettingError
from dispatch.services.client import Client, client
from dispatch.services.console import console, one_line

T = TypeVar("T")

Nats = Annotated[
    str, typer.Option("--nats", envvar="DISPATCH_NATS", help="NATS server, nats://host:port.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")]
ProblemFile = Annotated[Path, typer.Argument(help="A problem (JSON).")]
DEFAULT_NATS = "nats://127.0.0.1:4222"

out = console()
err = console(stderr=True)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end."""
    return asyncio.run(work)


def ask(nats: str, work: Callable[[Client], Awaitable[T]]) -> T:
    """Run ``work`` with a client of the services behind the server ``nats``; its result."""

    async def connected() -> T:
        async with client(nats) as to:
            return await work(to)

    return run(connected())


def print_json(value: object, *, lines: bool = False) -> None:
    """Print ``value`` as JSON: indented, or on one line when it is one of many."""
    body = msgspec.json.encode(value)
    if not lines:
        body = msgspec.json.format(body, indent=2)
    sys.stdout.write(body.decode() + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; in a pipe a row is one line. On a terminal a column whose title ends in * is not folded."""
    rows = list(rows)
    if not rows:
        say(f"{title}: nothing.")
        return
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.removesuffix("*"), overflow="fold", no_wrap=column.endswith("*"))
    for row in rows:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    out.print(table)


def _cell(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text if sys.stdout.isatty() else one_line(text)


def say(text: str) -> None:
    """Print a line for people."""
    out.print(text, soft_wrap=True)


def complain(text: str) -> None:
    """Print a line on stderr."""
    err.print(text, soft_wrap=True)


def read_file(path: Path) -> bytes:
    """The bytes of a file somebody named; raises `SettingError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}.", hint="the path was mistyped.") from error


def read_as(path: Path, form: Any, what: str) -> Any:
    """The ``form`` in the JSON file ``path``; raises `ProblemError` that says where it is not one, `SettingError`."""
    try:
        return msgspec.json.decode(read_file(path), type=form)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} is not a {what}: {error}.", hint="`dispatch schema` shows its form.") from error


def sound(asked: Any, answer: T, problem: Path, plan: Path, *, priced: bool = True) -> T:
    """``answer``, read from ``plan``; raises `ProblemError` with the first finding of the check against ``asked``.

    Unless it is to be ``priced`` right, what it says it costs does not count.
    """
    from dispatch.solver.checks import check

    found = [one for one in check(asked, answer) if priced or one.severity == "broken"]  # type: ignore[arg-type]
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        hint = f"`dispatch check {problem} {plan}` says all there is."
        raise ProblemError(f"{plan} is no plan that can stand for {problem}: {found[0]}{more}", hint=hint)
    return answer


def files_or_area(problem: Path | None, plan: Path | None, area: str | None, what: str) -> tuple[Path, Path] | None:
    """The two files meant; None if a running service is. Raises `SettingError` where it is neither or both."""
    if problem is not None and plan is not None and area is None:
        return problem, plan
    if problem is None and plan is None and area is not None:
        return None
    raise which_of_both(what)


def which_of_both(what: str) -> SettingError:
    """That files and a running service are both named, or neither whole."""
    return SettingError(
        f"It is not said which {what} are meant.",
        hint="give PROBLEM and PLAN to look at files, or --area to ask a running service.",
    )


def write_file(path: Path, body: bytes) -> None:
    """Write ``body`` where somebody wants it; raises `SettingError` if that cannot be done."""
    try:
        path.write_bytes(body)
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}.", hint="the path was mistyped.") from error


def units(budget: int | None, seconds: float | None, *, usual: int) -> int | None:
    """The budget of a search: the one said; ``usual`` where neither is; None, so that the clock ends it, by seconds."""
    return usual if budget is None and seconds is None else budget
