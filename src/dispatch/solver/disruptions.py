"""What comes between a plan and its day: somebody away, back, on duty at other times; a visit that takes longer."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from dispatch.solver.problem import Duty, Id, Span, Ticks, Worker


class Away(Struct, frozen=True, kw_only=True):
    """``worker`` neither works nor travels in ``span``, on whatever duty."""

    worker: Id
    span: Span


class Back(Struct, frozen=True, kw_only=True):
    """``worker`` is there after all in ``span``: what of it they were to be away, on whatever duty, they are not."""

    worker: Id
    span: Span


class Hours(Struct, frozen=True, kw_only=True):
    """``duty`` of ``worker`` is in ``span`` now: they are late, leave sooner, or stay on. Overtime lies behind it."""

    worker: Id
    duty: Id
    span: Span


class Lasts(Struct, frozen=True, kw_only=True):
    """``visit`` takes ``ticks``, whoever does it."""

    visit: Id
    ticks: Ticks


Disruption = Away | Back | Hours | Lasts
"""One thing that comes between."""


def duties_then(worker: Worker, what: Away | Back | Hours) -> tuple[Duty, ...]:
    """The duties of ``worker`` as they are after ``what``; the same where it is about a duty they do not have."""
    if isinstance(what, Hours):
        return tuple(replace(duty, span=what.span) if duty.id == what.duty else duty for duty in worker.duties)
    if isinstance(what, Away):
        return tuple(replace(duty, absences=(*duty.absences, what.span)) for duty in worker.duties)
    return tuple(
        replace(duty, absences=tuple(part for one in duty.absences for part in _less(one, what.span)))
        for duty in worker.duties
    )


def _less(span: Span, gone: Span) -> list[Span]:
    """What is left of ``span`` without ``gone``, in order."""
    parts = (Span(span.start, min(span.end, gone.start)), Span(max(span.start, gone.end), span.end))
    return [one for one in parts if one.start < one.end]
