"""The name and version of the solver, recorded with every plan."""

from __future__ import annotations

from dispatch.solver.plan import Effort

SOLVER = "routes-2"
"""Plans of one version are repeatable, bit for bit."""


def no_search(seed: int = 0) -> Effort:
    """The effort of a plan for routes that nothing was searched for."""
    return Effort(solver=SOLVER, seed=seed, budget=0, used=0)
