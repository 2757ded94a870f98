"""The status is told also when the rows cannot be written: then it says how far behind they are, and counts no loss."""

from __future__ import annotations

import asyncio
from typing import Any

from system.estate import open_estate
from system.house import AREA, T0, House

from dispatch.projections.all import PROJECTIONS
from dispatch.services.projector import Projector
from dispatch.services.status import status_of
from dispatch.store.memory import MemoryStore

REQUEST: dict[str, Any] = {"source": "app", "category": "tap", "place": {"unit": "b1"}}


class Stuck:
    """Views that nothing can be written to while there is no ``room``."""

    def __init__(self, views: Any) -> None:
        self.room = asyncio.Event()
        self.room.set()
        self.stuck = asyncio.Event()
        self._write = views.write
        self.read, self.active, self.activate, self.drop = views.read, views.active, views.activate, views.drop

    async def write(self, *args: Any, **more: Any) -> int:
        """Write as soon as there is room."""
        if not self.room.is_set():
            self.stuck.set()
        await self.room.wait()
        mark: int = await self._write(*args, **more)
        return mark


async def test_the_status_is_told_while_the_rows_cannot_be_written() -> None:
    house = House(MemoryStore(now=lambda: T0))
    await house.start()
    views = Stuck(MemoryStore(now=lambda: T0).views)
    projector = Projector(house.store.events, views)  # type: ignore[arg-type]
    running = asyncio.create_task(projector.run())
    try:
        await open_estate(house, rounds=False)
        before = await status_of(projector, house.store)
        assert before.log_position == before.rows_position > 0
        views.room.clear()
        for name in ("r1", "r2"):
            await house.say(f"request.{AREA}.repair", {**REQUEST, "id": name, "reported_at": T0.isoformat()})
            await house.settle()
        behind = await status_of(projector, house.store, patience_s=0.05)
        assert (behind.requests, behind.pending, behind.unaccounted) == (2, 2 - behind.accepted, 0)
        assert before.rows_position <= behind.rows_position < behind.log_position
        views.room.set()
        after = await status_of(projector, house.store)
        assert (after.accepted, after.pending, after.unaccounted) == (2, 0, 0)
        assert after.rows_position == after.log_position == behind.log_position
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await house.close()


async def test_caught_up_is_said_only_once_all_is_written() -> None:
    house = House(MemoryStore(now=lambda: T0))
    await house.start()
    views = Stuck(MemoryStore(now=lambda: T0).views)
    projector = Projector(house.store.events, views)  # type: ignore[arg-type]
    running = asyncio.create_task(projector.run())
    try:
        await projector.caught_up(await house.store.events.position())
        views.room.clear()
        await open_estate(house, rounds=False)
        await asyncio.wait_for(views.stuck.wait(), 20)
        taken = projector.position
        assert taken > 0
        told = asyncio.create_task(projector.caught_up(taken))
        done, _ = await asyncio.wait([told], timeout=0.05)
        assert done == set()
        views.room.set()
        await asyncio.wait_for(told, 20)
        assert all([(await views.read(one.name, one.version)).position >= taken for one in PROJECTIONS])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await house.close()
