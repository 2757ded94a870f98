"""What a worker's report on a visit does to the order; deciding the same report twice gives no second event."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.decide.order import ENDED, UNDER_WAY, OrderState, Status, check_here, stage_reached
from dispatch.decide.outcome import Refused
from dispatch.events.order import (
    OrderClosed,
    Origin,
    VisitAccepted,
    VisitDone,
    VisitFailed,
    VisitRefused,
    WorkerArrived,
    WorkerOnTheWay,
)
from dispatch.events.personal import remark
from dispatch.model.quoting import quoted
from dispatch.requests.report import Accepted, Arrived, CouldNot, Done, OnTheWay, Report
from dispatch.requests.report import Refused as RefusedReport

_GRACE = dt.timedelta(days=1)
"""Clocks are off by a zone more often than by a second."""


def happened_at(report: Report, state: OrderState | None, now: dt.datetime) -> dt.datetime:
    """When what ``report`` tells of an order was so: not before the order was reported, and not after ``now``.

    A device's clock may be wrong by a zone; what it said is kept as it was said.
    """
    first = report.at if state is None else max(report.at, state.opened.reported_at)
    return min(first, now)


def decide(report: Report, worker: str, order: str, state: OrderState | None) -> tuple[Struct, ...]:
    """The events ``worker``'s ``report`` makes happen to ``order``; none when all of it is already so.

    Who is done without having said that they were there forgot to: it is done, and no arrival is shown. Who could not
    get to where others are, or are on the way to, does not end their visit: it is a refusal. Raises
    `Refused`: ``unknown_order``, ``order_moved``, ``order_ended``, ``not_yours``, ``not_now``, ``before_order``.
    """
    state = _concerned(report, worker, order, state)
    if state.status in ENDED and _says_again(report, worker, state):
        return ()
    check_time(report, order, state)
    match report:
        case Accepted():
            return () if stage_reached(state, worker, Status.ACCEPTED) else (VisitAccepted(worker=worker),)
        case OnTheWay():
            return () if stage_reached(state, worker, Status.ON_THE_WAY) else (WorkerOnTheWay(worker=worker),)
        case Arrived():
            if stage_reached(state, worker, Status.ARRIVED):
                return ()
            return (WorkerArrived(worker=worker, proof=report.proof),)
        case Done():
            return _done(report, worker, state)
        case CouldNot():
            if not stage_reached(state, worker, Status.ARRIVED) and _others_set_out(state, worker):
                # Who never got there says nothing of the visit that the others are at.
                here = worker not in state.refused_by
                return (VisitRefused(worker=worker, remark=remark(report.reason)),) if here else ()
            return (VisitFailed(worker=worker, remark=remark(report.reason), proof=report.proof),)
        case RefusedReport():
            if worker in state.refused_by:
                return ()
            if stage_reached(state, worker, Status.ARRIVED):
                raise Refused(
                    f"{worker} has already arrived at {order}.", code="not_now", hint="report could_not instead."
                )
            return (VisitRefused(worker=worker, remark=remark(report.reason)),)
    raise Refused(f"A {type(report).__name__} says nothing about an order.", code="not_now")


def check_time(report: Report, order: str, state: OrderState) -> None:
    """Raise `Refused` (``before_order``) if ``report`` is of a time long before ``order`` was there."""
    if report.at < state.opened.reported_at - _GRACE:
        raise Refused(
            f"The report is of {report.at.isoformat()}; order {order} was reported at "
            f"{state.opened.reported_at.isoformat()}.",
            code="before_order",
            hint="the clock of the device is wrong.",
        )


def _others_set_out(state: OrderState, worker: str) -> bool:
    return any(state.stages.get(other) in UNDER_WAY for other in state.workers if other != worker)


def _says_again(report: Report, worker: str, state: OrderState) -> bool:
    """Whether a guard says of a walk that was all scanned what the scans have said."""
    walked = state.status is Status.CLOSED and state.watch is not None and state.done_at is not None
    return walked and worker in state.workers and isinstance(report, (Arrived, Done))


def _done(report: Done, worker: str, state: OrderState) -> tuple[Struct, ...]:
    done = VisitDone(worker=worker, proof=report.proof, remark=remark(report.note))
    if state.opened.origin is Origin.ROUND and state.watch is None:
        # A round has nobody to call back. One whose checkpoints are scanned ends with its scans.
        return (done, OrderClosed(satisfied=True))
    return (done,)


def _concerned(report: Report, worker: str, order: str, state: OrderState | None) -> OrderState:
    if state is None:
        raise Refused(f"There is no work order {quoted(order)}.", code="unknown_order", hint="the order was mistyped.")
    check_here(order, state)
    if worker in state.refused_by and isinstance(report, RefusedReport):
        return state
    if state.status in ENDED and not _says_again(report, worker, state):
        raise Refused(
            f"Order {order} is {state.status}; nothing more can be reported on it.",
            code="order_ended",
            hint="the desk can open a new one.",
        )
    if worker not in state.workers:
        planned = ", ".join(state.workers) or "nobody"
        raise Refused(
            f"Order {order} is planned for {planned}, not for {quoted(worker)}.",
            code="not_yours",
            hint="it was given to somebody else since; see the newest tasks.",
        )
    if state.status in {Status.DONE, Status.COULD_NOT}:
        raise Refused(
            f"Order {order} was already reported {state.status}.",
            code="not_now",
            hint="another of the crew was faster; nothing needs to be done.",
        )
    return state
