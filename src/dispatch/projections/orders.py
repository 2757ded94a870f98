"""What the rows about orders share: how an order's standing follows from the events, without looking anything up."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, TypeVar, cast

from msgspec import Struct

from dispatch.events import order as happened
from dispatch.events.envelope import Entity, Recorded
from dispatch.model.catalogue import Kind, Urgency
from dispatch.model.places import PlaceRef
from dispatch.model.watching import Standing
from dispatch.projections.base import Projection, Row

_ONE_BY_ONE = ("on_the_way", "arrived")
"""What an order's status is as soon as one of its crew has come that far."""
ORDER_EVENTS = frozenset(event.__name__ for event in happened.EVENTS)


class PassRow(Struct, kw_only=True, omit_defaults=True):
    """A checkpoint of a walk: when it is ``due``, when it was ``seen`` first, how it stands if that ever was amiss."""

    checkpoint: str
    due: dt.datetime
    seen: dt.datetime | None = None
    standing: Standing | None = None

    @property
    def amiss(self) -> bool:
        """Whether it is not as planned."""
        return self.standing not in {None, "in_time"}


class OrderRow(Row, kw_only=True, omit_defaults=True):
    """An order as anybody may see it: what, where, who, when and how far. No personal data.

    ``stages``: how far each of the crew has come. ``told``: the people and start last told. ``pinned``: whom a
    dispatcher named. ``missed``: the promised arrival passed with nobody on site. ``round``: what it is a walk of;
    ``walk``: its checkpoints in the order in which they are due, if they are scanned. ``reasons``: why it was closed as
    not satisfied.
    """

    area: str
    order: str
    origin: str
    kind: Kind
    category: str
    place: PlaceRef
    reported_at: dt.datetime
    status: str
    source: str = ""
    request: str = ""
    household: str | None = None
    urgency: Urgency | None = None
    people: int = 1
    minutes: int = 0
    due: dt.datetime | None = None
    workers: tuple[str, ...] = ()
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    pinned: tuple[str, ...] = ()
    stages: dict[str, str] = {}
    told: tuple[tuple[str, ...], dt.datetime] | None = None
    told_at: dt.datetime | None = None
    arrived_at: dt.datetime | None = None
    done_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    satisfied: bool | None = None
    missed: bool = False
    rework: str | None = None
    rework_of: str | None = None
    round: str | None = None
    walk: tuple[PassRow, ...] = ()
    reasons: tuple[happened.ReasonGiven, ...] = ()

    @property
    def standing(self) -> str:
        """In words, how far it has come, how many of its crew if not all, and whether its promise was missed.

        Of a walk, how many checkpoints were scanned, and how many are amiss.
        """
        at_it = sum(stage == self.status for worker, stage in self.stages.items() if worker in self.workers)
        crew = f" ({at_it} of {len(self.workers)})" if self.status in _ONE_BY_ONE and at_it < len(self.workers) else ""
        amiss = sum(one.amiss for one in self.walk)
        seen = f" {sum(one.seen is not None for one in self.walk)}/{len(self.walk)} scanned" if self.walk else ""
        return f"{self.status}{crew}{seen}{f', {amiss} AMISS' if amiss else ''}{' LATE' if self.missed else ''}"


RowOf = TypeVar("RowOf", bound=OrderRow)


class OrderProjection(Projection[RowOf]):
    """Rows by ``<area>.<order>``, one for each order opened; it is removed once its standing is one of ``leaves``.

    An order that moves to another area leaves its row here and has one there.
    """

    version = 4
    row: ClassVar[type[OrderRow]]
    takes = ORDER_EVENTS
    leaves: ClassVar[frozenset[str]] = frozenset()

    def apply(self, row: RowOf | None, entity: Entity, event: Any, recorded: Recorded) -> RowOf | None:
        """The order's row after ``event``."""
        if row is None:
            if not isinstance(event, happened.OrderOpened):
                return None
            return _opened(cast("type[RowOf]", self.row), entity, event)
        if isinstance(event, happened.OrderMoved):
            # It goes on in a row of the other area.
            return None
        _advance(row, event, recorded)
        return None if row.status in self.leaves else row


def _opened(row: type[RowOf], entity: Entity, event: happened.OrderOpened) -> RowOf:
    made = row(
        area=entity.area,
        order=entity.id,
        origin=event.origin,
        kind=event.kind,
        category=event.category,
        place=event.place,
        reported_at=event.reported_at,
        status="opened",
        source=event.source,
        request=event.request,
        household=event.household,
        urgency=event.urgency,
        rework_of=event.rework_of,
        round=event.round,
    )
    if event.needs is not None:
        _specify(made, event.needs)
    return made


def _advance(row: OrderRow, event: Any, recorded: Recorded) -> None:
    match event:
        case happened.OrderPlanned() | happened.OrderShort():
            row.stages = {worker: stage for worker, stage in row.stages.items() if worker in event.workers}
            row.workers, row.start, row.end = event.workers, event.start, event.end
            row.status = _status(row)
        case happened.OrderUnplanned() | happened.OrderRescheduled():
            row.workers, row.start, row.end, row.stages, row.status, row.walk = (), None, None, {}, "opened", ()
            if isinstance(event, happened.OrderRescheduled):
                row.told, row.pinned, row.arrived_at = None, (), None
                # A new time takes the place of what was promised before.
                row.due = None if event.windows else row.due
        case happened.OrderTold():
            row.told, row.told_at = (event.workers, event.start), recorded.recorded_at
            row.status = _status(row)
        case happened.OrderAskedAgain():
            row.stages = {worker: stage for worker, stage in row.stages.items() if worker not in event.workers}
            row.status = _status(row)
        case happened.OrderPinned():
            row.pinned = event.workers
        case happened.OrderUnpinned():
            row.pinned = ()
        case happened.OrderSpecified():
            _specify(row, event.needs)
        case happened.PromiseMissed():
            row.missed = True
        case happened.WalkLaidOut() | happened.CheckpointScanned() | happened.CheckpointJudged():
            row.walk = _walked(row.walk, event, recorded.happened_at)
        case _:
            _advance_visit(row, event, recorded)


def _advance_visit(row: OrderRow, event: Any, recorded: Recorded) -> None:
    at = recorded.happened_at
    match event:
        case happened.VisitAccepted():
            _stage(row, event.worker, "accepted")
        case happened.WorkerOnTheWay():
            _stage(row, event.worker, "on_the_way")
        case happened.WorkerArrived():
            row.arrived_at = row.arrived_at or at
            _stage(row, event.worker, "arrived")
        case happened.VisitRefused():
            row.stages = {worker: stage for worker, stage in row.stages.items() if worker != event.worker}
            row.pinned = () if event.worker in row.pinned else row.pinned
            row.status = _status(row)
        case happened.VisitDone():
            row.status, row.done_at = "done", at
        case happened.VisitFailed():
            row.status = "could_not"
        case happened.OrderClosed():
            row.status, row.closed_at, row.satisfied, row.rework = "closed", at, event.satisfied, event.rework
            row.reasons = event.reasons
        case happened.OrderCancelled():
            row.workers, row.start, row.end, row.stages = (), None, None, {}
            row.status, row.closed_at = "cancelled", at


def _walked(walk: tuple[PassRow, ...], event: Any, at: dt.datetime) -> tuple[PassRow, ...]:
    if isinstance(event, happened.WalkLaidOut):
        return tuple(PassRow(checkpoint=one.checkpoint, due=one.at) for one in event.watch.passes)
    for one in walk:
        if one.checkpoint == event.checkpoint:
            if isinstance(event, happened.CheckpointScanned):
                one.seen = at if one.seen is None else min(at, one.seen)
            else:
                one.standing = event.standing
    return walk


def _specify(row: OrderRow, needs: happened.Needs) -> None:
    row.kind, row.urgency, row.people = needs.kind, needs.urgency, needs.people
    row.minutes, row.due = needs.minutes, needs.due


def _stage(row: OrderRow, worker: str, stage: str) -> None:
    row.stages = {**row.stages, worker: stage}
    row.status = _status(row)


def _status(row: OrderRow) -> str:
    stages = [row.stages.get(worker) for worker in row.workers]
    for stage in reversed(_ONE_BY_ONE):
        if stage in stages:
            return stage
    if stages and all(stage == "accepted" for stage in stages):
        return "accepted"
    if row.told is not None and row.told == (row.workers, row.start):
        return "told"
    return "planned" if row.workers else "opened"
