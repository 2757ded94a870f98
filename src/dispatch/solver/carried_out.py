"""A problem with changes carried out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from dispatch.solver.changes import (
    AddDuty,
    Allow,
    CarryParts,
    CarryTool,
    Certify,
    Change,
    CutAbsence,
    Loosen,
    MorePieces,
    MoveBreak,
    OpenWindow,
    PinElse,
    PriceUp,
    Raise,
    Retime,
    TakeOff,
)
from dispatch.solver.problem import DayCap, Duty, RouteProblem, Visit, Worker
from dispatch.solver.rules import Rule


def carried_out(problem: RouteProblem, changes: Iterable[Change]) -> RouteProblem:
    """``problem`` with all ``changes`` made; of what it does not have (a worker, a visit) nothing is changed.

    A visit taken off is in it no more, nor is what binds it to others.
    """
    visits = {visit.id: visit for visit in problem.visits}
    workers = {worker.id: worker for worker in problem.workers}
    ties, shared = problem.ties, problem.shared
    for change in changes:
        if isinstance(change, TakeOff):
            visits.pop(change.visit, None)
        elif isinstance(change, Loosen):
            instead = () if change.to is None else (change.to,)
            ties = tuple(one for tie in ties for one in (instead if tie == change.from_ else (tie,)))
        elif isinstance(change, MorePieces):
            shared = tuple(replace(tool, pieces=change.to) if tool.id == change.tool else tool for tool in shared)
        elif isinstance(change, (Allow, PinElse, OpenWindow, PriceUp)):
            if change.visit in visits:
                visits[change.visit] = _of_visit(visits[change.visit], change)
        elif change.worker in workers:
            workers[change.worker] = _of_worker(workers[change.worker], change)
    return replace(
        problem,
        visits=tuple(visits.values()),
        workers=tuple(workers.values()),
        ties=tuple(tie for tie in ties if tie.first in visits and tie.then in visits),
        shared=shared,
    )


def _of_visit(visit: Visit, change: Allow | PinElse | OpenWindow | PriceUp) -> Visit:
    if isinstance(change, Allow):
        among = visit.among
        if among is not None and change.worker not in among:
            among = (*among, change.worker)
        return replace(visit, among=among, never=tuple(one for one in visit.never if one != change.worker))
    if isinstance(change, PinElse):
        return replace(visit, pin=change.to)
    if isinstance(change, PriceUp):
        return replace(visit, price=change.to)
    return replace(visit, windows=tuple(change.to if one == change.from_ else one for one in visit.windows))


def _of_worker(
    worker: Worker, change: Certify | Raise | CarryTool | CarryParts | Retime | AddDuty | MoveBreak | CutAbsence
) -> Worker:
    if isinstance(change, Certify):
        return replace(worker, skills=(*(one for one in worker.skills if one != change.from_), change.to))
    if isinstance(change, CarryTool):
        return replace(worker, tools=(*worker.tools, change.tool))
    if isinstance(change, CarryParts):
        return replace(worker, parts={**worker.parts, change.part: change.to})
    if isinstance(change, AddDuty):
        return replace(worker, duties=(*worker.duties, change.duty))
    if isinstance(change, Raise) and change.duty is None:
        return replace(
            worker, caps=tuple(_raised(cap, change) if cap.day == change.day else cap for cap in worker.caps)
        )
    named = change.duty
    return replace(worker, duties=tuple(duty_with(one, change) if one.id == named else one for one in worker.duties))


def _raised(cap: DayCap, change: Raise) -> DayCap:
    if change.rule is Rule.VISITS_CAP:
        return replace(cap, max_visits=change.to)
    return replace(cap, max_ticks=change.to)


def duty_with(duty: Duty, change: Raise | Retime | MoveBreak | CutAbsence) -> Duty:
    """``duty`` with ``change`` made."""
    if isinstance(change, Retime):
        return replace(duty, span=change.to)
    if isinstance(change, MoveBreak):
        return replace(duty, rests=tuple(change.to if one == change.from_ else one for one in duty.rests))
    if isinstance(change, CutAbsence):
        kept = (change.to if one == change.from_ else one for one in duty.absences)
        return replace(duty, absences=tuple(one for one in kept if one is not None))
    if change.rule is Rule.VISITS_CAP:
        return replace(duty, max_visits=change.to)
    if change.rule is Rule.MINUTES_CAP:
        return replace(duty, max_ticks=change.to)
    if change.rule is Rule.WEIGHT_CAP:
        return replace(duty, max_weight=change.to)
    return replace(duty, max_households=change.to)
