"""Days for what was drawn, spread by the seed: nobody can tell from the calendar when a zone is looked at.

What each inspector re-checks is parted, in order of when it is ready, into as many strata of their days as there is to
do, and the day within the stratum is drawn (stratified sampling). From the highest level down, so that the level below
is there in time: whatever could be seen early can be seen later. Where a day is taken, the nearest that is not is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from dispatch.solver.inspection_plan import Inspection
from dispatch.solver.inspection_problem import InspectionProblem, Inspector
from dispatch.solver.rounds.draw import Draw

_BITS = 128
"""Of a number that is drawn."""


def spread(problem: InspectionProblem, found: Sequence[Inspection]) -> tuple[Inspection, ...]:
    """``found``, which can be made as it is, with other days by which it can be made as well; what is kept stays."""
    kept = {(one.level, one.work) for one in problem.kept}
    day = {(one.level, one.work): one.day for one in found}
    levels = [level.id for level in problem.levels]
    draw = Draw(problem.seed)
    for number in reversed(range(len(levels))):
        below, level = (levels[number - 1] if number else None), levels[number]
        above = levels[number + 1] if number + 1 < len(levels) else None
        ready = {work.id: work.day if below is None else day.get((below, work.id), 0) for work in problem.works}
        until = {work: one for (other, work), one in day.items() if other == above}
        for inspector in problem.inspectors:
            works = [one.work for one in found if (one.level, one.inspector) == (level, inspector.id)]
            fixed = Counter(day[level, work] for work in works if (level, work) in kept)
            free = [work for work in works if (level, work) not in kept]
            now = {work: day[level, work] for work in free}
            dated = _dated(problem, draw, inspector, now, ready, until, fixed)
            day |= {(level, work): one for work, one in dated.items()}
    return tuple(replace(one, day=day[one.level, one.work]) for one in found)


def _dated(
    problem: InspectionProblem,
    draw: Draw,
    inspector: Inspector,
    now: dict[str, int],
    ready: dict[str, int],
    until: dict[str, int],
    fixed: Counter[int],
) -> dict[str, int]:
    """Other days of ``inspector`` for the works of ``now``: from ``ready`` to ``until``, beside what is ``fixed``."""
    days = sorted(one for one in set(inspector.days) if one >= problem.first)
    dated, used = dict(now), fixed + Counter(now.values())
    order = {work: (max(ready[work], problem.first), draw.number("turn", inspector.id, work)) for work in now}
    for place, work in enumerate(sorted(now, key=order.__getitem__)):
        wanted = ((place << _BITS) + draw.whole("day", inspector.id, work)) * len(days) // (len(now) << _BITS)
        first, last = bisect_left(days, ready[work]), bisect_left(days, until.get(work, days[-1]) + 1)
        used[dated[work]] -= 1
        open_ = [at for at in range(first, last) if used[days[at]] < inspector.per_day]
        dated[work] = days[min(open_, key=lambda at: (abs(at - wanted), at))]
        used[dated[work]] += 1
    return dated
