"""The smallest set of changes by which one worker could do a visit that is left out, alone and bound to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from dispatch.solver.changes import Change, size
from dispatch.solver.problem import Span
from dispatch.solver.routes.cutout import Cutout
from dispatch.solver.routes.demands import demands
from dispatch.solver.routes.in_time import in_time, in_time_by_two, nearest_duties
from dispatch.solver.routes.new_duty import on_new_duty
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.take_off import Group, movable, one_off, several_off

Changes = tuple[Change, ...]


class Remedy(NamedTuple):
    """Changes that together let a visit fit on a worker, and when it would start then."""

    changes: Changes
    start: int


def remedy(whole: Cutout, name: str, group: Group, *, start: int | None = None, at_once: bool = False) -> Remedy | None:
    """The smallest changes by which the one worker of ``whole`` could do the visit; none of those tried: None.

    Everything demanded whatever the time, and then, the first that does: nothing else, or one change about time; the
    least dear visit taken off; two changes about time; a duty more; one visit taken off and one change about time; as
    many taken off as it takes. With ``start`` the visit is to start then, whatever its windows. ``at_once``: no more
    than one change about time is looked for.
    """
    cut = whole.alone(name)
    if start is not None:
        cut = _started(cut, name, start)
    free = start is None
    found = _least_that_stands(cut, name, _by_duties(cut, name, free=free))
    if found is not None or at_once:
        return found
    offs = movable(cut, group)
    return (
        _least_that_stands(cut, name, one_off(cut, name, offs))
        or _least_that_stands(cut, name, _by_duties(cut, name, free=free, two=True))
        or _least_that_stands(cut, name, on_new_duty(cut, name, free=free))
        or _least_that_stands(cut, name, one_off(cut, name, offs, free=free))
        or _least_that_stands(cut, name, several_off(cut, name, offs))
    )


def _least_that_stands(cut: Cutout, name: str, found: Iterable[Changes]) -> Remedy | None:
    """The smallest of ``found`` with which the visit has a place."""
    for changes in sorted(found, key=size):
        at = _start_with(cut, name, changes)
        if at is not None:
            return Remedy(changes, at)
    return None


def _started(cut: Cutout, name: str, start: int) -> Cutout:
    visits = []
    for one in cut.problem.visits:
        if one.id == name:
            pin = one.pin and replace(one.pin, start=None)
            ticks = max(one.ticks_by.get(worker.id, one.ticks) for worker in cut.problem.workers)
            visits.append(replace(one, windows=(Span(start, start + ticks),), pin=pin))
        else:
            visits.append(one)
    return cut._replace(problem=replace(cut.problem, visits=tuple(visits)))


def _start_with(cut: Cutout, name: str, changes: Changes) -> int | None:
    """When the visit would start at its cheapest place with ``changes`` made; None if there is none."""
    state = cut.opened(changes)
    if state is None:
        return None
    place = best_place(state, state.compiled.visit_index[name])
    if place is None:
        return None
    (route,) = place.routes
    return route.stops[route.visits.index(place.visit)].start


def _by_duties(cut: Cutout, name: str, *, free: bool, two: bool = False) -> list[Changes]:
    """Sets of changes that keep everything on the plan, one for each duty and what it demands.

    With one change about time at most; or with ``two``.
    """
    state = cut.opened(())
    if state is None:
        return []
    visit = state.compiled.visit_index[name]
    found: list[Changes] = []
    for duty in nearest_duties(state, visit):
        for needed in demands(state, visit, duty):
            best = min(map(size, found), default=None)
            if best is not None and size(needed) >= best:
                continue
            changed = cut.opened(needed) if needed and not two else state
            if changed is None:
                continue
            if two:
                more = in_time_by_two(cut, needed, name, duty, free=free)
            else:
                more = in_time(cut, changed, visit, duty, free=free)
            if more is not None:
                found.append((*needed, *more))
    return found
