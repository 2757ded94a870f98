"""Whatever a stranger publishes by hand is kept, delivered, and ends nobody's connection."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import aclosing
from urllib.parse import urlsplit

from dispatch.model.time import UTC
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.base import Said
from dispatch.store.jetstream import JetStreamStore

BAD_HEADERS = (
    b"",
    b"abc",
    b"NATS/1.0",
    b"\xff" * 12,
    b"NATS/1.0 503\r\n\r\n",
    b"NATS/1.0 \xff\xff\xff abc\r\n\r\n",
    b"NATS/1.0 \xff\xff\xff abc\r\nA: b\r\n\r\n",
    b"NATS/1.0 100 \xff\xff\r\nA: b\r\n\r\n",
    b"NATS/1.0 ",
    b"NATS/1.0 \xff\xff\xff",
    b"NATS/1.0\r\nStatus: 503\r\n\r\n",
    b"NATS/1.0\r\nNats-Sequence\xff\r\n\r\n",
    b"NATS/1.0\r\nNats-Sequence: x\r\n\r\n",
    b"NATS/1.0\r\n: \r\n:\r\n\xe4\r\n\r\n",
)
BAD_SUBJECTS = (b"request.\xff\xfe.x", b"request.*.>", "request.东区.维修".encode(), b"report.\x01\x7f")
POISON = (
    *(b"HPUB request.a.b %d %d\r\n%shi\r\n" % (len(headers), len(headers) + 2, headers) for headers in BAD_HEADERS),
    *(b"PUB %s 2\r\nhi\r\n" % subject for subject in BAD_SUBJECTS),
)


async def test_poison_passes_through_to_the_rejections(nats_server: EmbeddedServer, real: JetStreamStore) -> None:
    address = urlsplit(nats_server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    await reader.readline()
    writer.write(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n')
    for poison in POISON:
        writer.write(poison)
    writer.write(b"PING\r\n")
    while b"PONG" not in await reader.readline():
        continue
    writer.close()
    last = await real.say("request.east.repair", b"good")
    assert last == len(POISON) + 1

    inbox = await real.inbox("desk")
    taken: list[Said] = []
    async with aclosing(inbox.batches()) as batches:
        while len(taken) < last:
            batch = await asyncio.wait_for(anext(batches), 10)
            taken += batch
            await inbox.ack(batch)
    assert [one.position for one in taken] == list(range(1, last + 1))
    assert {one.body for one in taken[:-1]} == {b"hi"}
    subjects = [one.subject for one in taken[len(BAD_HEADERS) : -1]]
    assert subjects == [r"request.\xff\xfe.x", "request.*.>", "request.东区.维修", "report.\x01\x7f"]
    for one in taken:
        await real.rejections.keep(one, code="bad_subject", message="no", hint="", at=dt.datetime.now(UTC))
        again = await real.said(one.position)
        assert again is not None and again.body == one.body
    rejected = await real.rejections.list()
    assert [(one.position, one.subject, one.body) for one in rejected] == [
        (one.position, one.subject, one.body) for one in taken
    ]
