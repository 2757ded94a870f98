"""Views on the stream ``VIEW``: one message per row, written in atomic batches that end with the checkpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from dispatch.model.errors import Conflict, Unavailable, ViewDamaged
from dispatch.store.base import View
from dispatch.store.jetstream_api import Api
from dispatch.store.jetstream_pull import Lost, Reader
from dispatch.store.jetstream_send import GUARD, Outgoing, Sender
from dispatch.store.subjects import VIEW, view_active, view_checkpoint, view_filter, view_row

ROWS_AT_ONCE = 900
READ_PATIENCE_S = 60.0
WRITER_PATIENCE_S = 2.0
"""A large write that has not gone on for so long was given up by its writer."""

_encoder = msgspec.json.Encoder()


class Checkpoint(Struct, frozen=True):
    """Body of a checkpoint. ``write`` names the write; ``whole`` is false until the last part of a large one.

    ``last`` is the id of the event at ``position``; empty in what older releases wrote.
    """

    position: Annotated[int, Meta(ge=0)]
    write: str = ""
    whole: bool = True
    last: str = ""


_checkpoint = msgspec.json.Decoder(Checkpoint)


class JetStreamViews:
    """`ViewStore` on a NATS server.

    Every batch ends with the checkpoint, guarded by the sequence it had, so two writers cannot interleave. The
    stream keeps the last message of each subject. A reader that has read up to a checkpoint behind which there
    is nothing yet has therefore seen every row as it stood there: what a newer row replaced would have left
    that newer row behind the checkpoint.
    """

    def __init__(self, api: Api, sender: Sender) -> None:
        self._api = api
        self._sender = sender
        self._writer = api.connection.new_inbox()[-12:]
        self._writes = 0

    async def write(
        self, name: str, version: int, rows: Mapping[str, bytes | None], position: int, *, mark: int, last: str = ""
    ) -> int:
        """See `ViewStore.write`."""
        items = [Outgoing(view_row(name, version, key), body or b"") for key, body in rows.items()]
        subject = view_checkpoint(name, version)
        parts = [items[at : at + ROWS_AT_ONCE] for at in range(0, len(items), ROWS_AT_ONCE)] or [[]]
        before = Checkpoint(0)
        if len(parts) > 1:
            standing = await self._api.read_leader(VIEW, {"last_by_subj": subject})
            before = _decoded(subject, standing.body) if standing else before
        for part in parts[:-1]:
            mark = await self._write_part(part, subject, replace(before, whole=False), mark)
        return await self._write_part(parts[-1], subject, Checkpoint(position, last=last), mark)

    async def _write_part(self, rows: Sequence[Outgoing], subject: str, standing: Checkpoint, mark: int) -> int:
        self._writes += 1
        checkpoint = _encoder.encode(replace(standing, write=f"{self._writer}-{self._writes}"))

        async def landed() -> int | None:
            last = await self._api.read_leader(VIEW, {"last_by_subj": subject})
            return last.position if last is not None and last.body == checkpoint else None

        try:
            messages = [*rows, Outgoing(subject, checkpoint, {GUARD: str(mark)})]
            return await self._sender.send(messages, landed=landed)
        except Conflict as error:
            raise Conflict(
                f"The checkpoint {subject} was expected at mark {mark} and has moved on.",
                code="conflict",
                hint="another projector writes the same view: read it again.",
            ) from error

    async def read(self, name: str, version: int) -> View:
        """See `ViewStore.read`."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + READ_PATIENCE_S
        while loop.time() < give_up_at:
            reader = Reader(self._api, VIEW, [view_filter(name, version)])
            try:
                await self._api.repeated(partial(reader.open, 0))
                view = await self._read_from(reader, name, version, give_up_at)
                if view is not None:
                    return view
            except Lost:
                continue
            finally:
                await reader.close()
        raise Unavailable(
            f"The view {name} {version} changes faster than it can be read.",
            code="view_busy",
            hint="fewer and larger writes would help.",
        )

    async def _read_from(self, reader: Reader, name: str, version: int, give_up_at: float) -> View | None:
        loop = asyncio.get_running_loop()
        pattern, subject = view_filter(name, version), view_checkpoint(name, version)
        rows: dict[str, bytes] = {}
        seen, mark, standing, changed_at = 0, 0, Checkpoint(0, whole=False), loop.time()
        while loop.time() < give_up_at:
            tail = await self._api.read_leader(VIEW, {"last_by_subj": pattern})
            if tail is None:
                return View({}, 0, 0)
            at_rest = tail.position == seen
            finished = at_rest and tail.subject == subject and standing.whole
            if finished or (at_rest and loop.time() - changed_at > WRITER_PATIENCE_S):
                alive = {key: body for key, body in rows.items() if body}
                return View(alive, standing.position, mark, finished, standing.last)
            while at_rest or seen < tail.position:
                messages = await reader.take()
                for seen, message in messages:
                    if message.subject == subject:
                        mark, standing = seen, _decoded(subject, message.data)
                    else:
                        rows[message.subject[len(pattern) - 1 :]] = message.data
                if messages:
                    changed_at = loop.time()
                if at_rest or not messages:
                    break
        return None

    async def get(self, name: str, version: int, key: str) -> bytes | None:
        """See `ViewStore.get`."""
        return await self._body(view_row(name, version, key))

    async def activate(self, name: str, version: int) -> None:
        """See `ViewStore.activate`."""
        view_filter(name, version)
        await self._api.publish(view_active(name), str(version).encode())

    async def active(self, name: str) -> int | None:
        """See `ViewStore.active`."""
        body = await self._body(view_active(name))
        return int(body) if body and body.isdigit() else None

    async def drop(self, name: str, version: int) -> None:
        """See `ViewStore.drop`."""
        await self._api.call(f"STREAM.PURGE.{VIEW}", {"filter": view_filter(name, version)})

    async def clear(self) -> None:
        """See `ViewStore.clear`."""
        await self._api.call(f"STREAM.PURGE.{VIEW}", {})

    async def _body(self, subject: str) -> bytes | None:
        kept, _ = await self._api.read_direct(VIEW, {"last_by_subj": subject})
        return (kept[0].body or None) if kept else None


def _decoded(subject: str, body: bytes) -> Checkpoint:
    try:
        return _checkpoint.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ViewDamaged(
            f"The checkpoint on {subject} cannot be read: {error}.",
            hint="somebody else published it; the view is built again from the log once it is dropped.",
        ) from error
