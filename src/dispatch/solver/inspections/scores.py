"""What marks come to: the month's score of every team and every contractor.

The score of a team is Σ wₗ·mₗ ÷ Σ wₗ over the levels l that marked any of its work: mₗ is the mean of their marks,
wₗ the weight of the level. So a mark of a level that sees little counts for more than one of a level that sees much.
The score of a contractor is the same over all work of its teams.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from dispatch.model.errors import ProblemError
from dispatch.solver.inspection_plan import Score
from dispatch.solver.inspection_problem import InspectionProblem, Mark, WorkDone


def scores(problem: InspectionProblem, marks: Iterable[Mark]) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """The scores of teams and of contractors (our own teams have none), by id; who has no mark has no score.

    Raises `ProblemError` if a mark is of work or of a level that the problem does not know, or if there are two of the
    same work at the same level.
    """
    works = {work.id: work for work in problem.works}
    levels = {level.id for level in problem.levels}
    kept: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        if mark.work not in works or mark.level not in levels:
            raise ProblemError(f"There is no work {mark.work!r} or no level {mark.level!r} in the problem.")
        if (mark.level, mark.work) in kept:
            raise ProblemError(
                f"Level {mark.level!r} marked work {mark.work!r} twice.", hint="one of them is a repeat."
            )
        kept[mark.level, mark.work] = mark
    some = [(works[mark.work], mark) for mark in kept.values()]
    return _by(problem, some, lambda work: work.team), _by(problem, some, lambda work: work.contractor)


def _by(
    problem: InspectionProblem, marks: Iterable[tuple[WorkDone, Mark]], whose: Callable[[WorkDone], str | None]
) -> tuple[Score, ...]:
    points: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for work, mark in marks:
        owner = whose(work)
        if owner is not None:
            points[owner][mark.level].append(mark.points)
    weights = {level.id: level.weight for level in problem.levels}
    found = []
    for owner, by_level in sorted(points.items()):
        means = {level: sum(some) / len(some) for level, some in sorted(by_level.items())}
        whole = sum(weights[level] for level in means)
        if whole > 0:
            score = sum(weights[level] * mean for level, mean in means.items()) / whole
            found.append(Score(id=owner, score=score, marks=sum(map(len, by_level.values())), levels=means))
    return tuple(found)
