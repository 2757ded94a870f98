"""An event loop whose clock jumps to the next thing due: waits take no time, and a wait for nothing is an error."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _Jumping(selectors.DefaultSelector):
    """A selector that never waits: it moves its loop's clock instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("everybody waits for something that will never come")
        if timeout > 0:
            # A little more than asked: a wait too short to move the clock would be waited for ever.
            self.now += timeout + 1e-6
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """For everything that runs in one thread and speaks to no socket; the same each time it is run."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the loop began, as far as it was waited for."""
        return self._jumping.now
