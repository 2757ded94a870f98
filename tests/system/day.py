"""A day of a small world in the memory of the test: what is said in it, and what has come of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from system.house import AREA, T0, House
from system.voices import Voices

from dispatch.decide.order import OrderState
from dispatch.demo.evidence import Evidence, gather
from dispatch.events.catalogue import event_in
from dispatch.planning.area import AreaState
from dispatch.projections.unplanned import UnplannedRow
from dispatch.requests.answer import Answer
from dispatch.store.memory import MemoryStore

_EVENING = dt.timedelta(hours=16)
"""From eight in the morning to the end of the day."""


class Day(Voices):
    """What is said in a `House`, and how things stand there."""

    def __init__(self, house: House) -> None:
        super().__init__(house.clock)
        self.house = house

    @classmethod
    @asynccontextmanager
    async def opened(cls, *workers: str, **places: tuple[str, float]) -> AsyncIterator[Self]:
        """Eight in the morning in the world `Voices.register` makes of these, planned for two days."""
        house = House(MemoryStore())
        await house.start()
        try:
            day = cls(house)
            await day.direct("register", policy={"title": "The estate", "horizon_days": 2})
            await day.register(*workers, **places)
            yield day
        finally:
            await house.close()

    async def put(self, subject: str, body: dict[str, Any]) -> Answer:
        """See `Voices.put`; it is planned by then."""
        await self.house.say(subject, body)
        await self.house.settle()
        (answer,) = (answer for _, answer in self.house.answers if answer.id == body["id"])
        return answer

    async def settle(self) -> None:
        """See `Voices.settle`."""
        await self.house.settle()

    @property
    def area(self) -> AreaState:
        """What the planner knows of the area."""
        return self.house.planners["planner0"].areas.areas[AREA]

    def order(self, key: str) -> OrderState:
        """How an order stands."""
        return self.area.orders[key]

    def starts(self, key: str) -> tuple[tuple[str, ...], dt.timedelta]:
        """Who does it and when, counted from `T0`."""
        start = self.order(key).start
        assert start is not None
        return self.order(key).workers, start - T0

    def on_schedules(self, key: str) -> dict[str, tuple[dt.datetime, dt.datetime]]:
        """By worker, when the order stands on their routes."""
        routes = self.area.routes()
        return {worker: (stop.start, stop.end) for worker, route in routes for stop in route.stops if stop.order == key}

    def listed(self) -> dict[str, UnplannedRow]:
        """What is shown as unplanned."""
        return {row.id: row for row in self.house.projector.rows["unplanned"].rows.values() if not row.planned}

    async def events(self, key: str) -> list[Any]:
        """All that happened to an order."""
        return [event_in(one) for one in await self.house.log() if one.entity.id == key]

    async def evidence(self) -> Evidence:
        """Today until now, as the judges of the demo take it."""
        span = {"start": T0, "end": T0 + _EVENING, "until": self.clock.now()}
        return await gather(self.house.store, area=AREA, time_zone="Asia/Shanghai", **span)
