"""Inspections and notices of breaches as a running service has them: who re-checks what, scores, proof, re-checks."""

from __future__ import annotations

import datetime as dt

import msgspec
import typer

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.look import check_area, place_text, rows_of
from dispatch.cli.rounds_live import print_open, say_refused, show_draws
from dispatch.decide.inspection import KIND
from dispatch.decide.record import POLICY_ID
from dispatch.model.errors import SettingError
from dispatch.model.policy import Policy
from dispatch.projections.inspections import InspectionRow, InspectionsRow
from dispatch.projections.register import RegisterRow
from dispatch.projections.roster import RosterRow
from dispatch.services.client import Client
from dispatch.services.draws import DrawProven
from dispatch.services.inspection_draws import inspections_drawn, inspections_proven, month_scores


async def _rows(to: Client, area: str, of: str) -> list[InspectionsRow]:
    await check_area(to, area)
    rows, _ = await rows_of(to, "inspections", InspectionsRow, area)
    return [row for row in rows if row.of == of]


def show(area: str, nats: str, *, month: str | None, as_json: bool) -> None:
    """Print who re-checks which zone's work when, what it came to, and what no one can see."""

    async def read(to: Client) -> tuple[list[InspectionsRow], list[RosterRow]]:
        rows = await _rows(to, area, "zone")
        heads, _ = await rows_of(to, "roster", RosterRow, area)
        return rows, [row for row in heads if (row.of, row.id) == ("horizon", KIND)]

    rows, heads = ask(nats, read)
    chosen = None if month is None else month_given(month)
    some = sorted(
        ((row, one) for row in rows for one in row.inspections if chosen in {None, f"{one.day:%Y-%m}"}),
        key=lambda pair: (pair[1].day, pair[1].level, pair[0].id),
    )
    head = heads[0] if heads else None
    if as_json:
        plain = [{"zone": row.id, **msgspec.to_builtins(one)} for row, one in some]
        print_json({"published": head, "inspections": plain})
        return
    if some:
        print_table(
            "Inspections",
            ("day*", "level", "inspector", "zone", "work", "team", "mark"),
            [(one.day, one.level, one.inspector, row.id, one.work, one.team, _mark(one)) for row, one in some],
        )
    else:
        say(f"No inspections are planned in area {area}.")
    if head is not None:
        print_open(head.open)
        say_refused(head)


def _mark(one: InspectionRow) -> str:
    if one.points is not None:
        return f"{one.points:g}"
    return "MISSED" if one.missed else ""


def prove(area: str, nats: str, *, as_json: bool) -> None:
    """Prove every draw of inspections of ``area`` from the log; exit code 1 if one does not hold."""

    async def read(to: Client) -> list[DrawProven]:
        await check_area(to, area)
        return [inspections_proven(one) for one in await inspections_drawn(to.store.events, area)]

    show_draws(ask(nats, read), as_json=as_json)


def scores(area: str, nats: str, *, month: str | None, as_json: bool) -> None:
    """Print the month's score of every team and contractor, by the marks given in the service."""
    if month is None:
        raise SettingError("The month is not given.", hint="--month 2026-11 was meant.")
    chosen = month_given(month)

    async def read(to: Client) -> tuple[list[InspectionsRow], Policy]:
        rows = await _rows(to, area, "zone")
        key = f"policy.{area}.{POLICY_ID}"
        policies = [row async for row in to.rows("register", RegisterRow, key)]
        return rows, msgspec.convert(policies[0].item, Policy) if policies else Policy()

    rows, policy = ask(nats, read)
    teams, contractors = month_scores(policy, rows, chosen)
    if as_json:
        print_json({"teams": teams, "contractors": contractors})
        return
    for title, some in (("Teams", teams), ("Contractors", contractors)):
        print_table(title, ("id", "score", "marks"), [(one.id, f"{one.score:.1f}", one.marks) for one in some])


def notices(area: str, nats: str, *, as_json: bool) -> None:
    """Print the notices of breaches, those whose re-check is due first; exit code 1 if one was missed."""
    rows = ask(nats, lambda to: _rows(to, area, "notice"))
    rows.sort(key=lambda row: (row.put_right, row.recheck or dt.date.max, row.id))
    if as_json:
        print_json({"notices": rows})
    else:
        table = [
            (
                row.id,
                "" if row.place is None else place_text(row.place),
                row.found,
                row.recheck,
                "put right" if row.put_right else "MISSED" if row.missed else "open",
            )
            for row in rows
        ]
        print_table("Notices", ("notice*", "place", "found", "re-check", "state"), table)
    if any(row.missed for row in rows):
        raise typer.Exit(1)


def month_given(text: str) -> str:
    """A month as somebody wrote it; raises `SettingError`."""
    try:
        return f"{dt.datetime.strptime(text, '%Y-%m').replace(tzinfo=dt.UTC):%Y-%m}"
    except ValueError as error:
        raise SettingError(f"{text!r} is no month.", hint="2026-11 was meant.") from error
