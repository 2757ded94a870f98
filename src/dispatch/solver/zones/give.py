"""Give zones to helpers: by a flow where that is exact, else by a search beside a bound; the plan with reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort, ZoneGiven, ZonePlan
from dispatch.solver.stop import Stop
from dispatch.solver.zone_problem import ZoneProblem
from dispatch.solver.zones.costs import zone_cost
from dispatch.solver.zones.first import price_of
from dispatch.solver.zones.flow import evenly, solve_flow
from dispatch.solver.zones.offers import Choice, Offers
from dispatch.solver.zones.reasons import explain_zones
from dispatch.solver.zones.relax import frame_of

SOLVER = "zones-2"
"""Name and version of the method: plans of one version are repeatable, bit for bit."""


def give_zones(
    problem: ZoneProblem,
    *,
    budget: int | None,
    seed: int,
    start: ZonePlan | None = None,
    seconds: float | None = None,
    cancel: Callable[[], bool] | None = None,
    enough: float | None = None,
    cores: int = 1,
) -> ZonePlan:
    """Who has which zone: hard rules kept, the cost in minutes as small as found, and below what it cannot be.

    ``start`` is a first guess (today's helpers without). The same problem, start, seed and budget give the same plan;
    ``seconds`` and ``cancel`` may cut the search short, and then the plan says so. Without a budget only they end it,
    or a plan that costs ``enough`` or less. ``cores`` changes how long it takes, nothing else. Raises `ProblemError` if
    ``problem`` is malformed.
    """
    require_form(problem)
    if seconds is not None and (problem.connected or problem.weights.compact or not _small(problem)):
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        from dispatch.solver.warm import warm

        warm("zones")
    stop = Stop(seconds, cancel, enough)
    offers = Offers(problem)
    frame = frame_of(offers)
    guess = _guess(offers, start)
    used = 0
    even = evenly(frame)
    if problem.connected or problem.weights.compact:
        # What is compiled is imported where it is used: small plans need none of it.
        from dispatch.solver.zones.districts import settle_districts

        found = settle_districts(offers, frame, guess, budget=budget, seed=seed, stop=stop, cores=cores)
        choice, bound, used = found.choice, found.bound, found.used
    elif even is not None:
        choice = solve_flow(frame, even)
        bound = price_of(frame, choice)
    else:
        from dispatch.solver.zones.hunt import hunt

        found = hunt(frame, guess, budget=budget, seed=seed, stop=stop, cores=cores)
        choice, bound, used = found.choice, found.bound, found.used
    planned = used if budget is None else budget
    repeatable = budget is not None and not stop.stopped
    effort = Effort(solver=SOLVER, seed=seed, budget=planned, used=used, repeatable=repeatable)
    return plan_of(offers, choice, bound, effort)


def plan_of(offers: Offers, choice: Choice, bound: float, effort: Effort) -> ZonePlan:
    """``choice`` as a plan, with its cost and with reasons for what is out; no plan costs less than ``bound``."""
    problem = offers.problem
    zones = zip(problem.zones, choice, strict=True)
    cost = zone_cost(offers, choice)
    return ZonePlan(
        given=tuple(ZoneGiven(zone=zone.id, helper=problem.helpers[one].id) for zone, one in zones if one is not None),
        unplanned=explain_zones(offers, choice),
        cost=cost,
        optimal=sum(cost.values()) <= bound + 1e-6,
        bound=bound,
        effort=effort,
    )


def _small(problem: ZoneProblem) -> bool:
    return len(problem.zones) * len(problem.helpers) <= 100


def _guess(offers: Offers, start: ZonePlan | None) -> Sequence[int | None]:
    holders = {} if start is None else {one.zone: one.helper for one in start.given}
    return [
        offers.helper_index.get(zone.pin or holders.get(zone.id) or zone.helper or "") for zone in offers.problem.zones
    ]
