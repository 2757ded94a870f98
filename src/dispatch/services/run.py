"""Runs one service as a process: connects, checks the streams, answers questions, ends cleanly on a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context

from faststream import FastStream
from faststream.nats import NatsBroker

from dispatch.services.asking import answer_health, answer_planner, answer_rows, broker
from dispatch.services.children import die_with_parent
from dispatch.services.desk.desk import Desk
from dispatch.services.projector import Projector
from dispatch.services.wiring import Settings, rebuild, wired
from dispatch.solver.version import COMPILING

log = logging.getLogger(__name__)

_NICE = 10
"""How much improving a plan yields to whoever waits for an answer, in the steps of `os.nice`."""


@asynccontextmanager
async def solver_pool() -> AsyncIterator[ProcessPoolExecutor]:
    """One process that improves plans; it dies with this one, whatever ends it, and makes way for the services.

    Left, what is under way is given up: else this process would wait at its end for the search, or for its compiling.
    """
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_in_the_background)
    warming = asyncio.create_task(_warm(pool))
    try:
        yield pool
    finally:
        warming.cancel()
        # Before Python 3.14 a pool has no public way to end what it runs, and forgets its processes once it shuts down.
        processes = tuple(pool._processes.values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


async def _warm(pool: ProcessPoolExecutor) -> None:
    """Have the search compiled before it is needed, and say so; plans are made meanwhile, and improved after it."""
    run = asyncio.get_running_loop().run_in_executor
    if rooms := await run(pool, _cold):
        log.warning(COMPILING)
        for room in rooms:
            await run(pool, _compile, room)
        log.warning("The search is compiled.")


def _cold() -> tuple[str, ...]:
    # Not above: the process of the services is to start without the compiler.
    from dispatch.solver.warm import cold

    return cold()


def _compile(room: str) -> None:
    from dispatch.solver.warm import warm

    warm(room)


def _in_the_background() -> None:
    die_with_parent()
    os.nice(_NICE)


async def desk(settings: Settings) -> None:
    """Run a desk until told to stop."""
    async with wired(settings, "desk") as to:
        asked = broker(settings.url, "dispatch-desk-ask")
        answer_health(asked, "desk", settings.clock)
        await _until_stopped(asked, Desk(to.store, settings.clock, to.connection.publish).run)


async def planner(settings: Settings) -> None:
    """Run a planner until told to stop."""
    # Half a second of solver that the other services start without.
    from dispatch.services.planner.holder import holder_here
    from dispatch.services.planner.planner import Planner

    async with wired(settings, "planner") as to, solver_pool() as pool:
        service = Planner(
            to.store,
            settings.clock,
            name=secrets.token_hex(8),
            executor=pool,
            holder=holder_here(),
            secret=settings.secret,
        )
        asked = broker(settings.url, "dispatch-planner-ask")
        answer_health(asked, "planner", settings.clock)
        answer_planner(asked, service, settings.clock)
        await _until_stopped(asked, service.run)


async def projector(settings: Settings, *, rebuilding: bool = False) -> None:
    """Run a projector until told to stop; ``rebuilding`` removes first what is written, so that all is built again."""
    if rebuilding:
        await rebuild(settings)
    async with wired(settings, "projector") as to:
        service = Projector(to.store.events, to.store.views)
        asked = broker(settings.url, "dispatch-projector-ask")
        answer_health(asked, "projector", settings.clock, source=service)
        answer_rows(asked, service, to.store, settings.clock)
        await _until_stopped(asked, service.run)


async def _until_stopped(asked: NatsBroker, run: Callable[[], Awaitable[None]]) -> None:
    """Serve ``asked`` and ``run`` until a signal comes or ``run`` fails; then raise what it failed with."""
    app = FastStream(asked, logger=None)

    async def main() -> None:
        try:
            await run()
        finally:
            app.exit()

    task = asyncio.create_task(main())
    await app.run()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        log.info("stopped")
