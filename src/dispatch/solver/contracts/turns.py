"""Turns at a clock: whoever comes first may not take the time of those who come later."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.stop import Stop


class Turns:
    """``waiting`` turns until ``stop``, ``cores`` of them side by side; each may take an equal part of what is left.

    None is shorter than ``least`` seconds, but for the last: where there is not so much for everybody, the first get
    it. What a turn does not use is left to those after it. ``cut`` tells afterwards whether the clock ended one.
    """

    def __init__(self, stop: Stop, waiting: int, cores: int, least: float) -> None:
        self._least = least
        self._stop = stop
        self._waiting: Iterator[int] = iter(range(waiting, 0, -1))
        self._cores = max(1, cores)
        self.cut = False

    def next(self) -> float:
        """The seconds of the next turn; infinite where no clock runs, 0 once it is over."""
        waiting, left = next(self._waiting, 1), self._stop.left()
        return 0.0 if self._stop.now() else min(left, max(self._least, left * min(self._cores, waiting) / waiting))

    def over(self) -> bool:
        """Whether to stop now."""
        return self._stop.now()
