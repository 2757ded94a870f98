"""What a decision comes to: events for one or several entities and an answer, or a refusal."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.envelope import Entity
from dispatch.model.errors import DispatchError
from dispatch.requests.answer import Answer


class Refused(DispatchError):
    """A rule stands against what was asked; ``code`` is one of `requests.reasons.REASONS`."""


class Happened(Struct, frozen=True):
    """``events`` happen to ``entity``, as one message or plan made them at ``at``."""

    entity: Entity
    events: tuple[Struct, ...]
    at: dt.datetime


class Outcome(Struct, frozen=True):
    """The events to append, all or none, and the answer to give once they are."""

    happened: tuple[Happened, ...]
    answer: Answer
