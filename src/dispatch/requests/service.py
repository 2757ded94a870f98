"""What residents and other systems ask: a service request on ``request.<area>.<kind>``."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dispatch.events.request import Contact
from dispatch.model.catalogue import Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.time import Instant, Window
from dispatch.model.words import UNQUOTED, SourceId, Text, Token


class ServiceRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A repair, cleaning or patrol asked for.

    ``source`` and ``id`` together name it for ever: sent again, it gets the same answer and no second work order.
    ``window``/``windows``: when somebody is at home; the whole visit lies inside one of them. ``promised_by``: the
    arrival already promised elsewhere, if any. ``urgency`` and ``inside`` override the catalogue.
    """

    id: SourceId
    category: Token
    place: PlaceRef
    reported_at: Instant
    source: SourceId = "unnamed"
    version: Annotated[int, Meta(ge=0, le=1_000_000, description="version of this form; 1 is the only one")] = 1
    household: Token | None = None
    contact: Annotated[Contact | None, Meta(extra=UNQUOTED)] = None
    detail: Text = ""
    urgency: Urgency | None = None
    window: Window | None = None
    windows: Annotated[tuple[Window, ...], Meta(max_length=20)] = ()
    promised_by: Instant | None = None
    inside: bool | None = None
