"""Random numbers for the search: the same on every machine, version and thread."""

from __future__ import annotations

import numpy as np

from dispatch.solver.jit import inlined
from dispatch.solver.search.facts import Words


@inlined
def word(state: Words) -> np.uint64:
    """The next 64 random bits (splitmix64, Steele, Lea and Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    bits = state[0]
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@inlined
def uniform(state: Words) -> float:
    """A number in [0, 1)."""
    return float(word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(state: Words, bound: int) -> int:
    """A whole number in [0, bound)."""
    return int(uniform(state) * bound)
