"""Draws from a seed in machine code."""

from __future__ import annotations

import numpy as np

from dispatch.solver.jit import inlined
from dispatch.solver.zones.offers import Words


@inlined
def draw(seed: Words) -> np.uint64:
    """The next of Marsaglia's xorshift numbers (2003); ``seed`` is one word, not 0."""
    now: np.uint64 = seed[0]
    now ^= now << np.uint64(13)
    now ^= now >> np.uint64(7)
    now ^= now << np.uint64(17)
    seed[0] = now
    return now


@inlined
def share(seed: Words) -> float:
    """Even in [0, 1)."""
    return float(draw(seed) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(seed: Words, count: int) -> int:
    """Even among 0 … count - 1; ``count`` below 2^31."""
    found: int = np.int64(((draw(seed) >> np.uint64(33)) * np.uint64(count)) >> np.uint64(31))  # type: ignore[assignment]
    return found
