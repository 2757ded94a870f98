"""One piece of work beside the planning, at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class OneTask:
    """What is worked on beside the planning; ``done`` is called at the end of each piece of work."""

    def __init__(self, done: Callable[[], None]) -> None:
        self._done = done
        self._task: asyncio.Task[None] | None = None

    def busy(self) -> bool:
        """Whether something is being worked on; raises what the last piece of work died of."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            task.result()
        return self._task is not None

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Work on this, while nothing else is worked on."""
        self._task = asyncio.create_task(work)
        self._task.add_done_callback(lambda _: self._done())

    async def stop(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
