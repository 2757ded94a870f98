"""What people said, on the stream ``SAID``: read by a durable consumer, acknowledged one by one."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from nats.aio.msg import Msg

from dispatch.model.errors import SettingError, StoreError
from dispatch.model.time import UTC
from dispatch.store.base import ACK_WAIT_S, Said
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_events import FOLLOW_PATIENCE_S
from dispatch.store.jetstream_pull import Lost, PullLoop, delivery_of
from dispatch.store.server_errors import ConsumerMissing, NoResponder
from dispatch.store.subjects import SAID, check_said

_NANOSECONDS = 1_000_000_000
_ACK = b"+ACK"
_NAK = b"-NAK"
_IN_PROGRESS = b"+WPI"

log = logging.getLogger(__name__)


class JetStreamInbox:
    """`Inbox` on a durable consumer that exists."""

    def __init__(self, api: Api, name: str, ack_wait_s: float = ACK_WAIT_S) -> None:
        self._api = api
        self._name = name
        self._ack_wait_s = ack_wait_s
        self._at_work: set[str] = set()

    @staticmethod
    async def open(api: Api, name: str, *, ack_wait_s: float, max_unacked: int) -> JetStreamInbox:
        """Declares the consumer; raises `SettingError` if one of that name keeps other promises.

        How long it waits for an acknowledgement is no promise: that is set to what is asked for now.
        """
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
            await _declare(api, name, wanted, "create")
        else:
            config = info["config"]
            for setting, value in wanted.items():
                found = config.get(setting)
                if found != value and setting != "ack_wait":
                    raise SettingError(
                        f"The consumer {name} of {SAID} has {setting} = {found!r} and needs {value!r}.",
                        code="consumer_differs",
                        hint="it was made by another version; it can be deleted when nothing is undecided.",
                    )
            if config.get("ack_wait") != wanted["ack_wait"]:
                await _declare(api, name, {**config, "ack_wait": wanted["ack_wait"]}, "update")
        return JetStreamInbox(api, name, ack_wait_s)

    async def batches(self, limit: int = 500) -> AsyncIterator[list[Said]]:
        """See `Inbox.batches`."""
        while True:
            await self._api.repeated(self._consumer, patience_s=FOLLOW_PATIENCE_S)
            pull = PullLoop(self._api, SAID, self._name, batch=limit)
            keeping = asyncio.create_task(self._keep(pull))
            try:
                await pull.open()
                while True:
                    messages = await pull.take(limit)
                    if not messages:
                        continue
                    at_work = {message.reply for message in messages}
                    self._at_work |= at_work
                    try:
                        yield list(map(_said, messages))
                    finally:
                        self._at_work -= at_work
            except Lost:
                continue
            finally:
                keeping.cancel()
                await asyncio.wait({keeping})
                left = await pull.drain()
                if self._api.connection.is_connected:
                    for message in left:
                        await self._settle(message.reply, _NAK)

    async def _keep(self, pull: PullLoop) -> None:
        """Tell the server of what is waiting or at work here, so that only what a dead reader had comes again."""
        while True:
            await asyncio.sleep(self._ack_wait_s / 3)
            try:
                await self._tell([*self._at_work, *pull.waiting()])
            except StoreError as error:
                log.info("what is at work could not be kept from coming again: %s", error)

    async def _tell(self, receipts: Iterable[str]) -> None:
        for receipt in receipts:
            await self._settle(receipt, _IN_PROGRESS)

    async def ack(self, batch: Sequence[Said]) -> None:
        """See `Inbox.ack`."""
        self._at_work.difference_update(said.receipt for said in batch)
        for said in batch:
            await self._settle(said.receipt, _ACK)

    async def nack(self, said: Said, *, delay_s: float = 0.0) -> None:
        """See `Inbox.nack`."""
        self._at_work.discard(said.receipt)
        delay = msgspec.json.encode({"delay": int(delay_s * _NANOSECONDS)})
        await self._settle(said.receipt, _NAK + b" " + delay if delay_s else _NAK)

    async def undecided(self) -> int:
        """See `Inbox.undecided`."""
        # A message is kept, and its sender told so, a moment before the consumer counts it (measured: up to 7 of 100
        # were not counted yet). So the stream is asked, first how far it goes, then what was erased in between.
        last = (await self._stream())["last_seq"]
        info = await self._api.repeated(self._consumer)
        delivered, waiting = info["delivered"]["stream_seq"], info["num_pending"]
        if last - delivered > waiting:
            erased = (await self._stream(deleted_details=True)).get("deleted") or ()
            waiting = max(waiting, last - delivered - sum(delivered < one <= last for one in erased))
        return int(waiting + info["num_ack_pending"])

    async def _stream(self, **asked: bool) -> dict[str, Any]:
        info = await self._api.repeated(partial(self._api.call, f"STREAM.INFO.{SAID}", asked))
        state: dict[str, Any] = info["state"]
        return state

    async def _consumer(self) -> dict[str, Any]:
        return await self._api.call(f"CONSUMER.INFO.{SAID}.{self._name}")

    async def _settle(self, receipt: str, word: bytes) -> None:
        async with self._api.translated("an acknowledgement"):
            await self._api.connection.publish(receipt, word)


async def _declare(api: Api, name: str, config: Mapping[str, object], action: str) -> None:
    body = {"stream_name": SAID, "config": config, "action": action}
    await api.repeated(lambda: api.call(f"CONSUMER.CREATE.{SAID}.{name}", body))


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
    """Publishes and waits until it is kept.

    Raises `StoreError` if the subject is nobody's, `StreamMissing` if there is no stream that could keep it.
    """
    check_said(subject)
    try:
        return (await api.publish(subject, body, headers)).seq
    except NoResponder:
        # A stream that has no leader just now will keep it in a moment; one that is not there never will.
        await api.call(f"STREAM.INFO.{SAID}")
        raise
