"""Which visits are tied to which, by index: what `Tie` says, seen from either of the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dispatch.solver.problem import Tie

FOREVER = 1 << 60
"""Ticks of a gap that has no bound."""


class Bond(NamedTuple):
    """Of one visit: ``other`` starts ``least`` to ``most`` ticks after it; ``workers`` and ``same_day`` as in `Tie`.

    Either may be negative; `FOREVER` ticks stand for no bound.
    """

    other: int
    least: int
    most: int
    workers: str
    same_day: bool


class Bonds:
    """The bonds of every visit that is tied to another."""

    def __init__(self, ties: Iterable[Tie], index: Mapping[str, int]) -> None:
        self._of: dict[int, list[Bond]] = {}
        self.add(ties, index)

    def __iter__(self) -> Iterator[int]:
        """The visits that have any."""
        return iter(self._of)

    def of(self, visit: int) -> list[Bond]:
        """The bonds of ``visit``; mostly none."""
        return self._of.get(visit, [])

    def group(self, visit: int) -> list[int]:
        """``visit`` and all it is bound to, by however many ties; the nearest first."""
        found = [visit]
        for one in found:
            found += [bond.other for bond in self.of(one) if bond.other not in found]
        return list(dict.fromkeys(found))

    def add(self, ties: Iterable[Tie], index: Mapping[str, int]) -> None:
        """``ties`` hold, too; ``index`` says which visit an id is."""
        for tie in ties:
            first, then = index[tie.first], index[tie.then]
            least = -FOREVER if tie.least is None else tie.least
            most = FOREVER if tie.most is None else tie.most
            self._of.setdefault(first, []).append(Bond(then, least, most, tie.workers, tie.same_day))
            self._of.setdefault(then, []).append(Bond(first, -most, -least, tie.workers, tie.same_day))

    def drop(self, visit: int) -> list[int]:
        """``visit`` is bound to nothing any more; who is left without a bond by it."""
        freed = []
        for other in {bond.other for bond in self._of.pop(visit, ())}:
            self._of[other] = [bond for bond in self._of[other] if bond.other != visit]
            if not self._of[other]:
                del self._of[other]
                freed.append(other)
        return freed
