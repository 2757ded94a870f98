"""What has to change about time for a visit to fit on one duty: nothing, one thing, or two that go together."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from dispatch.solver.changes import Change, MoveBreak, Retime, merged, size
from dispatch.solver.problem import Span
from dispatch.solver.routes.cutout import Cutout
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.state import State
from dispatch.solver.routes.stretches import Spot, least_time, widest

Changes = tuple[Change, ...]

_DUTIES = 4
"""Duties of one worker tried, those nearest to the windows first."""
_TIMES = 4
"""How often stops are laid to find the least change about time, about."""


def nearest_duties(state: State, visit: int) -> list[int]:
    """The duties by how far they are from the windows of ``visit``."""
    facts = state.compiled.visits[visit]

    def away(duty: int) -> int:
        span = state.compiled.duties[duty]
        return min(max(window.start - span.end, span.start - window.end, 0) for window in facts.windows)

    return sorted(range(len(state.compiled.duties)), key=lambda duty: (away(duty), duty))[:_DUTIES]


def in_time(cut: Cutout, state: State, visit: int, duty: int, *, free: bool) -> Changes | None:
    """What must change about time for ``visit`` to fit on ``duty``: mostly nothing, or one thing."""
    if fits_on(state, visit, duty):
        return ()
    cut.charge(_TIMES)
    return least_time(Spot(state, visit, duty), windows=free)


def fits_on(state: State, visit: int, duty: int) -> bool:
    """Whether ``visit`` fits on ``duty`` as things stand."""
    return best_place(state, visit, duties=np.array([duty], dtype=np.int64)) is not None


def in_time_by_two(cut: Cutout, needed: Changes, name: str, duty: int, *, free: bool) -> Changes | None:
    """Two changes about time, where none alone would do: what else is needed with one as large as may be, then that."""
    base = cut.opened(needed)
    if base is None:
        return None
    found = []
    for most in widest(Spot(base, base.compiled.visit_index[name], duty)):
        other = _one_more(cut, (*needed, most), name, duty, free=free)
        other = other and tuple(_without(one, most) for one in other)
        least = None if other is None else _one_more(cut, (*needed, *other), name, duty, free=False)
        if other is not None and least is not None:
            found.append(merged((*other, *least)))
    return min(found, key=size, default=None)


def _without(change: Change, before: Change) -> Change:
    """``change``, found with ``before`` made, as it is without that: the two ends of a span give way on their own."""
    if isinstance(change, Retime) and isinstance(before, Retime) and change.from_ == before.to:
        return replace(change, from_=before.from_, to=_moved(before.from_, change.from_, change.to))
    if isinstance(change, MoveBreak) and isinstance(before, MoveBreak) and change.from_ == before.to:
        span = _moved(before.from_.span, change.from_.span, change.to.span)
        return replace(change, from_=before.from_, to=replace(before.from_, span=span))
    return change


def _moved(span: Span, was: Span, to: Span) -> Span:
    return Span(span.start + to.start - was.start, span.end + to.end - was.end)


def _one_more(cut: Cutout, changes: Changes, name: str, duty: int, *, free: bool) -> Changes | None:
    state = cut.opened(changes)
    return None if state is None else in_time(cut, state, state.compiled.visit_index[name], duty, free=free)
