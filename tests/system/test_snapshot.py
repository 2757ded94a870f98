"""The planner's snapshot: the same as folding the whole log, begun where it ends, never believed against the log."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest
from system.estate import open_estate
from system.histories import Histories
from system.house import AREA, T0, House
from system.rostered import open_gate
from system.test_histories import MORE, play

from dispatch.events.envelope import Entity, Stored
from dispatch.events.place import PlaceChanged, PlaceRegistered
from dispatch.model.errors import LogWentBackwards
from dispatch.model.places import Place, PlaceKind
from dispatch.services.planner import snapshot
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.snapshot import NAME, Kept, Snapshots, kept_of
from dispatch.store.base import Store
from dispatch.store.memory import MemoryStore


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot after every few events."""
    monkeypatch.setattr(snapshot, "EVERY", 15)


class Watched:
    """A log that notes from where it is followed."""

    def __init__(self, events: Any) -> None:
        self._events = events
        self.load, self.load_many, self.last = events.load, events.load_many, events.last
        self.append, self.position = events.append, events.position
        self.begun: list[int] = []

    def follow(self, filters: Sequence[str], after: int, *, until: int | None = None) -> AsyncIterator[list[Stored]]:
        """Follow, and note it unless it is to end at once."""
        if until is None:
            self.begun.append(after)
        found: AsyncIterator[list[Stored]] = self._events.follow(filters, after, until=until)
        return found


async def lived_in(store: Store, *, zones: bool = True) -> House:
    """An estate with some orders in every state."""
    house = House(store)
    await house.start()
    await open_estate(house, zones=zones)
    await open_gate(house, "ann", "bob", budget=0)
    for number in range(8):
        body = {"id": f"r{number}", "category": ["tap", "lamp"][number % 2], "place": {"unit": f"b{1 + number % 4}"}}
        await house.say(f"request.{AREA}.repair", body | {"reported_at": T0.isoformat(), "household": "h1"})
    await house.settle()
    rows = sorted(house.projector.rows["board"].rows.values(), key=lambda row: row.order)
    for number, row in enumerate(row for row in rows if row.workers):
        for kind in ("accepted", "on_the_way", "arrived", "done")[: number % 5]:
            report = {"report": kind, "id": f"{kind}-{number}", "at": T0.isoformat(), "order": row.order}
            await house.say(f"report.{AREA}.{row.workers[0]}", report)
    away = {"id": "x", "by": "chen", "at": T0.isoformat(), "worker": "w4"}
    await house.say(f"direct.{AREA}.absence", away | {"start": T0.isoformat(), "end": "2026-11-23T00:00:00Z"})
    await house.settle()
    return house


def state_of(areas: Areas) -> Any:
    """All that was folded, whatever order it is kept in."""
    plain = msgspec.json.decode(kept_of(areas))
    for area in plain["areas"]:
        area["positions"].sort()
        area["orders"] = sorted(area["orders"].items())
    return plain


async def folded(store: Store) -> Areas:
    """Everything folded from the log."""
    areas = Areas()
    end = await store.events.position()
    async for batch in store.events.follow(("event.>",), 0, until=end):
        areas.take(batch)
    return areas


async def test_a_planner_that_starts_with_it_knows_what_one_that_folds_all_knows(store: Store) -> None:
    house = await lived_in(store)
    await house.end("planner0")
    await house.say(f"request.{AREA}.repair", {
        "id": "late", "category": "tap", "place": {"unit": "b1"}, "reported_at": T0.isoformat(),
    })  # fmt: skip
    inbox = await store.inbox("desk")
    while await inbox.undecided():
        await asyncio.sleep(0.01)
    restored = Areas()
    await Snapshots(store.events, store.views).restore(restored)
    begun_at = restored.position
    assert 0 < begun_at < await store.events.position()
    async for batch in store.events.follow(("event.>",), begun_at, until=await store.events.position()):
        restored.take(batch)
    assert state_of(restored) == state_of(await folded(store))
    await house.close()


async def test_it_begins_where_the_snapshot_ends_and_minds_the_old_timers(store: Store) -> None:
    house = await lived_in(store)
    urgent = {"id": "u", "category": "fuse-box", "place": {"unit": "b1"}, "reported_at": T0.isoformat()}
    await house.say(f"request.{AREA}.repair", urgent)
    await house.settle()
    await house.end("planner0")
    watched = Watched(store.events)
    store.events = watched  # type: ignore[misc, assignment]
    house.begin("planner0")
    await house.settle()
    assert watched.begun and min(watched.begun) > 15
    # What was promised before the snapshot runs out after it.
    house.clock.set(T0 + dt.timedelta(hours=2))
    await house.settle()
    assert "PromiseMissed" in {one.recorded.type for one in await house.log()}
    assert await house.findings() == []
    await house.close()


async def test_another_version_folds_anew_and_takes_its_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await lived_in(store)
    await house.end("planner0")
    old = snapshot.version()
    assert (await store.views.read(NAME, old)).rows
    monkeypatch.setattr(snapshot, "version", lambda: old + 1)
    watched = Watched(store.events)
    store.events = watched  # type: ignore[misc, assignment]
    house.begin("planner0")
    await house.settle()
    assert watched.begun == [0]
    async with asyncio.timeout(20):
        while await store.views.active(NAME) != old + 1:
            await asyncio.sleep(0.01)
    await house.close()
    assert not (await store.views.read(NAME, old)).rows
    assert (await store.views.read(NAME, old + 1)).rows


async def test_it_is_not_believed_against_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="dispatch.services.planner.snapshot")
    house = await lived_in(MemoryStore(now=lambda: T0))
    views = house.store.views
    await house.close()
    empty = MemoryStore(now=lambda: T0)
    with pytest.raises(LogWentBackwards, match="ends at 0"):
        await Snapshots(empty.events, views).restore(Areas())
    # A longer log that is another one.
    other = await lived_in(MemoryStore(now=lambda: T0), zones=False)
    await open_estate(other, "west")
    areas = Areas()
    await Snapshots(other.store.events, views).restore(areas)
    assert (areas.position, areas.areas) == (0, {})
    assert "folded anew" in caplog.text
    # One that is damaged.
    version = snapshot.version()
    view = await other.store.views.read(NAME, version)
    await other.store.views.write(NAME, version, {"0": b"not what it was"}, view.position, mark=view.mark)
    caplog.clear()
    await Snapshots(other.store.events, other.store.views).restore(areas)
    assert (areas.position, areas.areas) == (0, {})
    assert "folded anew" in caplog.text
    await other.close()


def test_what_two_worlds_state_and_places_of_one_id_come_back_as_they_were() -> None:
    first, second = (Place(id="b1", kind=PlaceKind.UNIT, lat=lat, lon=120.0) for lat in (30.0, 31.0))
    areas, again = Areas(), Areas()
    for position, (area, event) in enumerate(
        (
            ("east", PlaceRegistered(place=first, world="one")),
            ("east", PlaceChanged(place=second, world="two")),
            ("west", PlaceRegistered(place=second, world="two")),
        ),
        start=1,
    ):
        areas.take_one(position, Entity(area, "place", "b1"), event, T0)
    snapshot.restore(again, msgspec.json.decode(kept_of(areas), type=Kept))
    assert again.areas["east"].places == areas.areas["east"].places
    assert again.areas["east"].places["b1"].others == {"one": first}
    assert again.register.places == areas.register.places == {"b1": {"east": second, "west": second}}


def test_its_version_is_of_the_code_that_folds() -> None:
    assert snapshot.version() == snapshot.version() > 0
    fields = {one.encode_name for one in msgspec.structs.fields(Kept)}
    assert fields == {"position", "last", "areas", "places", "categories", "policies"}


@pytest.mark.timeout(3600)
def test_histories_whose_planners_start_with_snapshots() -> None:
    play(Histories, examples=20 * MORE, steps=30)
