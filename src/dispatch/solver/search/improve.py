"""Improve a plan, anytime: the search goes in legs, and between them says what it has, trades, stops when told."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from dispatch.solver.checks import check, require_form
from dispatch.solver.plan import Effort, Finding, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import explain_out, knows_all, start_state
from dispatch.solver.routes.later import set_out_late
from dispatch.solver.routes.state import Route as WorkingRoute
from dispatch.solver.routes.state import State, build_route
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.pace import Pace
from dispatch.solver.search.warm import warm
from dispatch.solver.stop import Stop

_GAIN = 1e-6
"""Minutes by which a plan must be cheaper to count as better."""


def improve(
    problem: RouteProblem,
    plan: RoutePlan,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    on_best: Callable[[RoutePlan], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    cores: int = 1,
) -> RoutePlan:
    """A plan no dearer than ``plan``, after at most ``budget`` times `LEG` rounds of ruin and recreate per core.

    Repeatable bit for bit for the same problem, plan, seed, budget and cores. ``seconds`` of wall clock and ``cancel``
    may cut it short; the plan then says ``repeatable=False`` and in ``used`` how much of the budget it took. Without a
    ``budget`` the search is paced by ``seconds`` (or ``cancel``) alone. ``on_best`` gets every better plan as it is
    found. Raises `ProblemError` if ``problem`` is malformed. A ``plan`` that breaks a hard rule is mended first, and
    rounds it leaves out are tried again; either may make it dearer.
    """
    require_form(problem)
    findings = check(problem, plan)
    if seconds is not None:
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        warm()
    stop = Stop(seconds, cancel)
    compiled = Compiled(problem)
    order, begun = _begin(problem, compiled, plan, findings, seed)
    standing = None if begun is None else begun.where.keys()
    drive = Drive(compiled, seed=seed, cores=cores, order=order, standing=standing)
    pace = Pace(budget, stop)
    best = drive.cost
    try:
        for leg in pace.legs():
            drive.leg(leg)
            if on_best is not None and drive.cost < best - _GAIN:
                best = drive.cost
                on_best(_written(compiled, drive, pace.effort(seed)))
        found = _written(compiled, drive, pace.effort(seed))
    finally:
        drive.close()
    if begun is not None and _gives_up(problem, found, begun):
        # What insertion can hold and the search cannot (a certificate that ends within the duty) is not given up.
        found = write_plan(begun, explain_out(begun), found.effort)
    if not findings and _standing(problem, found) < _standing(problem, plan):
        return structs.replace(plan, effort=found.effort)
    return found


def _begin(
    problem: RouteProblem, compiled: Compiled, plan: RoutePlan, findings: list[Finding], seed: int
) -> tuple[dict[int, list[int]] | None, State | None]:
    """Visits per duty to begin from, None to begin from nothing; and the state that is, where insertion made it.

    What a plan may no longer be is mended by `start_state`, which also covers rounds as well as can be. Where it does
    not know every rule, each route on which something is wrong begins empty.
    """
    if not knows_all(problem):
        return _order_of(compiled, _sound(plan, findings)), None
    if not plan.routes and not any(visit.cover or visit.pin for visit in problem.visits):
        return None, None
    state = start_state(problem, plan, seed=seed, again=True)
    return {route.duty: list(route.visits) for route in state.routes if route.visits}, state


def _sound(plan: RoutePlan, findings: list[Finding]) -> RoutePlan:
    """``plan`` without the routes of workers and visits that ``findings`` name."""
    workers = {finding.worker for finding in findings}
    visits = {finding.visit for finding in findings}
    kept = (one for one in plan.routes if one.worker not in workers and visits.isdisjoint(s.visit for s in one.stops))
    return structs.replace(plan, routes=tuple(kept))


def _order_of(compiled: Compiled, plan: RoutePlan) -> dict[int, list[int]]:
    order = {}
    stores = {store.id: len(compiled.visits) + place for place, store in enumerate(compiled.problem.stores)}
    index = {**stores, **compiled.visit_index}
    for route in plan.routes:
        duty = compiled.duty_index.get((route.worker, route.duty))
        if duty is not None:
            known = (index.get(stop.visit) for stop in route.stops)
            order[duty] = [visit for visit in known if visit is not None]
    return order


def _written(compiled: Compiled, drive: Drive, effort: Effort) -> RoutePlan:
    """The cheapest routes seen as a plan, with reasons for what is out."""
    state = State(compiled)
    starts = drive.starts()
    tied = {end for tie in compiled.problem.ties for end in (tie.first, tie.then)}
    for visit, start in starts.items():
        facts = compiled.visits[visit]
        if facts.people > 1 or facts.told is not None or facts.pin is not None or facts.id in tied:
            state.hold(visit, round(start))
    built = _built(compiled, state, drive.order(), starts)
    if compiled.problem.weights.duration:
        built = [set_out_late(state, route) for route in built]
    for route in built:
        state.put(route)
        for visit in filter(compiled.is_visit, route.visits):
            state.where[visit] = (*state.where.get(visit, ()), route.duty)
    for visit in [one for one in state.held if one not in state.where]:
        state.release(visit)
    return write_plan(state, explain_out(state), effort)


def _built(
    compiled: Compiled, state: State, order: dict[int, list[int]], starts: dict[int, float]
) -> list[WorkingRoute]:
    """The routes of ``order``. The search keeps times a little more strictly than a plan must, so they can be built."""
    built = []
    for duty, visits in order.items():
        route = build_route(compiled, state.windows, duty, tuple(visits))
        if route is None:
            for visit in filter(compiled.is_visit, visits):
                state.hold(visit, round(starts[visit]))
            route = build_route(compiled, state.windows, duty, tuple(visits))
        if route is None:
            names = ", ".join(compiled.stop_id(visit) for visit in visits)
            raise AssertionError(f"The search found a route for duty {duty} that cannot be kept: {names}.")
        built.append(route)
    return built


def _standing(problem: RouteProblem, plan: RoutePlan) -> tuple[int, float, float]:
    """How good a plan is: the pins it holds come first, then the price of its rounds, then its cost."""
    return *_held(problem, _planned(plan)), -plan.total


def _planned(plan: RoutePlan) -> set[str]:
    return {stop.visit for route in plan.routes for stop in route.stops}


def _where(state: State) -> set[str]:
    return {state.compiled.visits[visit].id for visit in state.where}


def _gives_up(problem: RouteProblem, found: RoutePlan, begun: State) -> bool:
    """Whether ``found`` leaves out a pin that ``begun`` has, or holds less of what must be."""
    before, after = _where(begun), _planned(found)
    pins = {visit.id for visit in problem.visits if visit.pin is not None}
    return not pins & before <= after or _held(problem, after) < _held(problem, before)


def _held(problem: RouteProblem, planned: set[str]) -> tuple[int, float]:
    """How many pins and what price of rounds there are among what is ``planned``."""
    held = [visit for visit in problem.visits if visit.id in planned]
    pins = sum(visit.pin is not None for visit in held)
    return pins, sum(visit.price for visit in held if visit.cover and visit.pin is None)
