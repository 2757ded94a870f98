"""The command ``ledger``: every order ever opened (报修台账), as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
import typer

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, ask, print_json, print_table
from dispatch.cli.look import Area, Zones, clock, place_text, rows_of, span
from dispatch.model.errors import SettingError
from dispatch.model.time import Window
from dispatch.projections.ledger import LedgerRow

COLUMNS = (
    "area", "order", "origin", "source", "request", "kind", "category", "place", "household", "urgency", "people",
    "minutes", "reported_at", "windows", "due", "status", "workers", "start", "end", "told_at", "arrived_at", "done_at",
    "closed_at", "satisfied", "missed", "rework", "rework_of",
)  # fmt: skip
"""The columns of the CSV: fields of `LedgerRow`. Several values in one cell are parted by a blank."""


def add_to(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command()(ledger)


def ledger(
    area: Area = None,
    day: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was reported on this day of the area.")
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only orders that have come this far, such as done.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout, nothing else.")] = False,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Every order ever opened, from the report to the follow-up call, with the window agreed on."""
    if as_csv and as_json:
        raise SettingError("Both --csv and --json were given.", hint="one of them was meant.")
    found, zones = ask(nats, lambda to: rows_of(to, "ledger", LedgerRow, area))
    rows = [
        row
        for row in found
        if (status is None or row.status == status)
        and (day is None or row.reported_at.astimezone(zones.get(row.area, dt.UTC)).date() == day.date())
    ]
    rows.sort(key=lambda row: (row.reported_at, row.order))
    if as_json:
        print_json(rows)
    elif as_csv:
        _write_csv(rows, zones)
    else:
        _print(rows, zones)


def _print(rows: Sequence[LedgerRow], zones: Zones) -> None:
    several = len({row.area for row in rows}) > 1
    print_table(
        "Ledger",
        ("reported*", "work", "where", "at home", "who", "arrived*", "done*", "state*", "order",
         *(("area",) if several else ())),
        (
            (
                clock(row.reported_at, zone),
                row.category,
                place_text(row.place),
                ", ".join(span(window.start, window.end, zone) for window in row.windows),
                ", ".join(row.workers),
                clock(row.arrived_at, zone),
                clock(row.done_at, zone),
                row.standing,
                row.order,
                *((row.area,) if several else ()),
            )
            for row in rows
            for zone in (zones.get(row.area, dt.UTC),)
        ),
    )  # fmt: skip


def _write_csv(rows: Iterable[LedgerRow], zones: Zones) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        zone = zones.get(row.area, dt.UTC)
        writer.writerow([_cell(getattr(row, column), zone) for column in COLUMNS])


def _cell(value: object, zone: dt.tzinfo) -> str:
    """A field as text: instants with the area's offset, a window as ``from/to``."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dt.datetime():
            return value.astimezone(zone).isoformat()
        case Window(start=start, end=end):
            return f"{_cell(start, zone)}/{_cell(end, zone)}"
        case tuple():
            return " ".join(_cell(one, zone) for one in value)
        case msgspec.Struct():
            return place_text(value)  # type: ignore[arg-type]
    return str(value)
