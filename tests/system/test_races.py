"""Two planners and a direction at once on one order: one outcome each time, and the log is sound afterwards.

`DISPATCH_RACES` sets how often (1,000 is what was promised): so often in `make full`, in memory and on the real
server; a quarter of it in memory and a twentieth on the server with all the other tests.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from system.estate import open_estate
from system.house import AREA, T0, House
from system.invariants import breaches, unsettled
from system.log_state import LogState, instant, plain
from system.virtual_time import VirtualTimeLoop

from dispatch.events.envelope import Stored
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Write
from dispatch.store.connection import connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.memory import MemoryStore
from dispatch.store.streams import declare

RACES = int(os.environ.get("DISPATCH_RACES", "1000"))
KINDS = ("cancel", "assign", "absence", "cancel and assign", "refuse")


class Stumbling:
    """A log whose answers take turns of the loop, as many as a seeded draw says: every order of things comes up."""

    def __init__(self, events: Any, draw: random.Random) -> None:
        self._events, self._draw = events, draw
        self.last, self.position, self.follow = events.last, events.position, events.follow
        self._log = getattr(events, "_log", None)

    async def _stumble(self) -> None:
        for _ in range(self._draw.randrange(6)):
            await asyncio.sleep(0)

    async def append(self, writes: Sequence[Write]) -> tuple[int, ...]:
        """Append, now or a little later, and hear of it later still."""
        await self._stumble()
        positions: tuple[int, ...] = await self._events.append(writes)
        await self._stumble()
        return positions

    async def load(self, *args: Any, **more: Any) -> Any:
        """Load a little later."""
        await self._stumble()
        return await self._events.load(*args, **more)

    async def load_many(self, *args: Any, **more: Any) -> Any:
        """Load a little later."""
        await self._stumble()
        return await self._events.load_many(*args, **more)


async def race(house: House, number: int, draw: random.Random, area: str = AREA) -> str:
    """One race on one new order; returns what was wrong with it, or nothing."""
    flat = "b2" if area == AREA else f"{area}-b2"
    body = {"id": f"race-{area}-{number}", "category": "water-leak", "place": {"unit": flat}}
    await house.say(f"request.{area}.repair", body | {"reported_at": T0.isoformat()})
    await house.settle()
    (row,) = [one for one in house.projector.rows["board"].rows.values() if one.request == body["id"]]
    head = {"by": "chen", "at": T0.isoformat()}
    kind = KINDS[number % len(KINDS)]
    # The planners look at the order again because of this, and the direction comes while they do.
    await house.say(f"direct.{area}.assign", head | {"id": f"n{number}", "order": row.order, "workers": ["w1", "w2"]})
    for _ in range(draw.randrange(30)):
        await asyncio.sleep(0)
    if "cancel" in kind:
        await house.say(f"direct.{area}.cancel", head | {"id": f"c{number}", "order": row.order})
    if "assign" in kind:
        pair = {"order": row.order, "workers": ["w2", "w3"]}
        await house.say(f"direct.{area}.assign", head | {"id": f"a{number}"} | pair)
    if kind == "absence":
        away = {"worker": "w1", "start": T0.isoformat(), "end": "2026-11-25T00:00:00Z"}
        await house.say(f"direct.{area}.absence", head | {"id": f"x{number}"} | away)
    if kind == "refuse":
        refusal = {"report": "refused", "id": f"r{number}", "order": row.order, "at": T0.isoformat()}
        await house.say(f"report.{area}.{row.workers[0]}", refusal)
    await house.settle()
    wrong = outcome(await house.log(), area, row.order, kind)
    if kind == "absence":
        await house.say(f"direct.{area}.return", head | {"id": f"y{number}", "worker": "w1", "start": T0.isoformat()})
    # The next race finds everybody free again.
    await house.say(f"direct.{area}.cancel", head | {"id": f"z{number}", "order": row.order})
    await house.settle()
    return wrong


def outcome(log: list[Stored], area: str, order_id: str, kind: str) -> str:
    """What is wrong with how it came out."""
    state, cancelled = LogState(), 0
    for one in map(plain, log):
        state.take(one)
        cancelled += one.type == "OrderCancelled" and one.id == order_id
    order = state.orders[area, order_id]
    on = {
        worker
        for (where, worker), routes in state.routes.items()
        if where == area
        for route in routes.values()
        for stop in route["stops"]
        if stop["order"] == order_id
    }
    if on != set(order.workers):
        return f"{kind}: planned for {order.workers}, on the schedules of {on}"
    if "cancel" in kind:
        return "" if cancelled == 1 and order.ended and not on else f"{kind}: cancelled {cancelled} times, on {on}"
    if kind == "assign" and on not in ({"w2", "w3"}, set()):
        return f"{kind}: on the schedules of {on}"
    if kind == "absence" and "w1" in on and order.start and order.start < instant("2026-11-25T00:00:00Z"):
        return "absence: w1 is sent all the same"
    if kind == "refuse" and order.refused & on:
        return f"refuse: {order.refused & on} are sent all the same"
    return "" if on or order.told_why_not else f"{kind}: neither planned nor said why not"


def together(log: list[Stored]) -> Counter[str]:
    """How often each planner was first, to see that they really raced."""
    return Counter(one.cause.split("/")[1].split("-")[0] for one in map(plain, log) if one.type == "PlanCommitted")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("races", [RACES // 4, pytest.param(RACES, marks=pytest.mark.full)])
def test_two_planners_and_a_direction_in_memory(races: int) -> None:
    first: Counter[str] = Counter()

    async def some(seed: int, numbers: range) -> None:
        draw = random.Random(seed)
        store = MemoryStore(now=lambda: T0)
        store.events = Stumbling(store.events, draw)  # type: ignore[assignment]
        house = House(store, planners=2)
        await house.start()
        await open_estate(house, zones=False, rounds=False)
        for number in numbers:
            assert not (wrong := await race(house, number, draw)), (seed, number, wrong)
        log = await house.log()
        assert breaches(log) == []
        assert unsettled(log, house.clock.now()) == []
        first.update(together(log))
        await house.close()

    # A log of few races stays short to read.
    for start in range(0, races, 20):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(some(start, range(start, min(start + 20, races))))
    assert first["planner0"] and first["planner1"], f"only one planner ever planned: {first}"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("races", [RACES // 20, pytest.param(RACES, marks=pytest.mark.full)])
async def test_two_planners_and_a_direction_over_connections_of_their_own_on_the_real_server(races: int) -> None:
    draw = random.Random(7)
    first: Counter[str] = Counter()
    # A log of few races stays short to read.
    for start in range(0, races, 25):
        first.update(await _on_a_server(range(start, min(start + 25, races)), draw))
    assert len(first) == 2, f"only one planner ever planned: {first}"


async def _on_a_server(numbers: range, draw: random.Random) -> Counter[str]:
    """Races on a server of their own; how often each planner was first."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(EmbeddedServer(Path(stack.enter_context(TemporaryDirectory()))))
        stores = {}
        for name in ("desk", "planner0", "planner1", "projector", "all"):
            connection = await connect(server.url, name=name)
            stack.push_async_callback(connection.close)
            await declare(connection)
            stores[name] = JetStreamStore(connection)
        house = House(stores["all"], planners=2, connected=stores)
        await house.start()
        await open_estate(house, "area0", zones=False, rounds=False)
        for number in numbers:
            assert not (wrong := await race(house, number, draw, "area0")), (number, wrong)
        log = await house.log()
        assert breaches(log) == []
        assert unsettled(log, house.clock.now()) == []
        await house.close()
        return together(log)
