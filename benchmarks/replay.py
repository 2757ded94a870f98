"""Events replayed through a projection: a log the services wrote, read from the server and folded into the board.

Beside it, the bare client reads the same stream with ``fetch`` and looks at nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
import tomllib
from types import ModuleType

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from benchmarks.data import ROOT
from benchmarks.generated import ledger, text_of
from benchmarks.la311 import MAP
from benchmarks.ledger_run import play
from benchmarks.processes import ALL, Bench, bench
from benchmarks.table import Figure
from dispatch.projections.base import Rows
from dispatch.projections.board import Board
from dispatch.services import audit
from dispatch.services.ledger.files import ledger_of
from dispatch.services.ledger.mapping import read_mapping
from dispatch.services.world import World, world_of
from dispatch.store.subjects import EVENTS

REACH = 60_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--rows", type=int, default=5000, help="rows of the generated ledger that makes the log")
    parser.add_argument("--rounds", type=int, default=7)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Let the services make a log, then replay it several times; the medians count."""
    made, _ = ledger(given.rows, seed=1)
    mapping = read_mapping(MAP)
    rows = ledger_of(text_of(made).encode(), mapping).rows
    async with bench(clock="follow", start=ALL) as to:
        await play(to.client, rows, mapping, world_for(made), pace=24 * 60)
        await to.services.stop()
        end = await to.client.store.events.position()
        board, bare = [], []
        for _ in range(given.rounds):
            board.append(end / await replayed(to))
            bare.append(end / await fetched(to, end))
    return [
        Figure(name="events in the log", value=end),
        Figure(name="bare client fetches", value=statistics.median(bare), unit="/s"),
        Figure(name="replayed through the board", value=statistics.median(board), unit="/s", reach=REACH),
    ]


async def replayed(to: Bench) -> float:
    """Seconds to fold the whole log into the board."""
    began = time.perf_counter()
    await audit.fold(to.client.store.events, [Rows(Board())])
    return time.perf_counter() - began


async def fetched(to: Bench, count: int) -> float:
    """Seconds for the bare client to read ``count`` events."""
    context = to.client.connection.jetstream()
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, mem_storage=True)
    subscription = await context.pull_subscribe("event.>", stream=EVENTS, config=config)
    began = time.perf_counter()
    left = count
    while left > 0:
        left -= len(await subscription.fetch(min(1000, left), timeout=10))
    took = time.perf_counter() - began
    await subscription.unsubscribe()
    return took


def world_for(rows: list[dict[str, str]], *, budget: int = 2) -> World:
    """Crews for a generated ledger, reckoned as the example reckons them for the real one; ``budget`` for improving."""
    plain = tomllib.loads(make_world().world_of([row for row in rows if _usable(row)]))
    plain["policy"]["plan_budget"] = budget
    return world_of(plain, "la311")


def _usable(row: dict[str, str]) -> bool:
    return not row["Latitude"] or row["Latitude"].replace(".", "").isdigit()


def make_world() -> ModuleType:
    """The example's script that reckons crews from a ledger."""
    path = ROOT / "examples" / "la311" / "make_world.py"
    spec = importlib.util.spec_from_file_location("make_world", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
