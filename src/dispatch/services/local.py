"""The whole service in one process on one clock: for a simulated day, and for tests of the whole."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from dispatch.services.asking import answer_health, answer_planner, answer_rows, broker
from dispatch.services.clock import Clock
from dispatch.services.desk.desk import Desk
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.planner.planner import Planner
from dispatch.services.projector import Projector
from dispatch.services.run import solver_pool
from dispatch.services.wiring import Settings, Wired, wired
from dispatch.store.connection import Connection


class Local(Struct, frozen=True, kw_only=True):
    """The running parts, at hand for whoever drives the clock."""

    url: str
    to: Wired
    clock: Clock
    desk: Desk
    planner: Planner
    projector: Projector


@asynccontextmanager
async def local(
    data_dir: Path,
    clock: Clock,
    *,
    executor: Executor | None = None,
    secret: str | None = None,
    prepare: Callable[[Connection], Awaitable[None]] | None = None,
) -> AsyncIterator[Local]:
    """An embedded server over ``data_dir`` with desk, planner and projector on ``clock``; ends them all at the end.

    ``secret`` is the planner's. ``prepare`` is done before the planner starts, so that it begins with all of it and not
    with some part.
    """
    async with EmbeddedServer(data_dir) as server, solver_pool() as pool:
        settings = Settings(url=server.url, clock=clock, monitor_urls=(server.monitor_url,))
        async with wired(settings, "local") as to:
            desk = Desk(to.store, clock, to.connection.publish)
            planner = Planner(to.store, clock, name=secrets.token_hex(8), executor=executor or pool, secret=secret)
            projector = Projector(to.store.events, to.store.views)
            asked = broker(server.url, "dispatch-local-ask")
            for name in ("desk", "planner", "projector"):
                answer_health(asked, name, clock, source=projector if name == "projector" else None)
            answer_planner(asked, planner, clock)
            answer_rows(asked, projector, to.store, clock)
            # A service that fails ends the whole: nobody must wait for one that is no more.
            async with asked, asyncio.TaskGroup() as group:
                tasks = [group.create_task(service.run()) for service in (desk, projector)]
                await asked.start()
                try:
                    if prepare is not None:
                        await prepare(to.connection)
                    tasks.append(group.create_task(planner.run()))
                    yield Local(url=server.url, to=to, clock=clock, desk=desk, planner=planner, projector=projector)
                finally:
                    for task in tasks:
                        task.cancel()
