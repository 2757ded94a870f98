"""The streams are declared once, compared after, and show the outside world committed events only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from nats.aio.msg import Msg

from dispatch.events.envelope import Entity, Recorded
from dispatch.model.errors import Conflict, SettingError, StoreError, Unavailable
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Write
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.jetstream_api import Api
from dispatch.store.streams import STREAMS, declare, verify_server

Writes = Callable[..., Write]


async def test_declaring_twice_changes_nothing(nats: Connection) -> None:
    api = Api(nats)
    before = [(await api.call(f"STREAM.INFO.{name}"))["config"] for name in STREAMS]
    await declare(nats)
    assert [(await api.call(f"STREAM.INFO.{name}"))["config"] for name in STREAMS] == before


@pytest.mark.parametrize(
    ("stream", "setting", "value"),
    [
        ("SAID", "subjects", ["request.*.*", "report.>", "direct.>"]),
        ("SAID", "max_age", 3_600_000_000_000),
        ("EVENTS", "discard", "old"),
        ("EVENTS", "republish", {"src": "event.>", "dest": "elsewhere.>"}),
        ("EVENTS", "allow_atomic", False),
        ("VIEW", "max_msgs_per_subject", 5),
        ("REJECTED", "storage", "memory"),
    ],
)
async def test_a_stream_with_other_promises_is_named_and_left_alone(
    nats_server: EmbeddedServer, stream: str, setting: str, value: object
) -> None:
    connection = await connect(nats_server.url, name="test")
    api = Api(connection)
    config = {**STREAMS[stream], "name": stream, setting: value}
    await api.call(f"STREAM.CREATE.{stream}", config)
    with pytest.raises(SettingError, match=f"stream {stream} has {setting} = ") as refused:
        await declare(connection)
    assert str(STREAMS[stream][setting]) in str(refused.value)
    assert (await api.call(f"STREAM.INFO.{stream}"))["config"].get(setting, False) == value
    await connection.close()


async def test_more_replicas_than_servers_cannot_be_had(nats_server: EmbeddedServer, nats: Connection) -> None:
    with pytest.raises(SettingError, match="num_replicas = 1 and needs 3"):
        await declare(nats, replicas=3)


async def test_events_can_be_neither_deleted_nor_purged(
    nats: Connection, real: JetStreamStore, order: Entity, write: Writes
) -> None:
    await real.events.append([write(order, "r1")])
    for call, body in (("MSG.DELETE", {"seq": 1}), ("PURGE", {})):
        with pytest.raises(StoreError, match="not permitted"):
            await Api(nats).call(f"STREAM.{call}.EVENTS", body)
    assert await real.events.load(order) != ([], 0)


async def test_one_thing_said_can_be_erased_and_nothing_else_goes_with_it(
    nats: Connection, real: JetStreamStore
) -> None:
    for body in (b"1", b"2", b"3"):
        await real.say("request.east.repair", body)
    with pytest.raises(StoreError, match="not permitted"):
        await Api(nats).call("STREAM.PURGE.SAID", {})
    await Api(nats).call("STREAM.MSG.DELETE.SAID", {"seq": 2})
    assert await real.said(2) is None
    inbox = await real.inbox("desk")
    taken: list[bytes] = []
    async for batch in inbox.batches():
        taken += [one.body for one in batch]
        if len(taken) == 2:
            break
    assert taken == [b"1", b"3"]


async def test_the_feed_shows_what_was_committed_and_nothing_that_was_refused(
    nats: Connection, real: JetStreamStore, order: Entity, worker: Entity, write: Writes
) -> None:
    seen: list[tuple[str, str, int]] = []

    async def look(message: Msg) -> None:
        event = msgspec.json.decode(message.data, type=Recorded)
        assert message.headers is not None
        seen.append((message.subject, event.id, int(message.headers["Nats-Sequence"])))

    await nats.subscribe("feed.>", cb=look)
    await real.events.append([write(order, "r1")])
    for refused in ([write(order, "r2")], [write(worker, "p1", count=3), write(order, "p1")]):
        with pytest.raises(Conflict):
            await real.events.append(refused)
    # A batch begun and never committed.
    headers = {"Nats-Batch-Id": "abandoned", "Nats-Batch-Sequence": "1"}
    await nats.publish(worker.subject, b"{}", headers=headers)
    await real.events.append([write(worker, "p2", count=2), write(order, "p2", 1)])
    await nats.flush()
    assert seen == [
        ("feed.east.order.o1", "east/order/o1/r1/0", 1),
        ("feed.east.schedule.w1", "east/schedule/w1/p2/0", 2),
        ("feed.east.schedule.w1", "east/schedule/w1/p2/1", 3),
        ("feed.east.order.o1", "east/order/o1/p2/0", 4),
    ]


async def test_the_server_says_whether_it_fsyncs(nats_server: EmbeddedServer, nats: Connection, tmp_path: Path) -> None:
    facts = await verify_server(nats, monitor_urls=[nats_server.monitor_url])
    assert (facts.fsync_always, facts.batch_limit, facts.max_payload, facts.warnings) == (True, 10_000, 2 * 2**20, ())
    unknown = await verify_server(nats)
    assert unknown.fsync_always is None
    assert any("fsync" in warning for warning in unknown.warnings)
    with pytest.raises(SettingError, match="varz"):
        await verify_server(nats, monitor_urls=[nats_server.url.replace("nats", "http")])


async def test_a_server_with_the_defaults_of_its_maker_is_warned_about_loudly(tmp_path: Path) -> None:
    class Careless(EmbeddedServer):
        def _config(self) -> str:
            kept = [line for line in super()._config().splitlines() if "sync_interval" not in line]
            kept = [line for line in kept if "max_payload" not in line and "limits" not in line]
            return "\n".join(kept)

    async with Careless(tmp_path) as server:
        connection = await connect(server.url, name="test")
        facts = await verify_server(connection, monitor_urls=[server.monitor_url])
        await connection.close()
    assert (facts.fsync_always, facts.batch_limit) == (False, 1000)
    assert any("power" in warning for warning in facts.warnings)
    assert any("max_payload" in warning for warning in facts.warnings)


async def test_a_larger_limit_of_the_server_is_used(tmp_path: Path, order: Entity, write: Writes) -> None:
    async with EmbeddedServer(tmp_path) as server:
        connection = await connect(server.url, name="test")
        await declare(connection)
        facts = await verify_server(connection, monitor_urls=[server.monitor_url])
        store = JetStreamStore(connection, batch_limit=facts.batch_limit)
        assert (await store.events.append([write(order, "r1", count=3000)]))[-1] == 3000
        await connection.close()


async def test_a_missing_stream_is_unavailable_and_says_so(nats_server: EmbeddedServer, order: Entity) -> None:
    connection = await connect(nats_server.url, name="test")
    store = JetStreamStore(connection, timeout_s=0.5, patience_s=0.2)
    with pytest.raises(Unavailable, match="declared"):
        await store.events.position()
    await connection.close()
