"""The auditor's question: is this plan what the recorded seed gives, and was the seed committed to before?"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from dispatch.solver.checks.every import check
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.inspections.solve import SOLVER as INSPECTIONS
from dispatch.solver.inspections.solve import plan_inspections
from dispatch.solver.plan import Effort
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.draw import reveals
from dispatch.solver.rounds.solve import SOLVER as ROUNDS
from dispatch.solver.rounds.solve import plan_rounds
from dispatch.solver.rules import Rule

_SHOWN_MAX = 20

P = TypeVar("P", RoundPlan, InspectionPlan)


class Proof(Struct, frozen=True, kw_only=True):
    """What was found. ``committed``: the commitment is that of the seed and the problem. ``drawn``: every start is the
    one its rank in the draw says. ``same``: planned again, it is the same plan; None where a clock cut the plan short
    or another version of the solver made it, so that it cannot be told. ``differences``: the first of them, in words.
    """

    committed: bool
    drawn: bool
    same: bool | None
    differences: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the plan."""
        return self.committed and self.drawn and self.same is not False


def prove(problem: RoundProblem, plan: RoundPlan, *, commitment: str | None = None) -> Proof:
    """Whether ``plan`` is what ``problem`` with its seed gives: drawn again, planned again, compared.

    ``commitment``: what was published before; the one in the plan if unset. Raises `ProblemError` if ``problem`` is
    malformed.
    """
    broken = [finding for finding in check(problem, plan) if finding.rule is Rule.DRAW and finding.visit is not None]
    again = (
        plan_rounds(problem, budget=plan.effort.budget, seed=plan.effort.seed) if _can(plan.effort, ROUNDS) else None
    )
    drawn = not broken
    return _proof(problem, plan, again, commitment, drawn, tuple(finding.message for finding in broken))


def prove_inspections(problem: InspectionProblem, plan: InspectionPlan, *, commitment: str | None = None) -> Proof:
    """Whether ``plan`` is what ``problem`` with its seed gives, as `prove`."""
    again = plan_inspections(problem, seed=plan.effort.seed) if _can(plan.effort, INSPECTIONS) else None
    return _proof(problem, plan, again, commitment, True, ())


def _can(effort: Effort, solver: str) -> bool:
    return effort.repeatable and effort.solver == solver


def _proof(
    problem: RoundProblem | InspectionProblem,
    plan: P,
    again: P | None,
    commitment: str | None,
    drawn: bool,
    found: tuple[str, ...],
) -> Proof:
    published = plan.commitment if commitment is None else commitment
    committed = published == plan.commitment and reveals(published, problem, problem.seed)
    if not committed:
        found = ("The commitment is not that of this seed and this problem.", *found)
    if again is not None:
        found += _differences(plan, again)
    same = None if again is None else again == plan
    return Proof(committed=committed, drawn=drawn, same=same, differences=found[:_SHOWN_MAX])


def _differences(plan: P, again: P) -> tuple[str, ...]:
    """What is in one of two plans only, field by field."""
    found: list[str] = []
    for name in type(plan).__struct_fields__:
        one, other = getattr(plan, name), getattr(again, name)
        if one == other:
            continue
        if isinstance(one, tuple) and isinstance(other, tuple):
            found += [f"only in the plan, {name}: {_words(item)}" for item in one if item not in other]
            found += [f"only when planned again, {name}: {_words(item)}" for item in other if item not in one]
        else:
            found.append(f"{name} is {_words(one)}, planned again {_words(other)}")
    return tuple(found[:_SHOWN_MAX])


def _words(value: object) -> str:
    return msgspec.json.encode(value).decode()
