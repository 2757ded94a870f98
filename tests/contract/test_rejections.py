"""Refused messages keep their bytes, whatever these are, and their reason."""

from __future__ import annotations

import datetime as dt

import pytest

from dispatch.store.base import Said, Store
from dispatch.store.connection import Connection
from dispatch.store.jetstream import JetStreamStore

AT = dt.datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=dt.UTC)
BODIES = [b"", b"{}", b"\x00" * 2**20, bytes(range(256)) * 16, b"\r\nNATS/1.0\r\n\r\n", "漏水".encode("gb18030")]


async def _said(store: Store, subject: str, body: bytes) -> Said:
    said = await store.said(await store.say(subject, body))
    assert said is not None
    return said


async def test_bytes_and_reason_come_back_unchanged(store: Store) -> None:
    message, hint = "字段 “x” is 100 % wrong:\r\n\tline two\x00", "mend it; it is `{}`, not null."
    for body in BODIES:
        said = await _said(store, "request.east.repair", body)
        await store.rejections.keep(said, code="bad_json", message=message, hint=hint, at=AT)
        found = await store.rejections.get(said.position)
        assert found is not None
        assert found.body == body
        assert (found.position, found.subject) == (said.position, "request.east.repair")
        assert (found.code, found.message, found.hint, found.at) == ("bad_json", message, hint, AT)
    assert await store.rejections.count() == len(BODIES)
    assert [one.body for one in await store.rejections.list()] == BODIES
    assert await store.rejections.get(99) is None


async def test_one_rejection_per_message_however_often_it_is_kept(store: Store) -> None:
    said = await _said(store, "report.east.w1", b"x")
    for code in ("first", "second"):
        await store.rejections.keep(said, code=code, message="", hint="", at=AT)
    assert await store.rejections.count() == 1
    found = await store.rejections.get(said.position)
    assert found is not None and found.code == "first"


async def test_rejections_are_listed_and_counted_by_tree_and_area_in_pages(store: Store) -> None:
    subjects = ["request.east.repair", "request.west.repair", "report.east.w1", "direct.a.b.c.d", "request.东区.x"] * 5
    for subject in subjects:
        said = await _said(store, subject, subject.encode())
        await store.rejections.keep(said, code="x", message="", hint="", at=AT)
    rejections = store.rejections
    assert [await rejections.count(tree) for tree in (None, "request", "report", "direct", "other")] == [
        25,
        15,
        5,
        5,
        0,
    ]
    assert {one.subject for one in await rejections.list(tree="request", area="east")} == {"request.east.repair"}
    assert len(await rejections.list(area="east")) == 10
    pages: list[int] = []
    while page := await rejections.list(after=pages[-1] if pages else 0, limit=7):
        assert len(page) <= 7
        pages += [one.position for one in page]
    assert pages == list(range(1, 26))
    assert {one.subject for one in await rejections.list(tree="request", area="_")} == {"request.东区.x"}


async def test_a_list_goes_on_behind_a_position_that_is_not_there(store: Store) -> None:
    for subject in ("request.east.repair", "request.east.gone") * 3:
        said = await _said(store, subject, subject.encode())
        if subject.endswith("repair"):
            await store.rejections.keep(said, code="x", message="", hint="", at=AT)
    listed = {after: [one.position for one in await store.rejections.list(after=after)] for after in (0, 1, 2, 4, 9)}
    assert listed == {0: [1, 3, 5], 1: [3, 5], 2: [3, 5], 4: [5], 9: []}
    assert [one.position for one in await store.rejections.list(after=2, limit=1)] == [3]


@pytest.mark.parametrize("spare", [0, 1, 150, 400])
async def test_a_body_that_leaves_no_room_for_the_reason_is_kept_by_pointing_at_it(
    real: JetStreamStore, nats: Connection, spare: int
) -> None:
    body = bytes(byte % 251 for byte in range(256)) * (nats.max_payload // 256)
    body = body[: nats.max_payload - spare]
    said = await _said(real, "request.east.repair", body)
    for _ in range(2):
        await real.rejections.keep(said, code="too_large", message="m" * 30, hint="h" * 30, at=AT)
    found = await real.rejections.get(said.position)
    assert found is not None
    assert found.body == body
    assert (found.code, found.at) == ("too_large", AT)
    assert await real.rejections.count("request") == 1
