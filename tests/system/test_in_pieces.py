"""What was appended at once and arrives in pieces is planned as a whole, so that one day gives one log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
from system.estate import registrations
from system.house import AREA, T0, House

from dispatch.events.envelope import Stored
from dispatch.events.plan import PlanCommitted
from dispatch.store.memory import MemoryEvents, MemoryStore

TURNS = 200
"""How often whoever planned on a piece had its turn before the next one comes."""


class InPieces(MemoryEvents):
    """A log whose events arrive one by one, each a while after the other."""

    async def follow(
        self, filters: Sequence[str], after: int, *, until: int | None = None
    ) -> AsyncIterator[list[Stored]]:
        """See `EventStore.follow`."""
        async for batch in super().follow(filters, after, until=until):
            for stored in batch:
                yield [stored]
                for _ in range(TURNS):
                    await asyncio.sleep(0)


async def test_what_was_appended_at_once_is_planned_as_a_whole() -> None:
    store = MemoryStore(now=lambda: T0)
    store.events.__class__ = InPieces
    house = House(store)
    await house.start()
    try:
        for subject, body in registrations(zones=False, rounds=False):
            await house.say(subject, body)
        await house.settle()
        begun = await store.events.position()
        await house.end("desk")
        for number in range(2):
            await house.say(
                f"request.{AREA}.repair",
                {"id": f"r-{number}", "category": "tap", "place": {"unit": "b1"}, "reported_at": T0.isoformat()},
            )
        house.begin("desk")
        await house.settle()
        log = [stored for stored in await house.log() if stored.position > begun]
    finally:
        await house.close()

    plans = [stored for stored in log if stored.recorded.type == "PlanCommitted"]
    before = [stored for stored in log if stored.position < plans[0].position]
    assert [stored.recorded.type for stored in before] == 2 * ["RequestAccepted", "OrderOpened"]
    assert msgspec.json.decode(plans[0].recorded.data, type=PlanCommitted).saw == before[-1].position
