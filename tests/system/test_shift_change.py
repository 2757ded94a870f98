"""A shift that changes, or ends, with somebody at work: the next duty begins once they are free, and where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from system.estate import WEEK
from system.house import AREA, T0
from system.invariants import breaches

from dispatch.projections.board import BoardRow
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import local

MINUTE = dt.timedelta(minutes=1)
HERE, FAR = (30.0, 120.0), (30.05, 120.0)
"""The base, and a house an hour and a half on foot away from it."""


class Estate:
    """One plumber, and all that is said of and by them."""

    def __init__(self, client: Client, clock: ManualClock) -> None:
        self.client, self.clock = client, clock
        self._count = 0

    async def say(self, subject: str, **body: Any) -> str:
        """Say something now and wait until it is planned; returns the order it is about, if it opened one."""
        self._count += 1
        head = {"id": f"m{self._count}", ("reported_at" if "category" in body and subject[0] == "r" else "at"):
                self.clock.now().isoformat()}  # fmt: skip
        (answer,) = await self.client.say([Saying(subject, msgspec.json.encode(head | body))])
        assert answer.decision != "rejected", answer
        await self.client.settled()
        return answer.order

    async def shifts(self, *spans: tuple[str, str], **more: Any) -> None:
        """From now on these are the plumber's hours."""
        worker = {
            "id": "w1", "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}],
            "shifts": [{"start": start, "end": end, "days": WEEK} for start, end in spans],
        }  # fmt: skip
        await self.say(f"direct.{AREA}.register", by="chen", worker=worker | more)

    async def ask(self, unit: str) -> BoardRow:
        """Somebody asks for the plumber; how it is planned."""
        order = await self.say(f"request.{AREA}.repair", source="app", category="tap", place={"unit": unit})
        return await self.row(order)

    async def row(self, order: str) -> BoardRow:
        """How an order is planned."""
        rows = [row async for row in self.client.rows("board", BoardRow)]
        return next(row for row in rows if row.order == order)

    async def breaches(self) -> list[str]:
        """What the log says that must not be."""
        position = await self.client.store.events.position()
        log = self.client.store.events.follow(("event.>",), 0, until=position)
        return breaches([one async for batch in log for one in batch])


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    """The service over a real server at eight in the morning."""
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, clock, executor=pool) as house:
            made = Estate(Client(house.to.connection), clock)
            tap = {"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 60}
            await made.say("direct.all.register", by="chen", category=tap)
            for key, (lat, lon) in {"base": HERE, "near": HERE, "far": FAR}.items():
                place = {"id": key, "kind": "site" if key == "base" else "unit", "lat": lat, "lon": lon}
                await made.say(f"direct.{AREA}.register", by="chen", place=place)
            yield made


async def at_work(estate: Estate, unit: str, after_min: int = 0) -> BoardRow:
    """The plumber is on site of a first order."""
    first = await estate.ask(unit)
    assert first.start is not None
    estate.clock.set(first.start + after_min * MINUTE)
    await estate.say(f"report.{AREA}.w1", report="arrived", order=first.order)
    return first


async def test_who_is_at_work_when_the_shift_changes_is_not_sent_elsewhere_before(estate: Estate) -> None:
    await estate.shifts(("08:00", "18:00"))
    first = await at_work(estate, "far")
    assert first.start is not None
    estate.clock.set(first.start + 10 * MINUTE)
    await estate.shifts(("09:00", "17:00"))
    second = await estate.ask("far")
    # They are there already, and free after the hour the first one takes.
    assert second.start is not None
    assert first.start + 60 * MINUTE <= second.start <= first.start + 65 * MINUTE
    assert (await estate.row(first.order)).status == "arrived"
    assert await estate.breaches() == []


async def test_who_is_on_the_way_when_the_shift_changes_goes_there_first(estate: Estate) -> None:
    await estate.shifts(("08:00", "18:00"))
    first = await estate.ask("far")
    assert first.start is not None and first.end is not None
    await estate.say(f"report.{AREA}.w1", report="on_the_way", order=first.order)
    await estate.shifts(("08:10", "17:00"))
    second = await estate.ask("near")
    assert second.start is not None and second.start >= first.end + 60 * MINUTE, "the way back was forgotten"
    assert await estate.breaches() == []


async def test_who_overruns_the_first_half_of_a_day_begins_the_second_later(estate: Estate) -> None:
    await estate.shifts(("08:00", "09:30"), ("09:30", "17:00"))
    first = await at_work(estate, "near", after_min=45)
    estate.clock.set(T0 + 70 * MINUTE)
    assert (await estate.row(first.order)).status == "arrived"
    second = await estate.ask("near")
    assert first.start is not None and second.start is not None
    assert second.start >= first.start + 105 * MINUTE
    estate.clock.set(T0 + 91 * MINUTE)
    third = await estate.ask("near")
    assert third.start is not None and third.start >= second.start + 60 * MINUTE
    assert await estate.breaches() == []


async def test_what_was_done_before_the_shift_changed_counts_for_the_cap_of_the_day(estate: Estate) -> None:
    caps = {"caps": {"visits_per_day": 2}}
    await estate.shifts(("08:00", "18:00"), **caps)
    first = await at_work(estate, "near")
    await estate.say(f"report.{AREA}.w1", report="done", order=first.order)
    await estate.shifts(("08:10", "17:00"), **caps)
    planned = [(await estate.ask("near")).start for _ in range(3)]
    today = [start for start in planned if start is not None and start < T0 + 24 * 60 * MINUTE]
    assert len(today) == 1
    assert await estate.breaches() == []


@pytest.mark.parametrize("caps", [{"visits_per_day": 2}, {"minutes_per_day": 100}])
async def test_what_was_worked_on_what_came_off_the_plan_counts_for_the_cap_of_the_day(
    estate: Estate, caps: dict[str, int]
) -> None:
    """Nobody is in at the first, which gets another time; the second is cancelled with the plumber on site."""
    await estate.shifts(("08:00", "18:00"), caps=caps)
    first = await at_work(estate, "near")
    estate.clock.set(T0 + 20 * MINUTE)
    await estate.say(f"report.{AREA}.w1", report="could_not", order=first.order, reason="nobody in")
    tomorrow = {"from": (T0 + 25 * 60 * MINUTE).isoformat(), "to": (T0 + 28 * 60 * MINUTE).isoformat()}
    await estate.say(f"direct.{AREA}.reschedule", by="chen", order=first.order, windows=[tomorrow])
    second = await at_work(estate, "near")
    estate.clock.set(T0 + 45 * MINUTE)
    await estate.say(f"direct.{AREA}.cancel", by="chen", order=second.order)

    third = await estate.ask("near")
    assert third.start is not None and third.start > T0 + 15 * 60 * MINUTE
    again = await estate.row(first.order)
    assert again.start is not None and again.workers == ("w1",)
    assert await estate.breaches() == []
