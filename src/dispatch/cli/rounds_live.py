"""Patrol rounds as a running service has them: what is planned ahead, how walks stand, the proof of every draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
import typer

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.look import check_area
from dispatch.projections.ledger import LedgerRow
from dispatch.projections.orders import PassRow
from dispatch.services.client import Client
from dispatch.services.draws import Drawn, DrawProven, draws_of, proven

_SHOWN = dt.timedelta(days=2)
"""How long after it was to end a walk of the past is shown."""


async def _drawn(to: Client, area: str) -> tuple[list[Drawn], dt.tzinfo]:
    await check_area(to, area)
    zones = await to.time_zones()
    return await draws_of(to.store.events, area), zones.get(area, dt.UTC)


async def _walked(to: Client, area: str) -> list[LedgerRow]:
    """The orders of walks whose checkpoints are scanned, in order of their starts."""
    await check_area(to, area)
    found = [row async for row in to.rows("ledger", LedgerRow, f"{area}.") if row.walk]
    return sorted(found, key=lambda row: (row.walk[0].due, row.order))


def show(area: str, nats: str, *, as_json: bool, guard: str | None, round_id: str | None) -> None:
    """Print the walks of the newest plan of ``area`` in order of their starts, and how those that are scanned stand."""

    async def both(to: Client) -> tuple[list[Drawn], dt.tzinfo, list[LedgerRow]]:
        return *(await _drawn(to, area)), await _walked(to, area)

    draws, zone, rows = ask(nats, both)
    states = draws[-1].walks if draws else {}
    walks = [
        (key, walk)
        for key, state in states.items()
        for walk in state.walks
        if guard in {None, *walk.guards} and round_id in {None, key}
    ]
    walks.sort(key=lambda one: (one[1].start, one[0]))
    scanned = [row for row in rows if guard in {None, *row.workers} and round_id in {None, row.round}]
    if as_json:
        print_json({"walks": [{"round": key, **msgspec.to_builtins(walk)} for key, walk in walks], "scanned": scanned})
        return
    if not draws:
        say(f"No rounds are planned ahead in area {area}.")
    else:
        planned = [
            (
                key,
                f"{walk.start.astimezone(zone):%Y-%m-%d %H:%M}",
                f"{walk.end.astimezone(zone):%H:%M}",
                ", ".join(walk.guards),
                " ".join(one.checkpoint for one in walk.passes),
            )
            for key, walk in walks
        ]
        print_table("Rounds", ("round", "start*", "end", "guards", "checkpoints"), planned)
    if scanned:
        _print_scanned(scanned, zone)


def _print_scanned(rows: Iterable[LedgerRow], zone: dt.tzinfo) -> None:
    latest = max(row.walk[-1].due for row in rows)
    table = [
        (
            row.order,
            ", ".join(row.workers),
            row.standing,
            " ".join(_pass(one, zone) for one in row.walk if one.amiss or one.seen is not None),
        )
        for row in rows
        if row.walk[-1].due > latest - _SHOWN
    ]
    print_table("Scans", ("order*", "guards", "state*", "checkpoints"), table)


def _pass(one: PassRow, zone: dt.tzinfo) -> str:
    seen = "" if one.seen is None else f"{one.seen.astimezone(zone):%H:%M}"
    return f"{one.checkpoint}={' '.join(filter(None, (seen, one.standing if one.amiss else '')))}"


def watch(area: str, nats: str, *, as_json: bool) -> None:
    """Print the checkpoints of ``area`` that are late, missed or out of order; exit code 1 if any is."""

    async def found(to: Client) -> tuple[list[LedgerRow], dt.tzinfo]:
        return await _walked(to, area), (await to.time_zones()).get(area, dt.UTC)

    rows, zone = ask(nats, found)
    amiss = [(row, one) for row in rows for one in row.walk if one.amiss]
    if as_json:
        plain = [
            {"order": row.order, "round": row.round, "guards": row.workers, **msgspec.to_builtins(one)}
            for row, one in amiss
        ]
        print_json({"amiss": plain})
    else:
        table = [
            (
                f"{one.due.astimezone(zone):%Y-%m-%d %H:%M}",
                one.standing,
                row.order,
                one.checkpoint,
                ", ".join(row.workers),
                "" if one.seen is None else f"{one.seen.astimezone(zone):%H:%M}",
            )
            for row, one in amiss
        ]
        print_table("Late and missed", ("due*", "state", "order*", "checkpoint", "guards", "scanned"), table)
    if amiss:
        raise typer.Exit(1)


def prove(area: str, nats: str, *, as_json: bool) -> None:
    """Prove every draw of ``area`` from the log; exit code 1 if one does not hold."""
    draws, _ = ask(nats, lambda to: _drawn(to, area))
    show_draws([proven(one) for one in draws], as_json=as_json)


def show_draws(found: Sequence[DrawProven], *, as_json: bool) -> None:
    """Print what can be said of draws; exit code 1 if one does not hold."""
    if as_json:
        print_json({"draws": [{"holds": one.holds, **msgspec.to_builtins(one)} for one in found]})
    else:
        rows = [
            (
                one.number,
                "holds" if one.holds else "DOES NOT HOLD",
                "closed" if one.proof is None else "revealed",
                "as planned" if one.published else "not as planned",
                one.commitment,
            )
            for one in found
        ]
        print_table("Draws", ("number", "proof", "seed", "published", "commitment"), rows)
        for one in found:
            for line in () if one.proof is None else one.proof.differences:
                say(f"{one.number}: {line}")
    if not all(one.holds for one in found):
        raise typer.Exit(1)
