"""An append lands whole under its guards or not at all, and the same append never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dispatch.events.envelope import Entity
from dispatch.model.errors import Conflict, FormError, StoreError
from dispatch.store.base import Store, Write

Writes = Callable[..., Write]


async def _ids(store: Store, entity: Entity) -> list[str]:
    events, _ = await store.events.load(entity)
    return [event.recorded.id for event in events]


async def test_events_come_back_as_they_were_appended(store: Store, order: Entity, write: Writes) -> None:
    first = write(order, "r1", count=3, note="水管漏水")
    assert await store.events.append([first]) == (1, 2, 3)
    events, position = await store.events.load(order)
    assert [event.recorded for event in events] == list(first.events)
    assert [event.position for event in events] == [1, 2, 3]
    assert {event.entity for event in events} == {order}
    assert position == 3


async def test_an_entity_without_events_is_empty_at_position_zero(store: Store, order: Entity) -> None:
    assert await store.events.load(order) == ([], 0)
    assert await store.events.last("event.*.order.o1") is None
    assert await store.events.position() == 0


async def test_a_stale_guard_is_a_conflict_and_nothing_is_written(store: Store, order: Entity, write: Writes) -> None:
    await store.events.append([write(order, "r1")])
    for expected in (0, 5):
        with pytest.raises(Conflict, match=r"event\.east\.order\.o1"):
            await store.events.append([write(order, "r2", expected)])
    assert await _ids(store, order) == ["east/order/o1/r1/0"]
    assert await store.events.position() == 1


async def test_events_refused_once_are_accepted_when_decided_again(store: Store, order: Entity, write: Writes) -> None:
    await store.events.append([write(order, "r1")])
    with pytest.raises(Conflict):
        await store.events.append([write(order, "r2")])
    assert await store.events.append([write(order, "r2", 1)]) == (2,)
    with pytest.raises(Conflict):
        await store.events.append([write(order, "r3", 1, count=3)])
    assert await store.events.append([write(order, "r3", 2, count=3)]) == (3, 4, 5)


async def test_several_entities_are_written_together_or_not_at_all(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    assert await store.events.append([write(order, "p1", count=2), write(worker, "p1")]) == (1, 2, 3)
    with pytest.raises(Conflict, match=r"event\.east\.schedule\.w1"):
        await store.events.append([write(order, "p2", 2, count=2), write(worker, "p2", 2)])
    assert await store.events.position() == 3
    assert await store.events.append([write(worker, "p2", 3), write(order, "p2", 2)]) == (4, 5)
    assert (await store.events.load(order))[1] == 5


@pytest.mark.parametrize("count", [1, 2, 1000])
async def test_the_same_append_again_gives_the_same_positions(
    store: Store, order: Entity, worker: Entity, write: Writes, count: int
) -> None:
    await store.events.append([write(worker, "r0")])
    landed = await store.events.append([write(order, "r1", count=count)])
    assert await store.events.append([write(order, "r1", count=count)]) == landed
    await store.events.append([write(order, "r2", landed[-1])])
    assert await store.events.append([write(order, "r1", count=count)]) == landed
    assert await store.events.position() == 2 + count


async def test_part_of_an_append_that_landed_is_no_success(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    await store.events.append([write(order, "p1")])
    with pytest.raises(Conflict):
        await store.events.append([write(order, "p1"), write(worker, "p1")])
    assert await _ids(store, worker) == []


async def test_an_event_id_in_the_log_already_is_a_conflict(store: Store, order: Entity, write: Writes) -> None:
    await store.events.append([write(order, "r1")])
    with pytest.raises(Conflict):
        await store.events.append([write(order, "r1", 1)])
    with pytest.raises(Conflict):
        await store.events.append([write(order, "r1", 1, count=2)])
    assert await _ids(store, order) == ["east/order/o1/r1/0"]


async def test_what_is_no_batch_is_refused_before_anything_is_sent(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    stranger = Write(order, write(worker, "r1").events, 0)
    twice = Write(order, write(order, "r1").events * 2, 0)
    for writes, code in (
        ([], "bad_batch"),
        ([Write(order, (), 0)], "bad_batch"),
        ([write(order, "r1"), write(order, "r2")], "bad_batch"),
        ([write(order, "r1", count=1001)], "batch_too_large"),
        ([stranger], "bad_event_id"),
        ([twice], "bad_event_id"),
    ):
        with pytest.raises(StoreError) as refused:
            await store.events.append(writes)
        assert refused.value.code == code
    with pytest.raises(FormError):
        await store.events.append([write(Entity("east", "order", "Upper.Case"), "r1")])
    assert await store.events.position() == 0


async def test_of_fifty_writers_exactly_one_wins_each_round(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    position = 0
    for turn in range(8):
        # Half of them write a batch over two entities, half one guarded event.
        attempts = [
            store.events.append(
                [write(order, f"t{turn}w{who}", position)]
                + ([write(Entity("east", "schedule", f"w{turn}-{who}"), f"t{turn}w{who}")] if who % 2 else [])
            )
            for who in range(50)
        ]
        results = await asyncio.gather(*attempts, return_exceptions=True)
        won = [result for result in results if not isinstance(result, BaseException)]
        assert len(won) == 1
        assert all(isinstance(result, Conflict | tuple) for result in results)
        events, position = await store.events.load(order)
        assert len(events) == turn + 1
        assert position == won[0][0]
    assert await store.events.position() == position + (len(won[0]) - 1)


async def test_loading_many_finds_the_few_that_exist(store: Store, write: Writes) -> None:
    here = [Entity("east", "order", f"here{number}") for number in range(20)]
    await store.events.append([write(entity, "r1", count=3) for entity in here])
    absent = [Entity("east", "order", f"absent{number}") for number in range(1480)]
    loaded = await store.events.load_many(here + absent)
    assert list(loaded) == here + absent
    for entity in here:
        assert loaded[entity] == await store.events.load(entity)
        assert len(loaded[entity][0]) == 3
    assert all(loaded[entity] == ([], 0) for entity in absent)


async def test_loading_goes_on_behind_a_known_position(
    store: Store, order: Entity, worker: Entity, write: Writes
) -> None:
    await store.events.append([write(order, "r1", count=2), write(worker, "r1")])
    await store.events.append([write(order, "r2", 2)])
    tail, position = await store.events.load(order, after=2)
    assert ([event.position for event in tail], position) == ([4], 4)
    assert await store.events.load(order, after=4) == ([], 4)
    many = await store.events.load_many([order, worker], after={order: 1, worker: 3})
    assert [event.position for event in many[order][0]] == [2, 4]
    assert many[worker] == ([], 3)


async def test_an_entity_with_thousands_of_events_is_loaded_whole(store: Store, order: Entity, write: Writes) -> None:
    position = 0
    for turn in range(3):
        position = (await store.events.append([write(order, f"r{turn}", position, count=900)]))[-1]
    events, last = await store.events.load(order)
    assert [event.position for event in events] == list(range(1, 2701))
    assert last == 2700


async def test_the_last_event_is_found_in_whatever_area(store: Store, write: Writes) -> None:
    for area in ("east", "west", "north"):
        await store.events.append([write(Entity(area, "order", "o1"), "r1", count=2)])
    found = await store.events.last("event.*.order.o1")
    assert found is not None
    assert (found.position, found.entity.area) == (6, "north")
