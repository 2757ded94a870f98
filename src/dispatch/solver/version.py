"""The name and version of the solver, recorded with every plan, and what to say of it; free of the compiler."""

from __future__ import annotations

from dispatch.solver.plan import Effort

SOLVER = "routes-15"
"""Plans of one version are repeatable, bit for bit."""

COMPILING = "Compiling the search for this machine: once for this release, about two minutes."
"""What people are told before `warm` has anything to do."""
COMPILING_ONE = "Compiling the search for this kind of problem on this machine: once for this release, about a minute."
"""What they are told where it is done for one kind of problem only."""


def no_search(seed: int = 0) -> Effort:
    """The effort of a plan for routes that nothing was searched for."""
    return Effort(solver=SOLVER, seed=seed, budget=0, used=0)
