"""Views: rows and checkpoint together, one writer at a time, read whole while they are written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from nats.aio.msg import Msg

from dispatch.model.errors import Conflict, FormError, Uncertain, ViewDamaged
from dispatch.store.base import Store, View
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.jetstream_pull import Reader


def _rows(count: int, generation: int) -> Mapping[str, bytes]:
    return {f"east.w{number}": str(generation).encode() for number in range(count)}


async def test_a_view_never_written_is_empty(store: Store) -> None:
    view = await store.views.read("board", 1)
    assert (view.rows, view.position, view.mark, view.whole) == ({}, 0, 0, True)
    assert await store.views.get("board", 1, "a") is None
    assert await store.views.active("board") is None


async def test_rows_are_read_as_written_and_removed_rows_are_gone(store: Store) -> None:
    views = store.views
    mark = await views.write("board", 1, {"a": b"1", "b.c": b"2", "checkpoint": b"3"}, 10, mark=0)
    mark = await views.write("board", 1, {"a": None, "d": b"4"}, 12, mark=mark)
    view = await views.read("board", 1)
    assert view.rows == {"b.c": b"2", "checkpoint": b"3", "d": b"4"}
    assert (view.position, view.mark, view.whole) == (12, mark, True)
    assert await views.get("board", 1, "b.c") == b"2"
    assert await views.get("board", 1, "a") is None


async def test_the_event_at_the_checkpoint_is_kept_with_it(store: Store) -> None:
    mark = await store.views.write("board", 1, dict(_rows(2000, 1)), 10, mark=0, last="e/10")
    assert (await store.views.read("board", 1)).last == "e/10"
    await store.views.write("board", 1, {}, 11, mark=mark)
    assert (await store.views.read("board", 1)).last == ""


async def test_all_views_are_cleared_at_once(store: Store) -> None:
    for name in ("board", "tasks"):
        await store.views.write(name, 1, {"a": b"1"}, 10, mark=0)
        await store.views.activate(name, 1)
    await store.views.clear()
    for name in ("board", "tasks"):
        assert await store.views.read(name, 1) == View({}, 0, 0)
        assert await store.views.active(name) is None
        await store.views.write(name, 1, {"b": b"1"}, 1, mark=0)


@pytest.mark.parametrize("body", [b"", b"garbage", b'{"position":-1}', b"\xff", b"[" * 9000])
async def test_a_checkpoint_that_is_none_is_damage(real: JetStreamStore, body: bytes) -> None:
    mark = await real.views.write("board", 1, {"a": b"1"}, 10, mark=0)
    await real._api.publish("view.board.1.CHECKPOINT", body)
    with pytest.raises(ViewDamaged, match=r"view\.board\.1\.CHECKPOINT"):
        await real.views.read("board", 1)
    for rows in (_rows(1, 1), _rows(2000, 1)):
        with pytest.raises((Conflict, ViewDamaged)):
            await real.views.write("board", 1, rows, 11, mark=mark)
    await real.views.drop("board", 1)
    assert await real.views.read("board", 1) == View({}, 0, 0)


async def test_a_checkpoint_moves_without_rows(store: Store) -> None:
    mark = await store.views.write("board", 1, {"a": b"1"}, 10, mark=0)
    mark = await store.views.write("board", 1, {}, 20, mark=mark)
    view = await store.views.read("board", 1)
    assert (view.rows, view.position, view.mark) == ({"a": b"1"}, 20, mark)


async def test_of_two_projectors_the_second_conflicts_and_changes_nothing(store: Store) -> None:
    mark = await store.views.write("board", 1, {"a": b"1"}, 10, mark=0)
    await store.views.write("board", 1, {"a": b"2"}, 11, mark=mark)
    for rows in ({"a": b"old"}, {}, _rows(2000, 1)):
        with pytest.raises(Conflict):
            await store.views.write("board", 1, rows, 99, mark=mark)
    with pytest.raises(Conflict):
        await store.views.write("board", 1, {"a": b"old"}, 99, mark=0)
    view = await store.views.read("board", 1)
    assert (view.rows, view.position) == ({"a": b"2"}, 11)


async def test_projectors_at_once_never_interleave(store: Store) -> None:
    async def project(generation: int) -> int:
        written = 0
        for _ in range(20):
            view = await store.views.read("board", 1)
            try:
                await store.views.write(
                    "board", 1, _rows(50, generation) | {"turns": str(view.position + 1).encode()},
                    view.position + 1, mark=view.mark,
                )  # fmt: skip
                written += 1
            except Conflict:
                continue
        return written

    written = await asyncio.gather(*map(project, range(4)))
    view = await store.views.read("board", 1)
    assert view.position == sum(written) >= 20
    assert view.rows["turns"] == str(view.position).encode()
    assert len({view.rows[key] for key in _rows(50, 0)}) == 1


@pytest.mark.parametrize("count", [300, 2500])
async def test_a_view_is_read_whole_while_it_is_written(store: Store, count: int) -> None:
    mark = await store.views.write("board", 1, _rows(count, 1), 1, mark=0)
    stop = asyncio.Event()

    async def keep_writing(mark: int) -> int:
        generation = 1
        while not stop.is_set():
            generation += 1
            mark = await store.views.write("board", 1, _rows(count, generation), generation, mark=mark)
            await asyncio.sleep(0)
        return generation

    writing = asyncio.create_task(keep_writing(mark))
    positions = []
    while len(positions) < 15 and not writing.done():
        view = await store.views.read("board", 1)
        assert view.whole
        assert len(view.rows) == count
        assert set(view.rows.values()) == {str(view.position).encode()}
        positions.append(view.position)
    stop.set()
    last = await writing
    assert positions == sorted(positions)
    assert (await store.views.read("board", 1)).position == last


async def test_a_write_that_lands_while_the_end_is_being_read_is_read_whole_too(
    real: JetStreamStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = await real.views.write("board", 1, _rows(300, 1), 1, mark=0)
    take = Reader.take
    held: list[tuple[int, Msg]] = []

    async def pieces(reader: Reader) -> list[tuple[int, Msg]]:
        nonlocal mark
        if not held and mark:
            while len(held) < 301:
                held.extend(await take(reader))
            await real.views.write("board", 1, _rows(300, 2), 2, mark=mark)
            mark = 0
            while len(held) < 602:
                held.extend(await take(reader))
        # Eight at a time: one piece has the end of the first write and the beginning of the second.
        piece = held[:8]
        del held[:8]
        return piece

    monkeypatch.setattr(Reader, "take", pieces)
    view = await real.views.read("board", 1)
    assert (view.position, view.whole) == (2, True)
    assert set(view.rows.values()) == {b"2"}


async def test_a_new_version_is_built_beside_the_old_and_switched_to(store: Store) -> None:
    await store.views.write("board", 1, {"a": b"old"}, 10, mark=0)
    await store.views.activate("board", 1)
    await store.views.write("board", 2, {"a": b"new"}, 10, mark=0)
    assert await store.views.active("board") == 1
    await store.views.activate("board", 2)
    await store.views.drop("board", 1)
    assert await store.views.active("board") == 2
    assert (await store.views.read("board", 1)).rows == {}
    assert (await store.views.read("board", 2)).rows == {"a": b"new"}
    await store.views.write("board", 1, {"a": b"again"}, 3, mark=0)
    assert await store.views.get("board", 1, "a") == b"again"


async def test_what_cannot_be_a_row_is_refused(store: Store) -> None:
    for key in ("", "a..b", "CHECKPOINT", "a b", "*", ">", "ä"):
        with pytest.raises(FormError):
            await store.views.write("board", 1, {key: b"1"}, 1, mark=0)
    for name, version in (("a.b", 1), ("", 1), ("board", -1)):
        with pytest.raises(FormError):
            await store.views.read(name, version)


async def test_a_write_whose_answer_was_lost_is_found_to_have_landed(
    nats: Connection, real: JetStreamStore, proxy: Any
) -> None:
    shaky = await connect(proxy.url, name="shaky")
    proxy.muted = True
    write = JetStreamStore(shaky, timeout_s=0.5).views.write("board", 1, {"a": b"1"}, 7, mark=0)
    writing = asyncio.create_task(write)
    while await real.views.get("board", 1, "a") is None:
        assert not writing.done()
    proxy.muted = False
    proxy.cut()
    mark = await writing
    await shaky.close()
    view = await real.views.read("board", 1)
    assert (view.position, view.mark, view.rows) == (7, mark, {"a": b"1"})


HALF_OF_A_LARGE_WRITE = 1000 * len(b"HPUB view.board.1.east.w1000 80 82\r\nNATS/1.0\r\n") * 3


async def test_a_large_write_over_a_broken_connection_is_finished(
    nats: Connection, real: JetStreamStore, proxy: Any
) -> None:
    mark = await real.views.write("board", 1, _rows(2500, 1), 1, mark=0)
    shaky = await connect(proxy.url, name="shaky")
    proxy.cut_after(HALF_OF_A_LARGE_WRITE)
    await JetStreamStore(shaky, timeout_s=0.5).views.write("board", 1, _rows(2500, 2), 2, mark=mark)
    await shaky.close()
    view = await real.views.read("board", 1)
    assert (view.whole, view.position, set(view.rows.values())) == (True, 2, {b"2"})


async def test_a_large_write_given_up_in_the_middle_is_told_from_a_whole_view(
    nats: Connection, real: JetStreamStore, proxy: Any
) -> None:
    mark = await real.views.write("board", 1, _rows(2500, 1), 1, mark=0)
    shaky = await connect(proxy.url, name="shaky")
    proxy.cut_after(HALF_OF_A_LARGE_WRITE, for_good=True)
    with pytest.raises(Uncertain):
        await JetStreamStore(shaky, timeout_s=0.3).views.write("board", 1, _rows(2500, 2), 2, mark=mark)
    await shaky.close()
    view = await real.views.read("board", 1)
    assert (view.whole, view.position) == (False, 1)
    assert set(view.rows.values()) == {b"1", b"2"}
    await real.views.write("board", 1, _rows(2500, 2), 2, mark=view.mark)
    view = await real.views.read("board", 1)
    assert (view.whole, view.position, set(view.rows.values())) == (True, 2, {b"2"})
