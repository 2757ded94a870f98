"""Zones under caps on households and minutes with an even heaviest workload, in CP-SAT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dispatch.solver.late import Late
from dispatch.solver.zones.pairs import SCALE, Pairs

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

Choice = list[int | None]
"""For every zone the helper (by index) who has it, or None."""


class Part(NamedTuple):
    """The zones and helpers (by index) to decide anew; everything else stays as it is."""

    zones: list[int]
    helpers: list[int]


def solve_part(pairs: Pairs, choice: Choice, part: Part, *, seed: int, work: float) -> tuple[Choice, bool]:
    """``choice`` with ``part`` decided anew at least cost, and whether that is proven.

    Only zones of ``part`` may be with its helpers. ``work`` is the deterministic time CP-SAT may take, so that the
    answer is repeatable; ``choice`` comes back if nothing was found in it.
    """
    problem = pairs.problem
    model = cp_model.CpModel()
    inside = set(part.helpers)
    has: dict[int, dict[int, cp_model.IntVar]] = {}
    terms: list[cp_model.LinearExprT] = []
    for index in part.zones:
        offered = zip(pairs.helpers[index].tolist(), pairs.costs(index).tolist(), strict=True)
        prices = {helper: cost for helper, cost in offered if helper in inside}
        row = {helper: model.new_bool_var("") for helper in prices}
        out = model.new_bool_var("")
        model.add_exactly_one([*row.values(), out])
        terms.append(pairs.leaving_out(index) * out)
        terms += [prices[helper] * one for helper, one in row.items()]
        has[index] = row
        model.add_hint(out, choice[index] is None)
        for helper, one in row.items():
            model.add_hint(one, choice[index] == helper)
    heaviest = _add_helpers(pairs, model, part, has, _outside_load(pairs, choice, inside))
    terms.append(round(problem.weights.balance * SCALE) * heaviest)
    model.minimize(cp_model.LinearExpr.sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return choice, False
    found = list(choice)
    for index, row in has.items():
        found[index] = next((helper for helper, one in row.items() if solver.boolean_value(one)), None)
    return found, status == cp_model.OPTIMAL


def _outside_load(pairs: Pairs, choice: Sequence[int | None], inside: set[int]) -> int:
    """The heaviest minutes a day among the helpers not decided anew."""
    loads: dict[int, int] = {}
    for zone, helper in zip(pairs.problem.zones, choice, strict=True):
        if helper is not None and helper not in inside:
            loads[helper] = loads.get(helper, 0) + zone.minutes
    return max(loads.values(), default=0)


def _add_helpers(
    pairs: Pairs, model: cp_model.CpModel, part: Part, has: dict[int, dict[int, cp_model.IntVar]], least: int
) -> cp_model.IntVar:
    """Caps of the helpers of ``part``; returns the heaviest minutes a day, not below ``least``."""
    problem = pairs.problem
    heaviest = model.new_int_var(least, max(least, sum(problem.zones[index].minutes for index in part.zones)), "")
    for index in part.helpers:
        helper = problem.helpers[index]
        held = [(problem.zones[zone], row[index]) for zone, row in has.items() if index in row]
        minutes = cp_model.LinearExpr.sum([zone.minutes * one for zone, one in held])
        model.add(heaviest >= minutes)
        if helper.max_minutes is not None:
            model.add(minutes <= helper.max_minutes)
        if helper.max_households is not None:
            households = cp_model.LinearExpr.sum([zone.households * one for zone, one in held])
            model.add(households <= helper.max_households)
    return heaviest
