"""What all commands share: where the server is, how results are printed, how errors end the program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dispatch.services.client import Client, client

T = TypeVar("T")

Nats = Annotated[
    str, typer.Option("--nats", envvar="DISPATCH_NATS", help="NATS server, nats://host:port.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")]
DEFAULT_NATS = "nats://127.0.0.1:4222"

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
    """Print a table; nothing from outside is taken for markup. A column whose title ends in * is not folded."""
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.removesuffix("*"), overflow="fold", no_wrap=column.endswith("*"))
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(table)


def say(text: str) -> None:
    """Print a line for people."""
    out.print(text, markup=False)


def complain(text: str) -> None:
    """Print a line on stderr."""
    err.print(text, markup=False)
