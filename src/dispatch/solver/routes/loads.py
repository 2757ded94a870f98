"""What one duty takes along: weight and households under its caps; tools and parts carried, or taken at a store."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dispatch.solver.problem import Duty, RouteProblem, Visit, Worker


class Loads:
    """Whether a duty may hold some visits by its load. Says so at once where no rule of a problem is about loads."""

    def __init__(self, problem: RouteProblem) -> None:
        self._capped = any(
            duty.max_weight is not None or duty.max_households is not None
            for worker in problem.workers
            for duty in worker.duties
        )

    def fits(self, worker: Worker, duty: Duty, stops: Sequence[Visit | None]) -> bool:
        """Whether ``duty`` of ``worker`` may hold ``stops`` in this order; None is a stop at a store."""
        if self._capped and not _under_caps(duty, [visit for visit in stops if visit is not None]):
            return False
        return not any(visit is not None and (visit.tools or visit.parts) for visit in stops) or _has(worker, stops)


def _under_caps(duty: Duty, visits: Collection[Visit]) -> bool:
    if duty.max_weight is not None and sum(visit.weight for visit in visits) > duty.max_weight:
        return False
    households = {visit.household for visit in visits} - {None}
    return duty.max_households is None or len(households) <= duty.max_households


def _has(worker: Worker, stops: Sequence[Visit | None]) -> bool:
    """Whether all that is needed before the first store is carried from the start; a store has everything."""
    left = dict(worker.parts)
    for visit in stops:
        if visit is None:
            return True
        if not set(visit.tools) <= set(worker.tools):
            return False
        for part, count in visit.parts.items():
            left[part] = left.get(part, 0) - count
            if left[part] < 0 < count:
                return False
    return True
