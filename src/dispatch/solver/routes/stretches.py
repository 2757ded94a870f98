"""What would have to change about time for a visit to fit on a duty: a window, the duty, a break, an absence, a pin.

Each is the least of its kind: whatever is longer lets no less fit, so that halving finds it, and every step is built
with all that stands on the duty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from dispatch.solver.carried_out import duty_with
from dispatch.solver.changes import Change, CutAbsence, MoveBreak, OpenWindow, PinElse, Retime, size
from dispatch.solver.checks.facts import rest_span
from dispatch.solver.problem import Duty, Rest, Span
from dispatch.solver.routes.compiled import Windows
from dispatch.solver.routes.duties import retimed
from dispatch.solver.routes.gaps import find_gaps
from dispatch.solver.routes.route import build_route
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule

_REACH_S = 7 * 24 * 3600
"""How far outside its windows a visit is tried, in seconds."""
_LONGER_S = 4 * 3600
"""By how much a duty may be longer, in seconds."""

Changes = tuple[Change, ...]
DutyChange = Retime | MoveBreak | CutAbsence


class Spot(NamedTuple):
    """Where to put what: ``visit`` on ``duty``."""

    state: State
    visit: int
    duty: int


def least_time(spot: Spot, *, windows: bool = True) -> Changes | None:
    """The smallest change of times by which the visit fits on the duty; None if none of those tried would do.

    Without ``windows`` those of the visit, and the start it is pinned to, stay.
    """
    found: list[Changes] = []
    if windows:
        found += _other_starts(spot)
    ticks = spot.state.compiled.problem.tick_seconds
    most = min((int(sum(change.by for change in one)) for one in found), default=_REACH_S // ticks)
    source = spot.state.compiled.duty_source[spot.duty]
    for stretch in _stretches(spot):

        def fits(by: int, change: Callable[[int], DutyChange] = stretch.change) -> bool:
            return _fits_on(spot, duty_with(source, change(by)))

        # Of two changes that are as small, the one found first stands.
        least = _least(fits, min(stretch.most, most - 1))
        if least is not None:
            most = least
            found.append((stretch.change(least),))
    return min(found, key=size, default=None)


def widest(spot: Spot) -> list[Change]:
    """Every change of the duty itself that is tried, each as far as it goes."""
    return [stretch.change(stretch.most) for stretch in _stretches(spot) if stretch.most > 0]


class _Stretch(NamedTuple):
    """Something on a duty that may give way by up to ``most`` ticks, and the change it is by so many."""

    most: int
    change: Callable[[int], DutyChange]


def _least(fits: Callable[[int], bool], most: int) -> int | None:
    """The least of 1 to ``most`` that ``fits``, where more always does if less does; None if none does."""
    if most < 1 or not fits(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _stretches(spot: Spot) -> Iterator[_Stretch]:
    """All of a duty that may give way, with itself first."""
    compiled = spot.state.compiled
    worker = compiled.workers[compiled.duties[spot.duty].worker].id
    source = compiled.duty_source[spot.duty]
    before, after = _room_beside(spot.state, spot.duty)
    longer = _LONGER_S // compiled.problem.tick_seconds
    for later, room in ((True, after), (False, before)):
        yield _Stretch(min(room, longer), partial(_retimed, worker, source, later))
    for rest in dict.fromkeys(source.rests):
        if rest_span(source, rest) is not None:
            yield _Stretch(source.span.end - rest.span.end, partial(_break_moved, worker, source, rest, True))
            yield _Stretch(rest.span.start - source.span.start, partial(_break_moved, worker, source, rest, False))
    for absence in dict.fromkeys(source.absences):
        for later in (True, False):
            yield _Stretch(absence.end - absence.start, partial(_absence_cut, worker, source, absence, later))


def _retimed(worker: str, source: Duty, later: bool, by: int) -> Retime:
    """A duty that ends later, or begins sooner."""
    to = _wider(source.span, later, by)
    return Retime(rule=Rule.SHIFT, worker=worker, duty=source.id, from_=source.span, to=to, by=by)


def _break_moved(worker: str, source: Duty, rest: Rest, later: bool, by: int) -> MoveBreak:
    """A break that may be taken later, or sooner."""
    to = replace(rest, span=_wider(rest.span, later, by))
    return MoveBreak(rule=Rule.BREAK, worker=worker, duty=source.id, from_=rest, to=to, by=by)


def _absence_cut(worker: str, source: Duty, absence: Span, later: bool, by: int) -> CutAbsence:
    """An absence that begins later, or ends sooner, or is not."""
    to = Span(absence.start + by, absence.end) if later else Span(absence.start, absence.end - by)
    left = to if to.start < to.end else None
    return CutAbsence(rule=Rule.SHIFT, worker=worker, duty=source.id, from_=absence, to=left, by=by)


def _wider(span: Span, later: bool, by: int) -> Span:
    return Span(span.start, span.end + by) if later else Span(span.start - by, span.end)


def _room_beside(state: State, duty: int) -> tuple[int, int]:
    """The ticks between ``duty`` and those of its worker before and after it, with overtime."""
    compiled = state.compiled
    facts = compiled.duties[duty]
    others = [compiled.duties[other] for other in compiled.duties_of[facts.worker] if other != duty]
    before = min((facts.start - other.end for other in others if other.end <= facts.start), default=2**40)
    after = min((other.start - facts.end for other in others if other.start >= facts.end), default=2**40)
    return before, after


def _fits_on(spot: Spot, duty: Duty) -> bool:
    """Whether the visit would fit somewhere were its duty like ``duty``."""
    state, visit, index = spot
    compiled = state.compiled
    facts, source, route = compiled.duties[index], compiled.duty_source[index], state.routes[index]
    compiled.duties[index], compiled.duty_source[index] = retimed(facts, duty), duty
    compiled.duty_end[index] = compiled.duties[index].end
    base = build_route(compiled, state.windows, index, route.visits)
    fits = False
    if base is not None:
        state.put(base)
        places = dict.fromkeys(find_gaps(state, visit, np.array([index], dtype=np.int64)).position.tolist())
        fits = any(state.build_with(index, place, visit) is not None for place in places)
    compiled.duties[index], compiled.duty_source[index] = facts, source
    compiled.duty_end[index] = facts.end
    if base is not None:
        state.put(route)
    return fits


def _other_starts(spot: Spot) -> list[Changes]:
    """The starts nearest to the windows, or to the start pinned, at which the visit would fit."""
    state, visit = spot.state, spot.visit
    facts, now = state.compiled.visits[visit], state.compiled.problem.now
    ticks = state.compiled.ticks_on(visit, spot.duty)
    reach = _REACH_S // state.compiled.problem.tick_seconds
    pin = facts.pin
    if pin is not None and pin.start is not None:
        spans = tuple((one.start, one.end - ticks) for one in facts.windows if one.end - one.start >= ticks)
        starts: list[tuple[int, Changes]] = [(at, ()) for at in _nearest(spot, spans, pin.start, pin.start)]
        return [
            (
                PinElse(rule=Rule.PIN, visit=facts.id, from_=pin, to=replace(pin, start=at), by=abs(at - pin.start)),
                *more,
            )
            for at, more in starts or _wider_windows(spot, reach, -(2**40))
        ]
    return [more for _, more in _wider_windows(spot, reach, now)]


def _wider_windows(spot: Spot, reach: int, soonest: int) -> list[tuple[int, Changes]]:
    """For each window of the visit the least it would have to be wider, with the start then."""
    state, visit = spot.state, spot.visit
    facts, ticks = state.compiled.visits[visit], state.compiled.ticks_on(visit, spot.duty)
    found: list[tuple[int, Changes]] = []
    for window in dict.fromkeys(facts.windows):
        low, high = sorted((window.start, window.end - ticks))
        low, high = low - reach, high + reach
        spans = ((max(soonest, low), high),) if soonest <= high else ()
        for at in _nearest(spot, spans, window.end - ticks, window.start):
            to = Span(min(window.start, at), max(window.end, at + ticks))
            by = (window.start - to.start) + (to.end - window.end)
            if by:
                found.append((at, (OpenWindow(rule=Rule.WINDOW, visit=facts.id, from_=window, to=to, by=by),)))
    return found


def _nearest(spot: Spot, spans: Windows, after: int, before: int) -> list[int]:
    """The first start not before ``after`` and the last not after ``before`` within ``spans``."""
    late = tuple((max(first, min(after, before)), last) for first, last in spans if last >= min(after, before))
    early = tuple((first, min(last, max(after, before))) for first, last in spans if first <= max(after, before))
    return [at for at in (_first(spot, late), _last(spot, early)) if at is not None]


def _first(spot: Spot, windows: Windows) -> int | None:
    """The first start within ``windows``."""
    state, visit, duty = spot
    best: int | None = None
    gaps = _gaps(spot, windows)
    for place, first in sorted(gaps, key=lambda gap: gap[1]):
        if best is not None and first >= best:
            break
        route = state.build_with(duty, place, visit, windows)
        while route is not None:
            start = route.stops[route.visits.index(visit)].start
            best = start if best is None else min(best, start)
            # Past another store than the nearest it may be sooner.
            sooner = tuple((opens, min(closes, start - 1)) for opens, closes in windows if opens < start)
            route = state.build_with(duty, place, visit, sooner) if state.pass_stores and sooner else None
    return best


def _last(spot: Spot, windows: Windows) -> int | None:
    """The last start within ``windows``: the later it must be, the less fits, so that halving finds it."""
    state, visit, duty = spot
    best: int | None = None
    usual = state.windows[visit]
    state.windows[visit] = windows
    gaps = find_gaps(state, visit, np.array([duty], dtype=np.int64))
    state.windows[visit] = usual
    for index in np.argsort(-gaps.last, kind="stable").tolist():
        place, low, high = int(gaps.position[index]), int(gaps.first[index]), int(gaps.last[index])
        low = low if best is None else best + 1
        while low <= high:
            # Mostly it is the last moment of all.
            route = state.build_with(duty, place, visit, ((high, high),))
            if route is not None:
                best = high
                break
            middle = (low + high) // 2
            route = state.build_with(duty, place, visit, ((middle, high),))
            if route is None:
                high = middle - 1
                continue
            best = route.stops[route.visits.index(visit)].start
            low = best + 1
    return best


def _gaps(spot: Spot, windows: Windows) -> list[tuple[int, int]]:
    """The places on the duty by their first start within ``windows`` at the soonest."""
    state, visit, duty = spot
    usual = state.windows[visit]
    state.windows[visit] = windows
    gaps = find_gaps(state, visit, np.array([duty], dtype=np.int64))
    state.windows[visit] = usual
    return list(zip(gaps.position.tolist(), gaps.first.tolist(), strict=True))
