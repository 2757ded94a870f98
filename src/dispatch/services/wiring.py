"""How a service reaches the rest: settings, a connection with the streams declared and checked, and the store."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from dispatch.services.clock import Clock
from dispatch.store.base import Store
from dispatch.store.connection import Connection, connect
from dispatch.store.jetstream import JetStreamStore
from dispatch.store.streams import declare, verify_server

log = logging.getLogger(__name__)


class Settings(Struct, frozen=True, kw_only=True):
    """How a service reaches the rest: the NATS ``url``, stream ``replicas``, and the ``clock``.

    ``monitor_urls``: the monitoring addresses of the servers, through which their promise to fsync can be checked.
    ``secret``: what a planner draws rounds by; see `secret`.
    """

    url: str
    replicas: int = 1
    clock: Clock
    monitor_urls: tuple[str, ...] = ()
    secret: str | None = None


class Wired(Struct, frozen=True):
    """A service's connection and store."""

    connection: Connection
    store: Store


@asynccontextmanager
async def wired(settings: Settings, name: str) -> AsyncIterator[Wired]:
    """A connection called ``name`` with the streams declared and checked; closed at the end."""
    connection = await connect(settings.url, name=f"dispatch-{name}")
    try:
        facts = await verify_server(connection, monitor_urls=settings.monitor_urls)
        for warning in facts.warnings:
            log.warning("NATS: %s", warning)
        await declare(connection, replicas=settings.replicas)
        yield Wired(connection, JetStreamStore(connection, batch_limit=facts.batch_limit))
    finally:
        await connection.close()


async def rebuild(settings: Settings) -> None:
    """Remove every view and snapshot, so that whoever keeps them folds the log anew."""
    async with wired(settings, "rebuild") as to:
        await to.store.views.clear()
    log.warning("the views were removed and are built again from the log")
