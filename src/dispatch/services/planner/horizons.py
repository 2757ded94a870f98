"""What is planned for weeks ahead, beside the day's planning: one area at a time, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import BrokenExecutor, Executor

from dispatch.model.errors import Conflict, StoreError, Unavailable, Uncertain
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.horizon_kinds import HORIZONS, answer
from dispatch.planning.horizons import Answered, Asked, Horizon, failing, head_of_kind, publishing, refusing
from dispatch.services.clock import Clock
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.committing import Committer
from dispatch.services.planner.one_task import OneTask

log = logging.getLogger(__name__)

RETRY_AFTER_S = 0.5
NO_SECRET = "what is planned ahead (%s) in area %s needs a secret, and there is none: start it with --secret-file"


class Horizons:
    """Publishes on behalf of one planner what is due, which goes on planning the day meanwhile.

    ``writing`` is held by whoever commits; ``done`` is called at the end of each look at an area; ``fold`` returns once
    the log is folded up to its end.
    """

    def __init__(
        self,
        areas: Areas,
        committer: Committer,
        clock: Clock,
        executor: Executor,
        *,
        secret: str | None,
        writing: asyncio.Lock,
        done: Callable[[], None],
        fold: Callable[[], Awaitable[None]],
    ) -> None:
        self._areas = areas
        self._commit = committer.commit
        self._clock = clock
        self._executor = executor
        self._secret = secret
        self._writing = writing
        self._fold = fold
        self._work = OneTask(done)

    def begin(self, holds: Callable[[str], bool]) -> bool:
        """Look at an area that calls for it; whether one is being looked at now."""
        if self._work.busy():
            return True
        name = min((name for name in self._areas.ahead if holds(name)), default=None)
        if name is not None:
            self._areas.ahead.discard(name)
            self._work.begin(self._look(self._areas.areas[name]))
        return name is not None

    async def stop(self) -> None:
        """Give up what is under way."""
        await self._work.stop()

    async def _look(self, area: AreaState) -> None:
        """Plan every kind that is due; what cannot be published now is looked at again."""
        for horizon in HORIZONS:
            try:
                published = await self._see_to(area, horizon)
            except Conflict as conflict:
                log.info("what is planned ahead in area %s is looked at again: %s", area.area, conflict)
                await self._fold()
                published = False
            except (Uncertain, Unavailable) as error:
                log.warning("area %s is looked at again, the store did not answer: %s", area.area, error)
                await asyncio.sleep(RETRY_AFTER_S)
                published = False
            if not published:
                self._areas.mark(area.area, Dirt.HORIZONS)
                return

    async def _see_to(self, area: AreaState, horizon: Horizon) -> bool:
        """Publish what is due of one kind, and reveal what may be; False if something else is asked by now.

        Whatever else goes wrong with it is recorded, and the other kinds and areas are planned all the same.
        """
        asked: Asked | None = None
        try:
            asked = horizon.ask(area, self._clock.now())
            if horizon.secret and self._secret is None:
                if asked is not None:
                    log.warning(NO_SECRET, asked.kind, area.area)
                return True
            if asked is not None and not await self._plan(area, horizon, asked):
                return False
        except (StoreError, BrokenExecutor):
            # The log, and a process that planned and is gone, concern every kind.
            raise
        except Exception as error:
            log.exception("planning ahead (%s) in area %s failed", horizon.kind, area.area)
            if refused := failing(area, horizon.kind, asked, error):
                async with self._writing:
                    await self._commit(area, refused, self._clock.now())
        await self._reveal(area, horizon)
        return True

    async def _plan(self, area: AreaState, horizon: Horizon, asked: Asked) -> bool:
        asked = horizon.keyed(area.area, asked, self._secret or "")
        answered = await asyncio.get_running_loop().run_in_executor(self._executor, answer, asked)
        async with self._writing:
            return await self._publish(area, horizon, asked, answered)

    async def _reveal(self, area: AreaState, horizon: Horizon) -> None:
        now = self._clock.now()
        if revealed := horizon.revealing(area, now, self._secret or ""):
            async with self._writing:
                await self._commit(area, revealed, now)

    async def _publish(self, area: AreaState, horizon: Horizon, asked: Asked, answered: Answered) -> bool:
        """Publish what was found, or why it is not; False if something else is asked by now."""
        now = self._clock.now()
        if not asked.same(horizon.ask(area, now)):
            return False
        if answered.findings:
            log.error(
                "what was planned ahead (%s) in area %s is refused: %s", asked.kind, area.area, answered.findings[0]
            )
            await self._commit(area, refusing(area, asked, answered.findings), now)
            return True
        for batch in list(publishing(area, horizon, asked, answered.plan)):
            (head, *_) = next(iter(batch.values()))
            if head_of_kind(area, asked.kind).number != head.parent:  # type: ignore[attr-defined]
                return False
            await self._commit(area, batch, now)
        return True
