"""A log of a million events rebuilt from zero into every read model, in a process of its own: time and peak memory.

The events are those of orders from request to closing, made by the same envelopes and codecs as the service's own.
Beside it, the bare client reads the same stream with ``fetch`` and looks at nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import resource
import sys
import time
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from benchmarks.processes import ROOT, bench
from benchmarks.replay import fetched
from benchmarks.table import Figure
from dispatch.events import order, request, schedule
from dispatch.events.catalogue import Origin, record
from dispatch.events.envelope import Entity
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.words import EVERYWHERE, key_of
from dispatch.projections.all import PROJECTIONS
from dispatch.projections.base import Rows
from dispatch.services import audit
from dispatch.services.client import client
from dispatch.services.collector import calm
from dispatch.store.base import EventStore, Write

PER_ORDER = 8
ORDERS_AT_ONCE = 100
_T0 = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


class Rebuilt(Struct, frozen=True):
    """What a rebuilding process reports of itself."""

    events: int
    seconds: float
    peak_mib: float
    rows: int


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--events", type=int, default=1_000_000)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Make the log, then rebuild every read model from it, each run in a fresh process."""
    async with bench() as to:
        began = time.perf_counter()
        for number in range(0, given.events // PER_ORDER, ORDERS_AT_ONCE):
            await _append(to.client.store.events, number)
        appended = time.perf_counter() - began
        end = await to.client.store.events.position()
        bare = end / await fetched(to, end)
        board = await _rebuilding(to.server.url, "board")
        every = await _rebuilding(to.server.url, "all")
    return [
        Figure(name="events in the log", value=end),
        Figure(name="appended in batches", value=end / appended, unit="/s"),
        Figure(name="bare client fetches", value=bare, unit="/s"),
        Figure(name="board rebuilt", value=board.seconds, unit="s", note=f"{board.rows:,} rows"),
        Figure(name="board rebuilt, peak memory", value=board.peak_mib, unit="MiB"),
        Figure(name="every read model rebuilt", value=every.seconds, unit="s", note=f"{every.rows:,} rows"),
        Figure(name="every read model rebuilt, peak memory", value=every.peak_mib, unit="MiB"),
    ]


async def _rebuilding(url: str, which: str) -> Rebuilt:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.rebuild", url, which, env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return msgspec.json.decode(output, type=Rebuilt)


async def rebuild(url: str, which: str) -> Rebuilt:
    """Fold the log behind ``url`` into the projection ``which``, or ``all`` of them, and say what it took."""
    async with client(url) as to:
        began = time.perf_counter()
        rows = [Rows(one) for one in PROJECTIONS if which in ("all", one.name)]
        end = await audit.fold(to.store.events, rows)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Rebuilt(end, seconds, peak, sum(len(one.rows) for one in rows))


async def _append(events: EventStore, first: int) -> None:
    """Append the whole lives of some orders, in one batch."""
    writes: list[Write] = []
    for number in range(first, first + ORDERS_AT_ONCE):
        at = _T0 + number * _MINUTE / 2
        for entity, made in _life(number, at):
            origin = Origin(
                happened_at=at, recorded_at=at, by="bench", cause=f"said/{number + 1}", correlation=entity.id
            )
            writes.append(Write(entity, record(entity, made, origin), 0))
    await events.append(writes)


def _life(number: int, at: dt.datetime) -> Iterator[tuple[Entity, list[Struct]]]:
    """The events of one order from request to closing: 8 of them, and three in four orders are closed."""
    key, area, worker = key_of("bench", str(number)), f"area-{number % 5}", f"w{number % 97}-{number}"
    place = PlaceRef(lat=31.2, lon=121.4)
    start, end = at + 30 * _MINUTE, at + 75 * _MINUTE
    accepted = request.RequestAccepted(
        source="bench", request=f"b-{number}", digest="0" * 32, area=area, order=key, said=number + 1
    )
    needs = order.Needs(
        kind=Kind.REPAIR, skill="plumbing", level=0, minutes=45, people=1, urgency=Urgency.NORMAL, priority=5,
        flow=Flow.COMMON,
    )  # fmt: skip
    opened = order.OrderOpened(
        origin=order.Origin.REQUEST, kind=Kind.REPAIR, category="water-leak", place=place, reported_at=at,
        source="bench", request=f"b-{number}", needs=needs,
    )  # fmt: skip
    planned = order.OrderPlanned(workers=(worker,), start=start, end=end, plan=number)
    stop = schedule.ScheduledStop(order=key, category="water-leak", place=place, arrive=start, start=start, end=end)
    last = order.OrderClosed(satisfied=True) if number % 4 else order.VisitAccepted(worker=worker)
    yield Entity(EVERYWHERE, "request", key), [accepted]
    yield (
        Entity(area, "order", key),
        [
            opened,
            planned,
            order.OrderTold(workers=(worker,), start=start),
            order.WorkerOnTheWay(worker=worker),
            order.VisitDone(worker=worker),
            last,
        ],
    )
    route = schedule.RouteChanged(duty=f"{at:%Y%m%d}t0000", start=at, end=end, stops=(stop,), plan=number)
    yield Entity(area, "schedule", worker), [route]


if __name__ == "__main__":
    calm()
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(rebuild(sys.argv[1], sys.argv[2]))))
