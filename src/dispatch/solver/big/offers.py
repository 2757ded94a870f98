"""What is out, and which block it is offered to: those near it that have who it needs, in turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.big.whole import Whole
from dispatch.solver.search.facts import Floats

NEAR_BLOCKS = 3
"""Blocks that a visit is offered to in turn, the nearest first; cut anew each time, they reach much further."""


class Offers:
    """Who is able to take what is out, and how often each group was offered already."""

    def __init__(self, whole: Whole, ground: Floats) -> None:
        self._compiled = whole.compiled
        self._groups = whole.groups
        self._ground = ground
        self._times: dict[int, int] = {}
        self._able: dict[tuple[object, ...], NDArray[np.int64]] = {}

    def bonds(self, out: Sequence[int]) -> list[list[int]]:
        """Workers who must be in one block so that what is ``out`` can be planned: those its pins name."""
        index = self._compiled.worker_index
        found = []
        for number in out:
            pins = (self._compiled.visits[visit].pin for visit in self._groups[number])
            named = {index[worker] for pin in pins if pin is not None for worker in pin.workers if worker in index}
            if len(named) > 1:
                found.append(sorted(named))
        return found

    def share_out(self, out: Sequence[int], blocks: Sequence[Sequence[int]], places: Floats) -> list[list[int]]:
        """The groups of ``out`` offered to each of ``blocks``, whose workers are at ``places``."""
        block_of = np.full(len(places), -1, dtype=np.int64)
        for number, workers in enumerate(blocks):
            block_of[list(workers)] = number
        found: list[list[int]] = [[] for _ in blocks]
        for group in out:
            near = self._near(group, block_of, len(blocks), places)
            if near:
                times = self._times.get(group, 0)
                self._times[group] = times + 1
                found[near[times % len(near)]].append(group)
        return found

    def _near(self, group: int, block_of: NDArray[np.int64], blocks: int, places: Floats) -> list[int]:
        """The blocks that have who ``group`` needs: those with who it is used to first, then the nearest."""
        fits = np.ones(blocks, dtype=bool)
        apart = np.zeros(blocks)
        strange = np.zeros(blocks)
        index = self._compiled.worker_index
        everybody, people = [np.zeros(0, dtype=np.int64)], 0
        for visit in self._groups[group]:
            facts = self._compiled.visits[visit]
            able = self._workers(visit)
            fits &= np.bincount(block_of[able], minlength=blocks) >= facts.people
            everybody.append(able)
            people += facts.people
            way = np.full(blocks, np.inf)
            np.minimum.at(way, block_of[able], ((places[able] - self._ground[facts.spot]) ** 2).sum(axis=1))
            apart += way
            for worker in facts.pin.workers if facts.pin is not None else ():
                fits &= np.arange(blocks) == (block_of[index[worker]] if worker in index else -1)
            known = (*facts.keep, *(facts.told.workers if facts.told is not None else ()))
            used_to = [block_of[index[worker]] for worker in known if worker in index]
            strange += ~np.isin(np.arange(blocks), used_to) if used_to else 0
        # The search has nobody at two visits of a group.
        fits &= np.bincount(block_of[np.unique(np.concatenate(everybody))], minlength=blocks) >= people
        order = np.lexsort((apart, strange)).tolist()
        return [block for block in order if fits[block]][:NEAR_BLOCKS]

    def _workers(self, visit: int) -> NDArray[np.int64]:
        """Those able to do ``visit``, by index."""
        compiled = self._compiled
        facts = compiled.visits[visit]
        pace = (facts.ticks, *facts.ticks_by.items())
        key = (facts.skill, facts.level, facts.also, facts.among, facts.never, pace, compiled.windows[visit])
        known = self._able.get(key)
        if known is None:
            mask = compiled.eligible(facts)
            open_then, last_start = np.zeros(len(mask), dtype=bool), compiled.duty_end - compiled.ticks_over(visit)
            for first, last in compiled.windows[visit]:
                open_then |= np.maximum(compiled.duty_start, first) <= np.minimum(last_start, last)
            known = self._able[key] = np.unique(compiled.duty_worker[mask & open_then])
        return known
