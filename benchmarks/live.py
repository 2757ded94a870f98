"""Requests accepted per second, live: published with plain nats-py, decided by a desk in a process of its own.

Every write is on the disk before it is acknowledged. The rate is from the first publish to the last answer. Beside
it what the bare client publishes, the same bytes and as many under way, to a plain stream of the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from benchmarks.bare import as_bare, declare_bare, publish_all, requests
from benchmarks.processes import Bench, bench
from benchmarks.table import Figure

REACH = 0.4


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--requests", type=int, default=5000, help="per round")
    parser.add_argument("--rounds", type=int, default=5)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Bare and live in turn, several rounds; the medians count."""
    bare: list[float] = []
    live: list[float] = []
    async with bench(start=("desk",)) as to:
        await declare_bare(to.client.connection)
        await accepted(to, requests(200))
        for number in range(given.rounds):
            messages = requests(given.requests, start=200 + number * given.requests)
            bare.append(len(messages) / await publish_all(to.client.connection, as_bare(messages)))
            live.append(len(messages) / await accepted(to, messages))
    return [
        Figure(name="bare client publishes", value=statistics.median(bare), unit="/s"),
        Figure(name="requests accepted live", value=statistics.median(live), unit="/s"),
        Figure(
            name="accepted / bare",
            value=statistics.median(one / other for one, other in zip(live, bare, strict=True)),
            reach=REACH,
            note=f"rounds: {', '.join(f'{one / other:.2f}' for one, other in zip(live, bare, strict=True))}",
        ),
    ]


async def accepted(to: Bench, messages: list[tuple[str, bytes]]) -> float:
    """Seconds from the first publish to the answer to the last of ``messages``."""
    connection = to.client.connection
    left = len(messages)
    all_in = asyncio.Event()
    inbox = connection.new_inbox()

    async def take(message: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            all_in.set()

    subscription = await connection.subscribe(inbox, cb=take)
    began = time.perf_counter()
    await publish_all(connection, messages, reply=inbox)
    async with asyncio.timeout(120):
        await all_in.wait()
    took = time.perf_counter() - began
    await subscription.unsubscribe()
    return took
