"""Of the schedule of a guard a desk reads only what is new since the last scan, and remembers nothing but the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pytest

from dispatch.decide.outcome import Happened
from dispatch.events.catalogue import Origin, record
from dispatch.events.envelope import Entity, Stored
from dispatch.events.schedule import RouteChanged
from dispatch.model.errors import Conflict
from dispatch.services.clock import ManualClock
from dispatch.services.desk.desk import Desk
from dispatch.services.desk.kept import Kept
from dispatch.services.desk.work import Work
from dispatch.store.base import Write
from dispatch.store.memory import MemoryStore

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
ANN, BOB = (Entity("east", "schedule", name) for name in ("ann", "bob"))
DAYS = 200


class Counted:
    """The log of a store, which counts the events it is read for."""

    def __init__(self, store: MemoryStore) -> None:
        self.events = store.events
        self.read = 0
        self.last, self.load, self.append = self.events.last, self.events.load, self.events.append
        self.position, self.follow = self.events.position, self.events.follow

    async def load_many(
        self, entities: Iterable[Entity], *, after: Mapping[Entity, int] | None = None
    ) -> dict[Entity, tuple[list[Stored], int]]:
        """See `EventStore.load_many`."""
        found = await self.events.load_many(entities, after=after)
        self.read += sum(len(stored) for stored, _ in found.values())
        return found


def route(day: int) -> RouteChanged:
    """A duty of a day without any stop."""
    start = NOW + dt.timedelta(days=day)
    return RouteChanged(duty=f"d{day}", start=start, end=start + dt.timedelta(hours=8), stops=(), plan=1)


async def add(log: Any, entity: Entity, days: Iterable[int]) -> None:
    """So many duties are planned."""
    for day in days:
        _, expected = await log.load(entity)
        origin = Origin(happened_at=NOW, recorded_at=NOW, by="test", cause=f"plan/{expected}", correlation="test")
        await log.append([Write(entity, record(entity, (route(day),), origin), expected)])


async def test_the_second_scan_of_a_guard_reads_nothing_of_all_the_days_they_worked() -> None:
    store = MemoryStore(now=lambda: NOW)
    await add(store.events, ANN, range(DAYS))
    counted = store.events = Counted(store)  # type: ignore[assignment]
    answers: list[str] = []

    async def publish(subject: str, body: bytes) -> None:
        answers.append(msgspec.json.decode(body)["code"])

    desk = Desk(store, ManualClock(NOW), publish)
    reads = []
    for number in range(3):
        if number == 2:
            await add(counted, ANN, [DAYS])
        before = counted.read
        scan = {"report": "scan", "id": f"s{number}", "at": NOW.isoformat(), "checkpoint": "gate"}
        said = await store.said(await store.say("report.east.ann", msgspec.json.encode(scan)))
        assert said is not None
        await desk.handle([said])
        reads.append(counted.read - before)
    assert len(answers) == 3
    assert reads == [DAYS, 0, 1]


async def test_what_is_kept_and_added_to_is_what_the_whole_log_says() -> None:
    log, kept = MemoryStore(now=lambda: NOW).events, Kept()
    for days in (range(3), range(3, 4), range(2, 6)):
        await add(log, ANN, days)
        seen, fresh = [await Work(log, NOW, kept=one).get(ANN) for one in (kept, None)]
        assert (seen.state, seen.position) == (fresh.state, fresh.position)


async def test_what_was_decided_and_did_not_come_about_is_not_remembered() -> None:
    log, kept = MemoryStore(now=lambda: NOW).events, Kept()
    await add(log, ANN, range(2))
    late = Work(log, NOW, kept=kept)
    await late.load((ANN,))
    late.happen(Happened(ANN, (route(7),), NOW), by="test", cause="late", correlation="test")
    await add(log, ANN, [3])
    with pytest.raises(Conflict):
        await late.append()
    again = await Work(log, NOW, kept=kept).get(ANN)
    assert sorted(again.state.routes) == ["d0", "d1", "d3"]


def test_no_more_is_kept_than_the_most_and_whoever_was_looked_at_longest_ago_goes() -> None:
    kept = Kept(most=2)
    for number, entity in enumerate((ANN, BOB)):
        kept.keep(entity, number, number)
    assert kept.of(ANN) is not None
    kept.keep(Entity("east", "schedule", "cyd"), 2, 2)
    assert kept.of(BOB) is None
    assert kept.of(ANN) is not None
    kept.keep(Entity("east", "order", "o1"), 3, 3)
    assert kept.of(Entity("east", "order", "o1")) is None, "short entities are read as they are"
