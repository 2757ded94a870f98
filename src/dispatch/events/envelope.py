"""The envelope every event is stored in, and the entity it belongs to.

One exact subject per entity, ``event.<area>.<kind>.<id>``; the name of the event is in the envelope, not in the
subject. The envelope's field names and the names of event types are the storage format: they never change.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dispatch.model.errors import FormError
from dispatch.model.words import is_token


class Entity(Struct, frozen=True, order=True, array_like=True, gc=False):
    """What events happen to: an ``area``, a ``kind`` of entity and its ``id``; all three are subject tokens."""

    area: str
    kind: str
    id: str

    @property
    def subject(self) -> str:
        """The subject its events are stored on."""
        return f"event.{self.area}.{self.kind}.{self.id}"

    @staticmethod
    def parse(subject: str) -> Entity:
        """The entity of ``event.…`` or ``feed.…``; raises `FormError` (``bad_subject``) for any other subject."""
        tokens = subject.split(".")
        if len(tokens) != 4 or tokens[0] not in {"event", "feed"} or not all(map(is_token, tokens[1:])):
            raise FormError(
                f"{subject!r} is not the subject of an entity.",
                code="bad_subject",
                hint="event.<area>.<kind>.<id> was meant.",
            )
        return Entity(*tokens[1:])


class Recorded(Struct, frozen=True, kw_only=True, gc=False):
    """An event as it is stored.

    ``id``: ``<area>/<kind>/<entity>/<cause>/<n>``, unique in the log. ``happened_at``: when it was so, as told;
    ``recorded_at``: when it was decided, by the service's clock. ``by``: who (``desk``, ``planner``,
    ``worker/<id>``, ``dispatcher/<id>``). ``cause``: the message or plan that led to it. ``correlation``: the
    case it belongs to (a work order, a plan). ``data``: the event itself, still encoded.
    """

    id: str
    type: str
    version: Annotated[int, Meta(ge=1)] = 1
    happened_at: dt.datetime
    recorded_at: dt.datetime
    by: str
    cause: str
    correlation: str
    data: msgspec.Raw


class Unreadable(Struct, frozen=True):
    """What stands in the log and is no event this release knows, and ``why``. It changes nothing but the position."""

    why: str


class Stored(Struct, frozen=True, kw_only=True, gc=False):
    """A recorded event with its ``position`` in the log (1 is the first) and the entity it happened to."""

    position: int
    entity: Entity
    recorded: Recorded
