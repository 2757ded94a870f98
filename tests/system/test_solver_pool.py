"""The process that improves plans ends with its service, whatever it is at."""

from __future__ import annotations

import multiprocessing
import os
import signal

from dispatch.services.run import solver_pool


async def test_what_is_under_way_is_given_up_at_the_end() -> None:
    async with solver_pool() as pool:
        known = pool.submit(os.getpid).result()
        pool.submit(signal.pause)
        (process,) = [one for one in multiprocessing.active_children() if one.pid == known]
    process.join(10)
    assert process.exitcode == -signal.SIGKILL


async def test_only_what_the_pool_runs_is_ended_with_it() -> None:
    other = multiprocessing.get_context("spawn").Process(target=signal.pause, daemon=True)
    async with solver_pool() as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
        other.start()
    other.terminate()
    other.join(10)
    # Whoever had killed it before would have been first.
    assert other.exitcode == -signal.SIGTERM
