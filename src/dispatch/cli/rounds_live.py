"""Patrol rounds as a running service has them: what is planned ahead, how walks stand, the proof of every draw."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import typer

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.look import Zones, check_area, rows_of
from dispatch.decide.walks import KIND, WalksState
from dispatch.events.horizon import LeftOpen
from dispatch.events.round import PlannedWalk
from dispatch.projections.ledger import LedgerRow
from dispatch.projections.orders import PassRow
from dispatch.projections.roster import RosterRow
from dispatch.services.client import Client
from dispatch.services.console import one_line
from dispatch.services.draws import Drawn, DrawProven
from dispatch.services.questions import Health
from dispatch.services.walk_draws import draws_of, proven

OPEN_SHOWN = 200
"""How much of what stays open is printed; all of it with ``--json``."""
_SHOWN = dt.timedelta(days=2)
"""How long after it was to end a walk of the past is shown."""


async def _drawn(to: Client, area: str) -> list[Drawn[WalksState]]:
    await check_area(to, area)
    return await draws_of(to.store.events, area)


async def _walked(to: Client, area: str) -> list[LedgerRow]:
    """The orders of walks whose checkpoints are scanned, in order of their starts."""
    await check_area(to, area)
    found = [row async for row in to.rows("ledger", LedgerRow, f"{area}.") if row.walk]
    return sorted(found, key=lambda row: (row.walk[0].due, row.order))


def show(area: str, nats: str, *, as_json: bool, guard: str | None, round_id: str | None) -> None:
    """Print what is published of ``area`` from today on: the walks in order of their starts, what nobody walks and what
    would help, how walks are shared, what was refused since; and how walks whose checkpoints are scanned stand.
    """

    async def read(to: Client) -> tuple[list[Drawn[WalksState]], list[RosterRow], Zones, list[LedgerRow], dt.datetime]:
        draws = await _drawn(to, area)
        heads, zones = await rows_of(to, "roster", RosterRow, area)
        health = await to.ask("ask.projector.health", None, Health, timeout_s=3.0)
        return draws, heads, zones, await _walked(to, area), health.now

    draws, rows, zones, walked, now = ask(nats, read)
    head = next((row for row in rows if (row.of, row.id) == ("horizon", KIND)), None)
    zone = zones.get(area, dt.UTC)
    every = _published(draws, now.astimezone(zone).date())
    walks = [(key, walk) for key, walk in every if guard in {None, *walk.guards} and round_id in {None, key}]
    names = (name for _, walk in every for name in walk.guards if guard in {None, name})
    shares = dict(sorted(Counter(names).items()))
    scanned = [row for row in walked if guard in {None, *row.workers} and round_id in {None, row.round}]
    if as_json:
        plain = [{"round": key, **msgspec.to_builtins(walk)} for key, walk in walks]
        print_json({"published": head, "walks": plain, "rounds_by_guard": shares, "scanned": scanned})
        return
    if head is None or not head.number:
        say(f"No rounds are planned ahead in area {area}.")
    else:
        _print_walks(walks, zone)
        if guard is None:
            print_open(one for one in head.open if round_id in {None, one.id})
        print_table("Shares", ("guard", "rounds"), shares.items())
    if head is not None:
        say_refused(head)
    if scanned:
        _print_scanned(scanned, zone)


def _published(draws: Sequence[Drawn[WalksState]], today: dt.date) -> list[tuple[str, PlannedWalk]]:
    """The walks published from ``today`` on, with their rounds, in order of their starts."""
    states = draws[-1].published.items() if draws else ()
    walks = [(key, walk) for key, state in states for walk in state.from_day(today).walks]
    return sorted(walks, key=lambda one: (one[1].start, one[0]))


def _print_walks(walks: Iterable[tuple[str, PlannedWalk]], zone: dt.tzinfo) -> None:
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


def print_open(open_: Iterable[LeftOpen]) -> None:
    """Print what of what is published nobody does: why, and what would help; `OPEN_SHOWN` of it at most."""
    rows = [
        (
            one.id,
            " ".join(filter(None, ("" if one.day is None else str(one.day), one.part or ""))),
            one.missing,
            *((one.reasons[0].message, one.reasons[0].hint) if one.reasons else ("", "")),
        )
        for one in open_
    ]
    if rows:
        print_table("Open", ("what*", "when", "missing", "why", "what would help"), rows[:OPEN_SHOWN])
    if len(rows) > OPEN_SHOWN:
        say(f"And {len(rows) - OPEN_SHOWN} more; `--json` names them.")


def say_refused(head: RosterRow) -> None:
    """Say what of a newer plan was refused, and why."""
    for finding in head.refused:
        say(one_line(f"A newer plan was refused. {finding.rule}: {finding.message}"))


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
    show_draws([proven(one) for one in ask(nats, lambda to: _drawn(to, area))], as_json=as_json)


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
