"""Which jobs go to contractors at first: those without which the grades can end soonest.

No grade can end before the work that its needs ask of those who hold a skill has been done by them, nor before the work
that all people must do: a bound per grade in an order of grades. CP-SAT chooses what to hand out so that the bounds,
weighted, are least.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from dispatch.solver.cp import cp_solver
from dispatch.solver.teams.facts import Facts, Floats, Ints

WORK = 0.2
"""Deterministic seconds of CP-SAT."""

_TICKS_MAX = 10_000_000
_SCALE = 1000


def choose(facts: Facts, weights: Floats, order: Sequence[int], seed: int) -> Ints:
    """Jobs by number, within the budget, none without all that comes after it, for grades planned in ``order``.

    ``weights`` per grade, the last one for all. Jobs that nobody can do are chosen before all others.
    """
    priced = [job for job in range(len(facts.ticks)) if 0 <= facts.price[job] <= facts.budget]
    if not priced:
        return np.zeros(0, dtype=np.int64)
    model = cp_model.CpModel()
    out = _add_out(model, facts, priced)
    ends = [model.new_int_var(0, _TICKS_MAX, "") for _ in order]
    work, people = _work_by_dimension(facts)
    for place, end in enumerate(ends):
        counted = np.isin(facts.grade, list(order[: place + 1])) & (facts.people <= len(facts.value))
        for job in np.flatnonzero(counted):
            model.add(end >= int(facts.head[job] + facts.ticks[job]) * (1 - out.get(int(job), 0)))
        for dim in np.flatnonzero(work[counted].sum(axis=0)):
            asked = [(int(job), int(work[job, dim])) for job in np.flatnonzero(counted & (work[:, dim] > 0))]
            spared = sum(ticks * out[job] for job, ticks in asked if job in out)
            model.add(end * int(people[dim]) >= sum(ticks for _, ticks in asked) - spared)
    impossible = [job for job in priced if facts.people[job] > len(facts.value)]
    ended = sum(round(_SCALE * float(weights[grade])) * end for grade, end in zip(order, ends, strict=True))
    last = round(_SCALE * float(weights[-1])) * ends[-1]
    gain = sum(round(_SCALE * float(weights.sum())) * _TICKS_MAX * out[job] for job in impossible)
    model.minimize(ended + last - gain)
    solver = cp_solver(seed, WORK)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.zeros(0, dtype=np.int64)
    return np.array([job for job in priced if solver.value(out[job])], dtype=np.int64)


def _add_out(model: cp_model.CpModel, facts: Facts, priced: Sequence[int]) -> dict[int, cp_model.IntVar]:
    out = {job: model.new_bool_var("") for job in priced}
    for job in priced:
        for other in facts.after[facts.after_at[job] : facts.after_at[job + 1]]:
            if int(other) in out:
                model.add_implication(out[job], out[int(other)])
            else:
                model.add(out[job] == 0)
    model.add(sum(int(facts.price[job]) * out[job] for job in priced) <= facts.budget)
    return out


def _work_by_dimension(facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ticks that each job (row) asks of the holders of each dimension, and how many of them are there on average.

    The last column is all people.
    """
    dims = max(1, int(facts.need_dim.max(initial=-1)) + 1)
    holds = np.zeros((len(facts.value), dims + 1))
    for worker in range(len(facts.value)):
        holds[worker, facts.held[facts.held_at[worker] : facts.held_at[worker + 1]]] = 1.0
    holds[:, dims] = 1.0
    people = np.maximum(1.0, holds.sum(axis=0))
    work = np.zeros((len(facts.ticks), dims + 1), dtype=np.int64)
    for job, ticks in enumerate(facts.ticks):
        for at in range(facts.need_at[job], facts.need_at[job + 1]):
            dim = facts.need_dim[at]
            side_by_side = max(1, int(people[dim]) // int(facts.need_people[at]))
            work[job, dim] = ticks * int(people[dim]) // side_by_side
        work[job, dims] = facts.people[job] * ticks
    return work, people
