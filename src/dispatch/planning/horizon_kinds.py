"""All kinds of problems that are planned ahead, one line each, and how one is solved and checked."""

from __future__ import annotations

from dispatch.events.plan import FindingRecorded
from dispatch.model.errors import ProblemError
from dispatch.planning.contracts import Contracts
from dispatch.planning.horizons import Answered, Asked, Horizon
from dispatch.planning.inspections import Inspections
from dispatch.planning.rosters import Rosters
from dispatch.planning.shared_zones import Zones
from dispatch.planning.walks import Walks
from dispatch.solver.checks import check
from dispatch.solver.rules import Rule

HORIZONS: tuple[Horizon, ...] = (Rosters(), Zones(), Contracts(), Walks(), Inspections())
"""In the order they are looked at: who is on duty comes before what they do, and what they are fixed to."""


def answer(asked: Asked) -> Answered:
    """The plan for ``asked`` and what the independent check finds in it; runs in a process of its own."""
    (horizon,) = (one for one in HORIZONS if one.kind == asked.kind)
    try:
        plan = horizon.solve(asked)
        findings = check(asked.problem, plan)
    except ProblemError as error:
        return Answered(None, (FindingRecorded(rule=Rule.BAD_PROBLEM, message=str(error)),))
    return Answered(plan, tuple(FindingRecorded(rule=one.rule, message=one.message) for one in findings))
