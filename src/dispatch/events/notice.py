"""What happened to the notice of a breach (整改通知), found at a renovation: issued, re-checked, its re-check missed.

The names of these events and their fields are the storage format.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.order import Proof
from dispatch.events.personal import Remark
from dispatch.model.places import PlaceRef
from dispatch.model.words import Token


class NoticeIssued(Struct, frozen=True, kw_only=True):
    """A breach was found at ``place`` on the local day ``found``.

    It is to be put right by the day ``recheck``, when it is looked at again.
    """

    worker: Token
    place: PlaceRef
    found: dt.date
    recheck: dt.date
    remark: Remark | None = None
    proof: Proof | None = None


class NoticeRechecked(Struct, frozen=True, kw_only=True):
    """It was looked at again on the local ``day``. ``recheck``: when it is next, if it was not ``put_right``."""

    worker: Token
    day: dt.date
    put_right: bool
    recheck: dt.date | None = None
    remark: Remark | None = None
    proof: Proof | None = None


class RecheckMissed(Struct, frozen=True, kw_only=True):
    """The day ``recheck`` passed, and nobody had looked at it again."""

    recheck: dt.date


NoticeEvent = NoticeIssued | NoticeRechecked | RecheckMissed
EVENTS: tuple[type[Struct], ...] = NoticeEvent.__args__
