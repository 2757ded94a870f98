"""Requests to JetStream over a connection of nats-py: answers as plain values, refusals as exceptions."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from dispatch.model.errors import Unavailable
from dispatch.model.time import UTC
from dispatch.store.connection import Connection
from dispatch.store.server_errors import (
    ConnectionClosed,
    Disconnected,
    MessageMissing,
    MessageTooLarge,
    NoAnswer,
    NoResponder,
    Passing,
    error_of,
)

T = TypeVar("T")

PAUSE_S = 0.05
PAUSE_LONGEST_S = 1.0

_json = msgspec.json.Encoder()
_STATUS = "Status"
_NOT_FOUND = "404"
_NO_RESPONDER = "503"
_END = "204"


class Kept(Struct, frozen=True):
    """A stored message as it was read back."""

    position: int
    subject: str
    headers: Mapping[str, str]
    body: bytes
    time: str

    @property
    def stored_at(self) -> dt.datetime:
        """When the server stored it."""
        return dt.datetime.fromisoformat(self.time).astimezone(UTC)


class Ack(Struct, frozen=True):
    """The server's word that a publish is stored: ``seq`` of the (last) message; ``duplicate``: it was there."""

    seq: int
    duplicate: bool = False
    count: int = 1


def encode_headers(headers: Mapping[str, str]) -> int:
    """How many bytes ``headers`` take on the wire; they count against the server's ``max_payload``."""
    return 12 + sum(len(key.encode()) + len(value.encode()) + 4 for key, value in headers.items())


class Api:
    """Requests over ``connection``; each waits at most ``timeout_s``, reads are repeated for ``patience_s``."""

    def __init__(self, connection: Connection, *, timeout_s: float = 5.0, patience_s: float = 15.0) -> None:
        self.connection = connection
        self.timeout_s = timeout_s
        self.patience_s = patience_s
        self._inbox = ""
        self._collectors: dict[str, _Collector] = {}
        self._next_collector = 0

    @asynccontextmanager
    async def translated(self, about: str, timeout_s: float | None = None) -> AsyncIterator[None]:
        """Turns what nats-py raises inside the block into errors of the store."""
        try:
            yield
        except nats_errors.NoRespondersError as error:
            raise NoResponder(
                f"Nobody answered {about}.", code="no_responder", hint="the stream has no leader yet."
            ) from error
        except (nats_errors.TimeoutError, TimeoutError) as error:
            raise NoAnswer(
                f"No answer to {about} within {timeout_s or self.timeout_s:g} s.",
                code="no_answer",
                hint="the server is overloaded or stopped.",
            ) from error
        except (nats_errors.ConnectionClosedError, nats_errors.ConnectionDrainingError) as error:
            raise ConnectionClosed(
                f"The connection was closed before {about}.", code="closed", hint="the server was gone too long."
            ) from error
        except nats_errors.MaxPayloadError as error:
            raise MessageTooLarge(f"Too many bytes for the server: {about}.", code="too_large") from error
        except (nats_errors.Error, OSError) as error:
            raise Disconnected(
                f"The connection failed during {about} ({type(error).__name__}).", code="disconnected"
            ) from error

    async def call(
        self, name: str, body: Mapping[str, Any] | None = None, *, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """One request to ``$JS.API.<name>``; raises the error in the answer."""
        about = f"$JS.API.{name}"
        timeout_s = timeout_s or self.timeout_s
        async with self.translated(about, timeout_s):
            payload = b"" if body is None else _json.encode(body)
            message = await self.connection.request(about, payload, timeout=timeout_s)
        answer: dict[str, Any] = msgspec.json.decode(message.data)
        if "error" in answer:
            raise error_of(answer["error"], about=about)
        return answer

    async def publish(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> Ack:
        """One publish that waits until the stream has it; raises the error in the answer."""
        about = f"a message on {subject}"
        self.check_size(subject, body, headers)
        async with self.translated(about):
            message = await self.connection.request(
                subject, body, timeout=self.timeout_s, headers=dict(headers) if headers else None
            )
        answer: dict[str, Any] = msgspec.json.decode(message.data)
        if "error" in answer:
            raise error_of(answer["error"], about=about)
        return msgspec.convert(answer, Ack)

    def check_size(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> None:
        """Raises `MessageTooLarge` for what would make the server close the connection."""
        size = len(body) + (encode_headers(headers) if headers else 0)
        if size > self.connection.max_payload:
            raise MessageTooLarge(
                f"The message on {subject} has {size} bytes with its headers; "
                f"the server takes {self.connection.max_payload}.",
                code="too_large",
                hint="max_payload of the server should be raised.",
            )

    async def repeated(self, read: Callable[[], Awaitable[T]], *, patience_s: float | None = None) -> T:
        """``read()``, again after pauses while the refusal may pass; at the end `Unavailable`."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + (self.patience_s if patience_s is None else patience_s)
        pause = PAUSE_S
        while True:
            try:
                return await read()
            except (Passing, NoAnswer) as error:
                if loop.time() + pause > give_up_at or self.connection.is_closed:
                    raise Unavailable(error.message, code=error.code, hint=error.hint) from error
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_LONGEST_S)

    async def read_leader(self, stream: str, query: Mapping[str, Any]) -> Kept | None:
        """One stored message as the stream's leader has it (``seq``, ``last_by_subj``, ``next_by_subj``)."""

        async def read() -> Kept | None:
            try:
                answer = await self.call(f"STREAM.MSG.GET.{stream}", query)
            except MessageMissing:
                return None
            message = answer["message"]
            raw = base64.b64decode(message.get("hdrs", ""))
            return Kept(
                position=message["seq"],
                subject=message["subject"],
                headers=Client._parse_header_lines(raw[8:]) if raw else {},
                body=base64.b64decode(message.get("data", "")),
                time=message["time"],
            )

        return await self.repeated(read)

    async def read_direct(self, stream: str, query: Mapping[str, Any]) -> tuple[list[Kept], int]:
        """One direct-get batch and how many matching messages were left out of it.

        Any replica may answer, so on a cluster the newest messages may be missing for some milliseconds. What
        is written from such a read is guarded, and what is old is refused.
        """
        return await self.repeated(lambda: self._collect(stream, query))

    async def _collect(self, stream: str, query: Mapping[str, Any]) -> tuple[list[Kept], int]:
        about = f"$JS.API.DIRECT.GET.{stream}"
        async with self.translated(about):
            if not self._inbox:
                self._inbox = self.connection.new_inbox()
                await self.connection.subscribe(f"{self._inbox}.*", cb=self._dispatch)
            self._next_collector += 1
            reply = f"{self._inbox}.{self._next_collector}"
            collector = self._collectors[reply] = _Collector(single="batch" not in query)
            try:
                await self.connection.publish(about, _json.encode(query), reply=reply)
                async with asyncio.timeout(self.timeout_s):
                    end = await collector.end
            finally:
                del self._collectors[reply]
            status = end.get(_STATUS, _END)
            if status == _NO_RESPONDER:
                raise nats_errors.NoRespondersError
        if status not in (_END, _NOT_FOUND):
            raise error_of({"code": status, "description": end.get("Description", "")}, about=about)
        return collector.found, int(end.get("Nats-Num-Pending", "0"))

    async def _dispatch(self, message: Msg) -> None:
        collector = self._collectors.get(message.subject)
        if collector is not None:
            collector.take(message)


class _Collector:
    """The messages one direct-get request brings, until its last."""

    def __init__(self, *, single: bool) -> None:
        self.found: list[Kept] = []
        self.end: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        self._single = single

    def take(self, message: Msg) -> None:
        headers = message.headers or {}
        position = headers.get("Nats-Sequence")
        if position is not None:
            found = Kept(int(position), headers["Nats-Subject"], headers, message.data, headers["Nats-Time-Stamp"])
            self.found.append(found)
        if not self.end.done() and (position is None or self._single):
            self.end.set_result({} if position is not None else headers)
