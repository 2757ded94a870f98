"""Every gap a visit could go into, at once: earliest and latest start there, and a lower bound of what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Visit
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.within.prices import late, told

Floats = NDArray[np.float64]


class Gaps(NamedTuple):
    """Gaps a visit may fit into, flat: its duty, its position, the first and last start there, added travel ticks.

    In traffic no fewer ticks are added than that: a visit may push the rest of its route out of the busy hours, so that
    it goes as on free roads.
    """

    duty: Ints
    position: Ints
    first: Ints
    last: Ints
    travel: Ints


def able_duties(state: State, visit: int, *, capped: bool = True) -> Ints:
    """The duties whose worker may do ``visit``, with a window that meets the duty, room under the caps, and a piece
    left of every shared tool it takes.

    Without ``capped`` neither caps nor pieces are looked at.
    """
    compiled = state.compiled
    ticks = compiled.ticks_over(visit)
    mask = compiled.eligible(compiled.visits[visit])
    if capped:
        mask &= state.has_room(ticks)
        mask &= state.has_pieces(compiled.visits[visit])
    open_then = np.zeros(len(mask), dtype=bool)
    for first, last in state.windows[visit]:
        open_then |= np.maximum(compiled.duty_start, first) <= np.minimum(compiled.duty_end - ticks, last)
    return np.flatnonzero(mask & open_then)


def find_gaps(state: State, visit: int, duties: Ints) -> Gaps:
    """The gaps of ``duties`` into which ``visit`` fits if breaks and absences do not stand in the way.

    A gap stands in it once per window of the visit that it meets.
    """
    compiled = state.compiled
    spot, ticks = compiled.spot[visit], compiled.ticks_over(visit)
    width = int(state.gaps[duties].max(initial=1))
    modes = compiled.duty_mode[duties][:, None]
    after = state.next[duties, :width]
    arriving = compiled.travel.to(spot)[modes, state.prev[duties, :width]]
    leaving = np.where(after >= 0, compiled.travel.away(spot)[modes, np.maximum(after, 0)], 0)
    leave = np.maximum(state.early[duties, :width], compiled.floors(visit)[duties][:, None])
    free, done = leave + arriving, state.late[duties, :width] - leaving
    for mode, course in compiled.busy:
        rows = np.flatnonzero(compiled.duty_mode[duties] == mode)
        free[rows] = course.arrive(leave[rows], arriving[rows])
        done[rows] = course.leave(state.late[duties[rows], :width], leaving[rows])
    until = np.minimum(done, compiled.duty_end[duties][:, None])
    until -= ticks if isinstance(ticks, int) else ticks[duties][:, None]
    travel = arriving + leaving - state.leg[duties, :width]
    if compiled.busy:
        travel -= np.array([state.routes[duty].slow for duty in duties.tolist()], dtype=np.int64)[:, None]
    parts = []
    for some, opens, closes in _by_windows(state, visit, duties):
        first, last = np.maximum(free, opens), np.minimum(until, closes)
        rows, columns = np.nonzero(first <= last if some is None else (first <= last) & some)
        parts.append((duties[rows], columns, first[rows, columns], last[rows, columns], travel[rows, columns]))
    if len(parts) == 1:
        return Gaps(*parts[0])
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Gaps(empty, empty, empty, empty, empty)
    return Gaps(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _by_windows(state: State, visit: int, duties: Ints) -> Iterator[tuple[NDArray[np.bool_] | None, int, int]]:
    """The first and last start by each window of ``visit``, and of which ``duties`` (a column; None: all) it is one."""
    windows = state.windows[visit]
    if not state.compiled.own_windows(visit):
        yield from ((None, opens, closes) for opens, closes in windows)
        return
    found: dict[tuple[int, int], list[int]] = {}
    for place, duty in enumerate(duties.tolist()):
        for window in state.compiled.windows_on(visit, duty, windows):
            found.setdefault(window, []).append(place)
    for (opens, closes), places in found.items():
        some = np.zeros((len(duties), 1), dtype=bool)
        some[places] = True
        yield some, opens, closes


def wanted_start(state: State, visit: Visit) -> int | None:
    """The start that is cheapest for a told visit were it free to choose; None for a visit nobody was told."""
    if visit.told is None:
        return None
    dearer_late = visit.due is not None and visit.late_weight > state.compiled.problem.weights.change_tick
    return min(visit.told.start, visit.due) if dearer_late and visit.due is not None else visit.told.start


def start_cost(state: State, visit: Visit, start: Ints) -> Floats:
    """Price in minutes of starting ``visit`` at each of ``start``: lateness, and the change of what was told."""
    cost = np.zeros(len(start), dtype=np.float64)
    if visit.due is not None and visit.late_weight > 0:
        cost += late(start, visit.due, visit.late_weight)
    if visit.told is not None:
        cost += told(start, visit.told.start, state.compiled.problem.weights.change_tick)
    return cost
