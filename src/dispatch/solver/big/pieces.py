"""Shared tools on a big day: which duties of a block have theirs, and how many pieces each block may take besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from dispatch.solver.big.whole import Whole
from dispatch.solver.problem import RouteProblem, Worker

Spare = Mapping[str, int]
"""Pieces by tool."""


def deal(whole: Whole, offered: Sequence[Sequence[int]], *, seed: int) -> Sequence[Spare]:
    """For each block the pieces it may take beside those its duties have: of those that are never all under way.

    They go to the blocks in turn, from one drawn by ``seed`` on: to those that are ``offered`` something that takes the
    tool, else to all. What blocks do side by side then never takes more pieces than there are, whichever is first; at
    worst a piece that is free for some hours only goes unused until everybody is asked.
    """
    shared = whole.compiled.shared
    found: list[dict[str, int]] = [{} for _ in offered]
    for tool, most in shared.pieces.items():
        takers = shared.nobody()[tool]
        for duty, visits in enumerate(whole.order):
            takers[duty] = tool in _asked(whole, duty, visits)
        left = most - shared.most_at_once(tool, takers)
        wanting = [number for number, groups in enumerate(offered) if any(_takes(whole, one, tool) for one in groups)]
        turns = wanting or list(range(len(offered)))
        for place in range(left if turns else 0):
            block = turns[(seed + place) % len(turns)]
            found[block][tool] = found[block].get(tool, 0) + 1
    return found


def _takes(whole: Whole, group: int, tool: str) -> bool:
    visits = whole.compiled.visits
    return any(tool in visits[visit].tools for visit in whole.groups[group])


def _asked(whole: Whole, duty: int, visits: Sequence[int]) -> set[str]:
    compiled = whole.compiled
    return compiled.shared.asked(duty, (compiled.visits[one] for one in filter(compiled.is_visit, visits)))


def with_their_own(whole: Whole, workers: Sequence[int]) -> tuple[Worker, ...]:
    """``workers`` (by index) with what shared tools their duties have along as taken."""
    compiled = whole.compiled
    if not compiled.problem.shared:
        return tuple(compiled.problem.workers[one] for one in workers)
    found = []
    for one in workers:
        duties = tuple(
            replace(source, taken=(*source.taken, *sorted(_asked(whole, duty, whole.order[duty]))))
            for duty, source in zip(compiled.duties_of[one], compiled.problem.workers[one].duties, strict=True)
        )
        found.append(replace(compiled.problem.workers[one], duties=duties))
    return tuple(found)


def with_spare(problem: RouteProblem, spare: Spare) -> RouteProblem:
    """``problem`` with no more pieces of its shared tools than are ``spare``."""
    shared = tuple(replace(tool, pieces=spare.get(tool.id, 0)) for tool in problem.shared)
    return replace(problem, shared=shared) if shared else problem
