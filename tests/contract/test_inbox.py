"""The inbox: everything that was said, in order, until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from dispatch.model.errors import FormError, SettingError, StoreError
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Inbox, Said, Store
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.subjects import SAID, parse_said

DEEP = ["request", "request.a.b.c.d.e.f.g.h", "report.x", "direct.a.b.c", "request.A B"]


async def _next(batches: AsyncIterator[list[Said]]) -> list[Said]:
    return await asyncio.wait_for(anext(batches), 10)


async def _take(inbox: Inbox, count: int, *, limit: int = 500, ack: bool = True) -> list[Said]:
    taken: list[Said] = []
    async with aclosing(inbox.batches(limit)) as batches:
        while len(taken) < count:
            batch = await _next(batches)
            assert len(batch) <= limit
            taken += batch
            if ack:
                await inbox.ack(batch)
    return taken


async def test_everything_said_arrives_in_order_as_it_was(store: Store) -> None:
    said = [
        (f"{tree}.east.x{number}", f"{number}".encode(), {"Dispatch-Reply-To": f"r.{number}"} if number % 2 else {})
        for number in range(50)
        for tree in ("request", "report", "direct")
    ]
    for position, (subject, body, headers) in enumerate(said, start=1):
        assert await store.say(subject, body, headers) == position
    inbox = await store.inbox("desk")
    assert await inbox.undecided() == 150
    taken = await _take(inbox, 150, limit=7)
    assert [(one.subject, one.body, dict(one.headers)) for one in taken] == said
    assert [one.position for one in taken] == list(range(1, 151))
    assert {one.deliveries for one in taken} == {1}
    assert [one.stored_at for one in taken] == sorted(one.stored_at for one in taken)
    assert await store.count_said("request.>") == 50
    assert await store.count_said("request.east.x7") == 1
    assert await store.count_said("request.west.>") == 0


async def test_what_is_said_now_arrives_now(store: Store) -> None:
    inbox = await store.inbox("desk")
    async with aclosing(inbox.batches()) as batches:
        for position in range(1, 20):
            coming = asyncio.create_task(_next(batches))
            await store.say("request.east.repair", b"{}")
            assert [one.position for one in await coming] == [position]


async def test_acknowledged_is_decided_and_another_inbox_knows_nothing_of_it(store: Store) -> None:
    for _ in range(10):
        await store.say("request.east.repair", b"{}")
    desk, audit = await store.inbox("desk"), await store.inbox("audit")
    await _take(desk, 10)
    assert await _settled(desk, 0)
    assert await audit.undecided() == 10
    assert [one.position for one in await _take(audit, 10)] == list(range(1, 11))
    again = await store.inbox("desk")
    await store.say("request.east.repair", b"new")
    assert [one.position for one in await _take(again, 1)] == [11]


async def _settled(inbox: Inbox, wanted: int) -> bool:
    """Acknowledgements are not answered; the server takes them in its own time."""
    async with asyncio.timeout(10):
        while await inbox.undecided() != wanted:
            continue
    return True


async def test_what_is_kept_counts_as_undecided_at_once(store: Store) -> None:
    # The server's own count comes a moment after its acknowledgement: seven times in a hundred it was too low.
    inbox = await store.inbox("desk")
    for count in range(1, 301):
        await store.say("request.east.repair", b"{}")
        assert await inbox.undecided() == count


async def test_what_was_erased_before_anybody_read_it_is_not_waited_for(real: JetStreamStore) -> None:
    inbox = await real.inbox("desk")
    for _ in range(3):
        await real.say("request.east.repair", b"{}")
    await real._api.call(f"STREAM.MSG.DELETE.{SAID}", {"seq": 3})
    assert [one.position for one in await _take(inbox, 2)] == [1, 2]
    assert await _settled(inbox, 0)


async def test_a_message_put_back_comes_again_later_and_says_so(store: Store) -> None:
    for _ in range(3):
        await store.say("request.east.repair", b"{}")
    inbox = await store.inbox("desk")
    loop = asyncio.get_running_loop()
    async with aclosing(inbox.batches()) as batches:
        taken: list[Said] = []
        while len(taken) < 3:
            taken += await _next(batches)
        await inbox.nack(taken[1], delay_s=0.3)
        await inbox.ack([taken[0], taken[2]])
        put_back_at = loop.time()
        again = await _next(batches)
        assert loop.time() - put_back_at > 0.25
        assert [(one.position, one.deliveries) for one in again] == [(2, 2)]
        await inbox.nack(again[0])
        again = await _next(batches)
        assert [(one.position, one.deliveries) for one in again] == [(2, 3)]
        assert await inbox.undecided() == 1
        await inbox.ack(again)
    assert await _settled(inbox, 0)


async def test_what_nobody_settles_comes_again(store: Store) -> None:
    await store.say("request.east.repair", b"{}")
    inbox = await store.inbox("desk", ack_wait_s=0.3)
    async with aclosing(inbox.batches()) as batches:
        first = await _next(batches)
        again = await _next(batches)
        assert [one.deliveries for one in first + again] == [1, 2]
        await inbox.ack(again)
    assert await _settled(inbox, 0)


async def test_what_was_fetched_and_not_yielded_comes_to_the_next_reader_at_once(store: Store) -> None:
    for _ in range(100):
        await store.say("request.east.repair", b"{}")
    inbox = await store.inbox("desk")
    first = await _take(inbox, 5, limit=5)
    # A batch may hold fewer than the limit, so the first reader may have taken more than five in two of them.
    rest = await _take(inbox, 100 - len(first))
    assert sorted(one.position for one in first + rest) == list(range(1, 101))


async def test_no_more_is_out_than_allowed(store: Store) -> None:
    for _ in range(30):
        await store.say("request.east.repair", b"{}")
    inbox = await store.inbox("desk", max_unacked=10)
    async with aclosing(inbox.batches()) as batches:
        out: list[Said] = []
        while len(out) < 10:
            out += await _next(batches)
        waiting = asyncio.create_task(_next(batches))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        await inbox.ack(out[:3])
        assert (await waiting)[0].position == 11


async def test_an_inbox_keeps_its_settings(store: Store) -> None:
    await store.inbox("desk", max_unacked=30)
    with pytest.raises(SettingError):
        await store.inbox("desk", max_unacked=31)


async def test_how_long_an_inbox_waits_can_be_set_anew(store: Store) -> None:
    await store.say("request.east.repair", b"{}")
    await store.inbox("desk", ack_wait_s=300)
    inbox = await store.inbox("desk", ack_wait_s=0.3)
    await _take(inbox, 1, ack=False)
    assert [one.deliveries for one in await _take(inbox, 1)] == [2]


async def test_what_is_worked_on_comes_to_nobody_else_however_long_it_takes(store: Store) -> None:
    for _ in range(20):
        await store.say("request.east.repair", b"{}")
    slow = await store.inbox("desk", ack_wait_s=0.3)
    quick = await store.inbox("desk", ack_wait_s=0.3)
    loop = asyncio.get_running_loop()
    async with aclosing(slow.batches(5)) as working:
        first = await _next(working)
        async with aclosing(quick.batches()) as waiting:
            others: list[Said] = []
            # Whatever the slow one has fetched besides is kept for it, too; the rest comes here.
            coming = asyncio.create_task(_next(waiting))
            while (await asyncio.wait({coming}, timeout=1.0))[0]:
                others += coming.result()
                await quick.ack(others)
                coming = asyncio.create_task(_next(waiting))
            assert {one.deliveries for one in others} <= {1}
            assert not {one.position for one in others} & {one.position for one in first}
            ended_at = loop.time()
            await working.aclose()
            again = await coming
            while len(again) + len(others) < 20:
                again += await _next(waiting)
            assert loop.time() - ended_at < 2
            assert {one.position for one in again} == set(range(1, 21)) - {one.position for one in others}
            assert {one.deliveries for one in again if one.position in {said.position for said in first}} == {2}


async def test_subjects_of_any_depth_are_kept_and_refused_by_form(store: Store) -> None:
    kept = [subject for subject in DEEP if "." in subject and " " not in subject]
    for subject in kept:
        await store.say(subject, b"{}")
        with pytest.raises(FormError):
            parse_said(subject)
    for subject in ("request", "request.A B", "request..x", "request.", "event.a.b.c", "elsewhere.x"):
        with pytest.raises(StoreError):
            await store.say(subject, b"{}")
    assert [one.subject for one in await _take(await store.inbox("desk"), len(kept))] == kept


async def test_one_thing_said_is_found_by_its_position(store: Store) -> None:
    await store.say("request.east.repair", b"\x00\xff", {"A": "b"})
    said = await store.said(1)
    assert said is not None
    assert (said.position, said.subject, said.body, dict(said.headers)) == (
        1,
        "request.east.repair",
        b"\x00\xff",
        {"A": "b"},
    )
    assert await store.said(2) is None


async def test_an_inbox_survives_its_server(
    nats_server: EmbeddedServer, real: JetStreamStore, restarted: Callable[[EmbeddedServer], EmbeddedServer]
) -> None:
    inbox = await real.inbox("desk", ack_wait_s=2)
    async with aclosing(inbox.batches()) as batches:
        await real.say("request.east.repair", b"1")
        await inbox.ack(await _next(batches))
        assert await _settled(inbox, 0)
        await nats_server.stop()
        server = restarted(nats_server)
        await server.start()
        coming = asyncio.create_task(_next(batches))
        await real.say("request.east.repair", b"2")
        assert [one.body for one in await coming] == [b"2"]
    await server.stop()
