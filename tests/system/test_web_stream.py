"""`GET /stream`: what was committed, in order, each once, from exactly where the reader stopped; nothing personal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from nats.aio.msg import Msg
from system.house import log_of

from dispatch.events.envelope import Entity, Recorded, Stored
from dispatch.web import stream
from dispatch.web.serve import serving

from .web_service import NOW, Block, Service, service, streaming, take


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Service]:
    async with service(tmp_path, "north", "south") as running:
        yield running


async def everything(whole: Service) -> list[Block]:
    """All that can be streamed from the beginning to where the log ends now."""
    end, found = await whole.to.store.events.position(), []
    async with streaming(whole.http, after=0) as events, asyncio.timeout(20):
        async for block in events:
            found.append(block)
            if block.id == end:
                return found
    raise AssertionError("the stream ended by itself")


async def test_it_tells_what_the_log_has_and_when_it_happened(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    await whole.to.settled()
    told = await everything(whole)
    stored = [one for one in await log_of(whole.to.store) if one.entity.kind != "request"]
    assert [block.id for block in told] == [one.position for one in stored]
    assert [block.event for block in told] == [one.recorded.type for one in stored]
    planned = next(block for block in told if block.event == "OrderPlanned")
    assert (planned.data["area"], planned.data["kind"], planned.data["id"]) == ("north", "order", order)
    assert planned.data["position"] == planned.id
    assert planned.data["by"] == "planner"
    assert {"happened_at", "recorded_at", "type", "data"} <= set(planned.data)


async def test_without_a_position_it_begins_at_the_present_end(whole: Service) -> None:
    before = await whole.to.store.events.position()
    async with streaming(whole.http) as events:
        await whole.submit(1)
        (first,) = await take(events, 1)
    assert first.event == "OrderOpened"
    assert first.id > before


async def test_it_resumes_behind_any_position_without_gap_or_repetition(whole: Service) -> None:
    for number in range(4):
        await whole.submit(number)
    await whole.to.settled()
    told = await everything(whole)
    for cut in range(0, len(told) - 1, 3):
        async with streaming(whole.http, last=told[cut].id) as events:
            assert await take(events, len(told) - cut - 1) == told[cut + 1 :]


async def test_the_header_of_a_browser_that_comes_back_is_stronger_than_the_address(whole: Service) -> None:
    await whole.submit(1)
    told = await everything(whole)
    async with streaming(whole.http, last=told[-2].id, after=0) as events:
        assert await take(events, 1) == told[-1:]


async def test_a_reader_that_loses_the_connection_again_and_again_misses_nothing(whole: Service) -> None:
    begin, seen, sent = await whole.to.store.events.position(), [], 0
    last = begin
    for round_ in range(5):
        async with streaming(whole.http, last=last) as events:
            for _ in range(2):
                await whole.submit(sent)
                sent += 1
            # The reader goes in the middle of what its round brings; the rest comes while it is away.
            seen += await take(events, 1 + round_ % 2)
        last = seen[-1].id
    await whole.to.settled()
    told = [block for block in await everything(whole) if block.id > begin]
    async with streaming(whole.http, last=last) as events:
        seen += await take(events, len(told) - len(seen))
    assert seen == told


async def test_it_begins_with_an_id_so_that_a_reader_lost_before_the_first_event_misses_nothing(whole: Service) -> None:
    end = await whole.to.store.events.position()
    async with whole.http.stream("GET", "/stream") as response, asyncio.timeout(20):
        lines = response.aiter_lines()
        assert [await anext(lines), await anext(lines)] == [f"retry: {stream.RECONNECT_MS}", f"id: {end}"]


async def test_of_areas_that_are_asked_for_nothing_else_is_told(whole: Service) -> None:
    for number in range(2):
        await whole.submit(number, "north")
        await whole.submit(number, "south")
    await whole.to.settled()
    told = await everything(whole)
    assert {block.data["area"] for block in told} == {"north", "south", "all"}
    for areas in (["south"], ["south", "all"], ["all", "south", "all"]):
        wanted = [block for block in told if block.data["area"] in areas]
        async with streaming(whole.http, after=0, area=areas) as events:
            assert await take(events, len(wanted)) == wanted


async def test_personal_data_is_never_in_it(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    said = {"by": "me", "at": NOW.isoformat(), "reason": "Li Na is ill"}
    away = {"worker": "north-ann", "start": NOW.isoformat(), "end": (NOW + timedelta(hours=2)).isoformat()}
    for verb, more in (("cancel", {"order": order}), ("absence", away)):
        assert (await whole.http.post(f"/directions/north/{verb}", json=said | more | {"id": verb})).status_code == 200
    told = await everything(whole)
    text = msgspec.json.encode(told).decode()
    assert {"OrderCancelled", "WorkerAbsent"} <= {block.event for block in told}
    assert "Li Na" not in text
    assert "Wang" not in text
    assert "13800001111" not in text
    assert "ceiling" not in text
    assert not [block for block in told if block.data["kind"] == "request"]


async def test_a_position_the_log_does_not_have_is_refused(whole: Service) -> None:
    end = await whole.to.store.events.position()
    response = await whole.http.get("/stream", headers={"Last-Event-ID": str(end + 1)})
    assert (response.status_code, response.json()["code"]) == (409, "position_beyond_end")
    assert str(end) in response.json()["reason"]


@pytest.mark.parametrize("wrong", ["abc", "-1", "1.5", "9" * 30])
async def test_what_is_no_position_is_refused(whole: Service, wrong: str) -> None:
    response = await whole.http.get("/stream", params={"after": wrong})
    assert (response.status_code, response.json()["code"]) == (400, "bad_parameter")
    assert "after" in response.json()["reason"]


async def test_a_reader_that_goes_away_frees_its_consumer(whole: Service) -> None:
    gone: asyncio.Queue[str] = asyncio.Queue()

    async def note(message: Msg) -> None:
        gone.put_nowait(msgspec.json.decode(message.data)["consumer"])

    await whole.to.connection.subscribe("$JS.EVENT.ADVISORY.CONSUMER.DELETED.EVENTS.*", cb=note)
    await whole.to.connection.flush()
    async with streaming(whole.http) as events:
        await whole.submit(1)
        await take(events, 1)
        assert gone.empty()
    # Well before the half minute after which the server would forget it by itself.
    assert await asyncio.wait_for(gone.get(), 5)


async def test_a_quiet_stream_is_kept_open_by_comments(whole: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    async with whole.http.stream("GET", "/stream") as response, asyncio.timeout(20):
        comments = [line async for line in _comments(response, 3)]
    assert comments == [": still here"] * 3


async def _comments(response: httpx.Response, count: int) -> AsyncIterator[str]:
    async for line in response.aiter_lines():
        if line.startswith(":"):
            yield line
            count -= 1
            if not count:
                return


@pytest.mark.alone
async def test_streams_end_when_the_service_stops(whole: Service) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        async with serving(whole.parts.url) as other:
            response = await http.send(http.build_request("GET", f"{other.address}/stream"), stream=True)
            lines = response.aiter_lines()
            assert (await anext(lines)).startswith("retry")
            began = time.monotonic()
        assert time.monotonic() - began < 3
        # Ended in good order: the rest can be read to its end without an error.
        assert [line async for line in lines if line.startswith("data")] == []
        await response.aclose()


def test_what_a_stranger_wrote_into_the_log_cannot_begin_a_line_of_its_own() -> None:
    recorded = Recorded(
        id="north/order/o/x/0",
        type="Odd\ndata: {}",
        happened_at=NOW,
        recorded_at=NOW,
        by="stranger",
        cause="x",
        correlation="o",
        data=msgspec.Raw(b'{\n"a": "b\\n\\nid: 9",\r\n"c": 1}'),
    )
    lines = stream.block(Stored(position=7, entity=Entity("north", "order", "o"), recorded=recorded)).splitlines()
    assert [line.partition(b":")[0] for line in lines] == [b"id", b"event", b"data", b""]
    assert lines[1] == b"event: Unreadable"
