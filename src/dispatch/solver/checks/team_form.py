"""Whether a `TeamProblem` is one at all: ids once, order without a circle, jobs no longer than a day."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from dispatch.solver.team_problem import TeamProblem


def team_faults(problem: TeamProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be solved and checked."""
    for what, ids in (
        ("job", [job.id for job in problem.jobs]),
        ("worker", [worker.id for worker in problem.workers]),
    ):
        yield from (f"{what} {one!r} stands in it twice." for one in sorted({one for one in ids if ids.count(one) > 1}))
    known = {job.id for job in problem.jobs}
    for job in problem.jobs:
        if job.ticks > problem.day_ticks:
            yield f"job {job.id!r} takes {job.ticks} ticks, but a day has {problem.day_ticks}."
        yield from (f"job {job.id!r} comes after {one!r}, which is unknown." for one in job.after if one not in known)
    try:
        TopologicalSorter({job.id: job.after for job in problem.jobs}).prepare()
    except CycleError as error:
        yield f"the order of jobs {', '.join(map(repr, error.args[1]))} is a circle."
