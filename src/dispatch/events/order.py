"""What happened to a work order (工单), from opening to closing.

The names of these events and their fields are the storage format. No personal data of residents stands here.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from msgspec import Struct

from dispatch.events.personal import PersonalData, Remark
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.time import Window
from dispatch.model.watching import Standing, WalkWatch
from dispatch.model.words import Duration, Latitude, Level, Line, Longitude, People, Priority, SourceIdOrNone, Token


class Origin(StrEnum):
    """Where an order came from."""

    REQUEST = "request"
    REWORK = "rework"
    ROUND = "round"
    HAZARD = "hazard"
    CONTRACT = "contract"


class Needs(Struct, frozen=True, kw_only=True):
    """What the catalogue says an order takes. ``due``: promised arrival, unset where nothing was promised."""

    kind: Kind
    skill: Token
    level: Level
    minutes: Duration
    people: People
    urgency: Urgency
    priority: Priority
    flow: Flow
    due: dt.datetime | None = None


class Proof(PersonalData, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proof of presence: where, and references to a photo and a signature kept elsewhere."""

    lat: Latitude | None = None
    lon: Longitude | None = None
    photo: Line = ""
    signature: Line = ""


class ReasonGiven(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an order stays out of the plan: the rule in the way, of how many workers, in words, and what may help."""

    rule: str
    message: str
    workers: int = 0
    hint: str = ""


class OrderOpened(Struct, frozen=True, kw_only=True):
    """A work order was opened, or goes on here after it left another area.

    ``needs`` is unset while the catalogue does not know the category. ``asked_in``: the area whoever asked named, if it
    is another than this one. ``found_on``: the order of the round on which the hazard was found. ``contract``: it is
    the dated ``visit`` of that contract, which counts for its ``promises``; ``helper`` is who was dated for it.
    """

    origin: Origin
    kind: Kind
    category: Token
    place: PlaceRef
    reported_at: dt.datetime
    source: SourceIdOrNone = ""
    request: SourceIdOrNone = ""
    household: Token | None = None
    windows: tuple[Window, ...] = ()
    inside: bool | None = None
    urgency: Urgency | None = None
    promised_by: dt.datetime | None = None
    needs: Needs | None = None
    rework_of: Token | None = None
    round: Token | None = None
    asked_in: Token | None = None
    found_on: Token | None = None
    contract: Token | None = None
    visit: Token | None = None
    promises: tuple[Token, ...] = ()
    helper: Token | None = None


class OrderSpecified(Struct, frozen=True, kw_only=True):
    """The catalogue came to know the category of an order opened without."""

    needs: Needs


class OrderPlanned(Struct, frozen=True, kw_only=True):
    """The order stands in the plan: these people, together, ``[start, end)``. Also recorded when it moved."""

    workers: tuple[Token, ...]
    start: dt.datetime
    end: dt.datetime
    plan: int


class OrderUnplanned(Struct, frozen=True, kw_only=True):
    """The order is not in the plan (any more), and why."""

    reasons: tuple[ReasonGiven, ...]
    plan: int


class OrderShort(Struct, frozen=True, kw_only=True):
    """Of those needed these people alone are there, or on the way; nobody can join them, and why."""

    workers: tuple[Token, ...]
    start: dt.datetime
    end: dt.datetime
    reasons: tuple[ReasonGiven, ...]
    plan: int


class OrderPinned(Struct, frozen=True, kw_only=True):
    """A dispatcher, or the plan of rounds, fixed who does it, and when if ``start`` is set. The plan follows."""

    workers: tuple[Token, ...]
    start: dt.datetime | None = None


class OrderUnpinned(Struct, frozen=True, kw_only=True):
    """The plan may choose again."""


class OrderTold(Struct, frozen=True, kw_only=True):
    """Those concerned were told: these people at this time."""

    workers: tuple[Token, ...]
    start: dt.datetime


class OrderAskedAgain(Struct, frozen=True, kw_only=True):
    """What ``workers`` said so far, that they come or are on their way, no longer stands: the order is planned anew."""

    workers: tuple[Token, ...]


class VisitAccepted(Struct, frozen=True, kw_only=True):
    """A worker said yes to the visit."""

    worker: Token


class VisitRefused(Struct, frozen=True, kw_only=True):
    """A worker cannot take the visit; they are not asked again for this order."""

    worker: Token
    remark: Remark | None = None


class WorkerOnTheWay(Struct, frozen=True, kw_only=True):
    """A worker set out."""

    worker: Token


class WorkerArrived(Struct, frozen=True, kw_only=True):
    """A worker is on site."""

    worker: Token
    proof: Proof | None = None


class VisitDone(Struct, frozen=True, kw_only=True):
    """The work is done, the order returned (反单)."""

    worker: Token
    proof: Proof | None = None
    remark: Remark | None = None


class VisitFailed(Struct, frozen=True, kw_only=True):
    """On site or on the way, but it could not be done: nobody in, no part, no access."""

    worker: Token
    remark: Remark | None = None
    proof: Proof | None = None


class HazardReported(Struct, frozen=True, kw_only=True):
    """A worker on this round found a hazard at ``checkpoint``; ``order`` is the repair order opened for it."""

    worker: Token
    checkpoint: Token
    category: Token
    order: Token
    remark: Remark | None = None
    proof: Proof | None = None


class WalkLaidOut(Struct, frozen=True, kw_only=True):
    """When which checkpoint of this walk is due, of a round whose checkpoints are scanned; the newest counts."""

    watch: WalkWatch


class CheckpointScanned(Struct, frozen=True, kw_only=True):
    """A worker on this walk was at ``checkpoint`` and scanned it there; ``due``: when it was to be."""

    worker: Token
    checkpoint: Token
    due: dt.datetime
    proof: Proof | None = None


class CheckpointJudged(Struct, frozen=True, kw_only=True):
    """A checkpoint of this walk stands otherwise than before, ``since`` an instant; it was ``due``.

    ``in_time`` takes back what was said of it: its scan was told late only.
    """

    checkpoint: Token
    standing: Standing
    due: dt.datetime
    since: dt.datetime


class OrderRescheduled(Struct, frozen=True, kw_only=True):
    """The desk agreed new windows with whoever asked; the order is to be planned anew."""

    windows: tuple[Window, ...] = ()


class OrderClosed(Struct, frozen=True, kw_only=True):
    """The case ended with its follow-up call (回访): satisfied, or ``rework`` names the order that continues it.

    ``reasons``: what kept a round from being walked that ends so, a day after its band.
    """

    satisfied: bool
    rework: Token | None = None
    remark: Remark | None = None
    reasons: tuple[ReasonGiven, ...] = ()


class OrderCancelled(Struct, frozen=True, kw_only=True):
    """The order is not wanted any more; ``round`` is set if it was of that round, which is not walked then any more."""

    remark: Remark | None = None
    round: Token | None = None


class OrderMoved(Struct, frozen=True, kw_only=True):
    """Its place lies in area ``to``: there it goes on as the same order, with what was promised, to be planned anew."""

    to: Token


class PromiseMissed(Struct, frozen=True, kw_only=True):
    """Nobody was on site when the promised arrival passed."""

    due: dt.datetime


OrderEvent = (
    OrderOpened
    | OrderSpecified
    | OrderPlanned
    | OrderUnplanned
    | OrderShort
    | OrderPinned
    | OrderUnpinned
    | OrderTold
    | OrderAskedAgain
    | VisitAccepted
    | VisitRefused
    | WorkerOnTheWay
    | WorkerArrived
    | VisitDone
    | VisitFailed
    | HazardReported
    | WalkLaidOut
    | CheckpointScanned
    | CheckpointJudged
    | OrderRescheduled
    | OrderClosed
    | OrderCancelled
    | OrderMoved
    | PromiseMissed
)
EVENTS: tuple[type[Struct], ...] = OrderEvent.__args__
