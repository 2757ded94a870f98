"""Which areas this planner plans: those whose lease it holds. For economy only; safety rests on the plan head."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from dispatch.model.errors import StoreError
from dispatch.services.planner.holder import has_ended
from dispatch.store.base import Leases

log = logging.getLogger(__name__)


class Holding:
    """The leases of planner ``holder``; one that ended on this host without giving them back is not waited for."""

    def __init__(self, leases: Leases, holder: str) -> None:
        self._leases = leases
        self._holder = holder
        self._held: dict[str, int] = {}
        self._wanted: set[str] = set()

    def holds(self, area: str) -> bool:
        """Whether the lease of ``area`` is ours as far as we know."""
        return area in self._held

    async def want(self, area: str) -> bool:
        """Take the lease of ``area`` if it is free; returns whether it is ours now. It is kept until `run` ends."""
        if area not in self._wanted:
            self._wanted.add(area)
            await self._take(area)
        return area in self._held

    async def run(self, taken: Callable[[str], Awaitable[None]]) -> None:
        """Renew what is held, try for the rest; ``taken(area)`` is called when one becomes ours. Ends by cancelling."""
        try:
            while True:
                await asyncio.sleep(self._leases.ttl_s / 3)
                for area in sorted(self._wanted):
                    before = area in self._held
                    await (self._renew(area) if before else self._take(area))
                    if not before and area in self._held:
                        await taken(area)
        finally:
            for area, revision in self._held.items():
                try:
                    await self._leases.release(f"planner-{area}"[:64], revision)
                except StoreError:
                    # It ends by itself when it is not renewed.
                    log.info("the lease of area %s could not be released", area)

    async def _take(self, area: str) -> None:
        try:
            revision = await self._leases.take(f"planner-{area}"[:64], self._holder, ended=has_ended)
        except StoreError as error:
            log.warning("the lease of area %s cannot be taken now: %s", area, error)
            return
        if revision is not None:
            self._held[area] = revision

    async def _renew(self, area: str) -> None:
        try:
            revision = await self._leases.renew(f"planner-{area}"[:64], self._holder, self._held[area])
        except StoreError as error:
            log.warning("the lease of area %s cannot be renewed now: %s", area, error)
            return
        if revision is None:
            log.warning("the lease of area %s was lost", area)
            del self._held[area]
        else:
            self._held[area] = revision
