"""Improve a plan, anytime: the search goes in legs, and between them says what it has, trades, stops when told."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from dispatch.solver.checks import check, require_form
from dispatch.solver.plan import Effort, Finding, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import explain_out, fill, knows_all, missing, place_pins, start_state
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import held_among, planned_in, stand, worth
from dispatch.solver.search.pace import Pace
from dispatch.solver.stop import Stop
from dispatch.solver.warm import warm

GAIN = 1e-6
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
    enough: float | None = None,
    cores: int = 1,
) -> RoutePlan:
    """A plan no dearer than ``plan``, after at most ``budget`` times `LEG` rounds of ruin and recreate per core.

    Repeatable bit for bit for the same problem, plan, seed, budget, cores and ``enough``, the cost of a plan at which
    the search ends. ``seconds`` of wall clock and ``cancel`` may cut it short; the plan then says ``repeatable=False``
    and in ``used`` how much of the budget it took. Without a ``budget`` the search is paced by ``seconds`` (or
    ``cancel``) alone. ``on_best`` gets every better plan as it is found. Raises `ProblemError` if ``problem`` is
    malformed. A ``plan`` that breaks a hard rule is mended first, and rounds it leaves out are tried again; either may
    make it dearer.
    """
    require_form(problem)
    findings = check(problem, plan)
    if seconds is not None:
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        warm("search")
    stop = Stop(seconds, cancel, enough)
    compiled = Compiled(problem)
    order, begun = _begin(problem, compiled, plan, findings, seed)
    standing = None if begun is None else begun.where.keys()
    drive = Drive(compiled, seed=seed, cores=cores, order=order, standing=standing)
    pace = Pace(budget, stop)
    tell = on_best or _nobody
    best = drive.cost
    if enough is not None:
        stop.found(_written(compiled, drive, pace.effort(seed)).total)
    try:
        for leg in pace.legs():
            drive.leg(leg)
            if (on_best is not None or enough is not None) and drive.cost < best - GAIN:
                best = drive.cost
                better = _written(compiled, drive, pace.effort(seed))
                stop.found(better.total)
                tell(better)
        found = _written(compiled, drive, pace.effort(seed), all_placed=True)
    finally:
        drive.close()
    if begun is not None and _gives_up(problem, found, begun):
        # What insertion can hold and the search cannot (breaks it would take otherwise) is not given up.
        found = write_plan(begun, explain_out(begun), found.effort)
    if not findings and worth(problem, found) < worth(problem, plan):
        return structs.replace(plan, effort=found.effort)
    return found


def _nobody(_: RoutePlan) -> None:
    """Nobody asked to be told."""


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


def _written(compiled: Compiled, drive: Drive, effort: Effort, *, all_placed: bool = False) -> RoutePlan:
    """The cheapest routes seen as a plan, with reasons for what is out.

    The search keeps times a little more strictly than a plan must, above all beside breaks: with ``all_placed`` all
    that is out and has a place all the same goes there, else pins alone.
    """
    state = stand(compiled, drive.order(), drive.starts())
    place_pins(state)
    if all_placed:
        fill(state, missing(state))
    return write_plan(state, explain_out(state), effort)


def _gives_up(problem: RouteProblem, found: RoutePlan, begun: State) -> bool:
    """Whether ``found`` leaves out a pin that ``begun`` has, or holds less of what must be."""
    before, after = {begun.compiled.visits[visit].id for visit in begun.where}, planned_in(found)
    pins = {visit.id for visit in problem.visits if visit.pin is not None}
    return not pins & before <= after or held_among(problem, after) < held_among(problem, before)
