"""Room made for a visit by taking off what stands on a worker's duties, the least dear."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.solver.changes import Change, TakeOff, size
from dispatch.solver.problem import Visit
from dispatch.solver.routes.cutout import Cutout
from dispatch.solver.routes.demands import demands
from dispatch.solver.routes.in_time import fits_on, in_time, nearest_duties
from dispatch.solver.rules import Rule

Changes = tuple[Change, ...]
Group = Callable[[str], tuple[Visit, ...] | None]
"""What comes off the plan with a visit, itself first; None for one that may not."""

_OFFS = 3
"""Visits tried to take off where that alone is not enough: those of the lowest price."""


def movable(cut: Cutout, group: Group) -> list[Changes]:
    """What stands and may be taken off, each visit with all that comes off with it, the least dear first."""
    standing = dict.fromkeys(stop for stops in cut.order.values() for stop in stops if stop in cut.held)
    offs: list[Changes] = []
    for visit in standing:
        gone = group(visit)
        if gone is not None:
            offs.append(tuple(TakeOff(rule=Rule.OVERLAP, visit=one.id, by=one.price) for one in gone))
    return sorted(offs, key=size)


def one_off(cut: Cutout, name: str, offs: list[Changes], *, free: bool | None = None) -> Iterator[Changes]:
    """The least dear of ``offs`` that makes room, with what the visit demands besides.

    It is said whether windows are ``free`` to be changed where something else about time may change as well: then only
    the first few are tried.
    """
    for off in offs if free is None else offs[:_OFFS]:
        more = _with_off(cut, name, off, free=free)
        if more is not None:
            yield (*off, *more)
            return


def several_off(cut: Cutout, name: str, offs: list[Changes]) -> Iterator[Changes]:
    """As many of ``offs`` as make room, the least dear first, and none that need not be."""
    taken: Changes = ()
    for off in offs:
        taken = tuple(dict.fromkeys((*taken, *off)))
        if _with_off(cut, name, taken) is not None:
            break
    else:
        return
    for off in reversed(offs):
        fewer = tuple(one for one in taken if one not in off)
        if fewer and _with_off(cut, name, fewer) is not None:
            taken = fewer
    more = _with_off(cut, name, taken)
    if more is not None:
        yield (*taken, *more)


def _with_off(cut: Cutout, name: str, off: Changes, *, free: bool | None = None) -> Changes | None:
    """The least that the visit demands besides, with ``off`` taken off; None if there is no time even so.

    No other change about time is looked for, unless it is said whether windows are ``free`` to be changed.
    """
    state = cut.opened(off)
    if state is None:
        return None
    visit = state.compiled.visit_index[name]
    found = []
    for duty in nearest_duties(state, visit):
        for needed in demands(state, visit, duty):
            changed = cut.opened((*off, *needed)) if needed else state
            if changed is None:
                continue
            if fits_on(changed, visit, duty):
                found.append(needed)
            elif free is not None and (more := in_time(cut, changed, visit, duty, free=free)) is not None:
                found.append((*needed, *more))
    return min(found, key=size, default=None)
