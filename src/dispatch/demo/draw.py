"""Seeded choices: each depends on the seed and on what it is about, never on the order in which it is asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(seed: int, *about: object) -> random.Random:
    """A source of random numbers of its own for one matter: the same seed and matter always give the same numbers."""
    return random.Random("/".join(map(str, (seed, *about))))


def pick(source: random.Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of the values, each as likely as its weight says."""
    at = source.random() * sum(weight for _, weight in weighted)
    for value, weight in weighted:
        at -= weight
        if at < 0:
            return value
    return weighted[-1][0]


class NowAndThen:
    """Says yes to the ``first`` and from then on to every ``every``-th that asks (0: to none)."""

    def __init__(self, first: int, every: int = 0) -> None:
        self._left = first
        self._every = every

    def __call__(self) -> bool:
        """Whether it is this one's turn."""
        self._left -= 1
        if not self._left:
            self._left = self._every
            return True
        return False
