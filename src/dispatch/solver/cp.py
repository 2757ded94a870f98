"""CP-SAT as everything here uses it: on one core, seeded, ended by a count of work so that its answer is repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.solver.late import Late

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")


def cp_solver(seed: int, work: float) -> cp_model.CpSolver:
    """A solver for ``work`` units of CP-SAT's deterministic time, about a second each; any whole ``seed`` from 0 on."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    # Ctrl-C is for whoever called: the solver would take it for itself, end early and go on as if nothing was said.
    solver.parameters.catch_sigint_signal = False
    return solver
