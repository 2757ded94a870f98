"""A duty more for a worker, just long enough for one visit, beside those they have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dispatch.solver.changes import AddDuty, Change
from dispatch.solver.problem import Duty, Span, Visit
from dispatch.solver.routes.cutout import Cutout
from dispatch.solver.routes.demands import demands
from dispatch.solver.routes.in_time import in_time
from dispatch.solver.rules import Rule

Changes = tuple[Change, ...]

_EPOCH = dt.date(1970, 1, 1)


def on_new_duty(cut: Cutout, name: str, *, free: bool) -> Iterator[Changes]:
    """A duty more that is just long enough, where the worker has none."""
    (worker,) = cut.problem.workers
    (facts,) = (one for one in cut.problem.visits if one.id == name)
    new = _new_duty(cut, facts)
    if new is None:
        return
    added = AddDuty(rule=Rule.SHIFT, worker=worker.id, duty=new, by=new.span.end - new.span.start)
    state = cut.opened((added,))
    if state is None:
        return
    visit, duty = state.compiled.visit_index[name], len(worker.duties)
    for needed in demands(state, visit, duty):
        changed = cut.opened((added, *needed))
        more = None if changed is None else in_time(cut, changed, visit, duty, free=free)
        if more is not None:
            yield (added, *needed, *more)


def _new_duty(cut: Cutout, facts: Visit) -> Duty | None:
    """A duty where the visit is and of its length, as soon as may be and beside those there are."""
    problem = cut.problem
    (worker,) = problem.workers
    busy = [(duty.span.start, duty.span.end + duty.overtime) for duty in worker.duties]
    ticks = max(1, facts.ticks_by.get(worker.id, facts.ticks))
    pinned = None if facts.pin is None else facts.pin.start
    starts = []
    for window in facts.windows:
        opens = max(window.start, problem.now) if pinned is None else pinned
        closes = max(opens, window.end - ticks) if pinned is None else pinned
        for start in (opens, *(end for _, end in busy)):
            if opens <= start <= closes and all(start + ticks <= first or last <= start for first, last in busy):
                starts.append(start)
    if not starts:
        return None
    start = min(starts)
    name = next(name for name in _names() if name not in {duty.id for duty in worker.duties})
    first, midnights = _days(cut, start, start + ticks)
    return Duty(id=name, day=first, span=Span(start, start + ticks), start_spot=facts.spot, midnights=midnights)


def _names() -> Iterator[str]:
    yield "added"
    number = 2
    while True:
        yield f"added-{number}"
        number += 1


def _days(cut: Cutout, start: int, end: int) -> tuple[int, tuple[int, ...]]:
    """The local day of ``start``, and where days begin until ``end``."""
    problem = cut.problem
    midnight = problem.origin.replace(hour=0, minute=0, second=0, microsecond=0)
    into = round((problem.origin - midnight).total_seconds())
    day_s, tick_s = 24 * 3600, problem.tick_seconds
    passed = (into + start * tick_s) // day_s
    more = range(passed + 1, (into + (end - 1) * tick_s) // day_s + 1)
    midnights = tuple(-(-(day * day_s - into) // tick_s) for day in more)
    return (midnight.date() - _EPOCH).days + passed, midnights
