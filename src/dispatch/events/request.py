"""What happened to a request (报事): its identity, bound for ever once accepted.

Kept in the area ``all``, one entity per (source, id), so that the same request can never be accepted twice, whatever
area it is sent to. The names of these events and their fields are the storage format.
"""

from __future__ import annotations

from msgspec import Struct

from dispatch.events.personal import PersonalData
from dispatch.model.words import Line, Position, SourceId, Text, Token


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How to reach whoever asked. Personal data."""

    name: Line = ""
    phone: Line = ""
    email: Line = ""
    address: Line = ""


class Personal(PersonalData, frozen=True, kw_only=True):
    """All personal data of a request in one place, to be sealed or erased without touching anything else."""

    contact: Contact | None = None
    detail: Text = ""


class RequestAccepted(Struct, frozen=True, kw_only=True):
    """A request became a work order.

    ``digest`` is of its content without personal data; ``said`` the position of the message among all kept messages.
    ``had_personal``: it came with personal data, which may have been erased from ``personal`` since.
    """

    source: SourceId
    request: SourceId
    digest: str
    area: Token
    order: Token
    said: Position
    personal: Personal | None = None
    had_personal: bool = False


class RequestRepeated(Struct, frozen=True, kw_only=True):
    """The same request came again; nothing was opened. ``said`` tells a repeat from a redelivery."""

    said: Position


RequestEvent = RequestAccepted | RequestRepeated
EVENTS: tuple[type[Struct], ...] = (RequestAccepted, RequestRepeated)
