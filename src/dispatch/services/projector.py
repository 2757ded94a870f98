"""The projector service: follows the log, keeps every projection's rows and writes them with their checkpoint."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from dispatch.model.errors import Conflict, LogWentBackwards, Unavailable, Uncertain, ViewDamaged
from dispatch.projections.all import PROJECTIONS
from dispatch.projections.base import Projection, Rows
from dispatch.services.log_identity import ANOTHER_LOG, event_id_at
from dispatch.store.base import EventStore, View, ViewStore

log = logging.getLogger(__name__)

FLUSH_ROWS = 800
"""Rows changed before they are written though more events wait; a write of up to 900 is all or nothing."""
RETRY_AFTER_S = 0.5


class Projector:
    """Keeps ``projections`` live. Rows and checkpoint are one write under guard, so two projectors cannot mix."""

    def __init__(
        self, store: EventStore, views: ViewStore, projections: Sequence[Projection[Any]] = PROJECTIONS
    ) -> None:
        self._store = store
        self._views = views
        self._projections = projections
        self.rows: dict[str, Rows[Any]] = {}
        self._marks: dict[str, int] = {}
        self._written: int | None = None
        """The log position all projections are written up to; None while they are read."""
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                await self._run()
            except Conflict as conflict:
                log.warning("another projector wrote first, reading its rows: %s", conflict)
            except ViewDamaged as damaged:
                log.error("a write stopped, the rows will be read again: %s", damaged)
            except (Uncertain, Unavailable) as error:
                log.warning("the rows will be read again, the store did not answer: %s", error)
                await asyncio.sleep(RETRY_AFTER_S)

    async def caught_up(self, position: int) -> None:
        """Return once every projection reflects the log up to ``position`` and is written."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._written is not None and self._written >= position)

    @property
    def position(self) -> int:
        """The log position all projections reflect."""
        return min((rows.position for rows in self.rows.values()), default=0)

    async def _run(self) -> None:
        self._written = None
        for projection in self._projections:
            await self._restore(projection)
        start = self.position
        await self._tell()
        async with aclosing(self._store.follow(("event.>",), start)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                for rows in self.rows.values():
                    rows.take(batch)
                    _say_what_was_passed_over(rows)
                    if len(rows.changed) >= FLUSH_ROWS:
                        await self._flush(rows)
                for rows in self.rows.values():
                    await self._flush(rows)
                await self._tell()

    async def _tell(self) -> None:
        """All is written: wake whoever waits for a position."""
        self._written = self.position
        async with self._changed:
            self._changed.notify_all()

    async def _restore(self, projection: Projection[Any]) -> None:
        """Start from the rows written before; a version never written is built from zero beside the old one."""
        rows, view = await self._read(projection)
        end = await self._store.position()
        if view.position > end:
            raise LogWentBackwards(
                f"The rows of {projection.name} reflect log position {view.position}, but the log ends at {end}.",
                hint=ANOTHER_LOG,
            )
        if view.last and await event_id_at(self._store, view.position) != view.last:
            raise LogWentBackwards(
                f"The rows of {projection.name} reflect the event {view.last} at log position {view.position}, "
                "where the log has another.",
                hint=ANOTHER_LOG,
            )
        self.rows[projection.name], self._marks[projection.name] = rows, view.mark
        active = await self._views.active(projection.name)
        if active is None or active < projection.version:
            await self._switch(projection, rows, active, end)

    async def _read(self, projection: Projection[Any]) -> tuple[Rows[Any], View]:
        """The rows written before; none of them where one cannot be read, so that all are built again."""
        rows: Rows[Any] = Rows(projection)
        try:
            view = await self._views.read(projection.name, projection.version)
            rows.restore(view.rows, view.position, view.last)
        except ViewDamaged as damaged:
            log.error("%s is dropped and built again from the log: %s", projection.name, damaged)
            await self._views.drop(projection.name, projection.version)
            view = await self._views.read(projection.name, projection.version)
        return rows, view

    async def _switch(self, projection: Projection[Any], rows: Rows[Any], active: int | None, until: int) -> None:
        """Build a new version up to where the log ends now, then make it the one to read and drop the old one."""
        if rows.position < until:
            async with aclosing(self._store.follow(("event.>",), rows.position, until=until)) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    rows.take(batch)
                    if len(rows.changed) >= FLUSH_ROWS:
                        await self._flush(rows)
            await self._flush(rows)
        await self._views.activate(projection.name, projection.version)
        if active is not None:
            await self._views.drop(projection.name, active)
            log.info("%s: version %d took the place of %d", projection.name, projection.version, active)

    async def _flush(self, rows: Rows[Any]) -> None:
        projection = rows.projection
        self._marks[projection.name] = await self._views.write(
            projection.name, projection.version, rows.drain(), rows.position,
            mark=self._marks[projection.name], last=rows.last,
        )  # fmt: skip


def _say_what_was_passed_over(rows: Rows[Any]) -> None:
    for what in rows.passed_over:
        log.error("the log has something at %s It is passed over.", what)
    rows.passed_over.clear()
