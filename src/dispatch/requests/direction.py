"""What dispatchers direct on ``direct.<area>.<verb>``: master data, pins, cancellations, follow-up calls, absences."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract
from dispatch.model.people import Worker
from dispatch.model.places import Place, Round, Zone
from dispatch.model.policy import Policy
from dispatch.model.posts import Post
from dispatch.model.time import Instant, Window
from dispatch.model.words import Line, SourceId, Token


class Direction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every direction has: an ``id`` of its own (sent again, it changes nothing), who directs, and when."""

    id: SourceId
    by: SourceId
    at: Instant


class Register(Direction, frozen=True, kw_only=True):
    """Exactly one record of master data, new or changed. ``world`` names the file it stands in.

    Categories hold in every area, all else in the area of the subject.
    """

    world: Annotated[str, Meta(max_length=64)] = ""
    worker: Worker | None = None
    place: Place | None = None
    zone: Zone | None = None
    round: Round | None = None
    post: Post | None = None
    contract: Contract | None = None
    category: Category | None = None
    policy: Policy | None = None


class Retire(Direction, frozen=True, kw_only=True):
    """A record is not used any more. ``kind``: worker, place, zone, round, post, contract or category.

    ``world``: only this file states it no longer; it stays as long as another does.
    """

    kind: Annotated[str, Meta(pattern=r"^(worker|place|zone|round|post|contract|category)$(?!\n)")]
    target: Token
    world: Annotated[str, Meta(max_length=64)] = ""


class Move(Direction, frozen=True, kw_only=True):
    """A worker or place leaves this area and joins area ``to``, in one step."""

    kind: Annotated[str, Meta(pattern=r"^(worker|place)$(?!\n)")]
    target: Token
    to: Token


class Assign(Direction, frozen=True, kw_only=True):
    """These people do it (and start then, if ``start`` is set), whatever the plan would choose: a pin."""

    order: Token
    workers: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=8)]
    start: Instant | None = None


class Unpin(Direction, frozen=True, kw_only=True):
    """The plan may choose again."""

    order: Token


class Cancel(Direction, frozen=True, kw_only=True):
    """The order is not wanted any more."""

    order: Token
    reason: Line = ""


class Reschedule(Direction, frozen=True, kw_only=True):
    """New windows were agreed (none: any time); the order is planned anew."""

    order: Token
    windows: Annotated[tuple[Window, ...], Meta(max_length=20)] = ()


class FollowUp(Direction, frozen=True, kw_only=True):
    """The follow-up call (回访): satisfied closes the case, not satisfied opens rework (返修) linked to it."""

    order: Token
    satisfied: bool
    note: Line = ""


class Absence(Direction, frozen=True, kw_only=True):
    """A worker is away ``[start, end)``."""

    worker: Token
    start: Instant
    end: Instant
    reason: Line = ""


class Return(Direction, frozen=True, kw_only=True):
    """A worker is back from ``start`` on; later absences are struck."""

    worker: Token
    start: Instant


class GiveZone(Direction, frozen=True, kw_only=True):
    """A zone is pinned to this helper, or to nobody in particular (unset)."""

    zone: Token
    helper: Token | None = None


class StandIn(Direction, frozen=True, kw_only=True):
    """``worker`` takes on the local ``day`` what the roster gives, or gave, to ``instead``.

    Or, where ``instead`` is left out, a place of ``shift`` at ``post`` that is open. ``leaves``: their own duty of that
    day is left open for it.
    """

    worker: Token
    day: dt.date
    # Left out, none of the three is part of the message: what was said before they could be still is the same message.
    instead: Token | UnsetType = UNSET
    leaves: bool = False
    post: Token | UnsetType = UNSET
    shift: Token | UnsetType = UNSET


class MoveVisit(Direction, frozen=True, kw_only=True):
    """A dated ``visit`` of a contract is made on the local ``day`` instead, by ``helper`` (unset: whoever had it)."""

    contract: Token
    visit: Token
    day: dt.date
    helper: Token | None = None


VERBS: dict[str, type[Direction]] = {
    "register": Register,
    "retire": Retire,
    "move": Move,
    "assign": Assign,
    "unpin": Unpin,
    "cancel": Cancel,
    "reschedule": Reschedule,
    "follow-up": FollowUp,
    "absence": Absence,
    "return": Return,
    "give-zone": GiveZone,
    "stand-in": StandIn,
    "move-visit": MoveVisit,
}
"""The last token of a direction's subject, and what its body must be."""

REGISTERED = ("worker", "place", "zone", "round", "post", "contract", "category", "policy")
"""The records `Register` can carry, as field names and as kinds of entity."""
