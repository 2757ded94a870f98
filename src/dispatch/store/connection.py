"""The connection to the server: nats-py's client, made to survive what strangers publish.

The server keeps subjects that are not UTF-8 and header blocks that are no headers. The client's read loop ends
for good on either, and the message comes again after the next start. Here such a subject is read with its bad
bytes written out (``\\xff``), such headers as none at all. Headers are taken apart when somebody looks at them:
following the log looks at none, which reads it 1.7 times as fast.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error

from dispatch.model.errors import SettingError, Unavailable

log = logging.getLogger(__name__)

RECONNECT_WAIT_S = 0.2
RECONNECT_ATTEMPTS = 300
"""Per server: a service outlives a minute without its server, then its connection closes and it ends with an
error, for whoever started it to start it again. Never unbounded: a client that tries for ever hides the loss."""

_STATUS_MARK = b" "
_STATUS_MARK_AT = len(b"NATS/1.0")


class Headers(Mapping[str, str]):
    """Headers of a message, taken apart at the first look."""

    __slots__ = ("_parsed", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._parsed: dict[str, str] | None = None

    def _fields(self) -> dict[str, str]:
        if self._parsed is None:
            self._parsed = Client._parse_header_lines(self._raw[_STATUS_MARK_AT:])
        return self._parsed

    def __getitem__(self, key: str) -> str:
        return self._fields()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields())

    def __len__(self) -> int:
        return len(self._fields())


class Connection(Client):
    """A NATS client whose read loop no message can end."""

    def __init__(self) -> None:
        super().__init__()
        self._direct: dict[int, Callable[[Msg], Awaitable[None]]] = {}

    async def subscribe_direct(self, subject: str, take: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """A subscription whose messages go to ``take`` as they are read, with no queue and no task in between.

        ``take`` runs in the read loop: it must neither raise nor wait for an answer of the server.
        """
        subscription = await self.subscribe(subject, cb=take)
        self._direct[subscription._id] = take
        return subscription

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        take = self._direct.get(sid)
        if take is None:
            await super()._process_msg(sid, subject, reply, data, headers)
            return
        self.stats["in_msgs"] += 1
        self.stats["in_bytes"] += len(data)
        if sid not in self._subs:
            del self._direct[sid]
            return
        message = self._build_message(sid, subject, reply, data, await self._process_headers(headers))
        try:
            await take(message)
        except Error as error:
            await _note(error)

    async def _process_headers(self, headers: bytes | None) -> Any:
        if not headers:
            return None
        if headers[_STATUS_MARK_AT : _STATUS_MARK_AT + 1] == _STATUS_MARK:
            try:
                return await super()._process_headers(headers)
            except (UnicodeDecodeError, IndexError):
                return None
        return Headers(headers)

    async def _flush_pending(self, force_flush: bool = False) -> Any:
        with _cancellation_kept():
            return await super()._flush_pending(force_flush)

    async def _request_new_style(self, *arguments: Any, **named: Any) -> Msg:
        with _cancellation_kept():
            return await super()._request_new_style(*arguments, **named)

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Any:
        try:
            return super()._build_message(sid, subject, reply, data, headers)
        except UnicodeDecodeError:
            readable = subject.decode("utf-8", "backslashreplace").encode()
            return super()._build_message(sid, readable, reply, data, headers)

    async def close(self) -> None:
        """Closes for good; raises nothing when the server is gone and what was still to be sent is lost."""
        if self._flush_queue is None:
            # It never came as far as an address it could try; there is nothing to close.
            return
        if not self.is_connected:
            self._pending, self._pending_data_size = [], 0
        await super().close()

    async def end(self, subscription: Subscription) -> None:
        """Ends ``subscription`` once everything the server sent on it has reached its callback.

        `Subscription.drain` alone is not enough: its ping overtakes its unsubscribe, which waits in a buffer.
        """
        await self._send_unsubscribe(subscription._id)
        await self._flush_pending(force_flush=True)
        await subscription.drain()  # type: ignore[no-untyped-call]


@contextmanager
def _cancellation_kept() -> Iterator[None]:
    """Cancels the running task after all if it was told to end inside the block and the client made nothing of it.

    The client swallows a cancellation that comes while it flushes, and up to Python 3.11 `asyncio.wait_for` one that
    comes together with the result; whoever was told to end would go on for ever.
    """
    task = asyncio.current_task()
    told_before = task.cancelling() if task is not None else 0
    try:
        yield
    finally:
        if task is not None and task.cancelling() > told_before:
            raise asyncio.CancelledError


def _cause(failed: Sequence[Exception], error: Exception) -> str:
    """What kept us from connecting, in the system's words where it has any."""
    found = failed[-1] if failed else error
    return str(found) or type(found).__name__


async def _note(error: Exception) -> None:
    log.warning("connection to NATS: %s", error or type(error).__name__)


async def connect(servers: str | Sequence[str], *, name: str) -> Connection:
    """A connection called ``name`` to one of ``servers`` (``nats://host:port``, several joined by commas).

    Raises `Unavailable` within seconds if none answers. Once connected it is kept up through
    `RECONNECT_ATTEMPTS`; the three missed pings that unmask a silent server take half a minute.
    """
    connection = Connection()
    wanted = servers.split(",") if isinstance(servers, str) else list(servers)
    if not all(one.strip() for one in wanted):
        raise SettingError(f"{servers!r} is no address of a NATS server.", hint="nats://127.0.0.1:4222 was meant.")
    failed: list[Exception] = []

    async def note(error: Exception) -> None:
        # Until there is a connection, what goes wrong is told once and as a whole, below.
        await _note(error) if connection.connected_url is not None else failed.append(error)

    try:
        await connection.connect(
            servers=wanted,
            name=name,
            error_cb=note,
            connect_timeout=2,
            reconnect_time_wait=RECONNECT_WAIT_S,  # type: ignore[arg-type]
            max_reconnect_attempts=1,
            ping_interval=10,
            max_outstanding_pings=2,
        )
    except (OSError, Error, TimeoutError) as error:
        await connection.close()
        raise Unavailable(
            f"No NATS server answers at {', '.join(wanted)} ({_cause(failed, error)}).",
            code="no_server",
            hint="it is not running (`dispatch up` starts one), or the address is another one.",
        ) from error
    connection.options["max_reconnect_attempts"] = RECONNECT_ATTEMPTS
    return connection
