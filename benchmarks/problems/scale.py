"""From the real numbers of an instance to the whole ticks of a problem.

One unit is 1 to 10,000 ticks where that makes every number whole, else a million; then ways and services are rounded
up and ends of windows down, so that a plan that holds in ticks holds in the instance. What rounding costs is at most a
millionth of a unit for each leg, and the dump is timed anew from the instance, so no cost carries it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

FINEST = 1_000_000
_BIT = 1e-9
"""What a sum of doubles may be beside the whole number it stands for, in units."""


class Scale(Struct, frozen=True):
    """``ticks`` to one unit of the instance."""

    ticks: int

    def up(self, value: float) -> int:
        """The least whole tick not before ``value``."""
        return math.ceil((value - _BIT) * self.ticks)

    def down(self, value: float) -> int:
        """The last whole tick not after ``value``."""
        return math.floor((value + _BIT) * self.ticks)


def scale_of(values: Iterable[float]) -> Scale:
    """The coarsest scale that is exact for all of ``values``, or the finest."""
    everything = list(values)
    for ticks in (1, 10, 100, 1000, 10_000):
        if all(abs(value * ticks - round(value * ticks)) <= _BIT * ticks for value in everything):
            return Scale(ticks)
    return Scale(FINEST)
