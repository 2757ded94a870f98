"""What is said to the whole service over a real server, through a client, and what the client is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import msgspec
from system.house import T0
from system.voices import Voices

from dispatch.projections.board import BoardRow
from dispatch.requests.answer import Answer
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import local


class ServedDay(Voices):
    """What is said through a `Client`, and what it is shown."""

    def __init__(self, client: Client, clock: ManualClock, url: str = "") -> None:
        super().__init__(clock)
        self.client = client
        self.url = url

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path) -> AsyncIterator[Self]:
        """Eight in the morning of a service that knows nothing yet; ``folder`` is for what it keeps."""
        clock = ManualClock(T0)
        with ThreadPoolExecutor(1) as pool:
            async with local(folder, clock, executor=pool) as house:
                yield cls(Client(house.to.connection), clock, house.url)

    async def put(self, subject: str, body: dict[str, Any]) -> Answer:
        """See `Voices.put`."""
        (answer,) = await self.client.say([Saying(subject, msgspec.json.encode(body))])
        return answer

    async def settle(self) -> None:
        """See `Voices.settle`."""
        await self.client.settled()

    async def rows(self) -> dict[str, BoardRow]:
        """The board by order; none stands on it twice."""
        rows = [row async for row in self.client.rows("board", BoardRow)]
        by_order = {row.order: row for row in rows}
        assert len(by_order) == len(rows)
        return by_order
