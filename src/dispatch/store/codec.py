"""Events as bytes and back, and what makes a sequence of writes a batch. Shared by both stores."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from dispatch.events.envelope import Entity, Recorded, Stored
from dispatch.model.errors import FormError, StoreError
from dispatch.model.time import EARLIEST
from dispatch.store.base import Write

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Recorded)
_NOBODY = Entity("_", "_", "_")
_NOTHING = Recorded(
    id="", type="", happened_at=EARLIEST, recorded_at=EARLIEST, by="", cause="", correlation="", data=msgspec.Raw(b"{}")
)
_EVENT_ID = re.compile(r"[!-~]{1,400}")


class Line(Struct, frozen=True):
    """One event ready to be sent. ``expected`` is None for all but an entity's first event of the batch."""

    subject: str
    id: str
    expected: int | None
    body: bytes


def lines_of(writes: Sequence[Write], *, limit: int) -> list[Line]:
    """All events of ``writes`` as lines, in order; raises `StoreError` if they cannot be one batch."""
    lines: list[Line] = []
    entities: set[Entity] = set()
    ids: set[str] = set()
    for write in writes:
        if write.entity in entities or not write.events:
            problem = "stands in two writes" if write.entity in entities else "has a write without events"
            raise StoreError(f"{write.entity.subject} {problem} of one append.", code="bad_batch")
        entities.add(write.entity)
        Entity.parse(write.entity.subject)
        prefix = f"{write.entity.area}/{write.entity.kind}/{write.entity.id}/"
        for index, event in enumerate(write.events):
            if event.id in ids or not event.id.startswith(prefix) or _EVENT_ID.fullmatch(event.id) is None:
                raise StoreError(
                    f"{event.id!r} cannot be the id of an event of {write.entity.subject}.",
                    code="bad_event_id",
                    hint=f"it is twice in the append, or is not of the form {prefix}<cause>/<n>.",
                )
            ids.add(event.id)
            expected = write.expected if index == 0 else None
            lines.append(Line(write.entity.subject, event.id, expected, _encoder.encode(event)))
    if not 1 <= len(lines) <= limit:
        raise StoreError(
            f"An append of {len(lines)} events is not possible; 1 to {limit} are.",
            code="batch_too_large" if lines else "bad_batch",
            hint="it can be done in several appends.",
        )
    return lines


@lru_cache(maxsize=65536)
def entity_of(subject: str) -> Entity | None:
    """The entity whose events are on ``subject``, None if it is nobody's."""
    try:
        return Entity.parse(subject)
    except FormError:
        return None


def stored(position: int, subject: str, body: bytes) -> Stored:
    """The event at ``position``; said loudly, and of no type, for what strangers put on ``event.>``.

    The log cannot be cleaned of it, so it must not stop those who read the log; and they must know of its position,
    or they would wait for it, and expect the wrong one in their next write, for ever.
    """
    entity = entity_of(subject)
    why = "nobody's subject"
    try:
        if entity is not None:
            recorded = _decoder.decode(body)
            if recorded.happened_at.tzinfo and recorded.recorded_at.tzinfo:
                return Stored(position=position, entity=entity, recorded=recorded)
            why = "an instant without a zone"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = str(error)
    log.error("position %d of the log on %r is no event and is passed over: %s", position, subject, why)
    return Stored(position=position, entity=entity or _NOBODY, recorded=_NOTHING)
