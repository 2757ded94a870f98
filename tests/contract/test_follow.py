"""Following the log: in order, each event once, as it comes, through restarts, and never a swapped log."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from dispatch.events.envelope import Entity, Stored
from dispatch.model.errors import LogWentBackwards
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import EventStore, Store, Write
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.streams import declare

Writes = Callable[..., Write]


async def _read(events: EventStore, filters: Sequence[str], after: int, until: int) -> list[int]:
    return [event.position async for batch in events.follow(filters, after, until=until) for event in batch]


async def _fill(store: Store, write: Writes, count: int) -> None:
    """Positions 1 … 2 × ``count``: orders in the east and schedules in the west by turns."""
    for start in range(0, count, 500):
        numbers = range(start, min(count, start + 500))
        pairs = [(Entity("east", "order", f"o{n}"), Entity("west", "schedule", f"w{n}")) for n in numbers]
        await store.events.append([write(entity, "r1") for pair in pairs for entity in pair])


async def test_from_any_position_to_any_other(store: Store, write: Writes) -> None:
    await _fill(store, write, 2000)
    for after, until in ((0, 4000), (1, 4000), (1999, 2001), (3999, 4000), (17, 3500)):
        assert await _read(store.events, ["event.>"], after, until) == list(range(after + 1, until + 1))
    assert await _read(store.events, ["event.>"], 4000, 4000) == []
    assert await _read(store.events, ["event.>"], 10, 5) == []


async def test_filters_choose_and_an_end_is_found_though_nothing_matches_there(store: Store, write: Writes) -> None:
    await _fill(store, write, 600)
    assert await _read(store.events, ["event.east.>"], 0, 1200) == list(range(1, 1200, 2))
    assert await _read(store.events, ["event.*.schedule.*"], 100, 1199) == list(range(102, 1199, 2))
    assert await _read(store.events, ["event.east.>", "event.*.schedule.w3"], 0, 20) == sorted([*range(1, 20, 2), 8])
    assert await _read(store.events, ["event.north.>"], 0, 1200) == []


async def test_a_live_event_is_yielded_at_once(store: Store, order: Entity, write: Writes) -> None:
    async with aclosing(store.events.follow(["event.>"], 0)) as following:
        for expected in range(20):
            coming = asyncio.create_task(anext(following))
            await store.events.append([write(order, f"r{expected}", expected)])
            batch: list[Stored] = await asyncio.wait_for(coming, 5)
            assert [event.position for event in batch] == [expected + 1]


async def test_an_end_that_is_still_to_come_is_waited_for(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    reading = asyncio.create_task(_read(store.events, ["event.*.order.*"], 0, 3))
    await store.events.append([write(order, "r1", count=2)])
    done, _ = await asyncio.wait({reading}, timeout=0.1)
    assert not done
    await store.events.append([write(worker, "r1")])
    assert await asyncio.wait_for(reading, 5) == [1, 2]


async def test_a_log_shorter_than_what_was_seen_is_noticed_at_the_start(
    store: Store, order: Entity, write: Writes
) -> None:
    await store.events.append([write(order, "r1", count=2)])
    with pytest.raises(LogWentBackwards):
        await anext(aiter(store.events.follow(["event.>"], 3)))


async def test_a_slow_reader_misses_nothing(store: Store, write: Writes) -> None:
    await _fill(store, write, 3000)
    seen: list[int] = []
    async with aclosing(store.events.follow(["event.>"], 0, until=6000)) as following:
        async for batch in following:
            if not seen:
                # Time for everything that was asked for to arrive, many times over.
                for _ in range(200):
                    await store.events.position()
            seen.extend(event.position for event in batch)
    assert seen == list(range(1, 6001))


async def test_strangers_messages_on_the_log_stop_nobody(
    real: JetStreamStore, nats: Connection, order: Entity, write: Writes
) -> None:
    for subject in ("event.east.order.o1", "event.east", "event.a.b.c.d.e", "event.EAST.order.o1"):
        await nats.request(subject, b"\xff{", timeout=5)
    (nothing,), position = await real.events.load(order)
    assert (nothing.entity, nothing.recorded.type, position) == (order, "", 1)
    await real.events.append([write(order, "r1", 1)])
    assert await _read(real.events, ["event.>"], 0, 5) == [1, 2, 3, 4, 5]
    assert (await real.events.load_many([order]))[order][1] == 5


class Follower:
    """Follows in a task and lets a test wait for a position."""

    def __init__(self, events: EventStore, after: int = 0) -> None:
        self.seen: list[int] = []
        self._grown = asyncio.Condition()
        self.task = asyncio.create_task(self._run(events, after))

    async def _run(self, events: EventStore, after: int) -> None:
        async with aclosing(events.follow(["event.>"], after)) as following:
            async for batch in following:
                async with self._grown:
                    self.seen.extend(event.position for event in batch)
                    self._grown.notify_all()

    async def until(self, position: int) -> None:
        async def reached() -> None:
            async with self._grown:
                await self._grown.wait_for(lambda: bool(self.seen) and self.seen[-1] >= position)

        waiting = asyncio.create_task(reached())
        done, _ = await asyncio.wait({waiting, self.task}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert waiting in done, f"the follower ended or stayed at {self.seen[-1:]}"

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


async def test_through_restarts_and_kills_of_the_server_without_gap_or_repetition(
    nats_server: EmbeddedServer,
    nats: Connection,
    real: JetStreamStore,
    restarted: Callable[[EmbeddedServer], EmbeddedServer],
    order: Entity,
    write: Writes,
) -> None:
    follower = Follower(real.events)
    position = (await real.events.append([write(order, "r0", count=100)]))[-1]
    await follower.until(position)
    server = nats_server
    for turn in range(3):
        assert server.pid is not None
        if turn % 2:
            os.kill(server.pid, signal.SIGKILL)
        await server.stop()
        server = restarted(server)
        await server.start()
        writer = await connect(server.url, name="writer")
        position = (await JetStreamStore(writer).events.append([write(order, f"k{turn}", position, count=100)]))[-1]
        await writer.close()
        await follower.until(position)
    await follower.stop()
    await server.stop()
    assert follower.seen == list(range(1, position + 1))


async def test_through_broken_connections(
    real: JetStreamStore, nats: Connection, proxy: Any, order: Entity, write: Writes
) -> None:
    connection = await connect(proxy.url, name="follower")
    follower = Follower(JetStreamStore(connection).events)
    position = 0
    for turn in range(4):
        position = (await real.events.append([write(order, f"r{turn}", position, count=200)]))[-1]
        if turn == 2:
            await follower.until(position)
        proxy.cut()
    await follower.until(position)
    await follower.stop()
    await connection.close()
    assert follower.seen == list(range(1, position + 1))


async def test_a_message_lost_on_the_way_is_read_again(
    real: JetStreamStore, proxy: Any, order: Entity, write: Writes
) -> None:
    connection = await connect(proxy.url, name="follower")
    follower = Follower(JetStreamStore(connection).events)
    await real.events.append([write(order, "r1")])
    await follower.until(1)
    proxy.muted = True
    await real.events.append([write(order, "r2", 1)])
    while b"east/order/o1/r2/0" not in await asyncio.wait_for(proxy.lost.get(), 5):
        continue
    proxy.muted = False
    await real.events.append([write(order, "r3", 2)])
    await follower.until(3)
    await follower.stop()
    await connection.close()
    assert follower.seen == [1, 2, 3]


async def test_a_consumer_that_fell_silent_is_replaced_though_nothing_more_is_appended(
    real: JetStreamStore, proxy: Any, order: Entity, write: Writes
) -> None:
    connection = await connect(proxy.url, name="follower")
    follower = Follower(JetStreamStore(connection, timeout_s=0.5).events)
    await real.events.append([write(order, "r1")])
    await follower.until(1)
    proxy.muted = True
    proxy.asked_while_muted.clear()
    await real.events.append([write(order, "r2", 1)])
    await asyncio.wait_for(proxy.asked_while_muted.wait(), 8)
    proxy.muted = False
    await follower.until(2)
    await follower.stop()
    await connection.close()
    assert follower.seen == [1, 2]


@pytest.mark.parametrize("events_in_the_new_log", [None, 1, 9])
async def test_a_log_swapped_under_a_follower_is_noticed(
    nats_server: EmbeddedServer,
    real: JetStreamStore,
    restarted: Callable[[EmbeddedServer], EmbeddedServer],
    order: Entity,
    write: Writes,
    events_in_the_new_log: int | None,
) -> None:
    follower = Follower(real.events)
    await real.events.append([write(order, "r1", count=5)])
    await follower.until(5)
    await nats_server.stop()
    shutil.rmtree(nats_server.data_dir)
    aside = EmbeddedServer(nats_server.data_dir)
    await aside.start()
    if events_in_the_new_log is not None:
        # More events than were seen before hide the swap from anybody who looks at the length alone.
        connection = await connect(aside.url, name="other")
        await declare(connection)
        await JetStreamStore(connection).events.append([write(order, "x1", count=events_in_the_new_log)])
        await connection.close()
    await aside.stop()
    async with restarted(nats_server):
        done, _ = await asyncio.wait({follower.task}, timeout=30)
    assert done
    with pytest.raises(LogWentBackwards):
        await follower.task
    assert follower.seen == [1, 2, 3, 4, 5]
