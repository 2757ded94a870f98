"""The whole service with its web app on a free port, in this process, on a clock the test moves; an SSE reader."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from dispatch.services.apply import apply
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import Local, local
from dispatch.services.world import world_of
from dispatch.web.serve import serving

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
"""Nine in the morning, a Monday, where the areas are."""
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
JSON = {"Content-Type": "application/json"}


def world(area: str) -> dict[str, Any]:
    """Two plumbers, a yard and three flats; ids tell the area."""
    shift = {"start": "08:00", "end": "20:00", "days": DAYS}
    plumber = {"role": "technician", "base": f"{area}-yard", "skills": [{"skill": "plumbing"}], "shifts": [shift]}
    leak = {"id": "water-leak", "kind": "repair", "title": "Water leaks 漏水", "skill": "plumbing"}
    return {
        "world": area,
        "area": area,
        "policy": {"time_zone": "Asia/Shanghai", "plan_budget": 2},
        "categories": [{**leak, "minutes": 30, "people": 1, "promise_min": 120}],
        "places": [
            {"id": f"{area}-yard", "kind": "site", "lat": 30.0, "lon": 120.0},
            *({"id": f"{area}-flat-{n}", "kind": "unit", "lat": 30.001, "lon": 120.0 + n / 1000} for n in range(3)),
        ],
        "workers": [{"id": f"{area}-ann", "name": "Ann", **plumber}, {"id": f"{area}-bo", "name": "Bo", **plumber}],
    }


def request(number: int, area: str = "north", **other: Any) -> dict[str, Any]:
    """A water leak in ``area``, told of now, by somebody with a name."""
    return {
        "id": f"sr-{number}",
        "source": "test",
        "category": "water-leak",
        "place": {"unit": f"{area}-flat-{number % 3}"},
        "reported_at": NOW.isoformat(),
        "contact": {"name": "Wang Fang", "phone": "13800001111"},
        "detail": "the kitchen ceiling drips",
        **other,
    }


class Service(Struct, frozen=True):
    """What a test needs of the running whole."""

    parts: Local
    to: Client
    http: httpx.AsyncClient
    address: str

    async def submit(self, number: int, area: str = "north", **other: Any) -> httpx.Response:
        """Submit a water leak."""
        body = json.dumps(request(number, area, **other))
        return await self.http.post(f"/requests/{area}/repair", content=body, headers=JSON)


@asynccontextmanager
async def service(folder: Path, *areas: str) -> AsyncIterator[Service]:
    """Desk, planner, projector and web over ``areas``, each with its world."""
    clock = ManualClock(NOW)
    with ThreadPoolExecutor(1) as executor:
        async with local(folder / "data", clock, executor=executor) as parts, serving(parts.url) as web:
            to = Client(parts.to.connection)
            for area in areas:
                await apply(world_of(world(area), area), to, NOW, run=f"apply-{area}")
            await to.shown()
            async with httpx.AsyncClient(base_url=web.address, timeout=20) as http:
                yield Service(parts, to, http, web.address)


class Block(Struct, frozen=True):
    """One server-sent event as a browser would take it."""

    id: int
    event: str
    data: dict[str, Any]


async def blocks(response: httpx.Response) -> AsyncIterator[Block]:
    """The events of a stream, as the HTML standard has them parsed."""
    position, event, data = -1, "", ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield Block(position, event, json.loads(data))
            event, data = "", ""
        elif field == "id":
            position = int(value)
        elif field == "event":
            event = value
        elif field == "data":
            data += value


@asynccontextmanager
async def streaming(
    http: httpx.AsyncClient, last: int | None = None, **query: str | int | list[str]
) -> AsyncIterator[AsyncIterator[Block]]:
    """An open ``/stream``, behind ``last`` if given."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    async with http.stream("GET", "/stream", params=query, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield blocks(response)


async def take(events: AsyncIterator[Block], count: int) -> list[Block]:
    """The next ``count`` events."""
    async with asyncio.timeout(20):
        return [await anext(events) for _ in range(count)]
