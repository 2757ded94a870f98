"""Some zones and helpers decided anew, exactly, in CP-SAT; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.solver.cp import cp_solver
from dispatch.solver.late import Late
from dispatch.solver.zones.offers import NEVER, NO_CAP, Choice
from dispatch.solver.zones.relax import Frame

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

SCALE = 100
"""Cost units per minute inside the models."""


class Part(NamedTuple):
    """The zones and helpers (by index) to decide anew."""

    zones: Sequence[int]
    helpers: Sequence[int]


def scaled(minutes: float) -> int:
    """``minutes`` in cost units."""
    return round(minutes * SCALE)


def solve_part(frame: Frame, choice: Choice, part: Part, *, seed: int, work: float) -> tuple[Choice, float | None]:
    """``choice`` with ``part`` decided anew at least cost, and below what that cannot be, in minutes.

    Only zones of ``part`` may be with its helpers. ``work`` is the deterministic time CP-SAT may take, so that the
    answer is repeatable; ``choice`` comes back, with None, if nothing was found in it.
    """
    model = cp_model.CpModel()
    nobody = frame.price.shape[1] - 1
    has: dict[int, dict[int, cp_model.IntVar]] = {}
    terms: list[cp_model.LinearExprT] = []
    for zone in part.zones:
        offered = [one for one in (*part.helpers, nobody) if frame.price[zone, one] < NEVER]
        has[zone] = {one: model.new_bool_var("") for one in offered}
        model.add_exactly_one(has[zone].values())
        terms += [scaled(float(frame.price[zone, one])) * given for one, given in has[zone].items()]
        now = nobody if choice[zone] is None else choice[zone]
        for one, given in has[zone].items():
            model.add_hint(given, one == now)
    _add_rooms(frame, model, part, has, terms, _outside(frame, choice, set(part.helpers)))
    model.minimize(cp_model.LinearExpr.sum(terms))
    solver = cp_solver(seed, work)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return choice, None
    found = list(choice)
    for zone, row in has.items():
        holder = next(one for one, given in row.items() if solver.boolean_value(given))
        found[zone] = None if holder == nobody else holder
    return found, solver.best_objective_bound / SCALE


def _outside(frame: Frame, choice: Choice, inside: set[int]) -> int:
    """The heaviest load among the helpers not decided anew."""
    if frame.heavy < 0:
        return 0
    held = np.zeros(frame.price.shape[1], dtype=np.int64)
    for zone, helper in enumerate(choice):
        if helper is not None and helper not in inside:
            held[helper] += frame.takes[frame.heavy, zone, helper]
    return int(held.max())


def _add_rooms(
    frame: Frame,
    model: cp_model.CpModel,
    part: Part,
    has: dict[int, dict[int, cp_model.IntVar]],
    terms: list[cp_model.LinearExprT],
    least: int,
) -> None:
    """Caps of the helpers of ``part``, and the price of their heaviest load, which is not below ``least``."""
    heaviest = None
    if frame.heavy >= 0:
        most = sum(int(frame.takes[frame.heavy, zone].max()) for zone in part.zones)
        heaviest = model.new_int_var(least, max(least, most), "")
        terms.append(scaled(frame.balance) * heaviest)
    for helper in part.helpers:
        for kind in range(len(frame.kinds)):
            held = [int(frame.takes[kind, zone, helper]) * row[helper] for zone, row in has.items() if helper in row]
            if kind == frame.heavy and heaviest is not None:
                model.add(cp_model.LinearExpr.sum(held) <= heaviest)
            elif frame.caps[kind, helper] < NO_CAP:
                model.add(cp_model.LinearExpr.sum(held) <= int(frame.caps[kind, helper]))
