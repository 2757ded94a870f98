"""Share again with the fewest moves: somebody leaves, a zone grows, a zone is handed to somebody.

Zones left out come first, then the number of zones that move, then the plan's cost. What has to move is known before
anything is searched: zones of those who left, zones their helper may not have any more, and of who is over a cap as
many as bring them under it. Where all of these find room at once, no plan moves fewer; else everything is decided
anew, with a move dearer than anything but leaving a zone out.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort, ZonePlan
from dispatch.solver.stop import Stop
from dispatch.solver.zone_problem import ZoneProblem
from dispatch.solver.zones.first import price_of
from dispatch.solver.zones.flow import evenly, solve_flow
from dispatch.solver.zones.give import SOLVER, plan_of
from dispatch.solver.zones.offers import NEVER, Choice, Offers
from dispatch.solver.zones.part import Part, solve_part
from dispatch.solver.zones.regrow import hang_together
from dispatch.solver.zones.relax import Frame, frame_of
from dispatch.solver.zones.scene import Scene, ZoneMove

WHOLE_MAX = 12_000
"""Pairs up to which one model decides everything anew."""

NEAREST_TRIED = 40
"""Helpers offered to a zone that has to move, before everything is decided anew."""

WORK = 2.0
"""Deterministic seconds of CP-SAT for one model."""


class Reshared(Struct, frozen=True, kw_only=True):
    """The new plan, who moves and why; ``least`` zones change hands in any plan that covers as much."""

    plan: ZonePlan
    moves: tuple[ZoneMove, ...]
    least: int

    @property
    def proven(self) -> bool:
        """Whether no plan moves fewer zones."""
        return len(self.moves) <= self.least


def without(problem: ZoneProblem, helper: str) -> ZoneProblem:
    """``problem`` once ``helper`` has left. Raises `ProblemError` if there is no such helper."""
    if helper not in {one.id for one in problem.helpers}:
        raise ProblemError(f"There is no helper {helper!r}.", hint="the id was mistyped.")
    return replace(problem, helpers=tuple(one for one in problem.helpers if one.id != helper))


def handed(problem: ZoneProblem, zone: str, helper: str) -> ZoneProblem:
    """``problem`` with ``zone`` pinned to ``helper``. Raises `ProblemError` if there is no such zone or helper."""
    if zone not in {one.id for one in problem.zones}:
        raise ProblemError(f"There is no zone {zone!r}.", hint="the id was mistyped.")
    if helper not in {one.id for one in problem.helpers}:
        raise ProblemError(f"There is no helper {helper!r}.", hint="the id was mistyped.")
    return replace(problem, zones=tuple(replace(one, pin=helper) if one.id == zone else one for one in problem.zones))


def reshare(problem: ZoneProblem, plan: ZonePlan, *, seed: int = 1, budget: int = 20) -> Reshared:
    """``plan`` changed as little as can be so that it stands for ``problem``, which is not the one it was made for.

    Repeatable for the same problem, plan, seed and budget. Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    today = {one.zone: one.helper for one in plan.given}
    zones = tuple(replace(one, helper=today.get(one.id)) for one in problem.zones)
    asked = replace(problem, zones=zones, weights=replace(problem.weights, moved=0.0, balance=0.0))
    offers = Offers(asked)
    frame = _dear_moves(offers, frame_of(offers))
    scene = Scene(offers, frame, [offers.helper_index.get(today.get(zone.id, "")) for zone in problem.zones], today)
    if problem.connected:
        choice, least = hang_together(scene, seed), scene.least
    else:
        choice, least = _shared(scene, seed=seed, budget=budget)
    effort = Effort(solver=SOLVER, seed=seed, budget=budget, used=0)
    found = replace(plan_of(offers.priced(problem), choice, -float("inf"), effort), bound=None, optimal=False)
    return Reshared(plan=found, moves=tuple(scene.moves(choice)), least=least)


def _dear_moves(offers: Offers, frame: Frame) -> Frame:
    """``frame`` with a move dearer than all else, and a zone left out dearer than all moves."""
    real = frame.price[:, :-1][frame.price[:, :-1] < NEVER]
    spread = float(real.max() - real.min()) if len(real) else 0.0
    move = 1.0 + min(spread * len(frame.price), 1e5)
    price = frame.price.copy()
    for zone, one in enumerate(offers.problem.zones):
        own = offers.helper_index.get(one.helper or "")
        moved = np.full(price.shape[1], 0.0 if one.helper is None else move)
        if own is not None:
            moved[own] = 0.0
        price[zone] = np.where(price[zone] < NEVER, price[zone] + moved, price[zone])
    out = price[:, -1] < NEVER
    price[out, -1] = move * (len(price) + 1) + offers.out[out]
    return frame._replace(price=price, whole=False)


def _shared(scene: Scene, *, seed: int, budget: int) -> tuple[Choice, int]:
    """The choice with the fewest moves that was found, and how many there have to be."""
    partly = _partly(scene, seed)
    if scene.moved(partly) <= scene.least and not scene.uncovered(partly):
        return partly, scene.least
    even = evenly(scene.frame)
    if even is not None:
        choice = solve_flow(scene.frame, even)
        return choice, scene.moved(choice)
    zones, columns = scene.frame.price.shape
    if zones * columns <= WHOLE_MAX:
        everything = Part(range(zones), range(columns - 1))
        choice, bound = solve_part(scene.frame, partly, everything, seed=seed, work=WORK)
        if bound is not None and price_of(scene.frame, choice) <= bound + 0.01 * zones:
            return choice, scene.moved(choice)
    else:
        # What is compiled is imported where it is used: most sharing again needs none of it.
        from dispatch.solver.zones.hunt import hunt

        choice = hunt(scene.frame, partly, budget=budget, seed=seed, stop=Stop(None, None)).choice
    best = min((partly, choice), key=lambda one: price_of(scene.frame, one))
    return best, scene.least


def _partly(scene: Scene, seed: int) -> Choice:
    """What has to move, and the zones of who is over a cap, given out; all others stay."""
    frame = scene.frame
    rows = sorted(scene.loose)
    fixed: Choice = [None if zone in scene.loose else helper for zone, helper in enumerate(scene.now)]
    caps = frame.caps.copy()
    for zone, helper in enumerate(fixed):
        if helper is not None:
            caps[:, helper] -= frame.takes[:, zone, helper]
    price = frame.price[rows]
    for place, zone in enumerate(rows):
        fits = (frame.takes[:, zone, :] <= caps).all(axis=0)
        price[place] = np.where(fits, price[place], NEVER)
        pinned = price[place, -1] >= NEVER
        near = np.argsort(price[place], kind="stable")[NEAREST_TRIED:]
        price[place, near] = NEVER
        price[place, -1] = NEVER if pinned and price[place].min() < NEVER else frame.price[zone, -1]
        if pinned and price[place].min() >= NEVER:
            price[place, -1] = NEVER - 1
    part = Frame(price, frame.takes[:, rows], caps, frame.kinds, -1, 0.0, False)
    even = evenly(part)
    if even is not None:
        found = solve_flow(part, even)
    else:
        start: Choice = [None] * len(rows)
        found, _ = solve_part(part, start, Part(range(len(rows)), range(caps.shape[1] - 1)), seed=seed, work=WORK)
    for zone, helper in zip(rows, found, strict=True):
        fixed[zone] = helper
    return fixed
