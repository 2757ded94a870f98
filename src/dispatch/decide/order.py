"""Work orders: their state, its fold, and what may be reported and directed about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.outcome import Refused
from dispatch.events.order import (
    CheckpointJudged,
    CheckpointScanned,
    HazardReported,
    Needs,
    OrderAskedAgain,
    OrderCancelled,
    OrderClosed,
    OrderMoved,
    OrderOpened,
    OrderPinned,
    OrderPlanned,
    OrderRescheduled,
    OrderShort,
    OrderSpecified,
    OrderTold,
    OrderUnpinned,
    OrderUnplanned,
    PromiseMissed,
    ReasonGiven,
    VisitAccepted,
    VisitDone,
    VisitFailed,
    VisitRefused,
    WalkLaidOut,
    WorkerArrived,
    WorkerOnTheWay,
)
from dispatch.model.time import Window
from dispatch.model.watching import Standing, WalkWatch


class Status(StrEnum):
    """Where a work order stands."""

    OPENED = "opened"
    PLANNED = "planned"
    TOLD = "told"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    DONE = "done"
    COULD_NOT = "could_not"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MOVED = "moved"


ENDED = frozenset({Status.CLOSED, Status.CANCELLED, Status.MOVED})
UNDER_WAY = frozenset({Status.ON_THE_WAY, Status.ARRIVED})
OVER = frozenset({Status.DONE, Status.COULD_NOT})
OPEN_TO_PLAN = frozenset({Status.OPENED, Status.PLANNED, Status.TOLD, Status.ACCEPTED})
Said = TypeVar("Said")
_STAGES = (Status.ACCEPTED, Status.ON_THE_WAY, Status.ARRIVED)


class OrderState(Struct, frozen=True, kw_only=True):
    """A work order now. ``stages``: how far each of ``workers`` has come. ``told``: what was last said, to whom.

    ``agreed``: the start that each who said yes said it to.
    ``moved_to``: the area it goes on in. ``arrived_at``: when the first was on site by their own word; unset where
    nobody said so, be it done or not. ``arrivals``: when each was. ``failed_at``: when it was said that it could not
    be. ``short``: ``workers`` are fewer than needed, and nobody could join them, for ``reasons``. ``hazards``: the
    repair orders opened for what was found on this round. ``watch``: when which of its checkpoints is due, if they are
    scanned; ``scans``: when each was first, ``judged``: how each stands that ever was amiss.
    """

    opened: OrderOpened
    needs: Needs | None
    status: Status = Status.OPENED
    windows: tuple[Window, ...] = ()
    workers: tuple[str, ...] = ()
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    plan: int = 0
    told: OrderTold | None = None
    pin: OrderPinned | None = None
    stages: dict[str, Status] = {}
    agreed: dict[str, dt.datetime] = {}
    refused_by: frozenset[str] = frozenset()
    reasons: tuple[ReasonGiven, ...] = ()
    arrived_at: dt.datetime | None = None
    arrivals: dict[str, dt.datetime] = {}
    short: bool = False
    done_at: dt.datetime | None = None
    failed_at: dt.datetime | None = None
    missed: bool = False
    rework: str | None = None
    hazards: tuple[str, ...] = ()
    watch: WalkWatch | None = None
    scans: dict[str, dt.datetime] = {}
    judged: dict[str, Standing] = {}
    moved_to: str | None = None


def evolve(state: OrderState | None, event: Struct, at: dt.datetime) -> OrderState | None:
    """Fold one event of a work order that happened ``at``."""
    if isinstance(event, OrderOpened):
        return OrderState(opened=event, needs=event.needs, windows=event.windows)
    if state is None:
        return None
    match event:
        case OrderPlanned() | OrderShort() | OrderUnplanned() | OrderTold():
            return _evolve_plan(state, event)
        case OrderPinned() | OrderUnpinned() | OrderSpecified():
            return _evolve_plan(state, event)
        case OrderAskedAgain():
            again = replace(state, stages=_but(state.stages, event.workers), agreed=_but(state.agreed, event.workers))
            return replace(again, status=_status(again))
        case VisitAccepted() | WorkerOnTheWay() | WorkerArrived() | VisitRefused() | VisitDone() | VisitFailed():
            return _evolve_visit(state, event, at)
        case HazardReported():
            return replace(state, hazards=(*state.hazards, event.order))
        case WalkLaidOut() | CheckpointScanned() | CheckpointJudged():
            return _evolve_walk(state, event, at)
        case OrderRescheduled():
            return _rescheduled(state, event)
        case OrderClosed():
            return replace(state, status=Status.CLOSED, rework=event.rework)
        case OrderCancelled():
            return replace(state, status=Status.CANCELLED, **_UNPLACED)
        case OrderMoved():
            return replace(state, status=Status.MOVED, moved_to=event.to, pin=None, **_UNPLACED)
        case PromiseMissed():
            return replace(state, missed=True)
    return state


def _rescheduled(state: OrderState, event: OrderRescheduled) -> OrderState:
    """A new time was agreed: it takes the place of what was promised before, and nobody has come to it yet."""
    needs = state.needs
    if needs is not None and event.windows:
        needs = replace(needs, due=None)
    return replace(
        state,
        windows=event.windows,
        needs=needs,
        status=Status.OPENED,
        pin=None,
        arrived_at=None,
        arrivals={},
        failed_at=None,
        reasons=(),
        **_UNPLACED,
    )


_UNPLACED: dict[str, object] = {
    "workers": (),
    "start": None,
    "end": None,
    "stages": {},
    "agreed": {},
    "told": None,
    "short": False,
    "watch": None,
    "scans": {},
    "judged": {},
}


def _evolve_plan(state: OrderState, event: Struct) -> OrderState:
    match event:
        case OrderPlanned() | OrderShort():
            gone = [worker for worker in state.workers if worker not in event.workers]
            moved = replace(
                state,
                workers=event.workers,
                start=event.start,
                end=event.end,
                plan=event.plan,
                stages=_but(state.stages, gone),
                agreed=_but(state.agreed, gone),
                reasons=event.reasons if isinstance(event, OrderShort) else (),
                short=isinstance(event, OrderShort),
            )
            return replace(moved, status=_status(moved))
        case OrderUnplanned():
            unplaced = {**_UNPLACED, "told": state.told}
            return replace(state, status=Status.OPENED, plan=event.plan, reasons=event.reasons, **unplaced)
        case OrderTold():
            told = replace(state, told=event)
            return replace(told, status=_status(told))
        case OrderPinned():
            # Who is named by the dispatcher is asked again, whatever they said before.
            return replace(state, pin=event, refused_by=state.refused_by - set(event.workers))
        case OrderUnpinned():
            return replace(state, pin=None)
        case OrderSpecified():
            return replace(state, needs=event.needs)
    return state


def _evolve_visit(state: OrderState, event: Struct, at: dt.datetime) -> OrderState:
    match event:
        case VisitAccepted():
            agreed = state.agreed if state.start is None else {**state.agreed, event.worker: state.start}
            return _staged(replace(state, agreed=agreed), event.worker, Status.ACCEPTED)
        case WorkerOnTheWay():
            return _staged(state, event.worker, Status.ON_THE_WAY)
        case WorkerArrived():
            arrived = _staged(state, event.worker, Status.ARRIVED)
            arrivals = {**state.arrivals, event.worker: at}
            return replace(arrived, arrived_at=state.arrived_at or at, arrivals=arrivals)
        case VisitRefused():
            stages = _but(state.stages, (event.worker,))
            pin = None if state.pin is not None and event.worker in state.pin.workers else state.pin
            refused = replace(state, refused_by=state.refused_by | {event.worker}, stages=stages, pin=pin)
            return replace(refused, status=_status(refused))
        case VisitDone():
            return replace(state, status=Status.DONE, done_at=at)
        case VisitFailed():
            return replace(state, status=Status.COULD_NOT, failed_at=at)
    return state


def _evolve_walk(state: OrderState, event: Struct, at: dt.datetime) -> OrderState:
    match event:
        case WalkLaidOut():
            return replace(state, watch=event.watch, scans={}, judged={})
        case CheckpointScanned():
            first = min(at, state.scans.get(event.checkpoint, at))
            return replace(state, scans={**state.scans, event.checkpoint: first})
        case CheckpointJudged():
            return replace(state, judged={**state.judged, event.checkpoint: event.standing})
    return state


def _but(said: dict[str, Said], workers: Collection[str]) -> dict[str, Said]:
    """What everybody said but ``workers``."""
    return {worker: one for worker, one in said.items() if worker not in workers}


def _staged(state: OrderState, worker: str, stage: Status) -> OrderState:
    staged = replace(state, stages={**state.stages, worker: stage})
    return replace(staged, status=_status(staged))


def _status(state: OrderState) -> Status:
    """The status of a planned order: the furthest anybody came once under way, else what all have agreed to."""
    stages = [state.stages.get(worker) for worker in state.workers]
    for stage in (Status.ARRIVED, Status.ON_THE_WAY):
        if stage in stages:
            return stage
    if stages and all(stage is Status.ACCEPTED for stage in stages):
        return Status.ACCEPTED
    told = state.told
    if told is not None and told.workers == state.workers and told.start == state.start:
        return Status.TOLD
    return Status.PLANNED if state.workers else Status.OPENED


def check_here(order: str, state: OrderState) -> None:
    """Raise `Refused` (``order_moved``) if the order goes on in another area."""
    if state.moved_to is not None:
        raise Refused(
            f"Order {order} went to area {state.moved_to} with its place.",
            code="order_moved",
            hint=f"say it in area {state.moved_to}.",
        )


def stage_reached(state: OrderState, worker: str, stage: Status) -> bool:
    """Whether ``worker`` has already come as far as ``stage`` (accepted, on the way, arrived)."""
    reached = state.stages.get(worker)
    return reached is not None and _STAGES.index(reached) >= _STAGES.index(stage)
