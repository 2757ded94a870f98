"""The command ``import``: a ledger from a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, ask, complain, err, print_json, print_table, say
from dispatch.services.client import Client
from dispatch.services.importing import Report, import_file

SHOWN = 20
"""Rows that were not accepted named on the screen; all of them are in the file they are kept in."""


def add_to(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command("import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="A ledger (CSV).")],
    map_file: Annotated[Path, typer.Option("--map", help="What its columns mean (TOML; see docs/import.md).")],
    rejected: Annotated[
        Path | None, typer.Option(help="Where rows not accepted are kept; unset: <name>.rejected.csv beside the file.")
    ] = None,
    pace: Annotated[
        int,
        typer.Option(min=0, help="Minutes of reported time sent at once, then all is planned; 0: as fast as it goes."),
    ] = 0,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Send a ledger's rows as requests; exit code 1 if any was not accepted. Twice gives no second order."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())

    async def work(to: Client) -> Report:
        with Progress(*columns, console=err, disable=as_json or not err.is_terminal) as progress:
            bar = progress.add_task(file.name, total=None)

            def advance(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            return await import_file(to, file, map_file, rejected=rejected, pace=pace, on_progress=advance)

    report = ask(nats, work)
    if as_json:
        print_json(report)
    else:
        _print(report)
    if report.faults:
        raise typer.Exit(1)


def _print(report: Report) -> None:
    say(
        f"{report.rows:,} rows: {report.accepted:,} accepted, {report.rejected:,} rejected, "
        f"{report.bad:,} that could not be made into a request."
    )
    if not report.faults:
        return
    print_table("Not accepted", ("reason", "rows"), report.by_reason.items())
    rows = ((one.line, one.column, one.value, one.code, one.reason) for one in report.faults[:SHOWN])
    print_table(f"The first {min(SHOWN, len(report.faults))}", ("line", "column", "value", "reason", "in words"), rows)
    complain(f"All {len(report.faults):,} are kept in {report.kept}; mend them there and import that file.")
