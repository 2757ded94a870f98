"""An answer of `why` carried out by hand: the visit put where it is said it could be, on the plan as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.plan import Route, RoutePlan, Stop
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.insert import insert
from dispatch.solver.why import Alternative, Beside


def carried(problem: RouteProblem, plan: RoutePlan) -> RoutePlan:
    """``plan`` with nothing new on it, every stop as early as it may be."""
    return insert(problem, plan, only=())


def costs_by_hand(problem: RouteProblem, plan: RoutePlan, visit: str, other: Alternative) -> Iterator[float]:
    """What the plan may cost with ``visit`` where ``other`` says, and what moves along; nothing if that is no plan.

    What is tied to it keeps its people and its start, if it does not move along, but not its place in their order; the
    rest keeps its people and its order, and may slide.
    """
    moved = {one.visit: one for one in (Beside(visit=visit, workers=other.workers, start=other.start), *other.along)}
    group = [visit]
    for name in group:
        ends = [end for tie in problem.ties if name in (tie.first, tie.then) for end in (tie.first, tie.then)]
        group += [end for end in dict.fromkeys(ends) if end not in group]
    moves = [moved.get(name, _where(plan, name)) for name in group]
    names = {one.visit for one in moves}
    rest = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit not in names)) for route in plan.routes
    )
    wanted = [(worker, one) for one in moves for worker in one.workers]
    stores = {store.id for store in problem.stores}
    stood = {stop.visit for route in plan.routes for stop in route.stops} - stores
    for routes in (one for stocked in _stocked(problem, rest) for one in _arranged(problem, stocked, wanted)):
        tried = carried(problem, replace(plan, routes=routes))
        at = {(stop.visit, route.worker): stop.start for route in tried.routes for stop in route.stops}
        meant = {visit for visit, _ in at} - stores == stood and all(
            at.get((one.visit, who)) == one.start for who, one in wanted
        )
        if meant and check(problem, tried) == []:
            yield tried.total


def _where(plan: RoutePlan, visit: str) -> Beside:
    at = [(route.worker, stop.start) for route in plan.routes for stop in route.stops if stop.visit == visit]
    return Beside(visit=visit, workers=tuple(worker for worker, _ in at), start=at[0][1])


def _stocked(problem: RouteProblem, routes: tuple[Route, ...]) -> Iterator[tuple[Route, ...]]:
    """``routes`` with and without each stop at a store: what was fetched there may not be needed any more."""
    stores = {store.id for store in problem.stores}
    stops = [(route, stop) for route in routes for stop in route.stops if stop.visit in stores]
    for kept in product((True, False), repeat=len(stops)):
        gone = [one for one, keep in zip(stops, kept, strict=True) if not keep]
        yield tuple(
            replace(route, stops=tuple(stop for stop in route.stops if (route, stop) not in gone)) for route in routes
        )


def _arranged(
    problem: RouteProblem, routes: tuple[Route, ...], wanted: Sequence[tuple[str, Beside]]
) -> Iterator[tuple[Route, ...]]:
    """``routes`` with each of ``wanted`` at any place of any duty of its worker, past a store or not.

    The place its start asks for comes first, so that who looks for one of them seldom goes through all.
    """
    if not wanted:
        yield routes
        return
    (name, one), *more = wanted
    assert one.start is not None
    stop = Stop(visit=one.visit, arrive=one.start, start=one.start, end=one.start)
    (worker,) = (worker for worker in problem.workers if worker.id == name)
    for duty in worker.duties:
        known = [route for route in routes if (route.worker, route.duty) == (name, duty.id)]
        old = known[0] if known else Route(worker=name, duty=duty.id)
        others = tuple(route for route in routes if route is not old)
        late = sum(other.start <= one.start for other in old.stops)
        for place in sorted(range(len(old.stops) + 1), key=lambda place: abs(place - late)):
            for stores in ((), *((replace(stop, visit=store.id),) for store in problem.stores)):
                put = replace(old, stops=(*old.stops[:place], *stores, stop, *old.stops[place:]))
                yield from _arranged(problem, (*others, put), more)
