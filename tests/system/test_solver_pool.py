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
