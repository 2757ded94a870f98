"""Changes of a problem as a sentence, each with what there is now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

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
from dispatch.solver.problem import Span, Tie
from dispatch.solver.routes.hints import clock, minutes
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule

_CAPS = {
    Rule.VISITS_CAP: "visits",
    Rule.MINUTES_CAP: "minutes of work",
    Rule.WEIGHT_CAP: "weight",
    Rule.HOUSEHOLDS_CAP: "households",
}


def said(state: State, changes: Iterable[Change]) -> str:
    """``changes`` one after the other, as what would let the visit fit."""
    return "; ".join(_said(state, change) for change in changes)


def _said(state: State, change: Change) -> str:
    match change:
        case Allow():
            return f"{change.worker} may go to {change.visit}"
        case PinElse():
            return _pin(state, change)
        case Certify():
            return _certificate(change)
        case Raise():
            return _cap(state, change)
        case CarryTool():
            return f"{change.worker} carries {change.tool}"
        case CarryParts():
            return f"{change.worker} carries {change.to - change.from_} more {change.part}, {change.to} in all"
        case MorePieces():
            return f"there are {change.to} pieces of {change.tool}, now {change.from_}"
        case OpenWindow():
            return f"{_longer(state, f'the window of {change.visit}', change.from_, change.to)}"
        case TakeOff():
            return f"{change.visit} is taken off, at its price of {change.by:g}"
        case Loosen():
            return _tie(state, change)
        case PriceUp():
            return f"the price of {change.visit} is {change.to:g} at least, now {change.from_:g}"
        case _:
            return _on_duty(state, change)


def _on_duty(state: State, change: Retime | AddDuty | MoveBreak | CutAbsence) -> str:
    """A change of the times of a duty."""
    if isinstance(change, AddDuty):
        new = change.duty.span
        return (
            f"{change.worker} has a duty from {clock(state, new.start)} to {clock(state, new.end)}, where the visit is"
        )
    whose = f"duty {change.duty} of {change.worker}"
    if isinstance(change, Retime):
        return _longer(state, whose, change.from_, change.to)
    if isinstance(change, MoveBreak):
        return _longer(state, f"the span for the break on {whose}", change.from_.span, change.to.span)
    was = f"from {clock(state, change.from_.start)} to {clock(state, change.from_.end)}"
    if change.to is None:
        return f"the absence {was} on {whose} falls away"
    now = f"from {clock(state, change.to.start)} to {clock(state, change.to.end)} only"
    return f"the absence {was} on {whose} is {now}, {minutes(state, int(change.by))} less"


def _longer(state: State, what: str, was: Span, to: Span) -> str:
    """``what`` begins sooner, or ends later, or both."""
    ends = []
    if to.start < was.start:
        ends.append(f"begins at {clock(state, to.start)}, {minutes(state, was.start - to.start)} sooner")
    if to.end > was.end:
        ends.append(f"ends at {clock(state, to.end)}, {minutes(state, to.end - was.end)} later")
    return f"{what} {' and '.join(ends)}"


def _pin(state: State, change: PinElse) -> str:
    pin = change.to
    who = "" if pin.workers == change.from_.workers else f" to {', '.join(pin.workers)}"
    moved = pin.start is not None and pin.start != change.from_.start
    at = (
        f" at {clock(state, pin.start)}, {minutes(state, int(change.by))} off"
        if moved and pin.start is not None
        else ""
    )
    return f"{change.visit} is {pin.why}{who}{at}"


def _certificate(change: Certify) -> str:
    to, was = change.to, change.from_
    level = "" if was is not None and was.level == to.level else f" at level {to.level}"
    if was is None:
        return f"{change.worker} holds {to.skill}{level}, which they do not now"
    now = [] if was.level == to.level else [f"level {was.level}"]
    dates = ""
    if to.last != was.last and to.last is not None and was.last is not None:
        dates, now = f"{dates} until {_date(to.last)}", [*now, f"until {_date(was.last)}"]
    if to.first != was.first and to.first is not None and was.first is not None:
        dates, now = f"{dates} from {_date(to.first)}", [*now, f"from {_date(was.first)}"]
    return f"{change.worker} holds {to.skill}{level}{dates}, now {' '.join(now)}"


def _date(day: int) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()


def _cap(state: State, change: Raise) -> str:
    what = _CAPS[change.rule]
    at = f"duty {change.duty}" if change.duty is not None else f"all duties of {_date(change.day or 0)}"
    to, more, was = str(change.to), str(change.to - change.from_), str(change.from_)
    if change.rule is Rule.MINUTES_CAP:
        to, more, was = (minutes(state, ticks) for ticks in (change.to, change.to - change.from_, change.from_))
        what = "work"
    return f"{change.worker} may have {to} {what} on {at}, {more} more than {was}"


def _tie(state: State, change: Loosen) -> str:
    was, to = change.from_, change.to
    pair = f"{was.first} and {was.then}"
    if to is None:
        return f"{pair} are not bound to each other"
    parts = []
    if (to.least, to.most) != (was.least, was.most):
        parts.append(f"{was.then} starts {_gap(state, to)} after {was.first}, not {_gap(state, was)}")
    if to.workers != was.workers:
        parts.append(f"{pair} are for anybody, not {was.workers} people")
    if to.same_day != was.same_day:
        parts.append(f"{pair} are not bound to one day")
    return "; ".join(parts)


def _gap(state: State, tie: Tie) -> str:
    if tie.least is None:
        return "any time" if tie.most is None else f"{minutes(state, tie.most)} or less"
    if tie.most is None:
        return f"{minutes(state, tie.least)} or more"
    if tie.most == tie.least:
        return minutes(state, tie.least)
    return f"{minutes(state, tie.least)} to {minutes(state, tie.most)}"
