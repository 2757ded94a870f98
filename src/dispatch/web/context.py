"""What every handler works with: the client of the running services, and the answers that come back."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from msgspec import Struct
from nats.aio.msg import Msg

from dispatch.model.errors import Unavailable
from dispatch.requests.answer import REPLY_TO, Answer
from dispatch.services.client import Client

T = TypeVar("T")

ASK_TIMEOUT_S = 10.0


class Outcome(Struct, frozen=True):
    """What became of something said: the ``position`` it is kept at, and the ``answer`` if one came in time."""

    position: int
    answer: Answer | None


class Context:
    """One per running app. ``stopping`` is set when streams shall end."""

    def __init__(self, client: Client, *, answer_within_s: float) -> None:
        self.client = client
        self.stopping = asyncio.Event()
        self._answer_within_s = answer_within_s
        self._inbox = client.connection.new_inbox()
        self._count = 0
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    async def open(self) -> None:
        """Listen for answers; once, before anything is said."""
        await self.client.connection.subscribe(f"{self._inbox}.*", cb=self._take)

    async def say(self, subject: str, body: bytes) -> Outcome:
        """Publish ``body`` as it is and wait for the decision; raises `StoreError` if it cannot be kept."""
        self.check_connected()
        self._count += 1
        reply_to = f"{self._inbox}.{self._count}"
        future = self._waiting[reply_to] = asyncio.get_running_loop().create_future()
        try:
            position = await self.client.store.say(subject, body, {REPLY_TO: reply_to})
            try:
                async with asyncio.timeout(self._answer_within_s):
                    answer = await future
            except TimeoutError:
                return Outcome(position, None)
            return Outcome(position, answer)
        finally:
            del self._waiting[reply_to]

    async def ask(
        self, subject: str, question: Struct | None, reply: type[T], *, timeout_s: float = ASK_TIMEOUT_S
    ) -> T:
        """Ask a running service; raises `Unavailable` at once if there is no connection or nobody to answer."""
        self.check_connected()
        return await self.client.ask(subject, question, reply, timeout_s=timeout_s)

    def check_connected(self) -> None:
        """Raise `Unavailable` if there is no connection just now; waiting for one would only hide that."""
        if not self.client.connection.is_connected:
            raise Unavailable(
                "There is no connection to NATS at the moment.",
                code="no_server",
                hint="the NATS server is down; the connection comes back by itself when it does.",
            )

    async def _take(self, message: Msg) -> None:
        future = self._waiting.get(message.subject)
        if future is not None and not future.done():
            future.set_result(msgspec.json.decode(message.data, type=Answer))
