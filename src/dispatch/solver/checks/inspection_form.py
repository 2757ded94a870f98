"""Whether an `InspectionProblem` is one at all: ids once and known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.solver.inspection_problem import InspectionProblem


def inspection_faults(problem: InspectionProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be planned and checked."""
    levels = [level.id for level in problem.levels]
    for what, ids in (
        ("work", [work.id for work in problem.works]),
        ("level", levels),
        ("inspector", [one.id for one in problem.inspectors]),
    ):
        yield from (f"{what} {one!r} stands in it twice." for one, times in Counter(ids).items() if times > 1)
    for one in problem.inspectors:
        if one.level not in levels:
            yield f"inspector {one.id!r} is of level {one.level!r}, which is unknown."
