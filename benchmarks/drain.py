"""A stored backlog decided by one desk: from the start of its process until nothing is undecided.

The steady rate leaves the start of the process out: from the first request decided to the last. Beside it, what the
bare client publishes, the same bytes, to a plain stream of the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from benchmarks.bare import as_bare, declare_bare, publish_all, requests
from benchmarks.processes import bench
from benchmarks.table import Figure
from dispatch.services.status import INBOX

REACH = 5000
_LOOK_AGAIN_S = 0.01


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Store a backlog, then start a desk; several rounds on servers of their own, the medians count."""
    rounds = [await drained(given.requests) for _ in range(given.rounds)]
    whole, steady, bare = (statistics.median(values) for values in zip(*rounds, strict=True))
    return [
        Figure(name="bare client publishes", value=bare, unit="/s"),
        Figure(name="backlog", value=given.requests, unit="requests"),
        Figure(name="drained, start of the desk included", value=whole, unit="/s", reach=REACH),
        Figure(name="drained, steady", value=steady, unit="/s", reach=REACH),
    ]


async def drained(count: int) -> tuple[float, float, float]:
    """Requests per second from the start of the desk's process, from its first decision, and of the bare client."""
    async with bench() as to:
        messages = requests(count)
        await declare_bare(to.client.connection)
        some = as_bare(messages[:5000])
        bare = len(some) / await publish_all(to.client.connection, some)
        await publish_all(to.client.connection, messages)
        inbox = await to.client.store.inbox(INBOX)
        began = time.perf_counter()
        await to.services.start("desk")
        first_at, left_then = began, count
        while left := await inbox.undecided():
            if left < count and left_then == count:
                first_at, left_then = time.perf_counter(), left
            await asyncio.sleep(_LOOK_AGAIN_S)
        ended = time.perf_counter()
        return count / (ended - began), left_then / (ended - first_at), bare
