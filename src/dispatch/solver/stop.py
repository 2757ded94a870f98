"""When a search ends before its budget: a wall-clock limit or a cancel. The only clock in this room."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stop:
    """Asked between neighbourhoods. ``stopped`` tells afterwards whether it ever said so.

    Without ``seconds`` no clock is read, so that the search depends on its inputs alone.
    """

    def __init__(self, seconds: float | None, cancel: Callable[[], bool] | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds
        self._cancel = cancel
        self.stopped = False

    def now(self) -> bool:
        """Whether to stop now."""
        late = self._until is not None and time.monotonic() >= self._until
        self.stopped = self.stopped or late or (self._cancel is not None and self._cancel())
        return self.stopped
