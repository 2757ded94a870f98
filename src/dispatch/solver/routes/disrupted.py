"""A state after something came between: what can stay where it is stays, what cannot comes off its routes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from dispatch.solver.disruptions import Away, Disruption, Lasts, duties_then
from dispatch.solver.problem import Span
from dispatch.solver.routes.carry import lay_singly
from dispatch.solver.routes.compiled import NO_FLOOR, start_windows
from dispatch.solver.routes.part import on_duties
from dispatch.solver.routes.route import Route, empty_route
from dispatch.solver.routes.state import State

Places = dict[int, tuple[tuple[int, int], ...]]
"""Where and when visits stand: duties with starts."""


def relaid(state: State, what: Disruption) -> list[int]:
    """Let ``what`` have come between: the visits that come off the plan, those of a crew off all of its routes.

    What people still have time for stays where it is, in its order and, where they were told, at its start.
    """
    compiled = state.compiled
    if isinstance(what, Lasts):
        visit = compiled.visit_index[what.visit]
        held = state.held.get(visit)

        def longer() -> None:
            compiled.relength(visit, what.ticks)
            state.release(visit)

        def too_long() -> set[int]:
            at_all = start_windows(compiled.visits[visit], NO_FLOOR, what.ticks)
            stays = held is None or any(first <= held <= last for first, last in at_all)
            return set() if stays else {visit}

        return _laid_anew(state, state.where.get(visit, ()), longer, too_long)
    worker = compiled.worker_index[what.worker]
    duties = compiled.duties_of[worker]
    off = _during(state, duties, what.span) if isinstance(what, Away) else set()
    then = duties_then(compiled.workers[worker], what)
    return _laid_anew(state, duties, lambda: compiled.retime(worker, then), lambda: off)


def makes_room(state: State, what: Disruption) -> bool:
    """Whether what was out may have a place by ``what``; asked before it is made so."""
    if isinstance(what, Lasts):
        return what.ticks < state.compiled.visits[state.compiled.visit_index[what.visit]].ticks
    return not isinstance(what, Away)


def _during(state: State, duties: Sequence[int], span: Span) -> set[int]:
    """The visits on ``duties`` that somebody is at in ``span``."""
    return {
        visit
        for duty in duties
        for visit, stop in zip(state.routes[duty].visits, state.routes[duty].stops, strict=True)
        if state.compiled.is_visit(visit) and stop.start < span.end and stop.ready > span.start
    }


def _laid_anew(
    state: State, duties: Sequence[int], change: Callable[[], None], off: Callable[[], Collection[int]]
) -> list[int]:
    """Take what is on ``duties`` off, make ``change``, and put all back that can stand; what is out now.

    ``off``: asked after the change, what is not to be put back.
    """
    theirs = on_duties(state, duties)
    before = state.snapshot()
    cleared = state.take_off(theirs)
    among = frozenset(cleared)
    order = {duty: list(route.visits) for duty, route in enumerate(before.routes) if not among.isdisjoint(route.visits)}
    change()
    for duty in duties:
        state.put(empty_route(state.compiled, duty))
    gone = off()
    staying = [visit for visit in cleared if visit not in gone]
    for visit in staying:
        if visit in before.held:
            state.hold(visit, before.held[visit])
    lay_singly(state, order, staying)
    return [visit for visit in cleared if visit not in state.where]


def places_of(state: State, routes: Iterable[Route]) -> Places:
    """Where and when each visit on ``routes`` stands."""
    found: Places = {}
    for route in routes:
        for visit, stop in zip(route.visits, route.stops, strict=True):
            if state.compiled.is_visit(visit):
                found[visit] = (*found.get(visit, ()), (route.duty, stop.start))
    return found


def told_elsewhere(state: State, before: Sequence[Route], must: Collection[int]) -> set[int]:
    """The visits people were told of that stand elsewhere than in the routes ``before``, or nowhere; not ``must``."""
    duties = [duty for duty, route in enumerate(state.routes) if route is not before[duty]]
    stood = places_of(state, (before[duty] for duty in duties))
    stand = places_of(state, (state.routes[duty] for duty in duties))
    visits = state.compiled.visits
    return {
        visit
        for visit, at in stood.items()
        if visit not in must and visits[visit].told is not None and stand.get(visit) != at
    }
