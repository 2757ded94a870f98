"""When a search ends before its budget: a wall-clock limit, a cancel, a plan good enough. The only clock here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from dispatch.model.errors import ProblemError


def require_end(
    budget: int | None, seconds: float | None, cancel: Callable[[], bool] | None, enough: float | None
) -> None:
    """Raise `ProblemError` where nothing would ever end a search."""
    if budget is None and seconds is None and cancel is None and enough is None:
        raise ProblemError(
            "Nothing ends this search: it has no budget, no seconds, no cancel and no cost that is enough.",
            code="bad_problem",
            hint="give it a budget (repeatable) or seconds.",
        )


class Stop:
    """Asked between the legs of a search. ``stopped`` tells afterwards whether the clock or a cancel ended it.

    Without ``seconds`` no clock is read, so that the search depends on its inputs alone. A plan that costs ``enough``
    or less ends it as well; that depends on the inputs, too, and is no ``stopped``.
    """

    def __init__(self, seconds: float | None, cancel: Callable[[], bool] | None, enough: float | None = None) -> None:
        self._seconds = seconds
        self._began = None if seconds is None else time.monotonic()
        self._cancel = cancel
        self._enough = enough
        self._reached = False
        self.stopped = False

    def found(self, cost: float) -> None:
        """A plan that costs ``cost`` was found."""
        self._reached = self._reached or (self._enough is not None and cost <= self._enough)

    def now(self) -> bool:
        """Whether to stop now."""
        if self._reached:
            return True
        late = self._seconds is not None and self.passed() >= self._seconds
        self.stopped = self.stopped or late or (self._cancel is not None and self._cancel())
        return self.stopped

    def by_clock(self) -> bool:
        """Whether there is a wall-clock limit."""
        return self._seconds is not None

    def whole(self) -> float:
        """The seconds given; an hour where none are."""
        return 3600.0 if self._seconds is None else max(1e-6, self._seconds)

    def left(self) -> float:
        """Seconds that are left, at least 0; infinite where no limit is given."""
        return math.inf if self._seconds is None else max(0.0, self._seconds - self.passed())

    def passed(self) -> float:
        """Seconds since the search began; 0 where no limit is given."""
        return 0.0 if self._began is None else time.monotonic() - self._began
