"""The tasks of a problem: one person's part in a visit each; which go together, at one moment, for one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Tie
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.facts import APART, FREE, NEVER, SAME


class Tasks:
    """The tasks and groups of a problem: which visit each task serves, which tasks go together.

    Of a group the ``joints`` are the tasks whose starts settle at once, in an order in which ties look back only. A
    group is one joint, unless somebody may do two of its visits one after the other (see `_may_share`).
    ``out_of_reach`` are the visits that ties bind to the same person in a way the search cannot plan.
    """

    def __init__(self, compiled: Compiled) -> None:
        problem = compiled.problem
        self.visit: list[int] = []
        self.of_visit: list[list[int]] = []
        for index, visit in enumerate(problem.visits):
            self.of_visit.append(list(range(len(self.visit), len(self.visit) + visit.people)))
            self.visit += [index] * visit.people
        index_of = compiled.visit_index
        ends = [(index_of[tie.first], index_of[tie.then]) for tie in problem.ties]
        leader = _joined(len(problem.visits), ends)
        by_leader: dict[int, list[int]] = {}
        for index, root in enumerate(leader):
            by_leader.setdefault(root, []).append(index)
        ties_of: dict[int, list[Tie]] = {}
        for tie, (first, _) in zip(problem.ties, ends, strict=True):
            ties_of.setdefault(leader[first], []).append(tie)
        self.groups = list(by_leader.values())
        self.ties = [ties_of.get(root, []) for root in by_leader]
        self.day_of = self._days(compiled)
        self.out_of_reach: set[int] = set()
        parts = [self._joints(compiled, group, ties) for group, ties in zip(self.groups, self.ties, strict=True)]
        self.joints = [[[task for visit in joint for task in self.of_visit[visit]] for joint in one] for one in parts]
        self.members = [[task for joint in joints for task in joint] for joints in self.joints]

    def _days(self, compiled: Compiled) -> list[int]:
        """For each visit the first of those that must be on the same day as it, by however many ties; -1: no other."""
        index = compiled.visit_index
        bound = [(index[tie.first], index[tie.then]) for tie in compiled.problem.ties if tie.same_day]
        leader = _joined(len(compiled.visits), bound)
        ends = {end for pair in bound for end in pair}
        return [leader[visit] if visit in ends else -1 for visit in range(len(leader))]

    def _joints(self, compiled: Compiled, group: list[int], ties: Sequence[Tie]) -> list[list[int]]:
        """``group`` as joints, in order: one, where nobody may do two of its visits in a row anyway."""
        if len(group) == 1:
            return [group]
        joints = _in_order(group, _after(compiled, ties))
        number = {visit: place for place, joint in enumerate(joints) for visit in joint}
        same = [tie for tie in ties if tie.workers == "same"]
        shared = _may_share(compiled, ties, number)
        if same and not (shared and all(_in_reach(compiled, tie, ties, number) for tie in same)):
            self.out_of_reach.update(group)
        return joints if shared else [group]


def _joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of ``count`` the least that ``pairs`` join it to, by however many of them."""
    leader = list(range(count))

    def root(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for first, then in pairs:
        one, other = root(first), root(then)
        leader[max(one, other)] = min(one, other)
    return [root(index) for index in range(count)]


def _after(compiled: Compiled, ties: Iterable[Tie]) -> set[tuple[int, int]]:
    """Which visits cannot be timed before which others are: (this one, before that one).

    A gap without an upper end is an order, if it is not negative. With one, or negative, each waits for the other; but
    who must do both does them in their order, and does not wait for the second before the first.
    """
    found = set()
    for tie in ties:
        first, then = compiled.visit_index[tie.first], compiled.visit_index[tie.then]
        if tie.least is not None:
            found.add((first, then))
        ordered = tie.least is not None and tie.least >= 0
        if (tie.most is not None and not (ordered and tie.workers == "same")) or (tie.least or 0) < 0:
            found |= {(first, then), (then, first)}
    return found


def _in_order(group: Sequence[int], after: set[tuple[int, int]]) -> list[list[int]]:
    """``group`` in parts that wait for each other within, each for parts before it only; of two free ones the first
    by index.
    """
    reach = {visit: {visit, *(then for first, then in after if first == visit)} for visit in group}
    for through in group:
        for here in group:
            if through in reach[here]:
                reach[here] |= reach[through]
    joints: list[list[int]] = []
    waiting = list(group)
    while waiting:
        ready = next(one for one in waiting if all(other in reach[one] for other in waiting if one in reach[other]))
        joint = [other for other in waiting if other in reach[ready] and ready in reach[other]]
        joints.append(joint)
        waiting = [one for one in waiting if one not in joint]
    return joints


def _may_share(compiled: Compiled, ties: Iterable[Tie], number: dict[int, int]) -> bool:
    """Whether two visits of a group, in joints of their own, may be one person's. Where one of them needs tools or
    parts that are had at a store the search keeps to different people.
    """
    visits = compiled.visits
    if any(visits[one].tools or any(visits[one].parts.values()) for one in number):
        return False
    index = compiled.visit_index
    apart = {frozenset((index[tie.first], index[tie.then])) for tie in ties if tie.workers == "different"}
    return any(
        number[one] < number[other] and frozenset((one, other)) not in apart for one in number for other in number
    )


def _in_reach(compiled: Compiled, tie: Tie, ties: Iterable[Tie], number: dict[int, int]) -> bool:
    """Whether the search can send the same person to both: one after the other, alone, and nothing against it."""
    first, then = compiled.visit_index[tie.first], compiled.visit_index[tie.then]
    alone = compiled.visits[first].people == compiled.visits[then].people == 1
    apart = any({one.first, one.then} == {tie.first, tie.then} for one in ties if one.workers == "different")
    return alone and not apart and number[first] < number[then]


def lags(compiled: Compiled, tasks: Tasks, members: Sequence[int], ties: Iterable[Tie]) -> NDArray[np.float64]:
    """Least start of one member after another, through every chain of ``ties`` (k × k)."""
    size = len(members)
    lag = np.full((size, size), -NEVER)
    place = {task: index for index, task in enumerate(members)}
    for one in members:
        for other in members:
            if tasks.visit[one] == tasks.visit[other]:
                lag[place[one], place[other]] = 0.0
    for tie in ties:
        first, then = compiled.visit_index[tie.first], compiled.visit_index[tie.then]
        here, there = place[tasks.of_visit[first][0]], place[tasks.of_visit[then][0]]
        lag[here, there] = max(lag[here, there], -NEVER if tie.least is None else float(tie.least))
        lag[there, here] = max(lag[there, here], -NEVER if tie.most is None else -float(tie.most))
    for through in range(size):
        for here in range(size):
            for there in range(size):
                lag[here, there] = max(lag[here, there], lag[here, through] + lag[through, there])
    return lag


def open_by_ties(compiled: Compiled, tasks: Tasks) -> dict[int, tuple[float, float]]:
    """The first and last start that ties leave visits in groups of several joints, by the windows of the others.

    There nobody waits for who comes after them, but who has to wait anyway is known beforehand.
    """
    found: dict[int, tuple[float, float]] = {}
    for joints, members, ties in zip(tasks.joints, tasks.members, tasks.ties, strict=True):
        windows = [compiled.windows[tasks.visit[task]] for task in members]
        if len(joints) == 1 or not all(windows):
            continue
        lag = lags(compiled, tasks, members, ties)
        first = np.array([float(spans[0][0]) for spans in windows])
        last = np.array([float(spans[-1][1]) for spans in windows])
        sooner, later = (first[:, None] + lag).max(axis=0), (last[None, :] - lag).min(axis=1)
        for place, task in enumerate(members):
            found[tasks.visit[task]] = max(first[place], sooner[place]), min(last[place], later[place])
    return found


def persons(compiled: Compiled, tasks: Tasks, members: Sequence[int], ties: Iterable[Tie]) -> NDArray[np.int32]:
    """Whether the workers of two members are `FREE`, `APART` or the `SAME` (k × k)."""
    index = compiled.visit_index
    said = {frozenset((index[tie.first], index[tie.then])): SAME for tie in ties if tie.workers == "same"}
    said |= {frozenset((index[tie.first], index[tie.then])): APART for tie in ties if tie.workers == "different"}
    found = np.full((len(members), len(members)), FREE, dtype=np.int32)
    for here, one in enumerate(members):
        for there, other in enumerate(members):
            visits = frozenset((tasks.visit[one], tasks.visit[other]))
            found[here, there] = APART if len(visits) == 1 else said.get(visits, FREE)
    return found
