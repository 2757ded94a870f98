"""A walk of a round whose checkpoints are scanned: whose scan counts for which walk, and how its checkpoints stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from msgspec import Struct

from dispatch.decide.order import ENDED, OrderState, Status, evolve, stage_reached
from dispatch.decide.outcome import Refused
from dispatch.events.order import (
    CheckpointJudged,
    CheckpointScanned,
    OrderClosed,
    ReasonGiven,
    VisitDone,
    WorkerArrived,
)
from dispatch.model.quoting import quoted
from dispatch.model.watching import STANDING_RULES, PlannedPass, WalkWatch, amiss
from dispatch.requests.report import Scan

_DONE_BY = frozenset({Status.DONE, Status.COULD_NOT})


class Walked(Struct, frozen=True):
    """The order of a walk with what is due on it: ``due`` is the pass of the checkpoint looked for."""

    order: str
    state: OrderState
    watch: WalkWatch
    due: PlannedPass


def walk_of(report: Scan, worker: str, at: dt.datetime, orders: Mapping[str, OrderState | None]) -> Walked:
    """The walk of ``worker`` that their scan ``at`` an instant is of: the one due there nearest to it.

    ``orders``: those that stand on their schedule. Raises `Refused`: ``no_walk``, ``scan_too_early``,
    ``scan_too_late``.
    """
    passing = [
        Walked(key, state, state.watch, due)
        for key, state in orders.items()
        if state is not None and state.watch is not None and worker in state.workers
        if (due := state.watch.due(report.checkpoint)) is not None
    ]
    now = [one for one in passing if one.watch.takes(at)]
    if now:
        return min(now, key=lambda one: (abs(one.due.at - at), one.order))
    if not passing:
        raise Refused(
            f"No walk of {quoted(worker)} passes checkpoint {quoted(report.checkpoint)} around {at.isoformat()}.",
            code="no_walk",
            hint="the walk was given to somebody else since, or the checkpoints of its round are not scanned.",
        )
    nearest = min(passing, key=lambda one: (abs(one.due.at - at), one.order))
    is_due = f"Checkpoint {quoted(report.checkpoint)} is due on order {nearest.order} at {nearest.due.at.isoformat()}"
    counts = f"scans of it count from {nearest.watch.opens.isoformat()} until {nearest.watch.gone.isoformat()}."
    if at < nearest.watch.opens:
        raise Refused(f"{is_due}; it was scanned before, at {at.isoformat()}.", code="scan_too_early", hint=counts)
    raise Refused(f"{is_due}; it was scanned long after, at {at.isoformat()}.", code="scan_too_late", hint=counts)


def scanned(report: Scan, worker: str, at: dt.datetime, walk: Walked, now: dt.datetime) -> tuple[Struct, ...]:
    """What ``worker``'s scan ``at`` an instant makes happen to the order of ``walk``; nothing if it was scanned before.

    Who scans is there. With its last checkpoint the walk is done: covered if nothing of it is amiss.
    """
    state = walk.state
    before = state.scans.get(report.checkpoint)
    if before is not None and before <= at:
        return ()
    found: list[Struct] = []
    if state.status not in ENDED | _DONE_BY and not stage_reached(state, worker, Status.ARRIVED):
        found.append(WorkerArrived(worker=worker, proof=report.proof))
    found.append(CheckpointScanned(worker=worker, checkpoint=report.checkpoint, due=walk.due.at, proof=report.proof))
    seen = after(state, found, at)
    found += judging(seen, now)
    if state.status not in ENDED | {Status.COULD_NOT} and len(seen.scans) == len(walk.watch.passes):
        found += ending(after(state, found, at), worker)
    return tuple(found)


def judging(state: OrderState, now: dt.datetime) -> tuple[CheckpointJudged, ...]:
    """What is to be said at ``now`` of the checkpoints of a walk, and was not yet."""
    if state.watch is None:
        return ()
    found = {one.checkpoint: one for one in amiss(state.watch, state.scans, now)}
    events = []
    for one in state.watch.passes:
        wrong, said = found.get(one.checkpoint), state.judged.get(one.checkpoint, "in_time")
        standing = "in_time" if wrong is None else wrong.standing
        if standing != said:
            since = state.scans.get(one.checkpoint, now) if wrong is None else wrong.since
            judged = CheckpointJudged(checkpoint=one.checkpoint, standing=standing, due=one.at, since=since)
            events.append(judged)
    return tuple(events)


def ending(state: OrderState, worker: str) -> tuple[Struct, ...]:
    """The end of a walk that ``worker`` walked: satisfied if it is covered, else with what of it is amiss."""
    wrong = [(checkpoint, standing) for checkpoint, standing in state.judged.items() if standing != "in_time"]
    reasons = tuple(
        ReasonGiven(rule=STANDING_RULES[standing], message=f"Checkpoint {checkpoint}: {_WORDS[standing]}.")
        for checkpoint, standing in sorted(wrong)
    )
    done = () if state.status is Status.DONE else (VisitDone(worker=worker),)
    return (*done, OrderClosed(satisfied=not reasons, reasons=reasons))


_WORDS = {
    "late": "not scanned in time",
    "came_late": "scanned too late",
    "missed": "not scanned",
    "out_of_order": "scanned after one that comes behind it",
}


def after(state: OrderState, events: Iterable[Struct], at: dt.datetime) -> OrderState:
    """``state`` after further ``events`` that happened ``at`` an instant."""
    for event in events:
        state = evolve(state, event, at) or state
    return state
