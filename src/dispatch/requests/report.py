"""What field staff report about their visits on ``report.<area>.<worker>``; the subject says who reports."""

from __future__ import annotations

from msgspec import Struct

from dispatch.events.inspection import Points
from dispatch.events.order import Proof
from dispatch.model.catalogue import Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.time import Instant
from dispatch.model.words import Line, SourceId, Token


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="report"):
    """What every report has: an ``id`` of its own (sent again, it changes nothing), and when it was so."""

    id: SourceId
    at: Instant


class Accepted(Report, frozen=True, kw_only=True, tag="accepted"):
    """The worker takes the visit."""

    order: Token


class Refused(Report, frozen=True, kw_only=True, tag="refused"):
    """The worker cannot take the visit; it is planned anew without them."""

    order: Token
    reason: Line = ""


class OnTheWay(Report, frozen=True, kw_only=True, tag="on_the_way"):
    """The worker has set out."""

    order: Token


class Arrived(Report, frozen=True, kw_only=True, tag="arrived"):
    """The worker is on site."""

    order: Token
    proof: Proof | None = None


class Done(Report, frozen=True, kw_only=True, tag="done"):
    """The work is done (反单)."""

    order: Token
    proof: Proof | None = None
    note: Line = ""


class CouldNot(Report, frozen=True, kw_only=True, tag="could_not"):
    """The work could not be done; the desk must agree a new time.

    By somebody who is not there yet, while others of the crew are, or are on the way: they cannot join them.
    """

    order: Token
    reason: Line
    proof: Proof | None = None


class Hazard(Report, frozen=True, kw_only=True, tag="hazard"):
    """A hazard found at ``checkpoint`` on a round (巡更发现隐患): it opens a repair order there, linked to the round's.

    ``order``: the round's order. ``category`` and ``urgency`` say what repair is needed, as in a request.
    """

    order: Token
    checkpoint: Token
    category: Token
    urgency: Urgency | None = None
    proof: Proof | None = None
    note: Line = ""


class Scan(Report, frozen=True, kw_only=True, tag="scan"):
    """The worker is at ``checkpoint`` of a round and scanned it (巡更打点).

    It counts for the one of their walks that is due there then.
    """

    checkpoint: Token
    proof: Proof | None = None


class Inspected(Report, frozen=True, kw_only=True, tag="inspected"):
    """The worker re-checked ``work`` of ``zone`` (检查评分). ``level``: for which, if they inspect for several."""

    zone: Token
    work: Token
    points: Points
    level: Token | None = None
    proof: Proof | None = None
    note: Line = ""


class Breach(Report, frozen=True, kw_only=True, tag="breach"):
    """A renovation at ``place`` was found in breach (装修违规): it gets its notice, with the day of its re-check."""

    place: PlaceRef
    proof: Proof | None = None
    note: Line = ""


class Rechecked(Report, frozen=True, kw_only=True, tag="rechecked"):
    """The worker looked again at what a ``notice`` is about (复查); what was not put right gets another day."""

    notice: Token
    put_right: bool
    proof: Proof | None = None
    note: Line = ""


class Absent(Report, frozen=True, kw_only=True, tag="absent"):
    """The worker is away from ``at`` until ``until``; their visits are planned anew."""

    until: Instant
    reason: Line = ""


class Back(Report, frozen=True, kw_only=True, tag="back"):
    """The worker is back from ``at`` on."""


OrderReport = Accepted | Refused | OnTheWay | Arrived | Done | CouldNot | Hazard
WorkerReport = OrderReport | Scan | Inspected | Breach | Rechecked | Absent | Back
REPORTS: tuple[type[Report], ...] = WorkerReport.__args__
