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
    works, people = {work.id: work.day for work in problem.works}, {one.id: one for one in problem.inspectors}
    fixed = Counter((one.level, one.work) for one in problem.kept)
    yield from (f"work {work!r} is kept {n} times for {level!r}." for (level, work), n in fixed.items() if n > 1)
    below: str | None = None
    for level in levels:
        for kept in (one for one in problem.kept if one.level == level):
            who = people.get(kept.inspector)
            if kept.work not in works or who is None or who.level != level or kept.day not in who.days:
                yield f"work {kept.work!r} is kept for {level!r}, but it, its inspector or their day is unknown."
            elif kept.day < works[kept.work] or (below is not None and (below, kept.work) not in fixed):
                yield f"work {kept.work!r} is kept for {level!r}, but it is not ready for that."
        below = level
    for day, count in Counter((one.inspector, one.day) for one in problem.kept).items():
        if day[0] in people and count > people[day[0]].per_day:
            yield f"inspector {day[0]!r} is to keep {count} inspections on day {day[1]}, more than their cap."
    for one in problem.inspectors:
        if one.level not in levels:
            yield f"inspector {one.id!r} is of level {one.level!r}, which is unknown."
