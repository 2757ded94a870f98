"""Setting out as late as will do where duration is paid: the same end, nothing later than it may be for nothing."""

from __future__ import annotations

from dispatch.solver.routes.compiled import Windows
from dispatch.solver.routes.route import Route, build_route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.timeline import closed, reach, set_out
from dispatch.solver.within.duration import join


def set_out_late(state: State, route: Route) -> Route:
    """``route`` begun as late as keeps its end and makes no visit later after its ``due``.

    Built at the earliest times, a route waits on the way for what opens late; begun later, it waits at its start, which
    is not paid. What is held does not move. The later the first stop, the less fits, so that halving finds the latest.
    """
    if not route.visits:
        return route
    first = route.visits[0]
    usual = state.windows[first]
    if not usual:
        return route
    end = _end(state, route)
    best, low, high = route, route.stops[0].start, min(usual[-1][1], end)
    while low < high:
        middle = (low + high + 1) // 2
        cut = tuple((max(opens, middle), closes) for opens, closes in usual if closes >= middle)
        found = _begun_in(state, route, cut)
        if found is not None and _end(state, found) <= end and not _later_than_due(state, route, found):
            best, low = found, found.stops[0].start
        else:
            high = middle - 1
    return best


def lasting(state: State, late: Route) -> int:
    """Ticks from setting out to the end of ``late``, which has stops and is set out for as late as will do."""
    duty = state.compiled.duties[late.duty]
    return _end(state, late) - set_out(duty, closed(duty, late.rests), late.stops[0].start, late.ways[0])


def told_by_pieces(state: State, route: Route) -> int | None:
    """`lasting` of ``route`` when it is set out for as late as will do; None where pieces of it do not tell.

    They do where nothing but one window each holds its stops: no break or absence, no traffic, no promise.
    """
    compiled, duty = state.compiled, state.compiled.duties[route.duty]
    if duty.rests or duty.blocks or duty.knots or compiled.problem.now > duty.start:
        return None
    piece, ticks = (0, duty.start, duty.end), compiled.ticks_of(route.duty)
    for visit, way in zip(route.visits, route.ways, strict=False):
        windows = compiled.windows_on(visit, route.duty, state.windows[visit])
        if len(windows) > 1 or (compiled.is_visit(visit) and compiled.visits[visit].due is not None):
            return None
        piece = join(*piece, way, ticks[visit], *windows[0])
    return join(*piece, route.ways[-1], 0, duty.start, duty.end)[0]


def _begun_in(state: State, route: Route, windows: Windows) -> Route | None:
    """``route`` with its first stop in ``windows``; None if that cannot be."""
    first = route.visits[0]
    usual = state.windows[first]
    state.windows[first] = windows
    found = build_route(state.compiled, state.windows, route.duty, route.visits)
    state.windows[first] = usual
    return found


def _end(state: State, route: Route) -> int:
    """When the last stop is done or, where there is one, the end spot reached."""
    duty = state.compiled.duties[route.duty]
    return reach(duty._replace(blocks=closed(duty, route.rests)), route.stops[-1].ready, route.ways[-1])


def _later_than_due(state: State, before: Route, after: Route) -> bool:
    """Whether some visit that has a promise starts later in ``after`` than is free."""
    visits = state.compiled.visits
    for visit, old, new in zip(before.visits, before.stops, after.stops, strict=True):
        due = visits[visit].due if state.compiled.is_visit(visit) else None
        if due is not None and new.start > max(old.start, due):
            return True
    return False
