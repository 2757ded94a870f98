"""The identity of reports and directions: an id takes effect once, and stands for what was said under it for ever."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.events.envelope import Entity
from dispatch.events.message import MessageNoted, PersonalDigest
from dispatch.model.quoting import quoted
from dispatch.model.words import key_of
from dispatch.requests.direction import Direction
from dispatch.requests.report import Report

PERSONAL = ("reason", "note", "proof")
"""The fields of reports and directions that hold what somebody wrote or where somebody was: personal data."""


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
    if state is None:
        return (noted(message, said=said),)
    if not _is_known(message, state):
        raise Refused(
            f"{quoted(sender)} said something else under the id {quoted(message.id)} before.",
            code="id_conflict",
            hint="every report and every direction needs an id of its own.",
        )
    return ()


def noted(message: Report | Direction, *, said: int) -> MessageNoted:
    """What stands for ``message``, kept as number ``said``: equal for the same content however it is written."""
    content = msgspec.to_builtins(message)
    personal = {name: told for name in PERSONAL if (told := content.pop(name, None))}
    return MessageNoted(
        digest=_digest(message, content),
        said=said,
        personal=PersonalDigest(digest=_digest(message, personal)) if personal else None,
        had_personal=bool(personal),
    )


def _is_known(message: Report | Direction, state: MessageNoted) -> bool:
    """Whether ``message`` says what is bound to its id."""
    # Version 1 of the event had one digest, of all that was said.
    if not state.had_personal and state.digest == _digest(message, message):
        return True
    now = noted(message, said=state.said)
    # Personal data may have been erased since; then what is left decides.
    erased = state.had_personal and state.personal is None
    return state.digest == now.digest and (erased or state.personal == now.personal)


def _digest(message: Report | Direction, content: Any) -> str:
    form = type(message).__name__.encode()
    return hashlib.blake2b(form + msgspec.json.encode(content), digest_size=16).hexdigest()
