"""Starts for visits that are tied to each other, with the least that all of them together could cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np

from dispatch.solver.routes.bonds import FOREVER
from dispatch.solver.routes.gaps import Floats, Gaps, find_gaps, start_cost, wanted_start
from dispatch.solver.routes.people import price_each
from dispatch.solver.routes.price import credit, spared
from dispatch.solver.routes.state import Ints, State

_GAPS = 60
"""Of so many gaps of each visit, the cheapest, the first moment is one to start at."""


class Reach(NamedTuple):
    """How many ticks after the first of them one of several tied visits starts, at least and at most."""

    least: int
    most: int


class Trial(NamedTuple):
    """A start of the first of several tied visits, and who is at those of ``same``.

    ``bound`` is what all of them cost at least if no two are on one route, where ways are shared; ``least`` always.
    """

    bound: float
    least: float
    start: int
    worker: int | None
    same: frozenset[int]


class Member(NamedTuple):
    """One of several tied visits: the ``duties`` it may be on, its gaps sorted by worker, and what each costs in ways
    and people; where in ``gaps`` each of ``workers`` begins.
    """

    visit: int
    duties: Ints
    gaps: Gaps
    fixed: Floats
    workers: Ints
    begins: Ints

    @classmethod
    def of(cls, state: State, visit: int, duties: Ints) -> Self | None:
        """`visit` on ``duties``; None if there is no gap for it."""
        compiled = state.compiled
        facts = compiled.visits[visit]
        gaps = find_gaps(state, visit, duties)
        if not len(gaps.duty):
            return None
        worker_of = compiled.duty_worker[gaps.duty]
        order = np.argsort(worker_of, kind="stable")
        gaps = Gaps(*(part[order] for part in gaps))
        fixed = compiled.problem.weights.travel * gaps.travel.astype(np.float64)
        fixed -= credit(state, facts) + spared(state, gaps.duty)
        if facts.people == 1:
            fixed += price_each(state.compiled, facts)[gaps.duty]
        workers, begins = np.unique(worker_of[order], return_index=True)
        return None if len(workers) < facts.people else cls(visit, duties, gaps, fixed, workers, begins)

    def costs(self, state: State, starts: Ints, reach: Reach) -> Floats:
        """The least each worker costs (column, one per worker there is), if the first visit starts at (row)."""
        facts = state.compiled.visits[self.visit]
        first = np.maximum(self.gaps.first, starts[:, None] + reach.least)
        last = np.minimum(self.gaps.last, starts[:, None] + reach.most)
        cost = np.where(first <= last, self.fixed, np.inf)
        wanted = wanted_start(state, facts)
        if wanted is not None or (facts.due is not None and facts.late_weight > 0):
            at = first if wanted is None else np.clip(wanted, first, np.maximum(first, last))
            # A start is paid once, whatever the number of people: each of them stands for their share.
            cost += start_cost(state, facts, at.ravel()).reshape(at.shape) / facts.people
        found = np.full((len(starts), len(state.compiled.workers)), np.inf)
        found[:, self.workers] = np.minimum.reduceat(cost, self.begins, axis=1)
        return found


def reaches(state: State, visits: Sequence[int]) -> list[Reach]:
    """For each of ``visits`` how long after the first of them it starts, by all ties among them."""
    size = len(visits)
    place = {visit: index for index, visit in enumerate(visits)}
    most = np.full((size, size), FOREVER, dtype=np.int64)
    np.fill_diagonal(most, 0)
    for visit, here in place.items():
        for bond in state.compiled.bonds.of(visit):
            there = place.get(bond.other)
            if there is not None:
                most[here, there] = min(most[here, there], bond.most)
                most[there, here] = min(most[there, here], -bond.least)
    for through in range(size):
        most = np.minimum(most, np.minimum(most[:, [through]] + most[[through], :], FOREVER))
    return [
        Reach(-min(int(back), FOREVER), min(int(on), FOREVER)) for on, back in zip(most[0], most[:, 0], strict=True)
    ]


def trials(state: State, members: Sequence[Member], reach: Sequence[Reach]) -> Iterator[Trial]:
    """Starts of the first of ``members``, the one at which all may cost least first."""
    starts = _starts(state, members, reach)
    same = _same(state, members)
    costs = [member.costs(state, starts, one) for member, one in zip(members, reach, strict=True)]
    bound = np.zeros((len(starts), 1))
    least = np.zeros(len(starts))
    for member, cost in zip(members, costs, strict=True):
        people = state.compiled.visits[member.visit].people
        others = people - 1 if member.visit in same else people
        if others:
            bound = bound + np.partition(cost, others - 1, axis=1)[:, :others].sum(axis=1, keepdims=True)
        if member.visit in same:
            bound = bound + cost
        least = np.maximum(least, cost.min(axis=1))
    if not same and _are_two_people(state, members):
        bound = np.maximum(bound, _of_two(*costs))
    rows, columns = np.nonzero(bound < np.inf)
    for index in np.lexsort((columns, starts[rows], bound[rows, columns])).tolist():
        row, column = int(rows[index]), int(columns[index])
        yield Trial(float(bound[row, column]), float(least[row]), int(starts[row]), column if same else None, same)


def _starts(state: State, members: Sequence[Member], reach: Sequence[Reach]) -> Ints:
    """When the first of ``members`` might start: as soon as one of them can, or so that a told start is kept."""
    found: list[Ints] = []
    for member, (least, most) in zip(members, reach, strict=True):
        facts = state.compiled.visits[member.visit]
        cheapest = np.argsort(member.fixed, kind="stable")[:_GAPS]
        soonest = member.gaps.first[[*cheapest.tolist(), int(np.argmin(member.gaps.first))]]
        wanted = [one for one in (wanted_start(state, facts), facts.due) if one is not None]
        for moments in (soonest, np.array(wanted, dtype=np.int64)):
            found += [moments - off for off in {least, most} if abs(off) < FOREVER]
    first = members[0].gaps
    opens, closes = int(first.first.min()), int(first.last.max())
    return np.unique(np.clip(np.concatenate(found), opens, closes))


def _same(state: State, members: Sequence[Member]) -> frozenset[int]:
    """Those of ``members`` that one worker has to be at, as far as ties bind the first such pair on."""
    here = {member.visit for member in members}
    found: list[int] = []
    for member in members:
        if any(bond.workers == "same" and bond.other in here for bond in state.compiled.bonds.of(member.visit)):
            found = [member.visit]
            break
    for one in found:
        bonds = (bond for bond in state.compiled.bonds.of(one) if bond.workers == "same" and bond.other in here)
        found += [bond.other for bond in bonds if bond.other not in found]
    return frozenset(found)


def _are_two_people(state: State, members: Sequence[Member]) -> bool:
    """Whether it is about two visits of one person each, for different people."""
    if len(members) != 2 or any(state.compiled.visits[member.visit].people > 1 for member in members):
        return False
    bonds = state.compiled.bonds.of(members[0].visit)
    return any(bond.other == members[1].visit and bond.workers == "different" for bond in bonds)


def _of_two(one: Floats, other: Floats) -> Floats:
    """For each row the least that two different columns cost together, one of each."""
    rows = np.arange(len(one))
    best, second = _least_two(one)
    best_other, second_other = _least_two(other)
    together = one[rows, best] + other[rows, best_other]
    apart = np.minimum(one[rows, best] + second_other, second + other[rows, best_other])
    return np.where(best == best_other, apart, together)[:, None]


def _least_two(cost: Floats) -> tuple[Ints, Floats]:
    """The column of the least of each row, and the least of the others."""
    best = cost.argmin(axis=1)
    if cost.shape[1] < 2:
        return best, np.full(len(cost), np.inf)
    return best, np.partition(cost, 1, axis=1)[:, 1]
