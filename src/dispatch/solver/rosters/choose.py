"""The whole choice of a row for each of a few people among the rows the relaxation came by, by CP-SAT."""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from dispatch.solver.cp import cp_solver
from dispatch.solver.rosters.facts import Row
from dispatch.solver.rosters.master import Master

ROWS_MAX = 3000
"""Rows among which CP-SAT is asked to choose, at most."""
_SCALE = 1000


def choose(master: Master, current: dict[int, Row], below: float, *, work: float, seed: int) -> dict[int, Row] | None:
    """Rows, one of each person, that with all places cost ``below`` or less; None if none were found.

    Rows that by the relaxation are in no such choice are left out; None, too, if more than `ROWS_MAX` are left. CP-SAT
    begins with the rows in ``current``. ``work``: its deterministic time.
    """
    kept = _kept(master, below - master.value)
    count = sum(len(some) for some in kept.values())
    if count > ROWS_MAX or not all(kept.values()):
        return None
    model = cp_model.CpModel()
    has = {one: [(index, model.new_bool_var("")) for index in some] for one, some in kept.items()}
    terms: list[Any] = []
    at: dict[tuple[int, int], list[Any]] = {}
    for one, some in has.items():
        columns, mine = master.columns[one], master.columns[one].index(current[one])
        model.add_exactly_one(variable for _, variable in some)
        for index, variable in some:
            model.add_hint(variable, index == mine)
            terms.append(round(_SCALE * columns.costs[index]) * variable)
            row = columns.rows[index]
            for day in np.flatnonzero(row >= 0).tolist():
                at.setdefault((day, int(row[day])), []).append(variable)
    terms += _places(master, model, at)
    total = cp_model.LinearExpr.sum(terms)
    model.add(total <= floor(_SCALE * (below - master.constant) + 1e-3))
    model.minimize(total)
    solver = cp_solver(seed, work)
    solver.parameters.linearization_level = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return {
        one: master.columns[one].rows[next(index for index, variable in some if solver.boolean_value(variable))]
        for one, some in has.items()
    }


def _kept(master: Master, room: float) -> dict[int, list[int]]:
    """The rows of each person that may be in such a choice."""
    kept = {}
    for one in master.chosen:
        excess = master.excess(one)
        kept[one] = [index for index in range(len(excess)) if excess[index] < room + 1e-3]
    return kept


def _places(master: Master, model: cp_model.CpModel, at: dict[tuple[int, int], list[Any]]) -> list[Any]:
    """What is missing and too much at each place, at its price."""
    facts, terms = master.facts, []
    for place in master.places():
        inside = at.get(place, [])
        wanted = int(facts.wanted[place] - master.base[place])
        minimum = int(facts.minimum[place] - master.base[place])
        count = cp_model.LinearExpr.sum(inside)
        lack = model.new_int_var(0, max(0, wanted), "")
        more = model.new_int_var(0, max(0, len(inside) - wanted), "")
        model.add(count + lack - more == wanted)
        terms += [round(_SCALE * facts.under[place]) * lack, round(_SCALE * facts.over[place]) * more]
        if minimum > 0:
            missing = model.new_int_var(0, minimum, "")
            model.add(count + missing >= minimum)
            terms.append(round(_SCALE * facts.problem.weights.open) * missing)
    return terms
