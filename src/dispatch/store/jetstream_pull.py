"""The pull loop: messages of one consumer in order, with two pull requests in flight.

``fetch()`` of nats-py makes a task and a name per message; this loop makes neither, and the second request
keeps the server sending while the first is being used up. Following the log, reading what people said and
reading a view all go through it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from nats import errors as nats_errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from dispatch.store.jetstream_api import Api
from dispatch.store.server_errors import ConnectionClosed

BATCH = 1000
EXPIRES_S = 30
HEARTBEAT_S = 0.5
SILENCE_S = 3 * HEARTBEAT_S
"""Three missed heartbeats mean that the consumer or its server is gone."""
INACTIVE_S = 30
CREATE_WITHIN_S = 2.0
"""Some seconds after a server is lost no consumer can be made, and nobody says so."""
MAX_BYTES = 8 * 2**20

_NANOSECONDS = 1_000_000_000
_HEARTBEAT = "100"
_UNUSED = "Nats-Pending-Messages"


class Lost(Exception):
    """The consumer, its connection or a message of it is gone: begin again from the last position seen.

    A signal inside this room.
    """


class Delivery(Struct, frozen=True, gc=False):
    """What the reply subject of a delivered message says."""

    position: int
    nth: int
    times: int
    nanoseconds: int


def delivery_of(message: Msg) -> Delivery:
    """Reads ``$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<times>.<position>.<nth>.<time>.<pending>…``."""
    tokens = message.reply.split(".")
    first = 4 if len(tokens) == 9 else 6
    times, position, nth, nanoseconds = tokens[first : first + 4]
    return Delivery(int(position), int(nth), int(times), int(nanoseconds))


class PullLoop:
    """Pulls from a consumer that exists; `take` gives what has arrived."""

    def __init__(self, api: Api, stream: str, consumer: str, *, batch: int = BATCH) -> None:
        self._api = api
        self._connection = api.connection
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._batch = batch
        self._request = (
            b'{"batch":%d,"max_bytes":%d,"expires":%d,"idle_heartbeat":%d}'
            % (
                batch,
                max(MAX_BYTES, 2 * self._connection.max_payload),
                EXPIRES_S * _NANOSECONDS,
                int(HEARTBEAT_S * _NANOSECONDS),
            )
        )  # fmt: skip
        self._subscription: Subscription | None = None
        self._inbox = self._connection.new_inbox()
        self._arrived: list[Msg] = []
        self._asked = 0
        self._lost = False
        self._waiter: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._reconnects = self._connection.stats["reconnects"]

    async def open(self) -> None:
        """Starts asking. Raises `Disconnected` or `ConnectionClosed`."""
        async with self._api.translated("a pull subscription"):
            self._subscription = await self._connection.subscribe_direct(self._inbox, self._receive)
            await self._ask()

    async def close(self) -> None:
        """Stops asking and forgets what has arrived."""
        subscription, self._subscription = self._subscription, None
        self._lost = True
        self._arrived = []
        if subscription is not None and not self._connection.is_closed:
            await subscription.unsubscribe()

    async def drain(self) -> list[Msg]:
        """Stops asking; gives what the server had sent and nobody took, to be given back."""
        subscription, self._subscription = self._subscription, None
        self._lost = True
        if subscription is not None and self._connection.is_connected:
            with contextlib.suppress(nats_errors.Error):
                await self._connection.end(subscription)
        left, self._arrived = self._arrived, []
        return left

    def waiting(self) -> list[str]:
        """The receipts of what has arrived and was not taken yet."""
        return [message.reply for message in self._arrived]

    async def take(self, limit: int | None = None) -> list[Msg]:
        """What has arrived, at least one message; an empty list after a while without any.

        Raises `Lost` when the consumer does not answer any more, `ConnectionClosed` when there is no server.
        """
        if not self._arrived:
            await self._wait()
        if limit is None or len(self._arrived) <= limit:
            taken, self._arrived = self._arrived, []
        else:
            taken, self._arrived = self._arrived[:limit], self._arrived[limit:]
        if not taken and self._lost:
            raise Lost
        if self._asked <= self._batch:
            async with self._api.translated("a pull request"):
                await self._ask()
        return taken

    async def _wait(self) -> None:
        if self._lost:
            return
        self._waiter = self._loop.create_future()
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._waiter
        except TimeoutError:
            self._look_around()
        finally:
            self._waiter = None

    def _look_around(self) -> None:
        if self._connection.is_closed:
            raise ConnectionClosed(
                "The connection to NATS was closed while reading.", code="closed", hint="the server was gone too long."
            )
        awaiting = self._connection.is_connected and self._asked > 0
        silent = awaiting and self._loop.time() - self._heard_at > SILENCE_S
        if silent or self._connection.stats["reconnects"] != self._reconnects:
            self._lost = True

    async def _ask(self) -> None:
        # A reader that is slow stops asking here, so neither side has to drop anything.
        while self._asked <= self._batch and len(self._arrived) <= self._batch and not self._lost:
            self._asked += self._batch
            await self._connection.publish(self._next, self._request, reply=self._inbox)

    async def _receive(self, message: Msg) -> None:
        self._heard_at = self._loop.time()
        if message.subject != self._inbox:
            self._arrived.append(message)
            self._asked -= 1
            if self._asked <= self._batch:
                await self._ask()
        else:
            headers = message.headers or {}
            if headers.get("Status") == _HEARTBEAT:
                return
            unused = headers.get(_UNUSED)
            if unused is None:
                self._lost = True
            else:
                self._asked -= int(unused)
                await self._ask()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Reader:
    """Messages of a stream in order from a position, through a consumer of its own that leaves no trace."""

    def __init__(self, api: Api, stream: str, filters: Sequence[str]) -> None:
        self._api = api
        self._stream = stream
        self._filters = list(filters)
        self._consumer = ""
        self._pull: PullLoop | None = None
        self._nth = 0

    async def open(self, after: int) -> None:
        """Begins behind position ``after``; closes what was open before."""
        await self.close()
        self._consumer, _ = await _create(self._api, self._stream, self._filters, after)
        self._pull = PullLoop(self._api, self._stream, self._consumer)
        self._nth = 0
        await self._pull.open()

    async def take(self) -> list[tuple[int, Msg]]:
        """What has arrived with its positions; empty after a while without; `Lost` if a message is missing."""
        if self._pull is None:
            raise Lost
        messages = await self._pull.take()
        found: list[tuple[int, Msg]] = []
        for message in messages:
            delivery = delivery_of(message)
            self._nth += 1
            if delivery.nth != self._nth:
                # What came before the gap is good; the gap itself is read again.
                await self.close()
                if not found:
                    raise Lost
                break
            found.append((delivery.position, message))
        return found

    async def close(self) -> None:
        """Ends the consumer; without a connection its server forgets it after `INACTIVE_S`."""
        pull, self._pull = self._pull, None
        if pull is None:
            return
        await pull.close()
        if self._api.connection.is_connected:
            await delete_consumer(self._api, self._stream, self._consumer)


async def headers_behind(api: Api, stream: str, filters: Sequence[str], after: int) -> list[tuple[int, Msg]]:
    """All messages of the stream behind position ``after`` that match, in order, without their bodies."""
    found: list[tuple[int, Msg]] = []
    while True:
        begin = found[-1][0] if found else after
        name, pending = await api.repeated(partial(_create, api, stream, filters, begin, headers_only=True))
        pull = PullLoop(api, stream, name)
        try:
            if pending:
                await pull.open()
            for nth in range(1, pending + 1):
                # One at a time: of what has arrived nothing is lost by it, and a gap is seen where it is.
                messages = await pull.take(1)
                if not messages or delivery_of(messages[0]).nth != nth:
                    raise Lost
                found.append((delivery_of(messages[0]).position, messages[0]))
        except Lost:
            continue
        finally:
            await pull.close()
            await delete_consumer(api, stream, name)
        return found


async def count_matching(api: Api, stream: str, filters: Sequence[str]) -> int:
    """How many messages of the stream match, whatever their number: the server counts them."""
    name, pending = await api.repeated(partial(_create, api, stream, filters, 0))
    await delete_consumer(api, stream, name)
    return pending


async def delete_consumer(api: Api, stream: str, name: str) -> None:
    """Asks the server to forget a consumer and does not wait for it: one that is missed ends by itself."""
    async with api.translated("the end of a consumer"):
        await api.connection.publish(f"$JS.API.CONSUMER.DELETE.{stream}.{name}")


async def _create(
    api: Api, stream: str, filters: Sequence[str], after: int, *, headers_only: bool = False
) -> tuple[str, int]:
    name = api.connection.new_inbox().replace(".", "")
    answer = await api.call(
        f"CONSUMER.CREATE.{stream}.{name}",
        {
            "stream_name": stream,
            "config": {
                "name": name,
                "filter_subjects": list(filters),
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": after + 1,
                "ack_policy": "none",
                "headers_only": headers_only,
                "mem_storage": True,
                "num_replicas": 1,
                "inactive_threshold": INACTIVE_S * _NANOSECONDS,
            },
        },
        timeout_s=min(CREATE_WITHIN_S, api.timeout_s),
    )
    return name, int(answer["num_pending"])
