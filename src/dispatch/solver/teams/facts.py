"""A `TeamProblem` as arrays. A *dimension* is a skill at a level that some job needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.team_problem import TeamJob, TeamProblem

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint64]

WORD = 64


class Facts(NamedTuple):
    """What does not change while searching. Lists of lists are flat, with the bounds of list ``i`` at ``i``, ``i + 1``.

    ``people`` and ``work`` per job: the fewest people who can do it (found greedily) and that times its ticks.
    ``head``: the earliest start its predecessors leave. ``value`` per worker: how sought-after their skills are, 0–1.
    """

    day_ticks: int
    budget: int
    ticks: Ints
    grade: Ints
    price: Ints
    need_at: Ints
    need_dim: Ints
    need_people: Ints
    need_bits: Bits
    before_at: Ints
    before: Ints
    after_at: Ints
    after: Ints
    all_after_at: Ints
    all_after: Ints
    all_before_at: Ints
    all_before: Ints
    head: Ints
    people: Ints
    work: Floats
    held_at: Ints
    held: Ints
    held_bits: Bits
    value: Floats
    available: Ints


def compile_problem(problem: TeamProblem, days: int) -> Facts:
    """``problem`` as arrays for plans of at most ``days`` days. Jobs and workers by their place in the problem."""
    index = {job.id: number for number, job in enumerate(problem.jobs)}
    before = [sorted({index[one] for one in job.after}) for job in problem.jobs]
    after: list[list[int]] = [[] for _ in before]
    for job, ones in enumerate(before):
        for one in ones:
            after[one].append(job)
    needs = [_needs(job) for job in problem.jobs]
    dimension = {pair: number for number, pair in enumerate(sorted({pair for one in needs for pair in one}))}
    need_lists = [[(dimension[pair], people) for pair, people in sorted(one.items())] for one in needs]
    held = [
        [number for (skill, level), number in dimension.items() if worker.levels.get(skill, 0) >= level]
        for worker in problem.workers
    ]
    order = topological(before)
    grades = sorted({job.grade for job in problem.jobs})
    ticks = np.array([job.ticks for job in problem.jobs], dtype=np.int64)
    people = np.array([_fewest(need, held) for need in need_lists], dtype=np.int64)
    words = len(dimension) // WORD + 1
    need_at, need_dim = _flat([[dim for dim, _ in need] for need in need_lists])
    available = np.ones((days, len(problem.workers)), dtype=np.int64)
    for number, worker in enumerate(problem.workers):
        for day in worker.absent:
            if day <= days:
                available[day - 1, number] = 0
    return Facts(
        problem.day_ticks,
        problem.contractor_budget,
        ticks,
        np.array([grades.index(job.grade) for job in problem.jobs], dtype=np.int64),
        np.array([-1 if job.price is None else job.price for job in problem.jobs], dtype=np.int64),
        need_at,
        need_dim,
        _flat([[people for _, people in need] for need in need_lists])[1],
        _bits([[dim for dim, _ in need] for need in need_lists], words),
        *_flat(before),
        *_flat(after),
        *_flat(_closure(after, list(reversed(order)))),
        *_flat(_closure(before, order)),
        _heads(ticks, before, order, problem.day_ticks),
        people,
        (people * ticks).astype(np.float64),
        *_flat(held),
        _bits(held, words),
        _values(need_lists, ticks, held, len(dimension)),
        available,
    )


def topological(before: Sequence[Sequence[int]]) -> list[int]:
    """The jobs, each after all that must come before it; always the same for the same ``before``.

    Raises `graphlib.CycleError` if they form a circle.
    """
    # All jobs before any order: else one would take its place from who names it first.
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(before)), ()))
    for job, ones in enumerate(before):
        sorter.add(job, *ones)
    return list(sorter.static_order())


def _needs(job: TeamJob) -> dict[tuple[str, int], int]:
    """People by skill and level, without what a need at a higher level of the same skill already asks for."""
    asked: dict[tuple[str, int], int] = {}
    for need in job.needs:
        pair = (need.skill, need.level)
        asked[pair] = max(asked.get(pair, 0), need.people)
    return {
        (skill, level): people
        for (skill, level), people in asked.items()
        if not any(other == skill and higher > level and more >= people for (other, higher), more in asked.items())
    }


def _flat(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    bounds = np.zeros(len(lists) + 1, dtype=np.int64)
    bounds[1:] = np.cumsum([len(one) for one in lists])
    return bounds, np.array([item for one in lists for item in one], dtype=np.int64)


def _bits(lists: Sequence[Iterable[int]], words: int) -> Bits:
    bits = np.zeros((len(lists), words), dtype=np.uint64)
    for row, ones in enumerate(lists):
        for one in ones:
            bits[row, one // WORD] |= np.uint64(1 << (one % WORD))
    return bits


def _closure(next_to: Sequence[Sequence[int]], order: Sequence[int]) -> list[list[int]]:
    """All that follows along ``next_to``; ``order`` gives every job after all that follow it."""
    found: list[set[int]] = [set() for _ in next_to]
    for job in order:
        for one in next_to[job]:
            found[job] |= {one} | found[one]
    return [sorted(one) for one in found]


def _heads(ticks: Ints, before: Sequence[Sequence[int]], order: Sequence[int], day_ticks: int) -> Ints:
    head = np.zeros(len(ticks), dtype=np.int64)
    for job in order:
        start = max((int(head[one] + ticks[one]) for one in before[job]), default=0)
        if start % day_ticks + ticks[job] > day_ticks:
            start = (start // day_ticks + 1) * day_ticks
        head[job] = start
    return head


def _fewest(need: Sequence[tuple[int, int]], held: Sequence[Sequence[int]]) -> int:
    """People that a greedy choice among all needs for a job; one more than there are if nobody can do it."""
    left = dict(need)
    free = {number: set(dims) for number, dims in enumerate(held)}
    count = 0
    while any(people > 0 for people in left.values()):
        gains = {one: sum(left.get(dim, 0) > 0 for dim in dims) for one, dims in free.items()}
        best = max(gains, key=lambda one: (gains[one], -len(free[one]), -one), default=None)
        if best is None or gains[best] == 0:
            return len(held) + 1
        for dim in free.pop(best):
            if dim in left:
                left[dim] -= 1
        count += 1
    return max(count, 1)


def _values(
    needs: Sequence[Sequence[tuple[int, int]]], ticks: Ints, held: Sequence[Sequence[int]], dimensions: int
) -> Floats:
    wanted, offered = np.zeros(dimensions), np.zeros(dimensions)
    for need, time in zip(needs, ticks, strict=True):
        for dim, people in need:
            wanted[dim] += people * time
    for dims in held:
        offered[list(dims)] += 1.0
    scarce = wanted / np.maximum(offered, 1.0)
    value = np.array([scarce[list(dims)].sum() for dims in held], dtype=np.float64)
    top = value.max(initial=0.0)
    return value / top if top > 0 else value
