"""What one duty takes along: weight and households under its caps; tools and parts carried, or taken at a store."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.solver.problem import Duty, RouteProblem, Visit, Worker
from dispatch.solver.rules import Rule


class Loads:
    """Whether a duty may hold some visits by its load. Says so at once where no rule of a problem is about loads."""

    def __init__(self, problem: RouteProblem) -> None:
        self._capped = any(
            duty.max_weight is not None or duty.max_households is not None
            for worker in problem.workers
            for duty in worker.duties
        )

    def matter(self, visit: Visit) -> bool:
        """Whether a load could keep ``visit`` off a duty."""
        return self._capped or bool(visit.tools or visit.parts)

    def fits(self, worker: Worker, duty: Duty, stops: Sequence[Visit | None]) -> bool:
        """Whether ``duty`` of ``worker`` may hold ``stops`` in this order; None is a stop at a store."""
        if not any(visit is not None and self.matter(visit) for visit in stops):
            return True
        return self.hindrance(worker, duty, stops) is None

    def hindrance(self, worker: Worker, duty: Duty, stops: Sequence[Visit | None]) -> Rule | None:
        """The rule by which ``duty`` of ``worker`` may not hold ``stops`` in this order; None if it may."""
        visits = [visit for visit in stops if visit is not None]
        if duty.max_weight is not None and sum(visit.weight for visit in visits) > duty.max_weight:
            return Rule.WEIGHT_CAP
        if duty.max_households is not None and len({v.household for v in visits} - {None}) > duty.max_households:
            return Rule.HOUSEHOLDS_CAP
        return _missing(worker, stops)


def _missing(worker: Worker, stops: Sequence[Visit | None]) -> Rule | None:
    """What is needed before the first store and not carried from the start; a store has everything."""
    left = dict(worker.parts)
    for visit in stops:
        if visit is None:
            return None
        if not set(visit.tools) <= set(worker.tools):
            return Rule.TOOLS
        for part, count in visit.parts.items():
            left[part] = left.get(part, 0) - count
            if left[part] < 0 < count:
                return Rule.PARTS
    return None
