"""Plays a ledger through the service as its days were: requests as they came, crews reporting what they did."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing

import msgspec
from msgspec import Struct

from benchmarks.book import Book, instant
from dispatch.model.errors import Unavailable
from dispatch.requests.report import Done
from dispatch.services.apply import apply
from dispatch.services.client import Client, Saying
from dispatch.services.importing import Report, import_ledger
from dispatch.services.ledger.mapping import Mapping
from dispatch.services.ledger.rows import LedgerRow, Ready, request_of
from dispatch.services.world import World

PATIENCE_S = 120.0
"""How long services that were killed may take to come back and catch up."""
_DAY = dt.timedelta(days=1)

BetweenSteps = Callable[[int, int], Awaitable[None]]
"""Called before each step with its number and how many there are; here services are killed."""


class Played(Struct, frozen=True, kw_only=True):
    """What became of the rows, added up over all steps; ``book`` is the log folded at the end."""

    rows: int
    sent: int
    accepted: int
    rejected: int
    bad: int
    by_reason: dict[str, int]
    reports: int
    book: Book


async def play(
    client: Client,
    rows: Sequence[LedgerRow],
    mapping: Mapping,
    world: World,
    *,
    pace: int,
    between: BetweenSteps | None = None,
) -> Played:
    """Apply ``world``, then import ``rows`` in steps of ``pace`` minutes; before each, crews report what they did."""
    steps = steps_of(rows, mapping, pace)
    first = min((start for start, _ in steps), default=dt.datetime.now(dt.UTC))
    await apply(world, client, first - dt.timedelta(hours=8), run="world")
    follower = Follower(client)
    reports: list[Report] = []
    told = 0
    for number, (start, group) in enumerate(steps):
        if between is not None:
            await between(number, len(steps))
        await follower.catch_up()
        told += await report_done(client, follower, until=start)
        reports.append(await import_ledger(client, group, mapping))
        await settled(client)
    await follower.catch_up()
    reasons: dict[str, int] = {}
    for report in reports:
        for code, count in report.by_reason.items():
            reasons[code] = reasons.get(code, 0) + count
    return Played(
        rows=sum(report.rows for report in reports),
        sent=sum(report.sent for report in reports),
        accepted=sum(report.accepted for report in reports),
        rejected=sum(report.rejected for report in reports),
        bad=sum(report.bad for report in reports),
        by_reason=reasons,
        reports=told,
        book=follower.book,
    )


def steps_of(rows: Sequence[LedgerRow], mapping: Mapping, pace: int) -> list[tuple[dt.datetime, list[LedgerRow]]]:
    """The rows in groups of ``pace`` minutes of reported time, each with its first instant; bad rows go first."""
    ready: list[Ready] = []
    bad: list[LedgerRow] = []
    for row in rows:
        made = request_of(row, mapping)
        ready.append(made) if isinstance(made, Ready) else bad.append(row)
    ready.sort(key=lambda one: one.reported_at)
    groups: dict[int, list[Ready]] = {}
    for one in ready:
        groups.setdefault(int((one.reported_at - ready[0].reported_at).total_seconds() // (pace * 60)), []).append(one)
    steps = [(group[0].reported_at, [one.row for one in group]) for _, group in sorted(groups.items())]
    if bad and steps:
        steps[0] = (steps[0][0], [*bad, *steps[0][1]])
    return steps


class Follower:
    """Keeps a `Book` up to the end of the log."""

    def __init__(self, client: Client) -> None:
        self._events = client.store.events
        self._position = 0
        self._reported: set[str] = set()
        self.book = Book()

    async def catch_up(self) -> None:
        """Take in what the log has grown by."""
        end = await self._events.position()
        if end == self._position:
            return
        async with aclosing(self._events.follow(("event.>",), self._position, until=end)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                self.book.take(batch)
        self._position = end

    def done_by(self, until: dt.datetime) -> list[tuple[dt.datetime, str, str, str]]:
        """(when, area, worker, order) of visits that ended by ``until`` and were not reported yet."""
        found = []
        for (area, worker), by_duty in self.book.routes.items():
            for route in by_duty.values():
                if instant(route["end"]) < until - 3 * _DAY:
                    continue
                for stop in route["stops"]:
                    end = instant(stop["end"])
                    if end <= until and stop["order"] not in self._reported:
                        self._reported.add(stop["order"])
                        found.append((end, area, worker, stop["order"]))
        return sorted(found)


async def report_done(client: Client, follower: Follower, *, until: dt.datetime) -> int:
    """Crews report every visit that their schedule says ended by ``until``; gives how many."""
    done = follower.done_by(until)
    sayings = [
        Saying(f"report.{area}.{worker}", msgspec.json.encode(Done(id=f"done-{order}", at=end, order=order)))
        for end, area, worker, order in done
    ]
    if sayings:
        await client.say(sayings)
    return len(done)


async def settled(client: Client) -> None:
    """Wait until all is planned and shown, also through services that are being started again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await client.settled(timeout_s=PATIENCE_S / 4)
            except Unavailable:
                await asyncio.sleep(0.2)
            else:
                return
