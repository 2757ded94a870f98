"""Shared tools: which duties need a piece of one along, and for which there is one left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import RouteProblem, Visit

Mask = NDArray[np.bool_]

Out = tuple[str, int, int]
"""A tool, and from when to when a piece of it is under way."""


class SharedTools:
    """The shared tools of a problem, with its duties by index.

    ``pieces`` says how many there are; ``own`` which duties have one of their own, or took one before. A duty has a
    piece along for its whole ``start`` to ``end``, so who meets whom is known before any plan is.
    """

    def __init__(self, problem: RouteProblem) -> None:
        self.pieces = {tool.id: tool.pieces for tool in problem.shared}
        duties = [(worker, duty) for worker in problem.workers for duty in worker.duties] if problem.shared else []
        self.start = np.array([duty.span.start for _, duty in duties], dtype=np.int64)
        self.end = np.array([duty.span.end + duty.overtime for _, duty in duties], dtype=np.int64)
        self.own = {
            tool: np.array([tool in worker.tools or tool in duty.taken for worker, duty in duties], dtype=bool)
            for tool in self.pieces
        }

    def retime(self, duty: int, start: int, end: int) -> None:
        """``duty`` goes from ``start`` to ``end``, its overtime included."""
        if self.pieces:
            self.start[duty], self.end[duty] = start, end

    def of(self, visit: Visit) -> list[str]:
        """The shared tools that ``visit`` asks for, each once."""
        if not self.pieces or not visit.tools:
            return []
        return [tool for tool in dict.fromkeys(visit.tools) if tool in self.pieces]

    def asked(self, duty: int, visits: Iterable[Visit]) -> set[str]:
        """The shared tools of which ``duty`` needs a piece for ``visits``."""
        return {tool for visit in visits for tool in self.of(visit) if not self.own[tool][duty]}

    def nobody(self) -> dict[str, Mask]:
        """For each tool, no duty that has a piece along."""
        return {tool: np.zeros(len(own), dtype=bool) for tool, own in self.own.items()}

    def left(self, tool: str, takers: Mask, beside: Sequence[Out]) -> Mask:
        """For every duty, whether it may have ``tool`` along, if ``takers`` and those ``beside`` have theirs."""
        found = np.ones(len(self.start), dtype=bool)
        for start, end, out in self._counts(tool, takers, beside):
            if out >= self.pieces[tool]:
                found &= (self.end <= start) | (end <= self.start)
        if self.pieces[tool] <= 0:
            found[:] = False
        found |= takers | self.own[tool]
        return found

    def most_at_once(self, tool: str, takers: Mask, beside: Sequence[Out] = ()) -> int:
        """How many pieces of ``tool`` the ``takers`` and those ``beside`` have under way at once at most."""
        return max((out for _, _, out in self._counts(tool, takers, beside)), default=0)

    def most_out(self, tool: str, duty: int, takers: Mask, beside: Sequence[Out]) -> int:
        """How many pieces of ``tool`` at most are under way at once while ``duty`` lasts, its own not counted."""
        others = takers.copy()
        others[duty] = False
        meets = (
            out for start, end, out in self._counts(tool, others, beside)
            if start < self.end[duty] and self.start[duty] < end
        )  # fmt: skip
        return max(meets, default=0)

    def _counts(self, tool: str, takers: Mask, beside: Sequence[Out]) -> Iterator[tuple[int, int, int]]:
        """Spans of time in order, and how many pieces of ``tool`` are under way in each."""
        steps: dict[int, int] = {}
        spans = [*zip(self.start[takers].tolist(), self.end[takers].tolist(), strict=True)]
        spans += [(start, end) for name, start, end in beside if name == tool]
        for start, end in spans:
            if start < end:
                steps[start] = steps.get(start, 0) + 1
                steps[end] = steps.get(end, 0) - 1
        out = 0
        for moment, after in pairwise(sorted(steps)):
            out += steps[moment]
            yield moment, after, out
