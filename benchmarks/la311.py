"""The Los Angeles ledger through the whole service: nothing lost, nothing twice, no rule broken, no fewer than greedy.

With ``--kills N`` desk, planner and projector are killed (``kill -9``) in turn, N times, while it runs.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from benchmarks import greedy
from benchmarks.audit import findings
from benchmarks.book import Book, instant
from benchmarks.data import LEDGER, ROOT, find
from benchmarks.ledger_run import Played, play, settled
from benchmarks.processes import ALL, Bench, bench, ready
from benchmarks.table import Figure
from dispatch.services import audit
from dispatch.services.importing import import_ledger
from dispatch.services.ledger.files import read_ledger
from dispatch.services.ledger.mapping import Mapping, read_mapping
from dispatch.services.ledger.rows import LedgerRow
from dispatch.services.status import Status
from dispatch.services.world import World, read_world

MAP = ROOT / "examples" / "la311.toml"
WORLD = ROOT / "examples" / "la311-world.toml"
PACE_MIN = 120


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--data", help="folder of the public data sets")
    parser.add_argument("--rows", type=int, default=10_000, help="only the first so many rows")
    parser.add_argument("--pace", type=int, default=PACE_MIN, help="minutes of reported time sent at once")
    parser.add_argument("--kills", type=int, default=0, help="how often a service is killed in between")


async def run(given: argparse.Namespace) -> list[Figure]:
    """Import the ledger and judge what came of it."""
    path = find(LEDGER, given.data)
    if path is None:
        raise SystemExit(f"{LEDGER} is not here. Maybe --data or DISPATCH_BENCHMARKS names its folder.")
    mapping = read_mapping(MAP)
    rows = read_ledger(path, mapping).rows[: given.rows]
    outcome = await through_the_service(rows, mapping, read_world(WORLD), pace=given.pace, kills=given.kills)
    return figures(outcome)


class Outcome(Struct, frozen=True, kw_only=True):
    """All that is known after a ledger was played and sent once more."""

    played: Played
    again: Played | None = None
    before: Status
    after: Status
    breaches: list[str]
    unequal: list[str]
    greedy: dict[tuple[str, str], dt.datetime]
    kills: int
    seconds: float


async def through_the_service(
    rows: tuple[LedgerRow, ...], mapping: Mapping, world: World, *, pace: int, kills: int = 0
) -> Outcome:
    """Play ``rows`` through services as processes of their own, send them all once more, and look at the log.

    With ``kills``, a service is killed each time the log has grown by as much as spreads them over the whole.
    """
    async with bench(clock="follow", start=ALL) as to:
        began = time.perf_counter()
        # An accepted row brings four events at least: its own two, its plan and its report.
        async with killing(to, kills, apart=2 * len(rows) // (kills + 1)) as killed:
            played = await play(to.client, rows, mapping, world, pace=pace)
        await ready(to.client, ALL)
        await settled(to.client)
        seconds = time.perf_counter() - began
        before = await to.client.status()
        await import_ledger(to.client, rows, mapping)
        await settled(to.client)
        after = await to.client.status()
        verified = await audit.verify(to.client.store)
        book = played.book
        return Outcome(
            played=played,
            before=before,
            after=after,
            breaches=findings(book),
            unequal=[one.name for one in verified if not one.equal],
            greedy=baseline(book),
            kills=len(killed),
            seconds=seconds,
        )


def baseline(book: Book) -> dict[tuple[str, str], dt.datetime]:
    """What the greedy baseline plans with the same crews, from the first report to the end of the last horizon."""
    reported = [instant(order["opened"]["reported_at"]) for order in book.orders.values()]
    if not reported:
        return {}
    zone = book.zone(next(iter(book.workers))[0])
    horizon = max((policy.get("horizon_days", 7) for policy in book.policies.values()), default=7)
    last = max(reported).astimezone(zone).date() + dt.timedelta(days=horizon - 1)
    return greedy.plan(book, first=min(reported).astimezone(zone).date(), last=last)


@asynccontextmanager
async def killing(to: Bench, times: int, *, apart: int) -> AsyncIterator[list[str]]:
    """Kill a service after the other, one for every ``apart`` events, and start it again at once.

    All of them are done by the end unless the log stood still; then there is nothing left to disturb.
    """
    killed: list[str] = []
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_kill(to, times, apart, killed, over))
        try:
            yield killed
        finally:
            over.set()


async def _kill(to: Bench, times: int, apart: int, killed: list[str], over: asyncio.Event) -> None:
    """The next one is killed whether the one before is ready again or not: a quick day waits for nobody."""
    events = to.client.store.events
    began = await events.position()
    for number, name in enumerate(itertools.islice(itertools.cycle(ALL), times), 1):
        while await events.position() < began + number * apart:
            if over.is_set():
                return
            await asyncio.sleep(0.05)
        await to.services.kill(name)
        killed.append(name)
        await to.services.start(name)


def figures(outcome: Outcome) -> list[Figure]:
    """The outcome beside what is asked of it."""
    played, after, before = outcome.played, outcome.after, outcome.before
    book = played.book
    ours = {key: instant(order["planned"]["start"]) for key, order in book.orders.items() if order["planned"]}
    placed = max(
        1, sum(book.position(key[0], order["opened"]["place"]) is not None for key, order in book.orders.items())
    )
    late, greedy_late = _late(book, ours), _late(book, outcome.greedy)
    undecided = played.sent - played.accepted - played.rejected
    lost = before.unaccounted + before.pending
    repeated = after.duplicates - before.duplicates
    share = 100 * len(ours) / placed
    against = len(ours) - len(outcome.greedy)
    return [
        Figure(name="rows", value=played.rows),
        Figure(name="sent", value=played.sent),
        Figure(name="accepted", value=played.accepted),
        Figure(name="rejected", value=played.rejected, note=str(played.by_reason)),
        _none("sent less accepted and rejected", undecided),
        _none("lost (status: unaccounted + pending)", lost),
        _none("orders more after sending all twice", after.accepted - before.accepted),
        Figure(name="repeats recognised", value=repeated, reach=played.accepted, sense="=="),
        Figure(name="planned, of rows with a place", value=share, unit="%", reach=95),
        Figure(name="planned less greedy", value=against, reach=0, note=f"greedy: {len(outcome.greedy)}"),
        _none("findings of the independent check", len(outcome.breaches), "; ".join(outcome.breaches[:2])),
        _none("read models that differ when rebuilt", len(outcome.unequal), ", ".join(outcome.unequal)),
        Figure(name="services killed", value=outcome.kills),
        Figure(name="visits reported done by crews", value=played.reports),
        Figure(name="late on their promise", value=late[0], unit="visits", note=f"greedy: {greedy_late[0]}"),
        Figure(name="mean lateness of those", value=late[1], unit="h", note=f"greedy: {greedy_late[1]:.1f}"),
        Figure(name="took", value=outcome.seconds, unit="s"),
    ]


def _none(name: str, count: int, note: str = "") -> Figure:
    """A count of what must not be."""
    return Figure(name=name, value=count, reach=0, sense="==", note=note)


def _late(book: Book, starts: dict[tuple[str, str], dt.datetime]) -> tuple[int, float]:
    """How many start after their promise, and by how many hours on average."""
    hours = []
    for key, start in starts.items():
        due = (book.orders[key]["opened"].get("needs") or {}).get("due")
        if due is not None and start > instant(due):
            hours.append((start - instant(due)).total_seconds() / 3600)
    return len(hours), sum(hours) / max(1, len(hours))
