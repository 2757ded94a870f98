"""An area whose lease another planner has: this one waits for it, without keeping everything else from going on."""

from __future__ import annotations

import asyncio
import contextlib

from system.estate import PLACES, registrations
from system.house import AREA, T0, Fallible, Here, House

from dispatch.services.planner.planner import Planner
from dispatch.store.memory import MemoryLeases, MemoryStore

WITHIN_S = 20.0


async def test_a_planner_rests_while_another_has_the_area_and_plans_once_it_is_free() -> None:
    house = House(MemoryStore(now=lambda: T0), planners=0)
    await house.start()
    leases = MemoryLeases(ttl_s=6.0)
    revision = await leases.take(f"planner-{AREA}", "somebody else")
    assert revision is not None
    seen = Fallible(house.store)
    seen.leases = leases
    planner = Planner(seen, house.clock, name="second", executor=Here())
    running = asyncio.create_task(planner.run())
    try:
        for subject, body in registrations(zones=False, rounds=False):
            await house.say(subject, body)
        unit = {"unit": next(place for place in PLACES if place != "s1")}
        asked = {"id": "sr-1", "category": "tap", "place": unit, "reported_at": T0.isoformat()}
        await house.say(f"request.{AREA}.repair", asked)
        await house.settle()
        # A planner that goes round and round lets nothing else run: this would never come back.
        async with asyncio.timeout(WITHIN_S):
            await planner.settled(await house.store.events.position())
        orders = planner.areas.areas[AREA].orders
        assert [order.workers for order in orders.values()] == [()]
        held = await leases.renew(f"planner-{AREA}", "somebody else", revision)
        assert held is not None
        await leases.release(f"planner-{AREA}", held)
        async with asyncio.timeout(WITHIN_S):
            while not all(order.workers for order in orders.values()):
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await house.close()
