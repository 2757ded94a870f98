"""Chance inside compiled code: xorshift64* (Vigna 2016), its state in an array of one word, so that runs repeat."""

from __future__ import annotations

import numpy as np

from dispatch.solver.jit import jit
from dispatch.solver.teams.compiled import Bits


@jit
def chance(seed: Bits) -> float:
    """A number in [0, 1)."""
    word = seed[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    seed[0] = word
    return float(((word * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0))


@jit
def one_of(seed: Bits, count: int) -> int:
    """A whole number in [0, ``count``)."""
    return min(int(chance(seed) * count), count - 1)
