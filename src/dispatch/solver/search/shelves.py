"""Shared tools of a problem as the search counts them: rows of `Load` behind those of the duties.

Each tool has a row for every duty, which counts the tasks there that take it, and one for every *moment* at which most
duties meet, which counts the duties that have a piece along. Duties last as long as they last whatever is planned, so
the moments are known before: the starts of those duties whose company no later start has whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.shared import SharedTools
from dispatch.solver.search.facts import Facts

Spans = list[tuple[float, float, float]]


class Shelves:
    """Where what is counted of shared tools stands: from row ``first`` on ``rows`` of each of the ``tools``."""

    def __init__(self, compiled: Compiled, first: int) -> None:
        self._shared = compiled.shared
        asked = {tool for visit in compiled.visits for tool in self._shared.of(visit)}
        self.tools = [tool for tool in self._shared.pieces if tool in asked]
        self._moments = moments(self._shared) if self.tools else []
        self.first = first
        self.rows = len(compiled.duties) + len(self._moments)

    def lay(self, compiled: Compiled, nodes: NDArray[np.void], visit_of: Sequence[int], spans: Spans) -> None:
        """Write to ``nodes``, one for every task of a visit, what they take: per tool a row of ``spans`` with the first
        of its rows of `Load` and the number of pieces.
        """
        known: dict[tuple[str, ...], tuple[int, int]] = {(): (0, 0)}
        for node, index in zip(nodes, visit_of, strict=True) if self.tools else ():
            taken = tuple(self._shared.of(compiled.visits[index]))
            if taken not in known:
                known[taken] = len(spans), len(spans) + len(taken)
                spans += [
                    (float(self.first + self.rows * self.tools.index(tool)), float(self._shared.pieces[tool]), 0.0)
                    for tool in taken
                ]
            node["shared_from"], node["shared_to"] = known[taken]

    def meet(self, duties: NDArray[np.void]) -> None:
        """Write to ``duties`` at which moments they are under way."""
        for duty, (start, end) in enumerate(zip(self._shared.start, self._shared.end, strict=True)):
            edges = np.searchsorted(np.array(self._moments, dtype=np.int64), [start, end])
            duties[duty]["moment_from"], duties[duty]["moment_to"] = edges

    def own(self, spans: Spans) -> int:
        """Add to ``spans`` the rows that count one more from the beginning: duties that need no piece. Where that is.

        Nothing may be added after them.
        """
        begin = len(spans)
        for place, tool in enumerate(self.tools):
            row = self.first + place * self.rows
            spans += [(float(row + duty), 0.0, 0.0) for duty in np.flatnonzero(self._shared.own[tool]).tolist()]
        return begin

    def owned(self, duty: int) -> tuple[bool, ...]:
        """Of which tools ``duty`` needs no piece."""
        return tuple(bool(self._shared.own[tool][duty]) for tool in self.tools)


def moments(shared: SharedTools) -> list[int]:
    """Starts of duties such that any that meet at all meet at one of them: no later start has all who are there."""
    lasts = shared.start < shared.end
    starts, ends = np.unique(shared.start[lasts]).tolist(), np.unique(shared.end[lasts])
    following = np.array([*starts[1:], np.iinfo(np.int64).max])
    # Somebody who is there is gone before the next start.
    over = np.searchsorted(ends, following, side="right") > np.searchsorted(ends, starts, side="right")
    return [start for start, gone in zip(starts, over.tolist(), strict=True) if gone]


def pieces_taken(facts: Facts, duty: int, tasks: Sequence[int]) -> dict[int, int]:
    """The tools of which ``duty`` needs a piece for ``tasks``, by the first of their rows, and how many there are."""
    if not facts.shared:
        return {}
    nodes: Any = facts.nodes
    own = facts.spans[facts.owned :, 0]
    places = [place for task in tasks for place in range(nodes["shared_from"][task], nodes["shared_to"][task])]
    rows = {int(facts.spans[place, 0]): int(facts.spans[place, 1]) for place in places}
    return {row: pieces for row, pieces in rows.items() if row + duty not in own}
