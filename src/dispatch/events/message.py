"""What happened to a report or direction (回报, 指令): it was noted, and its id is bound to what it said for ever.

One entity per area, sender and id, in the area it was said in. The names of these events are the storage format.
"""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.words import Line, Position


class MessageNoted(Struct, frozen=True, kw_only=True):
    """A report or direction was decided, whether it changed anything or not. ``said``: its position among all said."""

    digest: Line
    said: Position


MessageEvent = MessageNoted
EVENTS: tuple[type[Struct], ...] = (MessageNoted,)
