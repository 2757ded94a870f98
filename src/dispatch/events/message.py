"""What happened to a report or direction (回报, 指令): it was noted, and its id is bound to what it said for ever.

One entity per area, sender and id, in the area it was said in. The names of these events are the storage format.
"""

from __future__ import annotations

from msgspec import Struct

from dispatch.events.personal import PersonalData
from dispatch.model.words import Line, Position


class PersonalDigest(PersonalData, frozen=True, kw_only=True):
    """A digest of the personal data of a message. Short words can be guessed from it, so it is erased as they are."""

    digest: Line


class MessageNoted(Struct, frozen=True, kw_only=True):
    """A report or direction was decided, whether it changed anything or not. ``said``: its position among all said.

    ``digest`` is of its content without personal data, ``personal`` stands for that data.
    ``had_personal``: it came with personal data; what stands for it may have been erased from ``personal`` since.
    """

    digest: Line
    said: Position
    personal: PersonalDigest | None = None
    had_personal: bool = False


MessageEvent = MessageNoted
EVENTS: tuple[type[Struct], ...] = (MessageNoted,)
