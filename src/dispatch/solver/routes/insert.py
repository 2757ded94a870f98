"""Instant planning: keep what stands, place what is new at its cheapest place, say why the rest stays out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import RoutePlan, Unplanned
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.carry import carry, force_pins
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.rounds import cover_missing
from dispatch.solver.routes.squeeze import SQUEEZES_MAX, squeeze
from dispatch.solver.routes.state import State
from dispatch.solver.routes.together import place_tied
from dispatch.solver.routes.write import write_plan
from dispatch.solver.version import no_search


def knows_all(problem: RouteProblem) -> bool:
    """Whether `insert` keeps to every rule there is in ``problem``.

    It knows no ties, and sends nobody past a store.
    """
    return not (problem.ties or problem.stores)


def insert(
    problem: RouteProblem, plan: RoutePlan | None = None, *, only: Collection[str] | None = None, seed: int = 0
) -> RoutePlan:
    """A plan at once: what of ``plan`` still stands is kept, the rest and what is new goes to its cheapest place.

    Stops keep their worker and order; only visits that are neither pinned, told nor a crew's may slide. Rounds
    (``cover``) come first, then the dearest and least movable. With ``only``, no other visit is placed that is not in
    ``plan`` already; one that drops out of ``plan`` is always placed anew. ``seed`` matters only for rounds. Rules it
    does not know (`knows_all`) may be broken. Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    state = start_state(problem, plan, only=only, seed=seed)
    return write_plan(state, explain_out(state), no_search(seed))


def cover(problem: RouteProblem, plan: RoutePlan | None = None, *, seed: int = 0) -> RoutePlan:
    """``plan`` with as much as possible of the price of the rounds covered; other visits are not placed anew.

    Exact within the deterministic work allowed per call: where the guards fall short, no fewer rounds could be out.
    Rounds stay where they are unless one that is missing needs them to move. Raises `ProblemError`.
    """
    require_form(problem)
    rounds = [visit.id for visit in problem.visits if visit.cover]
    state = start_state(problem, plan, only=rounds, seed=seed, again=True)
    return write_plan(state, explain_out(state), no_search(seed))


def start_state(
    problem: RouteProblem,
    plan: RoutePlan | None,
    *,
    only: Collection[str] | None = None,
    seed: int = 0,
    again: bool = False,
) -> State:
    """The state `insert` writes its plan from; ``problem`` must be well formed.

    With ``again`` rounds that ``plan`` had to leave out are searched for exactly once more.
    """
    state = State(Compiled(problem))
    carry(state, plan)
    in_plan = {stop.visit for route in plan.routes for stop in route.stops} if plan is not None else set()
    wanted = None if only is None else {*only, *in_plan}
    state = cover_missing(state, plan, wanted, seed=seed, again=again)
    new = [visit for visit in missing(state) if wanted is None or state.compiled.visits[visit].id in wanted]
    fill(state, new)
    return state


def place_pins(state: State) -> None:
    """Place the pins that are out and can stand; what is not pinned makes way, and goes elsewhere."""
    pins = [visit for visit in missing(state) if state.compiled.visits[visit].pin is not None]
    fill(state, force_pins(state, pins))


def missing(state: State) -> list[int]:
    """The visits on no route, in the problem's order."""
    return [visit for visit in range(len(state.compiled.visits)) if visit not in state.where]


def fill(state: State, visits: Iterable[int]) -> None:
    """Place ``visits`` one after the other where each is cheapest, the hardest first; leave out what costs more.

    For one that fits nowhere, another of ``visits`` may be sent elsewhere; what stood before stays. Only for a tied one
    what it is tied to may move.
    """
    tight = []
    kept = set(state.where)
    for visit in sorted(visits, key=lambda one: urgency(state, one)):
        if state.compiled.bonds.of(visit):
            if visit not in state.where:
                place_tied(state, visit, price_limit)
            continue
        place = best_place(state, visit, limit=price_limit(state, visit))
        if place is not None:
            settle(state, place)
        else:
            tight.append(visit)
    movable = state.where.keys() - kept
    for visit in tight[:SQUEEZES_MAX] if movable else ():
        if squeeze(state, visit, price_limit(state, visit), movable):
            movable.add(visit)


def price_limit(state: State, visit: int) -> float:
    """What placing ``visit`` may cost in minutes: its price, anything for a pin or a round."""
    facts = state.compiled.visits[visit]
    return float("inf") if facts.pin is not None or facts.cover else facts.price


def urgency(state: State, visit: int) -> tuple[int, float, int, int, int, int]:
    """Sort key: pins, rounds, then by price, people, room to move and time; small comes first."""
    facts = state.compiled.visits[visit]
    windows = state.windows[visit]
    room = sum(last - first for first, last in windows)
    opens = windows[0][0] if windows else 0
    if facts.due is not None and facts.late_weight > 0:
        room = min(room, max(0, facts.due - opens))
    rank = 0 if facts.pin is not None else 1 if facts.cover else 2
    return rank, -facts.price, -facts.people, room, opens, visit


def explain_out(state: State) -> tuple[Unplanned, ...]:
    """Every visit left out with the reasons, in the problem's order."""
    return explain(state, missing(state))
