"""When a search ends before its budget: a wall-clock limit or a cancel. The only clock in this room."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stop:
    """Asked between the legs of a search. ``stopped`` tells afterwards whether it ever said so.

    Without ``seconds`` no clock is read, so that the search depends on its inputs alone.
    """

    def __init__(self, seconds: float | None, cancel: Callable[[], bool] | None) -> None:
        self._seconds = seconds
        self._began = None if seconds is None else time.monotonic()
        self._cancel = cancel
        self.stopped = False

    def now(self) -> bool:
        """Whether to stop now."""
        late = self._seconds is not None and self.passed() >= self._seconds
        self.stopped = self.stopped or late or (self._cancel is not None and self._cancel())
        return self.stopped

    def whole(self) -> float:
        """The seconds given; an hour where none are."""
        return 3600.0 if self._seconds is None else max(1e-6, self._seconds)

    def passed(self) -> float:
        """Seconds since the search began; 0 where no limit is given."""
        return 0.0 if self._began is None else time.monotonic() - self._began
