"""The identity of reports and directions: an id takes effect once, and stands for what was said under it for ever."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec
from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.events.envelope import Entity
from dispatch.events.message import MessageNoted
from dispatch.model.quoting import quoted
from dispatch.model.words import key_of
from dispatch.requests.direction import Direction
from dispatch.requests.report import Report


def evolve(state: MessageNoted | None, event: Struct, at: dt.datetime) -> MessageNoted | None:
    """Fold one event of a message."""
    return event if state is None and isinstance(event, MessageNoted) else state


def entity_of(message: Report | Direction, area: str, sender: str) -> Entity:
    """The entity that holds the identity of what ``sender`` reported or directed in ``area``."""
    tree = "report" if isinstance(message, Report) else "direct"
    return Entity(area, "message", key_of(tree, sender, message.id))


def decide(message: Report | Direction, sender: str, state: MessageNoted | None, *, said: int) -> tuple[Struct, ...]:
    """What binds the id of ``message``, kept as number ``said``, to its content; nothing if it is bound to it already.

    Raises `Refused` (``id_conflict``) if it is bound to other content.
    """
    digest = digest_of(message)
    if state is None:
        return (MessageNoted(digest=digest, said=said),)
    if state.digest != digest:
        raise Refused(
            f"{quoted(sender)} said something else under the id {quoted(message.id)} before.",
            code="id_conflict",
            hint="every report and every direction needs an id of its own.",
        )
    return ()


def digest_of(message: Report | Direction) -> str:
    """A digest of all that ``message`` says, equal however it is written."""
    content = type(message).__name__.encode() + msgspec.json.encode(message)
    return hashlib.blake2b(content, digest_size=16).hexdigest()
