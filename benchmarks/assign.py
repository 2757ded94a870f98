"""From a request to its assignment on ``feed.>``: one area with many workers and open visits, services apart.

The clock starts when the request is published and stops when ``feed.<area>.order.<id>`` says who goes. The next is
published once that is known, while the planner goes on improving the area. Beside it one publish of the bare client.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import random
import statistics
import time

import msgspec
from nats.aio.msg import Msg

from benchmarks.bare import declare_bare, publish_all
from benchmarks.processes import ALL, Bench, bench
from benchmarks.table import Figure
from dispatch.model.words import key_of
from dispatch.services.apply import apply
from dispatch.services.client import Saying
from dispatch.services.world import World, world_of

AREA = "bench"
REACH_MS = 300.0
_WITHIN_S = 30.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--open", type=int, default=1000, help="visits open when it begins")
    parser.add_argument("--requests", type=int, default=300, help="measured")
    parser.add_argument("--seed", type=int, default=1)


async def run(given: argparse.Namespace) -> list[Figure]:
    """Fill the area, then send one request after the other."""
    draw = random.Random(given.seed)
    async with bench(start=ALL) as to:
        await declare_bare(to.client.connection)
        await apply(world(given.workers, draw), to.client, dt.datetime.now(dt.UTC), run="bench")
        await to.client.say([_request(f"open-{number}", draw) for number in range(given.open)])
        await to.client.settled()
        waits, bare = await assigned(to, [_request(f"new-{number}", draw) for number in range(given.requests)])
        status = await to.client.status()
    cuts = statistics.quantiles(waits, n=100)
    return [
        Figure(name="workers", value=given.workers),
        Figure(name="visits planned at the end", value=status.planned, note=f"unplanned: {status.unplanned}"),
        Figure(name="bare client, one publish, p50", value=statistics.median(bare), unit="ms"),
        Figure(name="request to assignment, p50", value=cuts[49], unit="ms"),
        Figure(name="request to assignment, p90", value=cuts[89], unit="ms"),
        Figure(name="request to assignment, p99", value=cuts[98], unit="ms", reach=REACH_MS, sense="<="),
        Figure(name="longest", value=max(waits), unit="ms"),
    ]


async def assigned(to: Bench, sayings: list[Saying]) -> tuple[list[float], list[float]]:
    """Milliseconds from each publish to its assignment, and of a bare publish in between."""
    waits: list[float] = []
    bare: list[float] = []
    known: dict[str, asyncio.Future[None]] = {}

    async def take(message: Msg) -> None:
        order = message.subject.rsplit(".", 1)[1]
        future = known.get(order)
        if future is not None and not future.done() and b'"OrderPlanned"' in message.data:
            future.set_result(None)

    subscription = await to.client.connection.subscribe(f"feed.{AREA}.order.*", cb=take)
    context = to.client.connection.jetstream()
    for saying in sayings:
        bare.append(1000 * await publish_all(to.client.connection, [("bare.one", saying.body)]))
        order = key_of("bench", json.loads(saying.body)["id"])
        known[order] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        await context.publish(saying.subject, saying.body)
        await asyncio.wait_for(known[order], _WITHIN_S)
        waits.append(1000 * (time.perf_counter() - began))
        del known[order]
    await subscription.unsubscribe()
    return waits, bare


def world(workers: int, draw: random.Random) -> World:
    """One area of ``workers`` technicians, on duty round the clock in three shifts, with three skills."""
    return world_of(
        {
            "area": AREA,
            "policy": {"time_zone": "UTC"},
            "shifts": {
                name: {"start": start, "end": end, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
                for name, start, end in (("a", "00:00", "08:00"), ("b", "08:00", "16:00"), ("c", "16:00", "00:00"))
            },
            "categories": [
                {"id": f"work-{skill}", "kind": "repair", "skill": skill, "minutes": 45, "people": 1} for skill in "xyz"
            ],
            "places": [{"id": f"base-{n}", "kind": "site", **_somewhere(draw)} for n in range(10)],
            "workers": [
                {
                    "id": f"w{n}",
                    "role": "technician",
                    "base": f"base-{n % 10}",
                    "mode": "car",
                    "skills": [{"skill": skill} for skill in draw.sample("xyz", 2)],
                    "shifts": ["abc"[n % 3]],
                }
                for n in range(workers)
            ],
        },
        "bench",
    )


def _somewhere(draw: random.Random) -> dict[str, float]:
    return {"lat": round(31.2 + draw.gauss(0, 0.05), 6), "lon": round(121.4 + draw.gauss(0, 0.05), 6)}


def _request(request_id: str, draw: random.Random) -> Saying:
    body = {
        "id": request_id,
        "source": "bench",
        "category": f"work-{draw.choice('xyz')}",
        "place": _somewhere(draw),
        "reported_at": dt.datetime.now(dt.UTC).isoformat(),
    }
    return Saying(f"request.{AREA}.repair", msgspec.json.encode(body))
