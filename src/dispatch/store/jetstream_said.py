"""What people said, on the stream ``SAID``: read by a durable consumer, acknowledged one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
from nats.aio.msg import Msg

from dispatch.model.errors import SettingError
from dispatch.model.time import UTC
from dispatch.store.base import Said
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_events import FOLLOW_PATIENCE_S
from dispatch.store.jetstream_pull import Lost, PullLoop, delivery_of
from dispatch.store.server_errors import ConsumerMissing
from dispatch.store.subjects import SAID, check_said

_NANOSECONDS = 1_000_000_000
_ACK = b"+ACK"
_NAK = b"-NAK"


class JetStreamInbox:
    """`Inbox` on a durable consumer that exists."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self._name = name

    @staticmethod
    async def open(api: Api, name: str, *, ack_wait_s: float, max_unacked: int) -> JetStreamInbox:
        """Declares the consumer; raises `SettingError` if one of that name keeps other promises."""
        wanted = {
            "durable_name": name,
            "deliver_policy": "all",
            "ack_policy": "explicit",
            "ack_wait": int(ack_wait_s * _NANOSECONDS),
            "max_ack_pending": max_unacked,
            "max_deliver": -1,
        }
        try:
            info = await api.repeated(lambda: api.call(f"CONSUMER.INFO.{SAID}.{name}"))
        except ConsumerMissing:
            body = {"stream_name": SAID, "config": wanted, "action": "create"}
            await api.repeated(lambda: api.call(f"CONSUMER.CREATE.{SAID}.{name}", body))
        else:
            for setting, value in wanted.items():
                found = info["config"].get(setting)
                if found != value:
                    raise SettingError(
                        f"The consumer {name} of {SAID} has {setting} = {found!r} and needs {value!r}.",
                        code="consumer_differs",
                        hint="it was made by another version; it can be deleted when nothing is undecided.",
                    )
        return JetStreamInbox(api, name)

    async def batches(self, limit: int = 500) -> AsyncIterator[list[Said]]:
        """See `Inbox.batches`."""
        while True:
            await self._api.repeated(self._consumer, patience_s=FOLLOW_PATIENCE_S)
            pull = PullLoop(self._api, SAID, self._name, batch=limit)
            try:
                await pull.open()
                while True:
                    messages = await pull.take(limit)
                    if messages:
                        yield list(map(_said, messages))
            except Lost:
                continue
            finally:
                left = await pull.drain()
                if self._api.connection.is_connected:
                    for message in left:
                        await self._settle(message.reply, _NAK)

    async def ack(self, batch: Sequence[Said]) -> None:
        """See `Inbox.ack`."""
        for said in batch:
            await self._settle(said.receipt, _ACK)

    async def nack(self, said: Said, *, delay_s: float = 0.0) -> None:
        """See `Inbox.nack`."""
        delay = msgspec.json.encode({"delay": int(delay_s * _NANOSECONDS)})
        await self._settle(said.receipt, _NAK + b" " + delay if delay_s else _NAK)

    async def undecided(self) -> int:
        """See `Inbox.undecided`."""
        info = await self._api.repeated(self._consumer)
        return int(info["num_pending"]) + int(info["num_ack_pending"])

    async def _consumer(self) -> dict[str, int]:
        return await self._api.call(f"CONSUMER.INFO.{SAID}.{self._name}")

    async def _settle(self, receipt: str, word: bytes) -> None:
        async with self._api.translated("an acknowledgement"):
            await self._api.connection.publish(receipt, word)


def _said(message: Msg) -> Said:
    delivery = delivery_of(message)
    return Said(
        position=delivery.position,
        subject=message.subject,
        headers=message.headers or {},
        body=message.data,
        stored_at=dt.datetime.fromtimestamp(delivery.nanoseconds / _NANOSECONDS, UTC),
        deliveries=delivery.times,
        receipt=message.reply,
    )


async def read_said(api: Api, position: int) -> Said | None:
    """What was said at ``position``, as the stream's leader has it."""
    kept = await api.read_leader(SAID, {"seq": position})
    if kept is None:
        return None
    return Said(position, kept.subject, kept.headers, kept.body, kept.stored_at)


async def say(api: Api, subject: str, body: bytes, headers: Mapping[str, str] | None) -> int:
    """Publishes and waits until it is kept; raises `StoreError` if the subject is nobody's."""
    check_said(subject)
    return (await api.publish(subject, body, headers)).seq
